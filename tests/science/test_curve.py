"""The paper's figure of test loss against T: four data seeds a point, with the paper's presets' settings.

The bars are the paper's values and what they scatter by (PAPER.md, section 4); each test prints what it measured.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.science.training import train

SEEDS = range(1, 5)
"""Seed 0 at T = 5 is an optimisation failure (two of its examples share a feature; test loss 1.0545), as 1 seed of 30
is: a mean of four would show its rate as 1 in 4. How often that happens has a test of its own."""


def losses_of(T: int) -> list[float]:
    """Final test losses, seed by seed; the same number seeds the data and the model."""
    losses = []
    for seed in SEEDS:
        found = train("middle", f"T={T}", f"data.seed={seed}", f"model.seed={seed}")
        print(f"T = {T}, seed {seed}: train {found.train_loss:.3e}, test {found.test_loss:.5f}")
        losses.append(found.test_loss)
    print(f"T = {T}: mean {np.mean(losses):.5f}, median {np.median(losses):.5f}")
    return losses


@pytest.mark.science
def test_five_examples_score_one() -> None:
    assert np.mean(losses_of(5)) == pytest.approx(1.0000, abs=0.0005)


@pytest.mark.science
def test_five_examples_are_memorised_by_almost_every_seed() -> None:
    found = [train("middle", "T=5", f"seed={seed}") for seed in range(20)]
    failed = [(seed, round(f.test_loss, 4)) for seed, f in enumerate(found) if f.train_loss > 1e-6]
    solved = [f.test_loss for f in found if f.train_loss <= 1e-6]
    print(f"T = 5: failures {failed} of 20, solutions {min(solved):.5f} to {max(solved):.5f}")
    assert len(failed) <= 2
    assert max(abs(loss - 1) for loss in solved) <= 0.0005


@pytest.mark.science
def test_a_hundred_examples_score_as_in_the_paper() -> None:
    assert np.mean(losses_of(100)) == pytest.approx(1.0031, abs=0.0010)


@pytest.mark.science
def test_five_hundred_examples_score_just_above_one() -> None:
    assert 1.0003 <= np.mean(losses_of(500)) <= 1.0020


@pytest.mark.science
def test_a_thousand_examples_score_just_above_one_for_most_seeds() -> None:
    assert 1.0000 <= np.median(losses_of(1_000)) <= 1.0015


@pytest.mark.science
def test_five_thousand_examples_begin_to_generalise() -> None:
    found = train("middle", "T=5000", "data.seed=0", "model.seed=0")
    print(f"T = 5000, seed 0: train {found.train_loss:.5f}, test {found.test_loss:.5f}, max D_f {found.D_f.max():.4f}")
    assert found.test_loss == pytest.approx(0.9996, abs=0.0004)
    assert found.D_f.max() <= 0.12

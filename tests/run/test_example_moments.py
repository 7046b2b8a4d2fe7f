"""What D_X's sum is over: the whole training set, or the first examples standing for the rest."""

from __future__ import annotations

import numpy as np
import pytest

from sdd_tui.analysis.dimensionality import Floats, hidden_vectors
from sdd_tui.config import RunConfig
from sdd_tui.presets import with_overrides
from sdd_tui.run import example_moments
from sdd_tui.run.data import some_training_data
from sdd_tui.run.example_moments import ExampleMoments

W = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)


def moments(*overrides: str, shown: int = 100) -> tuple[Floats, Floats, int]:
    """Σ_j h_j h_jᵀ as it is shown, over all different examples, and how many of the first it was computed of."""
    config = with_overrides(RunConfig(), ["n=50", "S=0.9", "T=4000", *overrides])
    first = some_training_data(config, shown)
    H = hidden_vectors(W, some_training_data(config, 4_000), config.model.hidden)
    found = ExampleMoments(config, first)
    return found.moment(W, hidden_vectors(W, first, config.model.hidden)), H @ H.T, found.summed


@pytest.mark.parametrize("option", ["tied=true", "hidden=relu", "data.repeats=3"])
def test_the_sum_is_over_all_different_examples(option: str) -> None:
    found, whole, summed = moments(option)
    assert summed == 4_000
    np.testing.assert_allclose(found, whole, rtol=1e-12)


def test_of_too_many_the_first_stand_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_moments, "MOST_TERMS", 20_000)
    found, whole, summed = moments()
    assert summed == 2_000
    np.testing.assert_allclose(np.diag(found), np.diag(whole), rtol=0.1)
    assert moments("m=50", shown=100)[2] == 100  # no fewer than are shown


def test_examples_that_are_repeated_stand_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_moments, "MOST_TERMS", 1_000)
    config = with_overrides(RunConfig(), ["n=50", "S=0.9", "T=4000", "data.repeats=9", "data.repeated=2"])
    first = some_training_data(config, 100)
    H = np.zeros((2, 100))
    H[:, :2] = [[1, 0], [0, 2]]  # stored; all the others are at the origin
    np.testing.assert_allclose(ExampleMoments(config, first).moment(W, H), [[1, 0], [0, 4]])


def test_fresh_examples_are_a_set_of_those_shown() -> None:
    config = with_overrides(RunConfig(), ["n=50", "S=0.9", "T=inf"])
    first = some_training_data(config, 100)
    H = hidden_vectors(W, first)
    np.testing.assert_array_equal(ExampleMoments(config, first).moment(W, H), H @ H.T)

"""Closed forms: true of the models that they are about, and near to what is trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.analysis.theory import FEWEST, MOST, ideal_polygon, memoriser_test_loss, polygon_radius
from sdd_tui.panels.view import View
from sdd_tui.run.reader import open_run

TOUR = Path(__file__).parents[2] / "sdd_tui" / "tui" / "tour" / "recorded"


def loss(T: int, r: float) -> float:
    """The training loss of T examples with a feature each, on a regular polygon of that radius."""
    angles = 2 * np.pi * np.arange(T) / T
    W, b = r * np.stack([np.cos(angles), np.sin(angles)]), np.full(T, 1 - r * r)
    return float(((np.maximum(W.T @ W + b[:, None], 0) - np.eye(T)) ** 2).sum())


@pytest.mark.parametrize("T", range(3, MOST + 1))
def test_the_radius_is_the_smallest_that_gives_no_loss(T: int) -> None:
    r = polygon_radius(T)
    assert loss(T, r) == pytest.approx(0, abs=1e-20)
    assert loss(T, 1.1 * r) == pytest.approx(0, abs=1e-20)
    assert loss(T, 0.99 * r) > 1e-8


@given(st.integers(FEWEST, MOST), st.floats(0, 7), st.floats(0.1, 10))
def test_the_ideal_polygon_has_the_angles_of_vectors_that_stand_on_one(k: int, turned: float, length: float) -> None:
    angles = turned + 2 * np.pi * np.arange(k) / k
    hidden = length * np.stack([np.cos(angles), np.sin(angles)])
    ideal = ideal_polygon(np.hstack([hidden, np.zeros((2, 3))]), np.arange(k + 3) < k)
    assert ideal is not None
    apart = np.abs(ideal[:, :, None] - polygon_radius(k) * (hidden / length)[:, None, :]).sum(axis=0).min(axis=1)
    assert apart.max() < 1e-6


def test_no_polygon_is_said_of_too_few_too_many_or_other_dimensions() -> None:
    for m, count in ((2, FEWEST - 1), (2, MOST + 1), (3, 5)):
        assert ideal_polygon(np.ones((m, count)), np.ones(count, bool)) is None


@pytest.mark.parametrize("run", ["T-5", "T-30"])
def test_trained_models_that_memorise_are_within_a_tenth_of_it(run: str) -> None:
    view = View(open_run(TOUR / run))
    view.poll(10)
    view.go(None)
    assert view.snapshot is not None
    radii = view.snapshot.geometry.radii
    kept = radii > 0.1 * radii.max()
    assert radii[kept].mean() == pytest.approx(polygon_radius(int(kept.sum())), rel=0.1)
    excess = view.rows["test_loss"][-1] - 1
    assert memoriser_test_loss(view.snapshot.b) - 1 == pytest.approx(excess, rel=0.1, abs=1e-4)

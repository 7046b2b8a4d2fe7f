from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples
from sdd_tui.presets import with_overrides
from sdd_tui.training.events.shapes import ShapeWatch, _born

Floats = NDArray[np.float64]


def one_hot(count: int) -> Examples:
    """Examples of one feature each, so that the hidden vectors are the columns of W."""
    index = np.arange(count)
    return Examples(
        count, np.arange(count + 1), index.astype(np.int32), np.ones(count, np.float32), np.array([0, count])
    )


def watch(monkeypatch: pytest.MonkeyPatch, T: str = "6", hidden: str = "linear") -> ShapeWatch:
    config = with_overrides(RunConfig(), ["n=6", "S=0.5", f"T={T}", f"hidden={hidden}"])
    monkeypatch.setattr("sdd_tui.training.events.shapes.some_training_data", lambda config, most: one_hot(6))
    return ShapeWatch(config)


def ring(radii: list[float], corners: int | None = None) -> Floats:
    """(2, len(radii)) vectors of these lengths, on the corners of a regular polygon."""
    angle = 2 * np.pi * np.arange(len(radii)) / (corners or len(radii))
    corner: Floats = np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray(radii, np.float64) * corner


def said(watch: ShapeWatch, *frames: Floats, test_loss: float = 1.0) -> list[tuple[str, str]]:
    """What is said of the last of these frames."""
    return [watch.frame(of(W), test_loss) for W in frames][-1]


def of(W: Floats, bias: float = -9.0) -> dict[str, Floats]:
    """The parameters of a frame."""
    return {"W": W, "b": np.full(6, bias)}


UNEVEN = ring([1.0, 0.8, 1.0, 0.7, 1.0, 0.9])


def test_a_first_frame_is_only_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(watch(monkeypatch), ring([1.0] * 6)) == []


def test_a_polygon_forms_and_dissolves(monkeypatch: pytest.MonkeyPatch) -> None:
    w = watch(monkeypatch)
    assert said(w, UNEVEN, ring([1.0] * 6)) == [("polygon", "regular polygon of 6")]
    assert said(w, ring([1.1] * 6)) == []
    assert said(w, UNEVEN) == [("polygon", "no polygon of 6 any more")]


def test_examples_are_lost_and_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    w = watch(monkeypatch)
    fewer = UNEVEN * [1, 1, 0, 1, 0, 1]
    assert said(w, UNEVEN, fewer) == [("lost", "2 of 6 at the origin")]
    assert ("stored", "6 of 6 away from the origin") in said(w, UNEVEN)


def test_a_hidden_relu_leaves_examples_at_the_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    w = watch(monkeypatch, hidden="relu")
    assert said(w, np.ones((2, 6)), ring([1.0] * 6)) == [("lost", "2 of 6 at the origin")]


def test_two_circles_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(watch(monkeypatch), UNEVEN, ring([1, 2, 1, 2, 1, 2]))
    assert told == [("circles", "two circles")]


def test_features_that_get_a_direction_of_their_own_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    w = watch(monkeypatch, "inf")
    two = ring([1, 1, 0, 0, 0, 0], 4)
    four = ring([1, 1, 1, 1, 0, 0], 4)
    assert said(w, two, four) == [("born", "features 2, 3 have own directions")]
    assert said(w, two) == []
    assert _born([7]) == "feature 7 has its own direction"
    assert _born(list(range(9))) == "features 0, 1, 2, 3, 4 and 4 more have own directions"


def test_another_regime_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hexagon of one-hot examples is reproduced with biases of −0.5, and not at all with large ones."""
    w = watch(monkeypatch)
    hexagon = ring([1.2] * 6)
    w.frame(of(hexagon, -9.0), 1.0)
    assert w.frame(of(hexagon, -0.5), 1.0) == [("regime", "middle → memorising")]
    assert w.frame(of(hexagon, -0.5), 1.0) == []
    assert w.frame(of(hexagon, -9.0), 0.9) == [("regime", "memorising → generalising")]


def test_fresh_examples_do_not_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(watch(monkeypatch, "inf"), UNEVEN, UNEVEN * [1, 1, 0, 1, 0, 1]) == []


def test_a_sample_is_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(watch(monkeypatch, "7"), UNEVEN, UNEVEN * [1, 1, 0, 1, 0, 1])
    assert told == [("lost", "2 of the first 6 at the origin")]


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_a_diverging_model_does_no_harm(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    w = watch(monkeypatch)
    for W in (UNEVEN, np.full((2, 6), value), UNEVEN):
        w.frame(of(W), np.nan)


@pytest.mark.parametrize(
    ("m", "T", "watched"), [(2, 2_000, 2_000), (2, 5_000, 2_000), (10, 5_000, 2_000), (100, 5_000, 200)]
)
def test_large_training_sets_are_sampled(m: int, T: int, watched: int) -> None:
    w = ShapeWatch(with_overrides(RunConfig(), ["n=1000", "S=0.99", f"m={m}", f"T={T}"]))
    assert w._examples.n_rows == watched

"""The regime is what the examples' own losses and the features' dimensionalities say, in the paper's order of T."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality
from sdd_tui.analysis.regimes import regime

Floats = NDArray[np.float64]


def features(k: int) -> Floats:
    """D_f of k features on a polygon among a thousand at the origin."""
    angle = 2 * np.pi * np.arange(k) / max(k, 1)
    return dimensionality(np.concatenate([np.stack([np.cos(angle), np.sin(angle)]), np.zeros((2, 1_000))], axis=1))


def losses(memorised: int, T: int) -> Floats:
    """Own losses of T examples."""
    return np.array([0.01] * memorised + [0.97] * (T - memorised))


@pytest.mark.parametrize(("memorised", "T", "name"), [(5, 5, "memorising"), (15, 30, "memorising"), (14, 30, "middle")])
def test_a_model_memorises_when_half_of_its_examples_are_reproduced(memorised: int, T: int, name: str) -> None:
    found = regime(losses(memorised, T), features(0), 1.0, 2)
    assert (found.name, found.memorised, found.features) == (name, memorised / T, 0)


def test_half_a_loss_is_not_enough() -> None:
    """T = 200 at the paper's scale: the training loss is 0.88, and 3 % of the examples are below 0.5."""
    assert regime(np.full(200, 0.88), features(0), 1.0014, 2).name == "middle"
    assert regime(np.full(4, 0.499), features(0), 1.0014, 2).name == "memorising"
    assert regime(np.full(4, 0.5), features(0), 1.0014, 2).name == "middle"


def test_more_features_than_dimensions_and_a_test_loss_below_one_are_generalising() -> None:
    nothing = losses(0, 100)
    assert regime(nothing, features(5), 0.9987, 2).name == "generalising"
    assert regime(nothing, features(5), 1.01, 2).name == "middle"
    assert regime(nothing, features(2), 0.9987, 2).name == "middle"


def test_features_of_memorised_examples_are_no_generalisation() -> None:
    assert regime(losses(6, 6), features(3), 0.99999, 2).name == "memorising"


def test_fresh_data_are_not_memorised() -> None:
    found = regime(np.zeros(0), features(5), 0.9986, 2)
    assert found.name == "generalising" and math.isnan(found.memorised)
    assert regime(np.zeros(0), features(0), 0.9992, 2).name == "middle"


@given(st.integers(1, 50))
def test_a_model_of_nothing_and_one_that_diverged_are_in_the_middle(T: int) -> None:
    assert regime(np.ones(T), features(0), 1.0, 2).name == "middle"
    assert regime(np.full(T, np.nan), np.full(9, np.nan), math.nan, 2).name == "middle"

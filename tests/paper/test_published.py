"""The published numbers fit together: each stands once, in its figure's units."""

from __future__ import annotations

import math

import pytest

from sdd_tui.paper import published
from sdd_tui.paper.published import (
    D_F,
    D_X,
    FEATURES,
    INFINITE,
    LARGEST_D_F,
    LARGEST_D_X,
    MEAN_D_F,
    READINGS,
    TEST_LOSS,
    reading,
)


def test_every_reading_stands_once_and_names_its_figure() -> None:
    assert len({(r.quantity, r.T) for r in READINGS}) == len(READINGS)
    assert all(r.low <= r.high and r.source.startswith("the figure of") for r in READINGS)


def test_the_curve_peaks_at_two_thousand_and_ends_below_one() -> None:
    middle = {r.T: r.value for r in TEST_LOSS if 100 <= r.T <= 10_000}
    assert max(middle, key=lambda T: middle[T]) == 2_000
    assert reading(TEST_LOSS, INFINITE).value < reading(TEST_LOSS, 10_000).value < 1


def test_examples_of_polygons_have_two_over_T() -> None:
    for r in D_X:
        assert r.value == pytest.approx(2 / r.T, rel=0.5)
        if r.T <= 10:
            assert r.low <= 2 / r.T <= r.high


def test_a_reading_says_whether_it_is_a_point_a_range_or_a_bound() -> None:
    assert reading(TEST_LOSS, 5).text == "1.0000"
    assert reading(D_F, 10_000).text == "0.228–0.253"
    assert reading(TEST_LOSS, 3).text == "> 1.025" and reading(TEST_LOSS, 3).is_bound
    assert math.isclose(reading(D_F, 10_000).value, 0.2405) and not reading(D_F, 10_000).is_bound
    assert reading(MEAN_D_F, 100_000).text == "0.236" and reading(FEATURES, INFINITE).text == "5.0"


def test_a_number_of_the_curve_is_of_four_models_and_a_dot_of_one() -> None:
    for r in (*READINGS, *MEAN_D_F, *LARGEST_D_F, *LARGEST_D_X, *FEATURES):
        assert r.models == (4 if r.quantity == "test_loss" else 1)


def test_the_sum_makes_the_middle_regime_worse_and_the_biases_larger() -> None:
    for T in (1_000, 5_000):
        assert published.SUM_LOSSES[T] > 10 * published.MEAN_LOSSES[T]
    assert all(factor > 1 for factor in published.SUM_BIAS_FACTORS.values())

"""What is a polygon, a circle, and what is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sdd_tui.analysis.geometry import describe, off_centre

Floats = NDArray[np.float64]


def on_circle(degrees: Floats | list[float], radii: Floats | list[float] | float = 1.0) -> Floats:
    angle = np.radians(np.asarray(degrees, np.float64))
    return np.asarray(np.asarray(radii) * np.stack([np.cos(angle), np.sin(angle)]))


def even(k: int, turn: float = 0.0) -> Floats:
    return turn + 360 * np.arange(k) / k


@pytest.mark.parametrize("k", range(3, 13))
@pytest.mark.parametrize("turn", [0.0, 17.0, 359.9])
def test_a_regular_polygon_is_found(k: int, turn: float) -> None:
    shuffled = np.random.default_rng(k).permutation(even(k, turn))
    found = describe(on_circle(shuffled, 2.5))
    assert found.polygon == k and found.stored == k and found.lost == 0 and not found.two_circles
    assert found.gaps == pytest.approx(360 / k)
    assert found.radii == pytest.approx(2.5)


@given(st.integers(3, 6), st.data())
def test_a_polygon_with_gaps_within_six_degrees_is_regular(k: int, data: st.DataObject) -> None:
    jitter = np.array(data.draw(st.lists(st.floats(-2.9, 2.9), min_size=k, max_size=k)))
    assert describe(on_circle(even(k) + jitter)).polygon == k


@pytest.mark.parametrize("k", range(3, 13))
def test_a_polygon_with_one_corner_out_of_place_is_not_regular(k: int) -> None:
    degrees = even(k)
    degrees[1] += 7 if k <= 6 else 7 * 6 / k
    assert describe(on_circle(degrees)).polygon is None


@pytest.mark.parametrize("k", range(3, 13))
def test_a_polygon_with_one_long_corner_is_not_regular(k: int) -> None:
    assert describe(on_circle(even(k), [1.3, *[1.0] * (k - 1)])).polygon is None


def test_one_or_two_examples_are_no_polygon() -> None:
    assert describe(on_circle([10.0])).polygon is None
    assert describe(on_circle([10.0])).gaps.tolist() == [360.0]
    assert describe(on_circle([10.0, 190.0])).polygon is None


def test_examples_at_the_origin_are_lost_and_the_others_may_form_a_polygon() -> None:
    found = describe(on_circle([*even(5), 3, 100], [1, 1, 1, 1, 1, 0.0, 0.05]))
    assert (found.stored, found.lost, found.polygon) == (5, 2, 5)
    assert len(found.radii) == len(found.angles) == 7 and len(found.gaps) == 5


def test_when_all_are_at_the_origin_all_are_lost() -> None:
    found = describe(np.zeros((2, 4)))
    assert (found.stored, found.lost, found.polygon, found.two_circles) == (0, 4, None, False)


def test_no_examples_have_no_geometry() -> None:
    found = describe(np.zeros((2, 0)))
    assert (found.stored, found.lost, found.polygon) == (0, 0, None)


def test_a_diverged_model_can_be_described() -> None:
    assert describe(np.full((2, 3), np.nan)).polygon is None


@pytest.mark.parametrize("m", [1, 3, 8])
def test_angles_are_for_the_plane_alone(m: int) -> None:
    found = describe(np.random.default_rng(0).standard_normal((m, 6)))
    assert found.angles.size == found.gaps.size == 0 and found.polygon is None and found.stored + found.lost == 6


@given(st.lists(st.floats(0, 360), min_size=1, max_size=30))
@example([360.0])
def test_gaps_sum_to_a_full_turn(degrees: list[float]) -> None:
    found = describe(on_circle(degrees))
    assert found.gaps.sum() == pytest.approx(360) and found.gaps.min() >= 0
    assert (found.angles >= 0).all() and (found.angles < 360).all()


def test_two_circles_of_different_radius_are_seen() -> None:
    assert describe(on_circle(even(6), [1.0, 1.05, 1.0, 1.6, 1.65, 1.6])).two_circles


def test_one_stray_vector_or_a_continuum_of_lengths_is_not_two_circles() -> None:
    assert not describe(on_circle(even(6), [1, 1, 1, 1, 1, 2])).two_circles
    assert not describe(on_circle(even(8), np.linspace(1, 2, 8))).two_circles
    assert not describe(on_circle(even(6), [1, 1, 1, 1.2, 1.2, 1.2])).two_circles


@given(st.integers(3, 12), st.floats(0, 5), st.floats(0.1, 10))
def test_a_circle_is_as_far_off_centre_as_it_was_moved_in_its_own_radii(k: int, moved: float, radius: float) -> None:
    circle = on_circle(even(k, 11.0), radius) + moved * radius * np.array([[0.6], [0.8]])
    if describe(circle).lost == 0:
        assert off_centre(circle) == pytest.approx(moved, abs=1e-6)


def test_lost_examples_say_nothing_about_the_circle() -> None:
    circle = on_circle(even(5)) + 2.0
    assert off_centre(np.concatenate([circle, np.zeros((2, 40))], axis=1)) == pytest.approx(8**0.5)


def test_without_a_circle_nothing_is_off_centre() -> None:
    for hidden in (np.zeros((2, 0)), np.zeros((2, 3)), np.ones((2, 3))):
        assert np.isnan(off_centre(hidden))

"""What is a polygon, what is lost, and which solution was found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality
from sdd_tui.analysis.geometry import describe, off_centre, solution

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


def features(k: int) -> Floats:
    """D_f of k features on a polygon among a thousand at the origin."""
    return dimensionality(np.concatenate([on_circle(even(k)), np.zeros((2, 1_000))], axis=1))


def test_a_regular_polygon_of_examples_is_memorising() -> None:
    assert solution(1e-10, 1.0, features(0), on_circle(even(5))) == "memorising"
    assert solution(0.3, 1.01, features(0), on_circle([*even(12), 0], [1.0] * 12 + [0.0])) == "memorising"


def test_five_features_with_a_test_loss_below_one_are_generalising() -> None:
    hidden = on_circle(np.repeat(even(5), 40), np.tile(np.linspace(0.1, 1, 40), 5))
    assert solution(0.998, 0.9987, features(5), hidden) == "generalising"
    assert solution(0.998, 1.01, features(5), hidden) == "none"


def test_examples_that_share_directions_are_clusters() -> None:
    hidden = on_circle(np.repeat([0.0, 120.0, 240.0], 10) + np.tile(np.linspace(0, 0.1, 10), 3))
    assert solution(0.3, 1.05, features(0), hidden) == "clusters"
    assert solution(0.8, 1.05, features(0), on_circle(even(30))) == "memorising"


def test_clusters_are_told_apart_in_more_than_two_dimensions_too() -> None:
    rng = np.random.default_rng(0)
    corners = np.eye(6)[:, :6]
    assert solution(0.1, 1.0, np.zeros(100), corners) == "memorising"
    shared = np.repeat(corners, 5, axis=1) + 0.001 * rng.standard_normal((6, 30))
    assert solution(0.1, 1.0, np.zeros(100), shared) == "clusters"


def test_a_little_of_the_training_loss_gone_is_memorising_where_the_test_loss_pays_for_it() -> None:
    assert solution(0.952, 22.4, features(0), on_circle(even(30))) == "memorising"
    assert solution(0.952, 0.995, features(0), on_circle(even(30))) == "none"


def test_a_model_that_learnt_nothing_found_none() -> None:
    assert solution(0.99, 1.0, features(0), on_circle(even(9))) == "none"
    assert solution(np.nan, np.nan, features(0), np.full((2, 3), np.nan)) == "none"


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

"""Solids: found however they are turned, told apart, and not seen in what is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sdd_tui.analysis.solids import OFF_TOLERANCE, SOLIDS, Solid, nearest_solid

Floats = NDArray[np.float64]

EDGES = {
    "tetrahedron": 6, "octahedron": 12, "cube": 12, "square antiprism": 16, "icosahedron": 30, "dodecahedron": 30,
}  # fmt: skip


def turned(vectors: Floats, rng: np.random.Generator) -> Floats:
    """In a random order, turned, or mirrored, at random."""
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return np.asarray(turn @ vectors[:, rng.permutation(vectors.shape[1])])


def found(vectors: Floats) -> Solid:
    solid = nearest_solid(vectors)
    assert solid is not None
    return solid


@pytest.mark.parametrize("name", SOLIDS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.floats(1e-3, 1e3))
def test_a_solid_is_found_however_it_is_turned_with_its_edges(name: str, seed: int, length: float) -> None:
    vectors = length * turned(SOLIDS[name], np.random.default_rng(seed))
    solid = found(vectors)
    assert solid.name == name and solid.off < 1e-4
    np.testing.assert_allclose(solid.corners, vectors, atol=1e-6 * length)
    ends = solid.corners[:, solid.edges]
    lengths = np.linalg.norm(ends[:, :, 0] - ends[:, :, 1], axis=0)
    assert len(lengths) == EDGES[name]
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-6)


@pytest.mark.parametrize("name", SOLIDS)
def test_corners_that_are_missed_a_little_are_found_and_the_note_is_how_much(name: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        exact = turned(SOLIDS[name], rng)
        vectors = exact + rng.normal(size=exact.shape) * 0.05
        vectors *= rng.uniform(0.95, 1.05, size=exact.shape[1]) / np.linalg.norm(vectors, axis=0)
        solid = found(vectors)
        aside = np.degrees(np.arccos((vectors * exact).sum(axis=0) / np.linalg.norm(vectors, axis=0))).mean()
        assert solid.name == name
        assert 0 < solid.off <= 1.1 * aside, "turned to fit them best, it misses them by less than what was added"


def test_random_directions_are_no_solid() -> None:
    rng = np.random.default_rng(0)
    for k in (4, 6, 8, 12, 20):
        for _ in range(30):
            vectors = rng.normal(size=(3, k))
            assert nearest_solid(vectors / np.linalg.norm(vectors, axis=0)) is None


def test_a_cube_and_an_antiprism_are_told_apart_and_what_lies_between_is_far_from_both() -> None:
    def halfway(turn: float) -> Floats:
        angles = np.pi / 2 * np.arange(4)
        squares = [(angle + shift, up) for shift, up in ((0.0, -1.0), (turn, 1.0)) for angle in angles]
        points = np.array([[np.cos(a), np.sin(a), up / np.sqrt(2)] for a, up in squares]).T
        return np.asarray(points / np.linalg.norm(points, axis=0))

    assert found(halfway(0.0)).name == "cube" and found(halfway(np.pi / 4)).name == "square antiprism"
    between = nearest_solid(halfway(np.pi / 8))
    assert between is None or between.off > OFF_TOLERANCE / 2


@pytest.mark.parametrize(
    "vectors",
    [
        SOLIDS["tetrahedron"][:, :3],
        np.zeros((3, 0)),
        np.zeros((3, 4)),
        np.ones((3, 6)),
        np.ones((2, 4)),
        np.ones((4, 4)),
        np.full((3, 4), np.nan),
        np.full((3, 4), np.inf),
        SOLIDS["octahedron"] * np.array([1, 1, 1, 1, 1, 3.0]),
    ],
    ids=["too few", "none", "zeros", "all the same", "a plane", "four dimensions", "nan", "inf", "one is longer"],
)
def test_what_is_no_solid_has_no_name(vectors: Floats) -> None:
    with np.errstate(all="ignore"):
        assert nearest_solid(vectors) is None

"""Dimensionalities against their definitions and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors, maximal_dimensionality, norms
from sdd_tui.engine.data import DataSource, Stream
from sdd_tui.engine.interface import bias_norm, weight_norm

Floats = NDArray[np.float64]

NUMBERS = st.just(0.0) | st.floats(0.01, 10) | st.floats(-10, -0.01)
VECTORS = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=NUMBERS)
"""(m, k) arrays with zeros among them."""


def polygon(k: int, radius: float = 1.0) -> Floats:
    angle = 2 * np.pi * np.arange(k) / k
    return radius * np.stack([np.cos(angle), np.sin(angle)])


def by_definition(v: Floats) -> Floats:
    """D_i = ‖v_i‖² / Σ_j (v̂_i · v_j)², pair by pair."""
    found = np.zeros(v.shape[1])
    for i in range(v.shape[1]):
        length = np.linalg.norm(v[:, i])
        if length > 0:
            unit = v[:, i] / length
            found[i] = length**2 / sum((unit @ v[:, j]) ** 2 for j in range(v.shape[1]))
    return found


@given(VECTORS)
def test_dimensionality_is_its_definition_over_all_pairs(v: Floats) -> None:
    assert dimensionality(v) == pytest.approx(by_definition(v), rel=1e-9)


@given(VECTORS)
def test_dimensionalities_lie_between_nothing_and_one(v: Floats) -> None:
    for shares in (dimensionality(v), maximal_dimensionality(v)):
        assert shares.min() >= 0 and shares.max() <= 1 + 1e-9


@given(VECTORS)
def test_maximal_dimensionalities_sum_to_the_rank(v: Floats) -> None:
    assert maximal_dimensionality(v).sum() == pytest.approx(np.linalg.matrix_rank(v, tol=1e-10), abs=1e-6)


@given(VECTORS)
def test_no_direction_gives_an_example_more_than_its_maximal_dimensionality(v: Floats) -> None:
    most = maximal_dimensionality(v)
    assert (most >= dimensionality(v) - 1e-9).all()  # the vector's own direction is one of them
    for direction in np.random.default_rng(0).standard_normal((20, len(v))):
        squares = (direction @ v) ** 2
        if squares.sum() > 0:
            assert (squares / squares.sum() <= most + 1e-9).all()


def test_maximal_dimensionality_is_reached() -> None:
    H = np.random.default_rng(1).standard_normal((3, 8))
    inverse = np.linalg.inv(H @ H.T)
    best = inverse @ H  # the direction that is best for each example
    squares = (best.T @ H) ** 2  # (T, T)
    assert maximal_dimensionality(H) == pytest.approx(np.diag(squares) / squares.sum(axis=1))


@pytest.mark.parametrize("T", [3, 4, 5, 6, 8, 10, 30, 100])
def test_examples_on_a_regular_polygon_have_m_over_t_each(T: int) -> None:
    assert dimensionality(polygon(T, 3.0)) == pytest.approx(2 / T)
    assert maximal_dimensionality(polygon(T, 3.0)) == pytest.approx(2 / T)


def test_a_pentagon_of_features_has_two_fifths_each_and_features_at_the_origin_none() -> None:
    W = np.concatenate([polygon(5), np.zeros((2, 9_995))], axis=1)
    assert dimensionality(W)[:5] == pytest.approx(2 / 5)
    assert (dimensionality(W)[5:] == 0).all()


def test_orthogonal_vectors_have_a_dimension_each() -> None:
    assert dimensionality(np.diag([1.0, 2.0, 0.1])) == pytest.approx(1)


def test_two_vectors_that_coincide_share_one() -> None:
    assert dimensionality(np.array([[1.0, 1.0], [0, 0]])) == pytest.approx(0.5)


def test_nothing_has_no_dimensionality() -> None:
    assert dimensionality(np.zeros((2, 3))).tolist() == [0, 0, 0]
    assert maximal_dimensionality(np.zeros((2, 3))).tolist() == [0, 0, 0]
    assert len(dimensionality(np.zeros((2, 0)))) == len(maximal_dimensionality(np.zeros((2, 0)))) == 0


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("m", [2, 3])
def test_where_a_vector_is_not_finite_no_maximal_dimensionality_is_known(m: int, broken: float) -> None:
    H = np.random.default_rng(1).standard_normal((m, 8))
    moment = H @ H.T
    H[0, 3] = broken
    assert np.isnan(maximal_dimensionality(H)).all()
    assert np.isnan(maximal_dimensionality(H, moment)).all()
    assert np.isnan(maximal_dimensionality(H[:, :3], np.full((m, m), broken))).all()


def test_turning_and_scaling_change_nothing() -> None:
    v = np.random.default_rng(0).standard_normal((2, 9))
    turn = polygon(7)[:, 1:2]
    turned = 5 * np.concatenate([turn, np.array([-turn[1], turn[0]])], axis=1) @ v
    assert dimensionality(turned) == pytest.approx(dimensionality(v))


def test_hidden_vectors_are_w_times_x() -> None:
    examples = DataSource(60, 0.9).draw(0, Stream.TRAIN, 0, 25)
    W = np.random.default_rng(0).standard_normal((3, 60)).astype(np.float32)
    assert hidden_vectors(W, examples) == pytest.approx(W.astype(np.float64) @ examples.dense().T.astype(np.float64))
    assert hidden_vectors(W, examples.rows(0, 0)).shape == (3, 0)
    cut = hidden_vectors(W, examples, "relu")
    assert (cut == np.maximum(hidden_vectors(W, examples), 0)).all() and (cut == 0).any()


def test_norms_are_lengths() -> None:
    W = np.array([[3.0, 0.0, 0.0], [4.0, 2.0, 0.0]])
    assert norms(W).tolist() == [5, 2, 0]
    assert weight_norm(W) == pytest.approx(29**0.5)
    assert bias_norm(np.array([1.0, 2.0, 2.0])) == 3
    assert norms(W.astype(np.float32)).dtype == np.float64

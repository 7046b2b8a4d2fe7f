"""Losses of models whose losses are known: the closed-form memoriser and the trivial ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.engine.data import DataSource, Examples, Stream
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.interface import Engine, State, Tensors, bias_norm, weight_norm
from sdd_tui.engine.reference import Reference

ACTIVE = 4
"""Features of an example; each is 1/2, so that examples have length 1 and share none."""

SPARE = 10
"""Features that no example has."""


@pytest.fixture(params=["reference", "fused"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return Reference("float64") if request.param == "reference" else FusedCPU("float64", threads=1)


def disjoint(T: int) -> Examples:
    return Examples(
        ACTIVE * T + SPARE,
        np.arange(T + 1, dtype=np.int64) * ACTIVE,
        np.arange(ACTIVE * T, dtype=np.int32),
        np.full(ACTIVE * T, 0.5, np.float32),
        np.array([0, T], np.int64),
    )


def memoriser(T: int, r2: float) -> Tensors:
    """W = H Xᵀ with h_t = r (cos φt, sin φt), φ = 2π/T, and b = -(r² - 1) Σ_t X_t."""
    X = disjoint(T).dense().astype(np.float64)
    angle = 2 * np.pi * np.arange(T) / T
    H = np.sqrt(r2) * np.stack([np.cos(angle), np.sin(angle)])
    return Tensors((H @ X)[None], (-(r2 - 1) * X.sum(axis=0))[None])


def least(T: int) -> float:
    """The r² beyond which an example's output does not reach its neighbours' features."""
    return float(1 / (1 - np.cos(2 * np.pi / T)))


def loss(engine: Engine, params: Tensors, examples: Examples) -> float:
    return float(engine.evaluate(engine.place(State.start(params, "relu")), engine.load(examples))[0])


@pytest.mark.parametrize("T", [3, 4, 5, 6, 8, 12, 30])
def test_a_polygon_memorises_exactly_from_the_least_radius_on(engine: Engine, T: int) -> None:
    for r2 in (max(1.0, least(T)), 1.01 * max(1.0, least(T)), 5 * max(1.0, least(T))):
        assert loss(engine, memoriser(T, r2), disjoint(T)) < 1e-25


@pytest.mark.parametrize("T", [4, 5, 6, 8, 12, 30])
def test_below_the_least_radius_both_neighbours_show(engine: Engine, T: int) -> None:
    """z at a neighbour's feature is x (1 - r² (1 - cos φ)) = x/100; two neighbours, each of length 1."""
    assert loss(engine, memoriser(T, 0.99 * least(T)), disjoint(T)) == pytest.approx(2e-4)


def test_a_triangle_memorises_below_radius_one_too_but_with_a_positive_bias(engine: Engine) -> None:
    """PAPER.md's max(1, …) is what keeps b ≤ 0, and with it the test loss at 1; at T = 3 alone it adds a condition."""
    assert least(3) == pytest.approx(2 / 3)
    small = memoriser(3, 0.8)
    assert loss(engine, small, disjoint(3)) < 1e-25 and small.b.max() > 0
    assert loss(engine, memoriser(3, 0.99 * 2 / 3), disjoint(3)) == pytest.approx(2e-4)


@pytest.mark.parametrize("T", [3, 5, 12])
def test_the_memorisers_norms_and_dimensionalities_are_the_closed_forms(T: int) -> None:
    r2 = 1.5 * max(1.0, least(T))
    params = memoriser(T, r2)
    assert weight_norm(params.W[0]) == pytest.approx(np.sqrt(r2 * T))
    assert bias_norm(params.b[0]) == pytest.approx(np.sqrt(T) * (r2 - 1))
    hidden = hidden_vectors(params.W[0], disjoint(T))
    assert np.hypot(*hidden) == pytest.approx(np.sqrt(r2))
    assert dimensionality(hidden) == pytest.approx(2 / T)


def constant(n: int, bias: NDArray[np.float64] | float) -> Tensors:
    return Tensors(np.zeros((1, 2, n)), np.broadcast_to(np.asarray(bias, np.float64), (1, n)).copy())


@pytest.mark.parametrize(("n", "S", "best"), [(10_000, 0.999, 0.99921), (1_000, 0.99, 0.99255)])
def test_the_zero_output_scores_one_and_the_best_constant_what_the_paper_says(n: int, S: float, best: float) -> None:
    engine = FusedCPU("float64", threads=1)
    examples = DataSource(n, S).draw(0, Stream.TEST, 0, 4_000)
    assert loss(engine, constant(n, 0.0), examples) == pytest.approx(1, abs=1e-7)
    assert loss(engine, constant(n, -1.0), examples) == pytest.approx(1, abs=1e-7)
    mean = float(examples.values.sum(dtype=np.float64)) / (4_000 * n)
    assert loss(engine, constant(n, mean), examples) == pytest.approx(1 - n * mean**2, abs=1e-6)
    assert 1 - n * mean**2 == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("importance", [0.9999, 0.999, 0.99])
def test_the_zero_output_scores_one_on_average_whatever_the_importance(importance: float) -> None:
    examples = DataSource(1_000, 0.99, importance=importance).draw(0, Stream.TEST, 0, 20_000)
    found = loss(FusedCPU("float64", threads=1), constant(1_000, 0.0), examples)
    assert found == pytest.approx(1, abs=0.02)


def test_losses_are_means_over_examples_of_sums_over_features(engine: Engine) -> None:
    """Two examples of length 1 and a bias of 0.1 on the spare features only: 1 + SPARE · 0.01 each."""
    bias = np.r_[np.zeros(2 * ACTIVE), np.full(SPARE, 0.1)]
    assert loss(engine, constant(2 * ACTIVE + SPARE, bias), disjoint(2)) == pytest.approx(1 + SPARE * 0.01)


def test_a_linear_output_keeps_its_sign(engine: Engine) -> None:
    params = constant(2 * ACTIVE + SPARE, -0.1)
    state = engine.place(State.start(params, "linear"))
    expected = ACTIVE * 0.6**2 + (ACTIVE + SPARE) * 0.1**2
    assert engine.evaluate(state, engine.load(disjoint(2)))[0] == pytest.approx(expected)

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import sdd_tui
from sdd_tui.engine.data import DataSource, Examples, FreshExamples, Stream
from sdd_tui.engine.setup import initial_state, make_engine
from sdd_tui.errors import ArrayError, SddError
from sdd_tui.run.data import training_data
from tests.run.helpers import small

FRESH: Any = FreshExamples(DataSource(5, 0.5), 0, 3)
RANDOM = np.random.default_rng(0)


def polygon(T: int) -> np.ndarray:
    """(2, T) corners of a regular T-gon."""
    angles = 2 * np.pi * np.arange(T) / T
    return np.array([np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize("T", [3, 5, 8, 30])
def test_examples_on_a_regular_polygon_have_m_over_t_each(T: int) -> None:
    np.testing.assert_allclose(sdd_tui.example_dimensionality(polygon(T)), 2 / T)
    np.testing.assert_allclose(sdd_tui.maximal_data_dimensionality(polygon(T)), 2 / T)
    assert sdd_tui.geometry(polygon(T)).polygon == T


def test_feature_dimensionality_is_the_formula_it_states() -> None:
    W = RANDOM.normal(size=(4, 30))
    W[:, 7] = 0
    lengths = np.linalg.norm(W, axis=0)
    unit = W / np.where(lengths > 0, lengths, 1)
    expected = np.where(lengths > 0, lengths**2 / np.maximum(((unit.T @ W) ** 2).sum(axis=1), 1e-300), 0)
    np.testing.assert_allclose(sdd_tui.feature_dimensionality(W), expected)
    np.testing.assert_allclose(sdd_tui.feature_norms(W), lengths)


def test_the_maximal_dimensionality_is_the_supremum_it_states() -> None:
    H = RANDOM.normal(size=(3, 12))
    found = sdd_tui.maximal_data_dimensionality(H)
    best = np.linalg.solve(H @ H.T, H)  # (m, T): the direction that attains it for each example
    for directions in (best, RANDOM.normal(size=(3, 1000))):
        shares = (directions.T @ H) ** 2 / ((directions.T @ H) ** 2).sum(axis=1, keepdims=True)
        assert (shares.max(axis=0) <= found + 1e-12).all()
    np.testing.assert_allclose(np.diag((best.T @ H) ** 2) / ((best.T @ H) ** 2).sum(axis=1), found)


@pytest.mark.parametrize(
    "overrides",
    [(), ("tied=false",), ("output=linear",), ("model.hidden=relu",), ("importance=0.9",), ("normalise=false",)],
)
def test_the_loss_is_the_engine_s(overrides: tuple[str, ...]) -> None:
    config = small("n=40", "m=3", "T=700", *overrides)
    engine, examples = make_engine(config), training_data(config)
    assert isinstance(examples, Examples)
    state = engine.place(initial_state(config))
    expected = engine.evaluate(state, engine.load(examples))[0]
    p = engine.fetch(state).params
    V = None if p.V is None else p.V[0]
    how = {"output": config.model.output, "hidden": config.model.hidden}
    assert sdd_tui.loss(p.W[0], p.b[0], examples, V, **how) == pytest.approx(expected, rel=1e-12)
    X = examples.dense()
    dense = sdd_tui.loss(p.W[0], p.b[0], X, V, **how, importance=examples.importance)
    assert dense == pytest.approx(expected, rel=1e-12)


def test_the_zero_output_scores_1_and_a_memoriser_keeps_its_digits() -> None:
    X = np.eye(5)
    assert sdd_tui.loss(np.zeros((2, 5)), np.zeros(5), X) == 1
    r2 = 1 / (1 - math.cos(2 * math.pi / 5))
    W, b = math.sqrt(r2) * polygon(5), np.full(5, -(r2 - 1))
    assert sdd_tui.loss(W, b, X) < 1e-30
    assert 1e-26 < sdd_tui.loss(W, b + 1e-12, X) < 1e-22
    np.testing.assert_allclose(sdd_tui.reconstruction(W, b, X), X, atol=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sdd_tui.feature_dimensionality(np.zeros(5)), "needs 2 dimensions"),
        (lambda: sdd_tui.feature_dimensionality("nonsense"), "no array of real numbers"),
        (lambda: sdd_tui.example_dimensionality([[1.0, math.nan]]), "not finite"),
        (lambda: sdd_tui.maximal_data_dimensionality([[1.0, math.inf]]), "not finite"),
        (lambda: sdd_tui.hidden_vectors(np.zeros((2, 5)), np.zeros((3, 4))), "has n = 4, and W"),
        (lambda: sdd_tui.loss(np.zeros((2, 5)), np.zeros(4), np.zeros((3, 5))), "b .n,.: has n = 4"),
        (lambda: sdd_tui.loss(np.zeros((2, 5)), np.zeros(5), np.zeros((3, 5)), np.zeros((3, 5))), "V .m, n.: has m"),
        (lambda: sdd_tui.loss(np.zeros((2, 5)), np.zeros(5), np.zeros((0, 5))), "has no examples"),
        (lambda: sdd_tui.loss(np.zeros((2, 5)), np.zeros(5), np.eye(5), importance=[1.0]), "importance"),
        (lambda: sdd_tui.loss(np.eye(2), np.zeros(2), np.eye(2), hidden="ReLU"), "hidden: 'ReLU' is not one of relu, "),  # type: ignore[arg-type]
        (lambda: sdd_tui.reconstruction(np.eye(2), np.zeros(2), np.eye(2), output="sigmoid"), "output: 'sigmoid'"),  # type: ignore[arg-type]
        (lambda: sdd_tui.hidden_vectors(np.eye(2), np.eye(2), "none"), "hidden: 'none' is not one of"),  # type: ignore[arg-type]
        (lambda: sdd_tui.feature_norms(np.eye(2) * 1j), "W .m, n.: is no array of real numbers: .*complex128"),
        (lambda: sdd_tui.feature_norms([["1"]]), "no array of real numbers"),
        (lambda: sdd_tui.feature_norms(np.ma.masked_less(-np.eye(2), 0)), "masked"),
        (lambda: sdd_tui.hidden_vectors(np.zeros((2, 5)), FRESH), "fresh examples at every step"),
        (lambda: sdd_tui.loss(np.zeros((2, 5)), np.zeros(5), FRESH), "fresh examples at every step"),
    ],
)
def test_an_array_that_does_not_fit_is_one_sentence(call: object, words: str) -> None:
    with pytest.raises(ArrayError, match=words) as caught:
        call()  # type: ignore[operator]
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, SddError)


def test_a_tensor_with_a_gradient_says_how_to_be_taken() -> None:
    torch = pytest.importorskip("torch", reason="needs torch")
    W = torch.eye(3, dtype=torch.float64, requires_grad=True)
    np.testing.assert_array_equal(sdd_tui.feature_norms(W.detach()), np.ones(3))
    with pytest.raises(ArrayError, match="detach"):
        sdd_tui.feature_norms(W)


@pytest.mark.parametrize("shape", [(0, 5), (2, 0), (0, 0)])
def test_an_empty_array_has_empty_or_zero_measures(shape: tuple[int, int]) -> None:
    for measure in (sdd_tui.example_dimensionality, sdd_tui.maximal_data_dimensionality, sdd_tui.feature_norms):
        np.testing.assert_array_equal(measure(np.zeros(shape)), np.zeros(shape[1]))
    assert sdd_tui.geometry(np.zeros(shape)).stored == 0


def test_rows_of_examples_are_those_that_are_there() -> None:
    examples = DataSource(5, 0.5).draw(0, Stream.TRAIN, 0, 4)
    for first, last, count in ((0, 2, 2), (2, 9, 2), (7, 9, 0), (3, 1, 0), (-2, 1, 1)):
        found = examples.rows(first, last)
        assert (found.n_rows, found.dense().shape, found.offsets.tolist()) == (count, (count, 5), [0, count])

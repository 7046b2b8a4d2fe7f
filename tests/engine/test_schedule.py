"""The schedule's table, and AdamW against torch's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.engine.reference import Reference
from sdd_tui.engine.schedule import FLUSH, Schedule
from tests.engine import conformance as c


def schedule(kind: str = "cosine", steps: int = 1_000, warmup: int = 50, lr: tuple[float, ...] = (1e-3,)) -> Schedule:
    one = np.ones(len(lr))
    return Schedule(np.array(lr), 0.01 * one, 0.9 * one, 0.999 * one, 1e-8 * one, one > 0, steps, warmup, kind)


@pytest.mark.parametrize("kind", ["cosine", "linear", "constant"])
def test_the_rate_rises_linearly_over_the_warmup(kind: str) -> None:
    rates = schedule(kind).rates(0, 50)[0]
    assert rates == pytest.approx(1e-3 * np.arange(1, 51) / 50)


def test_cosine_falls_from_the_peak_through_half_to_nothing() -> None:
    rates = schedule().rates(0, 1_001)[0]
    assert rates.argmax() == 49 and rates[49] == 1e-3
    assert (np.diff(rates[49:]) < 0).all()
    assert rates[50:1_000] == pytest.approx(0.5e-3 * (1 + np.cos(np.pi * np.arange(1, 951) / 951)))
    assert 0 < rates[999] < 1e-8 and rates[1_000] == pytest.approx(0, abs=1e-18)


def test_linear_falls_evenly_to_nothing() -> None:
    rates = schedule("linear").rates(0, 1_001)[0]
    assert np.diff(rates[49:]) == pytest.approx(-1e-3 / 951)
    assert 0 < rates[999] <= 1.1e-6 and rates[1_000] == pytest.approx(0, abs=1e-18)


def test_constant_stays() -> None:
    assert (schedule("constant").rates(49, 951) == 1e-3).all()


def test_without_warmup_training_starts_at_the_peak() -> None:
    assert schedule("constant", warmup=0).rates(0, 1)[0, 0] == 1e-3
    assert schedule("cosine", warmup=0).rates(0, 1)[0, 0] == pytest.approx(1e-3, rel=1e-5)


def test_warmup_may_last_to_the_end() -> None:
    assert schedule(warmup=1_000).rates(0, 1_000)[0] == pytest.approx(1e-6 * np.arange(1, 1_001))


@given(st.integers(0, 990), st.lists(st.integers(0, 20), max_size=6), st.sampled_from(["cosine", "linear", "constant"]))
def test_how_the_table_is_cut_does_not_show(first: int, cuts: list[int], kind: str) -> None:
    s = schedule(kind, lr=(1e-3, 3e-2))
    whole = s.table(first, sum(cuts))
    starts = first + np.cumsum([0, *cuts])
    parts = [s.table(int(start), k) for start, k in zip(starts, cuts, strict=False)]
    assert np.array_equal(whole, np.concatenate([np.zeros((2, 0, 3)), *parts], axis=1))


def test_the_table_holds_decay_and_both_bias_corrections() -> None:
    s = schedule("constant", warmup=0, lr=(0.1, 0.2))
    assert s.table(4, 1)[:, 0] == pytest.approx(
        np.array([[1 - lr * 0.01, lr / (1 - 0.9**5), (1 - 0.999**5) ** 0.5] for lr in (0.1, 0.2)])
    )


def test_a_models_schedule_is_its_line_of_the_batchs() -> None:
    s = schedule(lr=(1e-3, 5e-3, 1e-2))
    assert np.array_equal(s.model(1).table(10, 5)[0], s.table(10, 5)[1])


CASES = [
    replace(case, T=(7,), mean=(mean,), lr=(1e-3,), weight_decay=(decay,))
    for case, mean, decay in zip(c.cases(4, seed=3), (True, False) * 2, (0.0, 1e-2, 1.0, 1.0), strict=True)
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"decay {case.weight_decay[0]}")
def test_50_steps_of_the_reference_are_torchs_adamw(case: c.Case) -> None:
    torch.set_num_threads(1)
    truth = c.torch_adamw(case, 50, torch.float64)
    assert c.relative(c.trained(Reference("float64"), case, 50).params, truth) < 1e-10


def test_weight_decay_shrinks_weights_and_bias_alike_where_there_is_no_gradient() -> None:
    case = replace(CASES[0], tied=True, output="relu", weight_decay=(1.0,))
    engine = Reference("float64")
    state = engine.place(case.state())
    state.params.W[:] = 0.25
    state.params.b[:] = -100.0  # every output is off: no gradient, no step but the decay
    s = case.schedule()
    engine.advance(state, engine.load(case.data()), s, 10)
    shrunk = np.prod(1 - s.rates(0, 10))
    weights, bias = state.params.W, state.params.b
    assert weights == pytest.approx(0.25 * shrunk) and bias == pytest.approx(-100 * shrunk)


def test_moments_below_the_smallest_normal_float32_are_zero() -> None:
    case = replace(CASES[0], tied=True, output="relu")
    for engine in (Reference("float64"), Reference("float32")):
        state = engine.place(case.state())
        state.params.b[:] = -100.0
        state.first.W[:] = -2 * FLUSH
        data = engine.load(case.data())
        engine.advance(state, data, case.schedule(), 6)
        assert (state.first.W < 0).all()
        engine.advance(state, data, case.schedule(), 1)  # 0.9⁷ < 1/2
        assert (state.first.W == 0).all()

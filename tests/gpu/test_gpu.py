"""The GPU's engine on a GPU (`make gpu-check`): what the interpreter proves on the CPU, on more and larger cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sdd_tui.engine.data import DataSource, FreshExamples
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.interface import State, Tensors
from tests.engine import conformance as c
from tests.engine.triton_engine import TRITON
from tests.sweep.batches import left_by, trained
from tests.sweep.helpers import tiny

pytestmark = [pytest.mark.gpu, TRITON, pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU is here")]

CASES = c.cases(200)
STEADY = replace(
    CASES[0], n=2_000, m=2, T=(300, 40, 1), S=0.99, tied=True, mean=(True, False, True), lr=(1e-3,) * 3,
    weight_decay=(0.01,) * 3,
)  # fmt: skip


def engine(precision: str = "float32"):  # type: ignore[no-untyped-def]
    from sdd_tui.engine.fused_cuda import FusedCUDA

    return FusedCUDA(precision)


def bits(state: State) -> list[bytes]:
    return [a.tobytes() for t in (state.params, state.first, state.second) for a in t.arrays().values()]


def follows_torch(case: c.Case) -> None:
    """50 steps end where torch's do, as far as float32's rounding lets torch itself say where that is."""
    truth = c.torch_adamw(case, 50, torch.float64)
    rounding = max(c.relative(c.torch_adamw(case, 50, torch.float32, v), truth) for v in (0, 1, 2))
    assert c.relative(c.trained(engine(), case, 50).params, truth) < max(3 * rounding, 1e-5)


@pytest.mark.parametrize("m", sorted({case.m for case in CASES}))
def test_200_configurations_match_float64(m: int) -> None:
    """Gradients by autograd, losses by residuals; split by m, as every m has kernels of its own."""
    cases = [case for case in CASES if case.m == m]
    far = {case.seed: c.gradient_error(engine(), case) for case in cases}
    assert max(far.values()) < 5e-6, max(far, key=lambda seed: far[seed])
    assert max(c.loss_error(engine(), case) for case in cases) < 1e-10


@pytest.mark.parametrize("m", [2, 5, 40, 200])
def test_float64_gradients_match_to_rounding(m: int) -> None:
    cases = [replace(case, m=m, n=max(case.n, m)) for case in CASES[:6]]
    assert max(c.gradient_error(engine("float64"), case) for case in cases) < 1e-10


def test_models_with_an_odd_number_of_features_train_in_a_batch() -> None:
    follows_torch(replace(STEADY, n=1_999))


def test_more_steps_in_one_call_than_the_schedules_table_has_lines() -> None:
    assert bits(c.trained(engine(), STEADY, 2_500)) == bits(c.trained(engine(), STEADY, 2_500, chunk=500))


@pytest.mark.parametrize("m", [1, 2, 3, 5, 8, 16, 40, 100, 200])
def test_50_steps_follow_torchs_adamw(m: int) -> None:
    follows_torch(replace(STEADY, m=m))


@pytest.mark.parametrize("m", [2, 16, 64])
def test_the_same_run_twice_gives_the_same_bits(m: int) -> None:
    case = replace(STEADY, m=m)
    assert bits(c.trained(engine(), case, 300)) == bits(c.trained(engine(), case, 300))


def test_graphs_of_any_length_give_the_same_bits() -> None:
    assert bits(c.trained(engine(), STEADY, 200)) == bits(c.trained(engine(), STEADY, 200, chunk=7))


def test_a_batch_gives_what_its_models_give_alone() -> None:
    together, state = c.trained(engine(), STEADY, 100), STEADY.state()
    for b in range(3):
        alone = State.start(Tensors(state.params.W[b : b + 1], state.params.b[b : b + 1]), "relu")
        e = engine()
        placed = e.place(alone)
        e.advance(placed, e.load(STEADY.data().model(b)), STEADY.schedule().model(b), 100)
        assert np.array_equal(e.fetch(placed).params.W[0], together.params.W[b])


def test_fresh_data_trains_as_on_the_cpu() -> None:
    case = replace(STEADY, T=(1,), mean=(True,), lr=(1e-3,), weight_decay=(0.01,))
    found = []
    for e in (engine("float64"), FusedCPU("float64")):
        state = e.place(case.state())
        e.advance(state, e.load(FreshExamples(DataSource(2_000, 0.99), 3, 100)), case.schedule(), 40)
        found.append(e.fetch(state).params)
    assert c.relative(found[0], found[1]) < 1e-8


def test_cells_of_a_sweep_have_the_bits_in_a_batch_that_they_have_alone(tmp_path: Path) -> None:
    sweep = tiny({"T": [3, 4, 30, 300], "seed": [0, 1, 2, 3]})
    sweep = replace(sweep, base=sweep.base.model_copy(update={"device": "cuda"}))
    alone = trained(sweep, tmp_path, "alone", lambda config: 1)
    together = trained(sweep, tmp_path, "together")
    for cell in sweep.cells():
        assert left_by(alone, cell.name) == left_by(together, cell.name)

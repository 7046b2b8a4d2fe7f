"""The GPU's engine on random configurations at the edges, under the interpreter: gradients and losses against float64.

30 in the ordinary tests; 200 with `make science`, as the interpreter takes a third of a second for each."""

from __future__ import annotations

import numpy as np
import pytest

from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import State, Tensors
from sdd_tui.engine.reference import Reference
from tests.engine import conformance as c
from tests.engine.triton_engine import TRITON, fused_cuda

pytestmark = TRITON

HIDDEN = (1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 64, 65)
SETS = 20


def examples(rng: np.random.Generator, n: int, T: tuple[int, ...], importance: bool) -> Examples:
    """Examples of which some have no active feature and some all of them."""
    counts = np.minimum(n, rng.choice([0, 1, 3, n], sum(T), p=[0.3, 0.3, 0.35, 0.05]))
    rows = [np.sort(rng.choice(n, count, replace=False)) for count in counts]
    indices = np.concatenate(rows).astype(np.int32)
    values = rng.random(len(indices)).astype(np.float32)
    weights = np.where(rng.random(n) < 0.3, 0.0, rng.random(n)) if importance else None
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Examples(n, starts, indices, values, np.concatenate([[0], np.cumsum(T)]).astype(np.int64), weights)


def checked(seed: int) -> tuple[float, float]:
    """How far gradients and losses of a random configuration are from float64's."""
    rng = np.random.default_rng(seed)
    m = int(rng.choice(HIDDEN))
    n = int(rng.choice([2, 3, 5, 16, 31, 33]))
    T = tuple(int(t) for t in rng.choice([1, 2, 5, 17], rng.choice([1, 2, 3]))) if seed % 25 else (1, 300)
    data = examples(rng, n, T, importance=bool(rng.integers(2)))
    tied, B = bool(rng.integers(2)), len(T)
    W, V = (rng.standard_normal((B, m, n)).astype(np.float32) for _ in range(2))
    b = (0.1 * rng.standard_normal((B, n))).astype(np.float32)
    output, hidden = (str(rng.choice(["relu", "relu", "linear"])) for _ in range(2))
    state = State.start(Tensors(W, b, None if tied else V), output, hidden)  # type: ignore[arg-type]
    case = c.Case(n, m, T, 0.0, tied, "relu", (True, False, True)[:B], (1e-3,) * B, (0.01,) * B, seed)
    engine, truth = fused_cuda("float32"), Reference("float64")
    exact = truth.gradients(truth.place(state), truth.load(data), case.schedule())
    found = engine.gradients(engine.place(state), engine.load(data), case.schedule())
    losses = truth.evaluate(truth.place(state), truth.load(data))
    apart = np.abs(engine.evaluate(engine.place(state), engine.load(data)) - losses) / np.maximum(losses, 1e-300)
    return c.relative(found, exact), float(np.max(apart, where=losses > 0, initial=0.0))


@pytest.mark.parametrize("part", [p if p < 3 else pytest.param(p, marks=pytest.mark.science) for p in range(SETS)])
def test_random_configurations_match_float64(part: int) -> None:
    found = {seed: checked(seed) for seed in range(part, 200, SETS)}
    assert max(gradients for gradients, _ in found.values()) < 5e-6, found
    assert max(losses for _, losses in found.values()) < 1e-10, found

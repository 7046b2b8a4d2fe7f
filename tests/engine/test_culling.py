"""The culled pass gives what the dense one gives: no pair is skipped that matters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sdd_tui.engine.data import DataSource, Examples, FreshExamples, Stream
from sdd_tui.engine.fused_cpu import FusedCPU, culling
from sdd_tui.engine.fused_cpu.order import BOX, LEAF, MID, REACH, bound, curve
from sdd_tui.engine.interface import Activation, State, Tensors
from tests.engine import conformance as c

NEVER, ALWAYS = (10**9,) * 3, (1,) * 3


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(culling, "CULLED_PAIRS", 0)


SHAPES = ("as drawn", "coinciding", "at the origin", "on a line", "on a circle", "far apart")


def examples_of(n: int, T: int, shape: str, importance: bool, seed: int) -> Examples:
    """Examples whose hidden vectors lie as the shape says, for weights that show them so."""
    drawn = DataSource(n, 1 - min(1.0, 4 / n)).draw(seed, Stream.TRAIN, 0, T)
    values = drawn.values.copy()
    indptr, indices = drawn.indptr, drawn.indices
    if shape == "coinciding":
        width = int(indptr[1]) or 1
        indices = np.tile(drawn.indices[:width], T).astype(drawn.indices.dtype)
        values = np.tile(values[:width], T)
        indptr = np.arange(T + 1, dtype=indptr.dtype) * width
    if shape == "at the origin":
        values[:] = 0
    if shape == "far apart":
        values[:: max(1, len(values) // 3)] *= 1e4
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random(n) < 0.3, 0.0, rng.random(n)) if importance else None
    return Examples(n, indptr, indices, values, drawn.offsets, weights)


def state_of(n: int, m: int, shape: str, tied: bool, output: Activation, hidden: Activation, seed: int) -> State:
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((1, m, n))
    if shape == "on a line":
        W[:, 1:] = W[:, :1]
    if shape == "on a circle":
        W /= np.linalg.norm(W, axis=1, keepdims=True)
    V = None if tied else rng.standard_normal((1, m, n))
    b = rng.standard_normal((1, n)) * rng.choice([0.0, 0.1, 2.0])
    params = Tensors(*(None if a is None else a.astype(np.float32) for a in (W, b, V)))  # type: ignore[arg-type]
    return State.start(params, output, hidden)


def gradients(
    monkeypatch: pytest.MonkeyPatch,
    cull: tuple[int, ...],
    state: State,
    data: Examples,
    schedule: Any,
    precision: str = "float64",
) -> Tensors:
    monkeypatch.setattr(culling, "CULLED_FROM", cull)
    engine = FusedCPU(precision, 1)
    return engine.gradients(engine.place(state), engine.load(data), schedule)


@example(n=1, T=33, m=2, shape="on a circle", importance=False, tied=True, output="relu", hidden="linear", seed=0)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(1, 1_400), T=st.integers(1, 700), m=st.integers(1, 3), shape=st.sampled_from(SHAPES),
    importance=st.booleans(), tied=st.booleans(), output=st.sampled_from(["relu", "relu", "linear"]),
    hidden=st.sampled_from(["linear", "linear", "relu"]), seed=st.integers(0, 10**6),
)  # fmt: skip
def test_gradients_are_the_dense_pass_s(
    n: int, T: int, m: int, shape: str, importance: bool, tied: bool, output: Activation, hidden: Activation, seed: int
) -> None:
    data, state = examples_of(n, T, shape, importance, seed), state_of(n, m, shape, tied, output, hidden, seed)
    schedule = c.Case(n, m, (T,), 0.0, tied, "relu", (True,), (1e-3,), (0.01,), seed).schedule()
    with pytest.MonkeyPatch.context() as monkeypatch:
        dense, culled = (gradients(monkeypatch, cull, state, data, schedule) for cull in (NEVER, ALWAYS))
    for exact, found in zip(dense.arrays().values(), culled.arrays().values(), strict=True):
        # where terms of about 1 in all cancel, their roundings are left: 5 of 1 were seen at n = 1, 50 are allowed
        assert np.abs(found - exact).max() <= 1e-12 * np.abs(exact).max() + 50 * 2.0**-52


LOSSES: dict[str, Any] = {
    "n": st.integers(1, 1_400), "T": st.integers(1, 700), "m": st.integers(1, 3), "shape": st.sampled_from(SHAPES),
    "importance": st.booleans(), "tied": st.booleans(), "output": st.sampled_from(["relu", "relu", "linear"]),
    "hidden": st.sampled_from(["linear", "linear", "relu"]), "threads": st.integers(1, 3),
    "seed": st.integers(0, 10**6),
}  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**LOSSES)
def test_losses_are_those_of_residuals(
    n: int, T: int, m: int, shape: str, importance: bool, tied: bool, output: Activation, hidden: Activation,
    threads: int, seed: int,
) -> None:  # fmt: skip
    data, state = examples_of(n, T, shape, importance, seed), state_of(n, m, shape, tied, output, hidden, seed)
    found = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        for cull in (NEVER, ALWAYS):
            monkeypatch.setattr(culling, "CULLED_FROM", cull)
            engine = FusedCPU("float32", threads)
            engine.pool.team_work = 1
            loaded = engine.load(data)
            found.append(engine.example_losses(engine.place(state), 0, loaded.models[0]))
    dense, culled = found
    assert np.abs(culled - dense).max() <= 1e-12 * max(dense.max(), 1.0)


@pytest.mark.science
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**LOSSES)
def test_two_hundred_losses_are_those_of_residuals(**at: Any) -> None:
    test_losses_are_those_of_residuals.hypothesis.inner_test(**at)  # type: ignore[attr-defined]


@pytest.mark.parametrize("T", [1, 31, 33, 700, 9_000])
@pytest.mark.parametrize("m", [1, 2, 3])
def test_any_number_of_threads_gives_the_same_bits(T: int, m: int) -> None:
    data, state = examples_of(600, T, "as drawn", False, 5), state_of(600, m, "", True, "relu", "linear", 5)
    schedule = c.Case(600, m, (T,), 0.0, True, "relu", (True,), (1e-2,), (0.01,), 5).schedule()
    found = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(culling, "CULLED_FROM", ALWAYS)
        for threads, cuts in ((1, (7,)), (2, (3, 4)), (3, (1, 5, 1))):
            engine = FusedCPU("float32", threads)
            engine.pool.team_work = 1
            placed, loaded = engine.place(state), engine.load(data)
            for k in cuts:
                engine.advance(placed, loaded, schedule, k)
            found.append(engine.fetch(placed).params.W.tobytes())
    assert len(set(found)) == 1


@pytest.mark.parametrize("m", [1, 2, 3])
def test_steps_that_go_on_elsewhere_give_the_same_bits(m: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a resume: another engine, with what a checkpoint holds; the order of the examples is no part of it."""
    monkeypatch.setattr(culling, "CULLED_FROM", ALWAYS)
    data = examples_of(300, 700, "as drawn", False, 1)
    schedule = c.Case(300, m, (700,), 0.0, True, "relu", (True,), (1e-2,), (0.01,), 5).schedule(40)
    whole, parts = (
        FusedCPU("float32", 1).place(state_of(300, m, "as drawn", True, "relu", "linear", 2)) for _ in range(2)
    )
    FusedCPU("float32", 1).advance(whole, FusedCPU("float32", 1).load(data), schedule, 40)
    for threads in (1, 2, 1, 3):
        engine = FusedCPU("float32", threads)
        parts = engine.place(engine.fetch(parts))
        engine.advance(parts, engine.load(data), schedule, 10)
    for one, other in ((whole.params, parts.params), (whole.first, parts.first), (whole.second, parts.second)):
        for name, array in one.arrays().items():
            assert np.array_equal(array, other.arrays()[name]), name
    assert whole.step == parts.step == 40


def test_fresh_data_is_put_in_order_anew_at_each_step() -> None:
    state = state_of(300, 2, "", True, "relu", "linear", 1)
    schedule = c.Case(300, 2, (400,), 0.0, True, "relu", (True,), (1e-2,), (0.01,), 1).schedule()
    found = []
    for cull in (NEVER, ALWAYS):
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(culling, "CULLED_FROM", cull)
            engine = FusedCPU("float64", 2)
            placed, data = engine.place(state), engine.load(FreshExamples(DataSource(300, 0.98), 3, 400))
            engine.advance(placed, data, schedule, 6)
            found.append(engine.fetch(placed).params)
    assert c.relative(found[1], found[0]) < 1e-10


@pytest.mark.parametrize("where", ["W", "b"])
def test_what_is_not_a_number_is_never_skipped(where: str) -> None:
    data, state = examples_of(200, 300, "as drawn", False, 2), state_of(200, 2, "", True, "relu", "linear", 2)
    getattr(state.params, where)[0, ..., 7] = np.nan
    schedule = c.Case(200, 2, (300,), 0.0, True, "relu", (True,), (1e-2,), (0.01,), 2).schedule()
    with pytest.MonkeyPatch.context() as monkeypatch:
        dense, culled = (gradients(monkeypatch, cull, state, data, schedule) for cull in (NEVER, ALWAYS))
    for exact, found in zip(dense.arrays().values(), culled.arrays().values(), strict=True):
        assert (np.isnan(found) >= np.isnan(exact)).all()


@pytest.mark.parametrize(("m", "bits"), [(1, 6), (2, 1), (2, 5), (3, 4)])
def test_the_curve_goes_through_every_cell_from_one_to_its_neighbour(m: int, bits: int) -> None:
    place = curve(m, bits)
    cells = np.stack(np.unravel_index(np.argsort(place), (1 << bits,) * m), axis=1)
    assert sorted(place) == list(range(1 << m * bits))
    assert (np.abs(np.diff(cells, axis=0)).sum(axis=1) == 1).all()


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    m=st.integers(1, 3), count=st.integers(1, LEAF), seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e3),
    flat=st.booleans(), dtype=st.sampled_from([np.float32, np.float64]),
)  # fmt: skip
def test_a_box_holds_z_of_all_its_examples(m: int, count: int, seed: int, scale: float, flat: bool, dtype: Any) -> None:
    rng = np.random.default_rng(seed)
    H = (scale * (rng.standard_normal((count, m)) + 3 * rng.standard_normal(m))).astype(dtype)
    if flat:
        H[:, 1:] = H[:, :1]
    box: NDArray[Any] = np.zeros(BOX, dtype)
    bound((0,) * m, H, 0, count, box)
    for v in rng.standard_normal((20, m)):
        axes = np.array([[box[7], box[8]], [-box[8], box[7]]]) if m == 2 else np.eye(m)
        reach = np.abs(axes @ v) @ box[REACH : REACH + m].astype(float)
        z = H.astype(float) @ v
        middle = float(v @ box[MID : MID + m])
        assert middle - reach <= z.min() and z.max() <= middle + reach

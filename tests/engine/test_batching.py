"""Models that go on together, each in a loop of its own, have the bits that they have alone."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sdd_tui.config import RunConfig
from sdd_tui.engine import batching as module
from sdd_tui.engine.batching import Member, ModelBatch
from sdd_tui.engine.data import Examples
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.interface import State, Tensors
from sdd_tui.engine.setup import initial_state, schedule
from sdd_tui.engine.trainer import Event, Frame, Problem, Recording, Row, train
from sdd_tui.run import data as run_data
from sdd_tui.run.data import training_data
from tests.engine.triton_engine import TRITON, fused_cuda
from tests.waiting import PATIENCE_S, wait_until

STEPS = 60


def config(T: int, seed: int, **optim: Any) -> RunConfig:
    data = {"n_features": 40, "n_examples": T, "sparsity": 0.9, "seed": seed, "n_test": 20}
    return RunConfig.model_validate({"data": data, "model": {"seed": seed}, "optim": {"steps": STEPS, **optim}})


DIFFERENT = [config(3, 0), config(17, 1, lr=0.01), config(5, 2, weight_decay=1.0), config(40, 3, reduction="sum")]


def trained(engine: Any, of: RunConfig, start: int = 0, until: int = STEPS) -> tuple[State, list[Event]]:
    """A model trained by its own loop to a step; from a later step on, as after a resume."""
    recording = Recording(frozenset({0, 7, 30, STEPS}), frozenset({30}))
    problem = Problem(training_data(of), run_data.test_data(of), schedule(of))
    first = initial_state(of)
    if start:
        alone = FusedCPU()
        first = alone.place(first)
        alone.advance(first, alone.load(problem.train), problem.schedule, start)
    state, events = engine.place(first), []
    for event in train(engine, state, problem, recording, until=lambda: until):
        copied = isinstance(event, Frame) and Tensors(event.params.W.copy(), event.params.b.copy())  # it is a view
        events.append(Frame(event.step, copied) if copied else event)
        if state.step >= until:
            break
    return engine.fetch(state), events


def together(configs: list[RunConfig], starts: list[int], ends: list[int]) -> list[tuple[State, list[Event]]]:
    batch = ModelBatch(FusedCPU(), len(configs))

    def one(of: RunConfig, start: int, end: int) -> tuple[State, list[Event]]:
        with batch.member() as member:
            return trained(member, of, start, end)

    with ThreadPoolExecutor(len(configs)) as pool:
        return list(pool.map(one, configs, starts, ends))


@pytest.mark.parametrize("starts", [[0, 0, 0, 0], [10, 0, 25, 10]], ids=["from the start", "resumed at other steps"])
@pytest.mark.parametrize("ends", [[STEPS] * 4, [STEPS, 20, STEPS, 33]], ids=["to the end", "some stopped"])
def test_each_model_has_the_bits_and_rows_it_has_alone(starts: list[int], ends: list[int]) -> None:
    found = together(DIFFERENT, starts, ends)
    for of, start, end, (state, events) in zip(DIFFERENT, starts, ends, found, strict=True):
        expected, alone = trained(FusedCPU(), of, start, end)
        assert state.step == expected.step == end
        for a, b in ((state.params, expected.params), (state.first, expected.first), (state.second, expected.second)):
            assert_array_equal(a.W, b.W)
            assert_array_equal(a.b, b.b)
        told = (events, alone)
        rows = [[(e.step, e.train_loss, e.test_loss) for e in each if isinstance(e, Row)] for each in told]
        assert rows[0] == rows[1]
        frames = [[e.params.W for e in each if isinstance(e, Frame)] for each in told]
        assert_array_equal(frames[0], frames[1])


def in_one_batch(engine: FusedCPU, configs: list[RunConfig], *expected: type[Exception]) -> None:
    """Models trained to their end, or to an expected error, each in a thread of its own. Raises any other error."""
    batch = ModelBatch(engine, len(configs))

    def one(of: RunConfig) -> None:
        with batch.member() as member, suppress(*expected):
            trained(member, of)

    with ThreadPoolExecutor(len(configs)) as pool:
        list(pool.map(one, configs))


class Counting(FusedCPU):
    """Counts its calls, and the models of each."""

    def __init__(self) -> None:
        super().__init__()
        self.models: list[int] = []
        self.evaluated: list[tuple[int, int]] = []
        """Models and step of each evaluation."""

    def evaluate(self, state: State, data: Any) -> Any:
        self.evaluated.append((len(state.params.W), state.step))
        return super().evaluate(state, data)

    def advance(self, state: State, data: Any, schedule: Any, k: int) -> None:
        self.models.append(len(state.params.W))
        super().advance(state, data, schedule, k)


class Broken(FusedCPU):
    def advance(self, state: State, data: Any, schedule: Any, k: int) -> None:
        if state.step > 5:
            raise MemoryError
        super().advance(state, data, schedule, k)


def test_all_models_are_in_every_call_of_the_engine() -> None:
    engine = Counting()
    in_one_batch(engine, DIFFERENT)
    assert set(engine.models) == {len(DIFFERENT)}


def test_what_all_record_is_evaluated_once_for_the_batch() -> None:
    """Two evaluations a recorded step, on the training data and on the test set, however many models there are."""
    engine = Counting()
    same_test_set = [config(T, 0) for T in (3, 17, 5)]
    in_one_batch(engine, same_test_set)
    for step in (7, 30, STEPS):
        assert [models for models, at in engine.evaluated if at == step] == [3, 3]


def over(kind: type[FusedCPU]) -> weakref.ref[FusedCPU]:
    """The engine of a batch that has ended."""
    engine = kind()
    in_one_batch(engine, DIFFERENT[:2], MemoryError)
    return weakref.ref(engine)


@pytest.mark.parametrize("kind", [FusedCPU, Broken], ids=["that finished", "that failed"])
def test_a_batch_that_is_over_leaves_nothing_behind(kind: type[FusedCPU]) -> None:
    """Neither its models nor the engine wait until Python looks for circles: a GPU's memory would stay with them."""
    gc.disable()
    try:
        assert over(kind)() is None
    finally:
        gc.enable()


def test_an_engine_that_fails_fails_for_each_of_them() -> None:
    batch = ModelBatch(Broken(), 2)

    def one(of: RunConfig) -> str:
        with batch.member() as member:
            try:
                trained(member, of)
            except MemoryError:
                return "failed"
        return "finished"

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, DIFFERENT[:2])) == ["failed", "failed"]


def test_nobody_waits_for_a_model_that_never_began() -> None:
    batch = ModelBatch(FusedCPU(), 3)
    for _ in range(2):
        member = batch.member()
        with member:
            member.leave()  # once is once
    state, _ = trained(batch.member(), DIFFERENT[0])
    assert state.step == STEPS


def test_waiting_is_no_training_time() -> None:
    member = Member(ModelBatch(FusedCPU(), 1))
    before = member.clock()
    examples = training_data(DIFFERENT[3])
    assert isinstance(examples, Examples)
    assert member.clock() == before == 0
    trained(member, DIFFERENT[3])
    assert member.clock() > np.nextafter(0, 1)


@TRITON
def test_models_on_a_gpu_are_views_of_one_batch_with_the_bits_they_have_alone() -> None:
    configs, ends = [config(3, 0), config(6, 1, lr=0.01)], (4, 3)
    batch = ModelBatch(fused_cuda("float32"), 2)

    def one(of: RunConfig, end: int) -> State:
        with batch.member() as member:
            return trained(member, of, until=end)[0]

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one, configs, ends))
    for of, end, state in zip(configs, ends, found, strict=True):
        expected, _ = trained(fused_cuda("float32"), of, until=end)
        assert_array_equal(state.params.W, expected.params.W)
        assert_array_equal(state.second.b, expected.second.b)


def test_signs_of_life_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALIVE_S", 0.01)
    both, met = Barrier(2), [False, False]
    batch = ModelBatch(FusedCPU(), 3)

    def one(i: int) -> State:
        def alive() -> None:
            if not met[i]:
                both.wait(PATIENCE_S)
                met[i] = True

        with batch.member() as member:
            if i < 2:
                member.alive = alive
            else:
                wait_until(lambda: all(met))
            return trained(member, DIFFERENT[i])[0]

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(one, range(3)))
    for of, state in zip(DIFFERENT, found, strict=False):
        assert_array_equal(state.params.W, trained(FusedCPU(), of)[0].params.W)

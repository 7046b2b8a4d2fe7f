"""The loop: what it yields, in which order, and that the clock doesn't show."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from copy import deepcopy

import numpy as np
import pytest

from sdd_tui import presets
from sdd_tui.config import RunConfig
from sdd_tui.engine import setup
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.interface import State
from sdd_tui.engine.trainer import Event, Frame, Outcome, Problem, Progress, Recording, Row, train
from sdd_tui.run import data as run_data

SETTINGS = ("n=100", "S=0.9", "T=5", "steps=60", "data.n_test=20", "lr=0.05")
RECORDING = Recording(rows=frozenset({0, 1, 7, 20, 60}), frames=frozenset({0, 7, 33}), stops=frozenset({45}))

Clock = Callable[[], float]


def ticking(seconds: float) -> Clock:
    """A clock that goes on by so much whenever it is read."""
    ticks = itertools.count()
    return lambda: seconds * next(ticks)


def problem(config: RunConfig) -> Problem:
    return Problem(run_data.training_data(config), run_data.test_data(config), setup.schedule(config))


def events(
    clock: Clock, *overrides: str, state: State | None = None, recording: Recording = RECORDING, seconds: float = 0.0
) -> Iterator[Event]:
    config = presets.with_overrides(RunConfig(), (*SETTINGS, *overrides))
    engine = FusedCPU(threads=1)
    return train(engine, state or engine.place(setup.initial_state(config)), problem(config), recording, seconds, clock)


def recorded(found: Iterator[Event]) -> list[tuple[object, ...]]:
    """Everything recorded but times, in order."""
    kept: list[tuple[object, ...]] = []
    for event in found:
        if isinstance(event, Row):
            kept.append((event.step, event.train_loss, event.test_loss, event.weight_norm, event.bias_norm, event.lr))
        elif isinstance(event, Frame):
            kept.append((event.step, event.params.W.tobytes(), event.params.b.tobytes()))
    return kept


def test_what_is_recorded_does_not_depend_on_the_clock() -> None:
    quick, slow, stopped = (recorded(events(ticking(s))) for s in (1e-5, 10.0, 0.0))
    assert quick == slow == stopped and len(quick) == 8


def test_a_slow_machine_steps_one_by_one_and_a_quick_one_from_stop_to_stop() -> None:
    slow = [e.step for e in events(ticking(10.0)) if isinstance(e, Progress)]
    assert slow == list(range(1, 61))
    quick = [e.step for e in events(ticking(1e-6)) if isinstance(e, Progress)]
    assert quick == [1, 7, 20, 33, 45, 60]


def test_rows_and_frames_come_at_their_steps_and_before_the_progress_that_follows() -> None:
    found = list(events(ticking(1e-6)))
    steps = [(type(e).__name__, e.step) for e in found]
    assert steps == [
        ("Row", 0),
        ("Frame", 0),
        ("Row", 1),
        ("Progress", 1),
        ("Row", 7),
        ("Frame", 7),
        ("Progress", 7),
        ("Row", 20),
        ("Progress", 20),
        ("Frame", 33),
        ("Progress", 33),
        ("Progress", 45),
        ("Row", 60),
        ("Progress", 60),
        ("Outcome", 60),
    ]
    last = found[-1]
    assert isinstance(last, Outcome) and last.finished and not last.reason and not last.advice


def test_training_reaches_the_last_step_even_when_nothing_is_recorded_there() -> None:
    nothing = Recording(frozenset(), frozenset())
    *_, progress, outcome = events(ticking(1e-6), recording=nothing)
    assert isinstance(progress, Progress) and isinstance(outcome, Outcome)
    assert progress.step == outcome.step == 60


def test_a_row_holds_the_losses_norms_and_next_rate_of_its_step() -> None:
    config = presets.with_overrides(RunConfig(), SETTINGS)
    engine = FusedCPU(threads=1)
    p = problem(config)
    state = engine.place(setup.initial_state(config))
    for event in train(engine, state, p, RECORDING):
        if isinstance(event, Row):
            assert event.step == state.step
            assert event.train_loss == engine.evaluate(state, engine.load(p.train))[0]
            assert event.test_loss == engine.evaluate(state, engine.load(p.test))[0]
            assert event.weight_norm == pytest.approx(np.linalg.norm(state.params.W.astype(np.float64)))
            assert event.bias_norm == pytest.approx(np.linalg.norm(state.params.b.astype(np.float64)))
            assert event.lr == p.schedule.rates(event.step, 1)[0, 0]
        if isinstance(event, Frame):
            assert np.array_equal(event.params.W, state.params.W)


def test_training_lowers_the_training_loss() -> None:
    rows = [e for e in events(ticking(0.0)) if isinstance(e, Row)]
    assert rows[-1].train_loss < 0.9 * rows[0].train_loss


@pytest.mark.parametrize("stop", [7, 20, 45])
def test_a_resumed_run_goes_on_to_the_same_bits_and_yields_nothing_twice(stop: int) -> None:
    whole = recorded(events(ticking(1e-6)))
    config = presets.with_overrides(RunConfig(), SETTINGS)
    engine = FusedCPU(threads=1)
    state = engine.place(setup.initial_state(config))
    before: list[Event] = []
    for event in events(ticking(1e-6), state=state):
        before.append(deepcopy(event))
        if isinstance(event, Progress) and event.step == stop:
            break
    after = recorded(events(ticking(1e-6), state=state))
    assert recorded(iter(before)) + after == whole


def test_seconds_go_on_after_a_resume_and_never_go_back() -> None:
    times = [e.seconds for e in events(ticking(0.5), seconds=100.0) if not isinstance(e, Frame)]
    assert times[0] > 100 and times == sorted(times)


def test_time_spent_by_whoever_listens_is_not_training_time() -> None:
    now = [0.0]
    total = -1.0
    for event in events(lambda: now[0]):
        now[0] += 1_000.0
        if isinstance(event, Outcome):
            total = event.seconds
    assert total == 0


def test_a_loss_that_becomes_nan_ends_training_with_advice() -> None:
    *_, last = events(ticking(1e-6), "lr=1e30")
    assert isinstance(last, Outcome) and not last.finished
    assert 1 <= last.step < 60 and last.reason == "the loss became NaN"
    assert last.advice == "Try a lower learning rate (it was 1e+30)."


def test_endless_data_trains_too() -> None:
    rows = [e for e in events(ticking(1e-6), "T=inf", "data.batch_size=16") if isinstance(e, Row)]
    assert [row.step for row in rows] == [0, 1, 7, 20, 60] and all(np.isfinite(row.train_loss) for row in rows)


def test_no_step_asked_for_is_run_past_and_the_bits_stay() -> None:
    whole = recorded(events(ticking(1e-6)))
    config = presets.with_overrides(RunConfig(), SETTINGS)
    engine = FusedCPU(threads=1)
    state, p = engine.place(setup.initial_state(config)), problem(config)
    asked = [3, 20, 41]
    found, steps = [], []
    for event in train(engine, state, p, RECORDING, clock=ticking(1e-6), until=lambda: asked[0] if asked else None):
        found.append(deepcopy(event))
        if isinstance(event, Progress):
            steps.append(event.step)
            if asked and event.step == asked[0]:
                asked.pop(0)
    assert steps == [1, 3, 7, 20, 33, 41, 45, 60]
    assert recorded(iter(found)) == whole


@pytest.mark.parametrize("asked", [0, 60, 61, 10**9])
def test_a_step_passed_or_beyond_the_end_changes_nothing(asked: int) -> None:
    config = presets.with_overrides(RunConfig(), SETTINGS)
    engine = FusedCPU(threads=1)
    state, p = engine.place(setup.initial_state(config)), problem(config)
    found = train(engine, state, p, RECORDING, clock=ticking(1e-6), until=lambda: asked)
    assert [e.step for e in found if isinstance(e, Progress)] == [1, 7, 20, 33, 45, 60]


def test_a_run_that_begins_later_records_its_first_step() -> None:
    config = presets.with_overrides(RunConfig(), SETTINGS)
    engine = FusedCPU(threads=1)
    state, p = engine.place(setup.initial_state(config)), problem(config)
    engine.advance(state, engine.load(p.train), p.schedule, 7)
    later = Recording(RECORDING.rows, RECORDING.frames, start=7)
    assert recorded(train(engine, state, p, later)) == recorded(events(ticking(1e-6)))[3:]

"""The training loop, read top to bottom: it yields losses, frames and an outcome, and leaves everything else to others.

Invariant: what is recorded depends on the step alone, never on the clock; the caller owns the state and may look at it,
save it or stop whenever the loop has yielded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import numpy as np

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.interface import Engine, State, Tensors, bias_norm, weight_norm
from sdd_tui.engine.schedule import Schedule

PAUSE_S = 0.05
"""Seconds between two looks at what people ask for: steps are done in calls of about this length."""


@dataclass(frozen=True)
class Row:
    """A recorded step's numbers; losses in the paper's units."""

    step: int
    train_loss: float
    test_loss: float
    weight_norm: float
    bias_norm: float
    lr: float
    """Learning rate of the next step."""
    seconds: float
    """Training time so far, evaluation included."""


@dataclass(frozen=True)
class Frame:
    """A recorded step's parameters."""

    step: int
    params: Tensors


@dataclass(frozen=True)
class Progress:
    """The loop is between two calls of the engine, and everything recorded up to `step` has been yielded."""

    step: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """How training ended, with advice where it went wrong."""

    finished: bool
    step: int
    seconds: float
    reason: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Problem:
    """What is trained on, and how."""

    train: Examples | FreshExamples
    test: Examples
    schedule: Schedule


@dataclass(frozen=True)
class Recording:
    """Steps at which something is yielded."""

    rows: frozenset[int]
    frames: frozenset[int]
    stops: frozenset[int] = frozenset()
    """Further steps at which a Progress is wanted."""
    start: int = 0
    """The step the run begins at: recorded by whoever trains on from there."""


Event = Row | Frame | Progress | Outcome


def train(
    engine: Engine,
    state: State,
    problem: Problem,
    recording: Recording,
    seconds: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
    until: Callable[[], int | None] = lambda: None,
) -> Generator[Event, None, None]:
    """Train a single model from `state` to the schedule's last step.

    Steps recorded before (state.step > recording.start, after a resume) are not yielded again. `until` is looked at
    before every call of the engine: a step it names is not run past without a Progress at exactly that step; one that
    has passed means nothing.
    """
    train_data, test_data = engine.load(problem.train), engine.load(problem.test)
    engine.advance(state, train_data, problem.schedule, 0)  # compiles, where an engine does: no part of training time
    for data in (engine.load(problem.test.rows(0, 1)), test_data, train_data):  # few and many examples go other ways
        engine.evaluate(state, data)
    began = clock()

    def record() -> Iterator[Event]:
        nonlocal seconds
        if state.step in recording.rows:
            host = engine.parameters(state)
            row = Row(
                state.step,
                float(engine.evaluate(state, train_data)[0]),
                float(engine.evaluate(state, test_data)[0]),
                weight_norm(host.W[0]),
                bias_norm(host.b[0]),
                float(problem.schedule.rates(state.step, 1)[0, 0]),
                seconds + clock() - began,
            )
            seconds = row.seconds
            yield row
        if state.step in recording.frames:
            yield Frame(state.step, engine.parameters(state))

    if state.step == recording.start:
        yield from record()
    stops = recording.rows | recording.frames | recording.stops | {problem.schedule.steps}
    per_step = 0.0
    for stop in sorted(s for s in stops if s > state.step):
        while state.step < stop:
            asked = until()
            halt = asked if asked is not None and state.step < asked < stop else stop
            k = min(halt - state.step, max(1, int(PAUSE_S / per_step)) if per_step else 1)
            began = clock()
            engine.advance(state, train_data, problem.schedule, k)
            took = clock() - began
            seconds += took
            per_step = max(took / k, 1e-9)
            if not engine.parameters(state).finite():
                yield _diverged(state.step, seconds, problem.schedule)
                return
            if state.step == stop:
                began = clock()
                yield from record()
            yield Progress(state.step, seconds)
    yield Outcome(True, state.step, seconds)


def _diverged(step: int, seconds: float, schedule: Schedule) -> Outcome:
    lr = np.format_float_scientific(schedule.lr[0], trim="-", exp_digits=1)
    return Outcome(False, step, seconds, "the loss became NaN", f"Try a lower learning rate (it was {lr}).")

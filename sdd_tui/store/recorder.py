"""Trains a run into its directory: the only place where the training loop meets the disk.

`record` trains a created run from its newest checkpoint (or from step 0) to the end, obeying requests.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdd_tui.config import RunConfig
from sdd_tui.engine.base import State
from sdd_tui.engine.setup import (
    initial_state,
    make_engine,
    schedule,
    test_data,
    training_data,
)
from sdd_tui.engine.trainer import Event, Frame, Outcome, Problem, Recording, Row, train
from sdd_tui.errors import InterruptedRunError, NoRoomError, RunFailedError
from sdd_tui.store import checkpoint, control
from sdd_tui.store.findings import Watcher, summary
from sdd_tui.store.frames import cut as cut_frames
from sdd_tui.store.interruption import Interruption
from sdd_tui.store.layout import (
    CONSOLE,
    EVENTS,
    FRAMES,
    META,
    METRICS,
    STATUS,
    read_json,
    replace_json,
    writing,
)
from sdd_tui.store.lines import cut as cut_lines
from sdd_tui.store.lock import Lock
from sdd_tui.store.meta import session_meta
from sdd_tui.store.plan import make_plan
from sdd_tui.store.reader import read_run_config
from sdd_tui.store.writer import LATEST, Writer

CHECKPOINT_S = 10.0
"""Training seconds between two checkpoints of a long run: what a kill can cost."""


@dataclass(frozen=True)
class Result:
    """How a recorded run ended."""

    run: Path
    state: str
    """finished or stopped."""
    status: dict[str, Any] = field(default_factory=dict)


def record(
    run: Path,
    force: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
    on_words: Callable[[str], None] = lambda words: None,
) -> Result:
    """Train a run to its end, from its newest checkpoint. Raises BusyError, DamagedError, NoRoomError, RunFailedError
    and InterruptedRunError; whatever happens, the run can be resumed."""
    config = read_run_config(run)
    lock = Lock(run, force)
    try:
        return _Recorder(run, config, on_event, on_words).run_to_the_end()
    finally:
        lock.release()


class _Recorder:
    """One training session of one run; its parts are the lines of `run_to_the_end`."""

    def __init__(
        self, run: Path, config: RunConfig, on_event: Callable[[Event], None], on_words: Callable[[str], None]
    ) -> None:
        self.run, self.config = run, config
        self.on_event, self.on_words = on_event, on_words
        self.plan = make_plan(config)
        self.writer = Writer(run, config, self.plan)
        self.seconds = 0.0
        self.saved_at = 0.0
        self.halt: int | None = None
        """The step somebody asked to run to."""
        self.watcher = Watcher(config)

    def run_to_the_end(self) -> Result:
        try:
            return self._session()
        except (NoRoomError, MemoryError) as error:
            words = str(error) if isinstance(error, NoRoomError) else "there is not enough memory for this run"
            self.writer.last_words("failed", words, "sdd resume goes on from the last checkpoint")
            if isinstance(error, NoRoomError):
                raise
            raise RunFailedError(f"{self.run.name}: {words}. Try a smaller T, n or m.") from None

    def _session(self) -> Result:
        self.engine = make_engine(self.config)
        control.take(self.run)  # requests from before this session are not obeyed
        problem = Problem(training_data(self.config), test_data(self.config), schedule(self.config))
        meta = session_meta(self.run, problem, self.engine)
        self.state = self.engine.place(self._newest_state())
        replace_json(self.run / META, meta)
        self.writer.status |= {"step": self.state.step, "seconds": self.seconds}
        self.writer.state("starting")
        if self.engine.needs_compiling():
            self._say("Compiling the kernels for this CPU (once, some seconds) …")
        plan = self.plan
        recording = Recording(frozenset(plan.row_steps), frozenset(plan.frame_steps), frozenset(plan.checkpoint_steps))
        training = train(self.engine, self.state, problem, recording, self.seconds, until=lambda: self.halt)
        with Interruption() as interruption, closing(training) as events:
            return self._follow(events, interruption)

    def _follow(self, events: Iterator[Event], interruption: Interruption) -> Result:
        for event in events:
            self.on_event(event)
            if isinstance(event, Row):
                self.writer.row(event)
            elif isinstance(event, Frame):
                self.writer.frame(event)
                for kind, words in self.watcher.look(event.params.W[0]):
                    self.writer.event(event.step, kind, words)
                if event.step == 0:  # so that there is something to resume however early the disk is full
                    self._checkpoint()
            elif isinstance(event, Outcome):
                if not event.finished:
                    raise self._failed(event)
            else:
                self.seconds = event.seconds
                self.writer.progress(event.step, event.seconds)
                kept = event.step in self.plan.checkpoint_steps and event.step < self.config.optim.steps
                if kept or event.seconds - self.saved_at > CHECKPOINT_S:
                    self._checkpoint()
                if self._stop_wanted(interruption):
                    return self._stop(interruption)
        return self._finish()

    def _stop_wanted(self, interruption: Interruption) -> bool:
        """Obey what people ask for; True when they ask to stop. A pause lasts until it is taken back."""
        step, paused = self.state.step, False
        if self.halt is not None and self.halt <= step < self.config.optim.steps:
            paused = self._switch(True, f"at step {step:,}, as asked")
        while True:
            for asked in control.take(self.run):
                if asked.request == "stop":
                    return True
                if asked.request == "checkpoint":
                    self._checkpoint("checkpoint, as asked")
                    continue
                self.halt = asked.step  # the newest request counts
                pause = asked.request == "pause" or (asked.step is not None and asked.step <= step)
                if pause != paused:
                    to = f"run to step {asked.step:,}" if asked.step is not None else asked.request
                    paused = self._switch(pause, f"asked to {to}")
            if interruption.wanted:
                return True
            if not paused:
                return False
            time.sleep(0.05)
            if time.time() - self.writer.status["heartbeat"] > 1:
                self.writer.state("paused")

    def _switch(self, pause: bool, words: str) -> bool:
        """Pause, with a checkpoint, or go on; `pause` itself."""
        self.writer.event(self.state.step, "paused" if pause else "continued", words)
        if pause:
            self.halt = None
            self._checkpoint()
        self.writer.state("paused" if pause else "running")
        return pause

    def _finish(self) -> Result:
        self._checkpoint()
        losses = [v if isinstance(v := self.writer.status.get(k), float) else math.nan for k in LATEST[:2]]
        outcome = summary(self.config, self.engine.fetch(self.state).params.W[0], *losses)
        self.writer.event(self.state.step, "finished", f"finished: {outcome['solution']}")
        self.writer.state("finished", outcome=outcome, step=self.state.step, seconds=self.seconds)
        self._log("finished")
        return Result(self.run, "finished", self.writer.status)

    def _stop(self, interruption: Interruption) -> Result:
        self._checkpoint()
        words = "interrupted" if interruption.wanted else "stopped, as asked"
        self.writer.event(self.state.step, "stopped", words)
        outcome = {"reason": words, "advice": "sdd resume goes on from here"}
        self.writer.state("stopped", outcome=outcome, step=self.state.step, seconds=self.seconds)
        self._log(f"{words} at step {self.state.step}")
        if interruption.wanted:
            raise InterruptedRunError(
                f"{self.run.name}: interrupted at step {self.state.step:,}; a checkpoint was written,"
                f" `sdd resume {self.run.name}` goes on."
            )
        return Result(self.run, "stopped", self.writer.status)

    def _failed(self, outcome: Outcome) -> RunFailedError:
        self.writer.event(outcome.step, "diverged", outcome.reason)
        self.writer.status["step"] = outcome.step
        self.writer.last_words("failed", outcome.reason, outcome.advice)
        self._log(f"{outcome.reason} by step {outcome.step}")
        return RunFailedError(f"{self.run.name}: stopped at step {outcome.step:,}: {outcome.reason}. {outcome.advice}")

    def _checkpoint(self, words: str = "") -> None:
        """Save the state; `words` make it an event."""
        if words:
            self.writer.event(self.state.step, "checkpoint", words)
        self.writer.checkpoint(self.engine.fetch(self.state), self.seconds)
        self.saved_at = self.seconds

    def _newest_state(self) -> State:
        """The state of the newest checkpoint, with everything recorded later cut off; or the first state."""
        if (self.run / STATUS).exists():
            read_json(self.run / STATUS)  # refuse a damaged run before anything in it is changed
        steps = checkpoint.steps(self.run)
        state = initial_state(self.config)
        if steps:
            shape = (self.config.model.n_hidden, self.config.data.n_features)
            state, self.seconds = checkpoint.load(self.run, steps[-1], shape, self.config.model.tied)
        self.saved_at = self.seconds
        last = state.step or -1  # at step 0 the loop records step 0 (again)
        row = cut_lines(self.run / METRICS, last, [s for s in self.plan.row_steps if s <= last])
        cut_lines(self.run / EVENTS, last)
        cut_frames(self.run / FRAMES, [s for s in self.plan.frame_steps if s <= last])
        self.writer.status |= {name: row.get(name) for name in LATEST}
        if steps:
            self.writer.event(state.step, "resumed", f"resumed at step {state.step:,}")
        return state

    def _say(self, words: str) -> None:
        self.on_words(words)
        self._log(words)

    def _log(self, words: str) -> None:
        path = self.run / CONSOLE
        with writing(path), path.open("a") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}\n")

"""Trains a run into its directory: the only place where the training loop meets the disk.

`record` trains a created run from its newest checkpoint (or from step 0) to the end, obeying requests.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.config import RunConfig
from sdd_tui.engine.batching import Member, nothing
from sdd_tui.engine.interface import State
from sdd_tui.engine.setup import initial_state, make_engine, schedule
from sdd_tui.engine.trainer import Event, Frame, Outcome, Problem, Recording, Row, train
from sdd_tui.errors import DeviceFailedError, InterruptedRunError, NoRoomError, RunFailedError, SddError
from sdd_tui.run.bits import note_machine
from sdd_tui.run.branch_point import read_branch_point
from sdd_tui.run.data import test_data, training_data
from sdd_tui.run.layout import CONSOLE, META, NOTES, PARENT, check_own, replace_json, writing
from sdd_tui.run.lock import hold
from sdd_tui.run.meta import session_meta
from sdd_tui.run.run_config import read_run_config
from sdd_tui.run.status import read_status
from sdd_tui.training.control import Control
from sdd_tui.training.events.losses import Found
from sdd_tui.training.events.watcher import Watcher
from sdd_tui.training.outcome import summary
from sdd_tui.training.recording_plan import make_plan
from sdd_tui.training.replay import Replay
from sdd_tui.training.resume_point import Beginning, cut_back
from sdd_tui.training.writer import LATEST, Writer

CHECKPOINT_S = 10.0
"""Training seconds between two checkpoints of a long run: what a kill can cost."""


@dataclass(frozen=True)
class RunResult:
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
    hosted: bool = False,
    config: RunConfig | None = None,
) -> RunResult:
    """Train a run to its end, from its newest checkpoint; `hosted` says that the process, and its signals, are
    somebody else's; `config` is the run's own, where the caller has read it.

    Raises BusyError, DamagedError, NoRoomError, RunFailedError and InterruptedRunError; whatever happens, the run can
    be resumed.
    """
    config = config or read_run_config(run)
    lock = hold(run, force, on_words)
    try:
        return record_held(run, config, on_event, on_words, hosted=hosted)
    finally:
        lock.release()


def record_held(
    run: Path,
    config: RunConfig,
    on_event: Callable[[Event], None] = lambda event: None,
    on_words: Callable[[str], None] = lambda words: None,
    engine: Member | None = None,
    hosted: bool = False,
) -> RunResult:
    """`record` for a caller who holds the run's lock; `config` is the run's own, except for device and threads.

    `engine`: what trains it together with other runs, instead of one made for this run alone.
    """
    return _Recorder(run, config, on_event, on_words, engine, hosted).run_to_the_end()


class _Recorder:
    """One training session of one run; its parts are the lines of `run_to_the_end`."""

    def __init__(
        self,
        run: Path,
        config: RunConfig,
        on_event: Callable[[Event], None],
        on_words: Callable[[str], None],
        engine: Member | None,
        hosted: bool,
    ) -> None:
        self.run, self.config, self.member, self.hosted = run, config, engine, hosted
        self.on_event, self.on_words = on_event, on_words
        check_own(run)
        self.branch_point = read_branch_point(run, config)
        self.plan = make_plan(config, self.branch_point.step if self.branch_point else None)
        self.writer = Writer(run, config, self.plan)
        self.seconds = 0.0
        self.saved_at = 0.0
        self.noted = ""
        self.changed = ""
        """What is said of a parent's steps that another machine had trained."""
        self.watcher = Watcher(config, self.plan)

    def run_to_the_end(self) -> RunResult:
        try:
            return self._session()
        except (NoRoomError, DeviceFailedError, MemoryError) as error:
            ours = isinstance(error, SddError)
            words = str(error) if ours else "there is not enough memory for this run"
            self.writer.last_words("failed", words, "sdd resume goes on from the last checkpoint")
            if ours:
                raise
            raise RunFailedError(f"{self.run.name}: {words}. Try a smaller T, n or m.") from None
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Have nothing more written, as the lock is given back next; and open the circles through those who call back:
        while they are closed the engine and its memory stay until Python looks for circles, and a batch that ran out of
        memory runs out again when it is tried cell by cell."""
        if self.member:
            self.member.alive = nothing
        vars(self).pop("obedience", None)
        self.writer.close()

    def _session(self) -> RunResult:
        if (done := self._finished_before()) is not None:
            return done
        with writing(self.run):
            files.clear_remains(self.run, NOTES)  # which anybody may be writing
        self.engine = self.member or make_engine(self.config)
        self.writer.on_gpu = self.engine.device != "cpu"
        self.obedience = Control(self.run, self.writer, self.config.optim.steps, self._checkpoint, self.hosted)
        if self.member:
            self.member.alive = lambda: self.writer.alive("running")
            self.obedience.on_pause = self.member.paused
        problem = Problem(training_data(self.config), test_data(self.config), schedule(self.config))
        meta = session_meta(self.run, self.config, problem, self.engine)
        beginning = self._beginning(meta)
        replace_json(self.run / META, meta)
        self.writer.state("starting")
        if self.engine.needs_compiling():
            kind = "CPU" if self.engine.device == "cpu" else "GPU"
            self._say(f"Compiling the kernels for this {kind} (once, some seconds) …")
        self._say_note()
        plan = self.plan
        rows, frames, stops = (frozenset(s) for s in (plan.row_steps, plan.frame_steps, plan.checkpoint_steps))
        recording = Recording(rows, frames, stops, plan.start)
        with self.obedience.interruption:
            first = beginning.state or self._first_state(meta)
            if first is None:
                return self._stopped()
            self.state = self.engine.place(first)
            clock = self.member.clock if self.member else time.perf_counter
            training = train(
                self.engine, self.state, problem, recording, self.seconds, clock, until=lambda: self.obedience.halt
            )
            with closing(training) as events:
                return self._follow(events)

    def _finished_before(self) -> RunResult | None:
        """What a run that is whole came to: nothing is left to train, and nothing is written. Raises DamagedError."""
        try:
            status = read_status(self.run)
        except SddError:
            return None
        if status["state"] != "finished":
            return None
        state = cut_back(self.run, self.config, self.plan).state
        whole = state is not None and state.step == self.config.optim.steps
        if not whole:
            return None
        self.on_words("Nothing is left to train: it is finished.")
        return RunResult(self.run, "finished", status)

    def _beginning(self, meta: dict[str, Any]) -> Beginning:
        found = cut_back(self.run, self.config, self.plan)
        self.watcher.catch_up(self.run)
        self.seconds = self.saved_at = found.seconds
        step = found.state.step if found.state else self.plan.start
        self.writer.status |= {"step": step, "seconds": found.seconds} | {name: found.row.get(name) for name in LATEST}
        changed = note_machine(meta, step) if found.state or not self.branch_point else ""
        if found.state:
            self.writer.event(
                step, "resumed", f"from the last checkpoint. {changed}" if changed else "from the last checkpoint"
            )
        if changed:
            self._say(changed)
        return found

    def _first_state(self, meta: dict[str, Any]) -> State | None:
        """The state the run begins with, of a branch its parent's there; None when it is stopped on the way."""
        if self.branch_point is None:
            return initial_state(self.config)
        self._say(f"Computing {self.branch_point.words} again …")
        replay, saved_at = Replay(self.run / PARENT, self.branch_point), 0.0
        if changed := replay.note(meta):
            self.changed = f". {changed}"
            self._say(changed)
        note_machine(meta, self.plan.start)  # what the branch itself is trained on may be chosen, and isn't told
        replace_json(self.run / META, meta)
        with closing(replay.events()) as events:
            for event in events:
                if isinstance(event, Outcome):
                    raise self._failed(event)
                stop = self.obedience.stop_early()
                if stop or event.seconds - saved_at > CHECKPOINT_S:
                    replay.save()
                    saved_at = event.seconds
                if stop:
                    return None
                self.writer.alive("starting")
        return replace(replay.state, output=self.config.model.output, hidden=self.config.model.hidden)

    def _follow(self, events: Iterator[Event]) -> RunResult:
        for event in events:
            self._say_note()
            self.on_event(event)
            if isinstance(event, Row):
                self.writer.row(event)
                self._happened(event.step, self.watcher.row(event))
            elif isinstance(event, Frame):
                self.writer.frame(event)
                self._happened(event.step, self.watcher.frame(event.params))
                if event.step == self.plan.start:
                    self._begun()
            elif isinstance(event, Outcome):
                if not event.finished:
                    raise self._failed(event)
            else:
                self.seconds = event.seconds
                self.writer.progress(event.step, event.seconds, self.engine.computed)
                kept = event.step in self.plan.checkpoint_steps and event.step < self.config.optim.steps
                if kept:
                    self._happened(event.step, self.watcher.kept())
                if kept or event.seconds - self.saved_at > CHECKPOINT_S:
                    self._checkpoint(wait=False)
                if self.obedience.stop(event.step):
                    self._checkpoint()
                    return self._stopped()
        return self._finish()

    def _happened(self, step: int, found: list[Found]) -> None:
        for kind, words in found:
            self.writer.event(step, kind, words)

    def _begun(self) -> None:
        """The first step is recorded."""
        if self.branch_point:
            self.writer.event(self.branch_point.step, "branched", f"from {self.branch_point.words}{self.changed}")
        self._checkpoint()  # so that there is something to resume however early the disk is full

    def _finish(self) -> RunResult:
        self._checkpoint()
        test_loss = v if isinstance(v := self.writer.status.get("test_loss"), float) else math.nan
        outcome = summary(self.config, self.engine.parameters(self.state), test_loss)
        self.writer.event(self.state.step, "finished", outcome["solution"])
        self.writer.state("finished", outcome=outcome, step=self.state.step, seconds=self.seconds)
        self._log("finished")
        return RunResult(self.run, "finished", self.writer.status)

    def _stopped(self) -> RunResult:
        """Say that the run has stopped, at the step in its status, from which it can be resumed."""
        step, interrupted = self.writer.status["step"], self.obedience.interruption.wanted
        words = "interrupted" if interrupted else "stopped, as asked"
        self.writer.event(step, "stopped", "interrupted" if interrupted else "as asked")
        outcome = {"reason": words, "advice": "sdd resume goes on from here"}
        self.writer.state("stopped", outcome=outcome, seconds=self.seconds)
        self._log(f"{words} at step {step}")
        if interrupted:
            raise InterruptedRunError(
                f"{self.run.name}: interrupted at step {step:,}; a checkpoint was written,"
                f" `sdd resume {self.run.name}` goes on."
            )
        return RunResult(self.run, "stopped", self.writer.status)

    def _failed(self, outcome: Outcome) -> RunFailedError:
        self.writer.event(outcome.step, "diverged", outcome.reason)
        self.writer.status["step"] = outcome.step
        self.writer.last_words("failed", outcome.reason, outcome.advice)
        self._log(f"{outcome.reason} by step {outcome.step}")
        return RunFailedError(f"{self.run.name}: stopped at step {outcome.step:,}: {outcome.reason}. {outcome.advice}")

    def _checkpoint(self, words: str = "", wait: bool = True) -> None:
        """Save the state; `words` make it an event."""
        if words:
            self.writer.event(self.state.step, "checkpoint", words)
        self.writer.checkpoint(self.engine.fetch(self.state), self.seconds, wait)
        self.saved_at = self.seconds

    def _say_note(self) -> None:
        """What the engine has to say, once: some of it only shows when it has compiled its kernels."""
        if self.engine.note != self.noted:
            self.noted = self.engine.note
            self._say(self.noted)

    def _say(self, words: str) -> None:
        self.on_words(words)
        self._log(words)

    def _log(self, words: str) -> None:
        with suppress(OSError), files.open_append(self.run / CONSOLE) as file:  # words are never worth a run
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}\n".encode())

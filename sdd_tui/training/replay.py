"""Computes the state at a step of a run again, from its nearest checkpoint, to the bit.

Everything is the run's own: data, schedule, engine. For a branch's first state the run is what the branch keeps of its
parent; how far it is, is saved there too, so that a kill costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from sdd_tui.engine.interface import State
from sdd_tui.engine.setup import initial_state, make_engine, schedule
from sdd_tui.engine.trainer import Outcome, Problem, Progress, Recording, train
from sdd_tui.errors import DamagedError, RunFailedError
from sdd_tui.run import checkpoint
from sdd_tui.run.bits import check_settings, note_replay
from sdd_tui.run.branch_point import BranchPoint, find_branch_point
from sdd_tui.run.data import test_data, training_data
from sdd_tui.run.layout import CHECKPOINTS, META
from sdd_tui.run.meta import check_data, machine_of


class Replay:
    """A run's training, from a checkpoint up to the step of an origin; `folder` holds its meta.json and checkpoints."""

    def __init__(self, folder: Path, branch_point: BranchPoint) -> None:
        """Raises DamagedError, NoDeviceError."""
        self._folder, self._origin = folder, branch_point
        first = branch_point.state
        if first is None:
            if branch_point.meta.get("parent") is not None:
                path = self._folder / CHECKPOINTS
                raise DamagedError(f"{path}: is empty, so this branch's first step can't be computed. Branch again.")
            first = initial_state(branch_point.config)
        self._engine = make_engine(branch_point.config)
        self._state = self._engine.place(first)

    def note(self, meta: dict[str, Any]) -> str:
        """Note in a meta.json which machine computes these steps; one sentence, if another one had trained them."""
        here = machine_of(self._engine)
        return note_replay(meta, self._origin.meta, here, self._state.step, self._origin.step)

    @property
    def state(self) -> State:
        """The state so far, on the host."""
        return self._engine.fetch(self._state)

    def events(self) -> Generator[Progress | Outcome, None, None]:
        """Do the steps; an Outcome only if the loss becomes NaN before the last of them."""
        config, last = self._origin.config, self._origin.step
        problem = Problem(training_data(config), test_data(config), schedule(config))
        check_settings(self._folder, self._origin.meta, config)
        check_data(self._folder / META, self._origin.meta, problem.train)
        if self._state.step == last:
            return
        only = Recording(frozenset(), frozenset(), frozenset({last}))
        with closing(train(self._engine, self._state, problem, only)) as events:
            for event in events:
                if isinstance(event, Progress | Outcome):
                    yield event
                if event.step == last:
                    return

    def save(self) -> None:
        """Keep the state so far for the next session. Raises NoRoomError."""
        checkpoint.save(self._folder, self.state, 0.0, set())


def state_at(run: Path, step: int, on_words: Callable[[str], None] = lambda words: None) -> State:
    """The state of a run at any step it has done: a checkpoint's, or trained again from the one before; one sentence
    says so where that was another machine's.

    Raises ConfigError for a step it has not done, DamagedError, NoDeviceError, RunFailedError.
    """
    replay = Replay(run, find_branch_point(run, step))
    if changed := replay.note({}):
        on_words(changed)
    with closing(replay.events()) as events:
        for event in events:
            if isinstance(event, Outcome) and not event.finished:
                raise RunFailedError(f"{run.name}: {event.reason} at step {event.step:,}, before step {step:,}.")
    return replay.state

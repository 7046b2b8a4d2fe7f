"""Computes a branch's first state: the parent's steps again, from the nearest checkpoint, to the bit.

Everything is the parent's: data, schedule, engine. How far it is, is saved in parent/ too, so that a kill costs little.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from sdd_tui.engine.base import State
from sdd_tui.engine.setup import initial_state, make_engine, schedule, test_data, training_data
from sdd_tui.engine.trainer import Outcome, Problem, Progress, Recording, train
from sdd_tui.errors import DamagedError
from sdd_tui.store import checkpoint
from sdd_tui.store.layout import CHECKPOINTS, META, PARENT
from sdd_tui.store.meta import check_data
from sdd_tui.store.origin import Origin


class Replay:
    """The parent's training, from what a branch keeps of it up to the branch's first step."""

    def __init__(self, branch: Path, origin: Origin) -> None:
        """Raises DamagedError, NoDeviceError."""
        self._folder, self._origin = branch / PARENT, origin
        first = origin.state
        if first is None:
            if origin.meta.get("parent") is not None:
                path = self._folder / CHECKPOINTS
                raise DamagedError(f"{path}: is empty, so this branch's first step can't be computed. Branch again.")
            first = initial_state(origin.config)
        self._engine = make_engine(origin.config)
        self._state = self._engine.place(first)

    @property
    def state(self) -> State:
        """The state so far, on the host."""
        return self._engine.fetch(self._state)

    def events(self) -> Generator[Progress | Outcome, None, None]:
        """Do the steps; an Outcome only if the parent's loss becomes NaN before the branch's first step."""
        config, last = self._origin.config, self._origin.step
        problem = Problem(training_data(config), test_data(config), schedule(config))
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

"""A run as it is seen at one step: what every panel draws from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.config import RunConfig
from sdd_tui.errors import DamagedError, NotFoundError, NotPermittedError, SddError, plain
from sdd_tui.panels.history import History
from sdd_tui.run.layout import number
from sdd_tui.run.reader import Run

KEPT_STILLS = 24
"""Frames kept in memory, so that stepping back and forth reads nothing."""


class View:
    """A run on disk, and the step of it in view. `poll` reads what is new; `go` chooses the step."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.status: dict[str, Any] = {}
        self.steps: NDArray[np.int64] = np.zeros(0, np.int64)
        """Steps that have a frame."""
        self.snapshot: Snapshot | None = None
        """The frame in view; None with `error` saying why."""
        self.error: SddError | None = None
        self.history = History()
        self._snapshots: OrderedDict[int, Snapshot] = OrderedDict()
        self.generation = 0
        """Raised whenever what was read of the disk is void: the same step may look otherwise from then on."""

    def poll(self, budget_s: float) -> None:
        """Read what is new on disk, for about so long."""
        if self.run.replaced:
            self._reopen()
        self.run.poll(budget_s)
        self.status, steps = self.run.told, self.run.reached
        if len(steps) < len(self.steps) or not np.array_equal(steps[: len(self.steps)], self.steps):
            self._forget()  # cut back by a resume, or replaced
        self.steps = steps

    def _reopen(self) -> None:
        """Another run lies there now: nothing that was read is of it."""
        try:
            self.run = Run(self.run.path)
        except (NotFoundError, NotPermittedError):  # it is being moved; the next poll finds it
            return
        self.history = History()
        self._forget()

    def _forget(self) -> None:
        self._snapshots.clear()
        self.generation += 1

    def go(self, step: int | None) -> None:
        """Show the last frame at or before a step, or the first where there is none before; the newest for None."""
        try:
            if not len(self.steps):
                raise self.run.no_frames
            at = len(self.steps) if step is None else int(np.searchsorted(self.steps, step, side="right"))
            self.snapshot, self.error = self._snapshot(int(self.steps[max(0, at - 1)])), None
        except SddError as error:
            self.snapshot, self.error = None, error

    def _snapshot(self, step: int) -> Snapshot:
        if step not in self._snapshots:
            try:
                found = self.run.frame(step, self.steps)
            except DamagedError:  # it may have been cut back since `poll`
                found = self.run.frame(step)
            if found.step != step:
                return found  # the run was cut back since `poll`, which will notice
            self._snapshots[step] = found
            while len(self._snapshots) > KEPT_STILLS:
                self._snapshots.popitem(last=False)
        return self._snapshots[step]

    @property
    def problem(self) -> str:
        """Why there is no frame in view."""
        return "no frames yet" if self.error is None else plain(str(self.error).split(": ", 1)[-1], 200)

    @property
    def version(self) -> tuple[int | str, int]:
        """Changes with the frame in view, or with why there is none; what panels of a frame depend on."""
        return (self.snapshot.step if self.snapshot else self.problem, self.generation)

    @property
    def config(self) -> RunConfig | None:
        """The configuration, or None where it can't be read."""
        try:
            return self.run.config
        except SddError:
            return None

    @property
    def step(self) -> int:
        """The step in view."""
        return self.snapshot.step if self.snapshot else 0

    @property
    def at_end(self) -> bool:
        """Whether the newest frame is in view."""
        return self.snapshot is not None and bool(len(self.steps)) and self.step == int(self.steps[-1])

    @property
    def rows(self) -> Mapping[str, NDArray[np.float64]]:
        """The recorded losses and norms, column by column."""
        return self.run.seen

    def row_at(self, step: float) -> dict[str, float]:
        """The recorded row nearest to a step; {} when there is none."""
        steps = self.rows["step"]
        if not len(steps):
            return {}
        at = int(np.nanargmin(np.abs(steps - step)))
        return {name: float(column[at]) for name, column in self.rows.items()}

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened, in order."""
        return self.run.happened

    @property
    def now(self) -> dict[str, Any]:
        """The status, with the newest row's numbers where the file, written once a second, lags."""
        row = self.run.newest
        return self.status | row if number(row.get("step")) > number(self.status.get("step")) else self.status

    @property
    def state(self) -> str:
        """The run's state."""
        return plain(str(self.status.get("state", "unreadable")))

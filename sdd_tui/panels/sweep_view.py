"""A sweep as it is seen with one of its points chosen: what the sweep screen's panels draw from."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from sdd_tui.errors import SddError, plain
from sdd_tui.panels.still import Still
from sdd_tui.store.reader import open_run
from sdd_tui.sweep.axes import Axis, Value
from sdd_tui.sweep.directory import SWEEP, cell_path
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import Look, Progress
from sdd_tui.sweep.reduce import Point, best, points

KEPT_STILLS = 40
"""Runs whose last frame is kept in memory."""


class SweepView:
    """A sweep on disk; `read` takes in what is new, `choose` moves the chosen point along the axes."""

    def __init__(self, folder: Path) -> None:
        """Raises DamagedError."""
        self.folder = folder
        self._stamp = _stamp(folder)
        self._look = Look(folder)
        self.progress: Progress = self._look.poll()
        self._done = -1
        self.problem = ""
        """What can't be read any more of what was opened."""
        self.points: list[Point] = []
        self.chosen = 0
        """Index of the chosen point."""
        self._stills: OrderedDict[str, Still | None] = OrderedDict()
        self._put_together()

    def read(self) -> None:
        """Read what is new; all of it again where cells were added. A file that can't be read any more changes nothing
        but `problem`."""
        if (now := _stamp(self.folder)) != self._stamp:
            self._stamp = now
            try:
                self._look, self._done, self.problem = Look(self.folder), -1, ""
                self.__dict__.pop("axes", None)
            except SddError as error:
                self.problem = plain(str(error), 300)
        self.progress = self._look.poll()
        if self.progress.done != self._done:
            self._put_together()

    def _put_together(self) -> None:
        self._done = self.progress.done
        self.points = points(self.sweep, self._look.cells.values(), self._look.finished)
        self._stills = OrderedDict((k, v) for k, v in self._stills.items() if v is not None)

    @property
    def version(self) -> tuple[int, int]:
        """Changes when there are new results, or another point is chosen."""
        return self._done, self.chosen

    @property
    def sweep(self) -> Sweep:
        """The sweep."""
        return self._look.sweep

    @cached_property
    def axes(self) -> list[Axis]:
        """The axes that are not put together, the long one first; of tied ones only the first."""
        tied = {key for tie in self.sweep.tied for key in tie[1:]}
        free = [axis for axis in self.sweep.shown if axis.key not in tied]
        return sorted(free, key=lambda axis: -_numbers(axis.values))

    @property
    def point(self) -> Point | None:
        """The chosen point."""
        return self.points[self.chosen] if self.chosen < len(self.points) else None

    @property
    def line(self) -> list[Point]:
        """The points along the long axis through the chosen one."""
        if not self.axes or self.point is None:
            return self.points
        others = [axis.key for axis in self.axes[1:]]
        return [p for p in self.points if all(p.at[key] == self.point.at[key] for key in others)]

    def choose(self, along: int, by: int) -> None:
        """Move along an axis, of those in `axes`."""
        if along >= len(self.axes) or self.point is None:
            return
        keys = [axis.key for axis in self.axes]
        key = keys[along]
        row = [p for p in self.points if all(p.at[k] == self.point.at[k] for k in keys if k != key)]
        here = next(i for i, p in enumerate(row) if p is self.point)
        self.go(row[min(max(0, here + by), len(row) - 1)])

    def go(self, point: Point) -> None:
        """Choose a point."""
        self.chosen = self.index(point)

    def index(self, point: Point) -> int:
        """Which of the points it is; by identity, as comparing all of their runs takes long."""
        return next(i for i, p in enumerate(self.points) if p is point)

    def run_of(self, point: Point) -> Path | None:
        """The run that stands for a point: the one with the lowest training loss."""
        result = point.chosen or best(point.runs)
        return None if result is None else cell_path(self.folder, result.cell)

    def still(self, point: Point) -> Still | None:
        """The last frame of that run."""
        run = self.run_of(point)
        if run is None:
            return None
        if run.name not in self._stills:
            try:
                opened = open_run(run)
                self._stills[run.name] = Still(opened.frame(), opened.config.model.output == "relu")
            except SddError:
                self._stills[run.name] = None
            while len(self._stills) > KEPT_STILLS:
                self._stills.popitem(last=False)
        return self._stills[run.name]


def _stamp(folder: Path) -> tuple[int, int]:
    """Changes when sweep.toml is replaced."""
    try:
        stat = (folder / SWEEP).stat()
        return stat.st_mtime_ns, stat.st_ino
    except OSError:
        return 0, 0


def real(value: Value) -> float:
    """A coordinate as a number; ∞ for T = inf, NaN for what is none."""
    if value == "inf":
        return math.inf
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _numbers(values: Sequence[Value]) -> int:
    """Values that can stand on an axis of a chart."""
    return len({v for v in values if math.isfinite(real(v))})

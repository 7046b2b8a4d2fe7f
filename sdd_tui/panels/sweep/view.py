"""A sweep as it is seen with one of its points chosen: what the sweep screen's panels draw from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.errors import SddError, plain
from sdd_tui.panels.sweep.axes import ChartAxis, Scale, ordered, scale, ways
from sdd_tui.panels.sweep.snapshots import Stills
from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.directory import SWEEP, cell_path
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.progress import SweepProgress, SweepReader
from sdd_tui.sweep.reduce import Point, best, points

GONE = "this sweep's directory is gone"


class SweepView:
    """A sweep on disk; `read` takes in what is new, `choose` moves the chosen point along the ways."""

    def __init__(self, folder: Path) -> None:
        """Raises DamagedError."""
        self.folder = folder
        self._stamp = _stamp(folder)
        self._look = SweepReader(folder)
        self._take(self._look.poll())
        self.problem = ""
        """Why nothing new can be read; what was read before stays."""
        self.points: list[Point] = []
        self.at: dict[str, Value] = {}
        """Coordinates of the chosen point."""
        self.picked = ""
        """The cell of the chosen point that was asked for; empty for the one that stands for the point."""
        self.ways: list[ChartAxis] = []
        """How the points differ: the way that the curve goes along first."""
        self.scale = Scale()
        """The axis of x."""
        self._turns = 0
        self._snapshots = Stills(folder)
        self._made = 0
        self._put_together()

    def read(self) -> None:
        """Read what is new; all of it again where cells were added. A sweep that was renamed, moved to the trash or
        damaged keeps its last picture, and `problem` says what happened."""
        now = _stamp(self.folder)
        if now is not None and now != self._stamp:
            try:
                self._look, self._stamp, self._done = SweepReader(self.folder), now, -1
            except SddError as error:
                self.problem = plain(str(error), 300)
                return
        progress = self._look.poll() if now is not None else None
        if progress is None or _stamp(self.folder) is None:  # it may have gone while it was being read
            self.problem, self._stamp = GONE, None
            return
        self.problem = ""
        self._take(progress)
        if progress.done != self._done:
            self._put_together()

    def _take(self, progress: SweepProgress) -> None:
        self.progress = progress
        self.unfinished = [r.cell for r in progress.running] + [r.cell for r in progress.failed]
        """The cells that run, and those that have failed."""
        self._failed = {r.cell for r in progress.failed}

    def _put_together(self) -> None:
        self._done = self.progress.done
        self._made += 1
        self.points = points(self.sweep, self._look.cells.values(), self._look.finished)
        self._turn_to(self._turns)
        self._point_at = {tuple(p.at.values()): p for p in self.points}
        self._cells_at: dict[tuple[Value, ...], list[Cell]] = {}
        for cell in sorted(self._look.cells.values(), key=lambda cell: cell.number):
            self._cells_at.setdefault(self._where(cell), []).append(cell)
        if tuple(self.at.values()) not in self._point_at and self.points:
            self.go(self.points[0])

    def _where(self, cell: Cell) -> tuple[Value, ...]:
        return tuple(cell.at[axis.key] for axis in self.sweep.shown)

    @property
    def version(self) -> tuple[object, ...]:
        """Changes when there are new results or cells, another point or run is chosen, or the ways are turned."""
        return self._made, tuple(self.at.values()), self.picked, self._turns

    @property
    def sweep(self) -> Sweep:
        """The sweep."""
        return self._look.sweep

    @property
    def point(self) -> Point | None:
        """The chosen point."""
        return self._point_at.get(tuple(self.at.values()))

    @property
    def line(self) -> list[Point]:
        """The points along the first way through the chosen one, from left to right."""
        row, place = self._level(self.ways[1:]), self.scale.place
        return sorted(row, key=lambda p: place(self.ways[0].x(p))) if self.scale.span else row

    @property
    def plane(self) -> list[Point]:
        """The points along the first two ways through the chosen one: the map's."""
        return self._level(self.ways[2:])

    def _level(self, same: Iterable[ChartAxis]) -> list[Point]:
        """The points that lie where the chosen one lies, in these ways."""
        here = self.point
        return [p for p in self.points if here is None or all(way.of(p) == way.of(here) for way in same)]

    def turn(self) -> None:
        """Let the curve go along the next way."""
        self._turn_to(self._turns + 1)

    def _turn_to(self, turns: int) -> None:
        found = ways(self.sweep, self.points)
        self._turns = turns % max(1, len(found))
        self.ways = found[self._turns :] + found[: self._turns]
        self.scale = scale(self.ways[0].x(p) for p in self.points) if self.ways else Scale()

    def choose(self, along: int, by: int) -> None:
        """Move along one of the ways; to the nearest point where another line has none at the same x."""
        here = self.point
        if along >= len(self.ways) or here is None:
            return
        way, first, place = self.ways[along], self.ways[0], self.scale.place
        row = self._level(w for i, w in enumerate(self.ways) if i not in (0, along)) if along else self.line
        values = ordered(way.of(p) for p in row)
        value = values[min(max(0, values.index(way.of(here)) + by), len(values) - 1)]
        there = [p for p in row if way.of(p) == value]
        x = place(first.x(here))
        self.go(min(there, key=lambda p: (first.of(p) != first.of(here), abs(place(first.x(p)) - x))))

    def go(self, point: Point) -> None:
        """Choose a point."""
        self.at, self.picked = point.at, ""

    def index(self, point: Point) -> int:
        """Which of the points it is; by identity, as comparing all of their runs takes long."""
        return next(i for i, p in enumerate(self.points) if p is point)

    def cells_of(self, point: Point) -> list[Cell]:
        """The cells of a point, finished or not."""
        return self._cells_at[tuple(point.at.values())]

    def cell_of(self, point: Point) -> str | None:
        """The cell that stands for a point: the picked one, or of its finished ones that with the lowest training
        loss, or one that runs or has failed."""
        if self.picked and point is self.point:
            return self.picked
        result = point.chosen or best(point.runs)
        if result is not None:
            return result.cell
        names = {cell.name for cell in self.cells_of(point)}
        return next((name for name in self.unfinished if name in names), None)

    def state_of(self, cell: str) -> str:
        """What came out of a cell, or how far it is."""
        if result := self._look.results.finished.get(cell):
            return result.solution or result.state
        now = {r.cell: f"{100 * r.step // max(1, r.steps)} % done" for r in self.progress.running}
        now |= {r.cell: f"failed, {r.reason}" for r in self.progress.failed}
        return now.get(cell, "not begun")

    def failed_at(self, point: Point) -> bool:
        """Whether a cell of a point has failed."""
        return any(cell.name in self._failed for cell in self.cells_of(point))

    def pick_next(self) -> None:
        """The next cell of the chosen point."""
        if self.point is not None:
            names = [cell.name for cell in self.cells_of(self.point)]
            now = self.cell_of(self.point)
            self.picked = names[(names.index(now) + 1) % len(names)] if now in names else names[0]

    def pick(self, name: str) -> None:
        """A cell, wherever it lies."""
        self.at = self._point_at[self._where(self._look.cells[name])].at
        self.picked = name

    def pick_unfinished(self) -> bool:
        """The next cell that runs or has failed; whether there is one."""
        names = [name for name in self.unfinished if name in self._look.cells]
        if names:
            self.pick(names[(names.index(self.picked) + 1) % len(names)] if self.picked in names else names[0])
        return bool(names)

    def run_of(self, point: Point) -> Path | None:
        """The run that stands for a point."""
        cell = self.cell_of(point)
        return None if cell is None else cell_path(self.folder, cell)

    def snapshot(self, point: Point) -> Snapshot | None:
        """The last frame of that run."""
        cell = self.cell_of(point)
        return None if cell is None else self._snapshots.get(cell, self._made)


def _stamp(folder: Path) -> tuple[int, int] | None:
    """Changes when sweep.toml is replaced; None when it can't be reached."""
    try:
        stat = (folder / SWEEP).stat()
        return stat.st_mtime_ns, stat.st_ino
    except OSError:
        return None

"""What figures are drawn from: the finished points of one sweep, or of several that fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.errors import NotFoundError, SddError, plain
from sdd_tui.figures.catalogue import SEEDS
from sdd_tui.panels.sweep.axes import real
from sdd_tui.run.reader import open_run
from sdd_tui.sweep.axes import Axis, Value
from sdd_tui.sweep.directory import cell_path
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.reduce import Point, points
from sdd_tui.sweep.results import CellResult


class Swept:
    """Finished points of sweeps."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Raises DamagedError; NotFoundError where nothing is finished."""
        self.folders = tuple(folders)
        self.points: list[Point] = []
        self.cells = self.done = 0
        self._home: dict[int, int] = {}
        taken: set[tuple[Value, ...]] = set()
        looks = [SweepReader(folder) for folder in folders]
        self.sweeps = [seeds_together(reader.sweep) for reader in looks]
        for number, reader in enumerate(looks):
            progress = reader.poll()
            self.cells, self.done = self.cells + progress.cells, self.done + progress.done
            for point in points(self.sweeps[number], reader.cells.values(), reader.finished):
                where = tuple(self._value(number, point, name) for name in sorted(self.varied))
                if point.runs and where not in taken:
                    taken.add(where)
                    self._home[id(point)] = number
                    self.points.append(point)
        if not self.points:
            name = plain(folders[0].name, 100)
            raise NotFoundError(f"{name}: no cell of it is finished yet. `sdd sweep status {name}` says how far it is.")

    @property
    def first(self) -> Sweep:
        """The sweep that the settings in the small print are of."""
        return self.sweeps[0]

    @property
    def varied(self) -> set[str]:
        """Settings that vary and are not put together."""
        return set().union(*map(varied, self.sweeps))

    @property
    def free(self) -> set[str]:
        """Those of them that don't merely go together with another one."""
        return set().union(*map(free, self.sweeps))

    def value(self, point: Point, setting: str) -> Value:
        """A setting at a point."""
        return self._value(self._home[id(point)], point, setting)

    def only(self, number: int, setting: str) -> Value:
        """The value of a setting that doesn't vary in a sweep."""
        axis = next((axis for axis in self.sweeps[number].shown if setting in axis.settings), None)
        return axis.values[0] if axis else self._base(number, setting)

    def number(self, point: Point, setting: str) -> float:
        """A setting at a point as a number; ∞ for T = inf."""
        return real(self.value(point, setting))

    def along(self, setting: str, among: Sequence[Point] | None = None) -> list[Point]:
        """The points in the order of a setting."""
        return sorted(self.points if among is None else among, key=lambda point: self.number(point, setting))

    def lines(self, setting: str, along: str) -> list[tuple[Value, list[Point]]]:
        """For each value of a setting, in its order, the points along another."""
        found: dict[Value, list[Point]] = {}
        for point in self.points:
            found.setdefault(self.value(point, setting), []).append(point)
        order = list(found) if any(isinstance(v, str) for v in found) else sorted(found, key=real)
        return [(value, self.along(along, found[value])) for value in order]

    def snapshot(self, point: Point, result: CellResult | None) -> Snapshot | None:
        """The last frame of one of a point's runs; None where it can't be read."""
        if result is None:
            return None
        try:
            run = open_run(cell_path(self.folders[self._home[id(point)]], result.cell))
            return run.frame()
        except SddError:
            return None

    def _value(self, number: int, point: Point, setting: str) -> Value:
        sweep = self.sweeps[number]
        for axis in sweep.shown:
            if setting in axis.settings:
                return point.at[axis.key]
        return self._base(number, setting)

    def _base(self, number: int, setting: str) -> Value:
        found: Value = reduce(getattr, setting.split("."), self.sweeps[number].base)  # type: ignore[assignment]
        return found


def varied(sweep: Sweep) -> set[str]:
    """Settings that vary in a sweep and are not put together."""
    return {name for axis in sweep.shown if _several(axis) for name in axis.settings}


def free(sweep: Sweep) -> set[str]:
    """Those of them that don't merely go together with another one."""
    tied = {key for tie in sweep.tied for key in tie[1:]}
    return {axis.settings[0] for axis in sweep.shown if _several(axis) and axis.key not in tied}


def _several(axis: Axis) -> bool:
    return len(set(axis.values)) > 1


def seeds_together(sweep: Sweep) -> Sweep:
    """A sweep whose seeds are put together, as no figure has a line for each."""
    seeds = [axis.key for axis in sweep.shown if set(axis.settings) <= set(SEEDS)]
    return replace(sweep, over=(*sweep.over, *seeds)) if seeds else sweep

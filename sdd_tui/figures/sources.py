"""What a figure is drawn from: one or several sweeps taken together, or one run; and the newest one that fits.

Invariant: what is drawn is what the files say. Several sweeps count as one: where they share a point, the first has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

from sdd_tui.errors import ConfigError, NotFoundError, SddError, plain
from sdd_tui.figures.catalogue import SEEDS, Entry
from sdd_tui.figures.checks import check_axes, check_bases
from sdd_tui.panels.snapshot import Still
from sdd_tui.panels.sweep.axes import real
from sdd_tui.panels.view import View
from sdd_tui.run.index import find_run, list_runs, listed
from sdd_tui.run.reader import open_run
from sdd_tui.run.status import read_status
from sdd_tui.sweep.axes import Axis, Value
from sdd_tui.sweep.directory import cell_path, find_sweep, is_sweep, list_sweeps
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import Look
from sdd_tui.sweep.reduce import Point, best, points
from sdd_tui.sweep.results import Result


class Swept:
    """Finished points of sweeps."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Raises DamagedError; NotFoundError where nothing is finished."""
        self.folders = tuple(folders)
        self.points: list[Point] = []
        self.cells = self.done = 0
        self._home: dict[int, int] = {}
        taken: set[tuple[Value, ...]] = set()
        looks = [Look(folder) for folder in folders]
        self.sweeps = [_seeds_together(look.sweep) for look in looks]
        for number, look in enumerate(looks):
            progress = look.poll()
            self.cells, self.done = self.cells + progress.cells, self.done + progress.done
            for point in points(self.sweeps[number], look.cells.values(), look.finished):
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
        return {name for sweep in self.sweeps for axis in sweep.shown if _several(axis) for name in axis.settings}

    @property
    def free(self) -> set[str]:
        """Those of them that don't merely go together with another one."""
        found = set()
        for sweep in self.sweeps:
            tied = {key for tie in sweep.tied for key in tie[1:]}
            found |= {axis.settings[0] for axis in sweep.shown if _several(axis) and axis.key not in tied}
        return found

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

    def still(self, point: Point, result: Result | None) -> Still | None:
        """The last frame of one of a point's runs; None where it can't be read."""
        if result is None:
            return None
        try:
            run = open_run(cell_path(self.folders[self._home[id(point)]], result.cell))
            return Still(run.frame(), run.config.model.output == "relu")
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


Source = Swept | View


def standing_for(point: Point) -> Result | None:
    """The run whose planes are shown for a point: the one with the lowest training loss."""
    return point.chosen or best(point.runs)


def opened(entry: Entry, paths: Sequence[Path]) -> Source:
    """What a figure is drawn from, opened and checked. Raises ConfigError for the wrong kind, NotFoundError,
    DamagedError."""
    if not paths:
        raise ConfigError(f"{entry.name} is drawn from a {entry.source}: name one.")
    for path in paths:
        if entry.source == "sweep" and not is_sweep(path):
            if listed(path) is None:
                raise NotFoundError(f"{plain(str(path), 200)}: there is no sweep here.")
            raise ConfigError(
                f"{plain(path.name, 100)} is a run, and {entry.name} is drawn from a sweep, such as"
                f" `sdd sweep run {entry.presets[-1]}` makes."
            )
        if entry.source == "run" and is_sweep(path):
            raise ConfigError(
                f"{plain(path.name, 100)} is a sweep, and {entry.name} is drawn from a run. One of its cells can be"
                f" named as {plain(path.name, 100)}/CELL."
            )
    if entry.source == "run":
        if len(paths) > 1:
            raise ConfigError(f"{entry.name} is drawn from one run, and these are {len(paths)}. Name one.")
        return _view(paths[0])
    swept = Swept(paths)
    check_axes(entry, swept)
    check_bases(swept)
    return swept


def named(entry: Entry, word: str, runs: Path) -> Path:
    """The sweep or run that `word` means, of the figure's kind if there is one. Raises NotFoundError."""
    ways = (find_sweep, find_run) if entry.source == "sweep" else (find_run, find_sweep)
    try:
        return ways[0](word, runs)
    except NotFoundError:
        try:
            return ways[1](word, runs)
        except NotFoundError:
            pass
        raise


def newest(entry: Entry, runs: Path) -> Path:
    """The newest finished sweep or run that the figure can be drawn from. Raises NotFoundError."""
    if entry.source == "run":
        for run in list_runs(runs):
            if run.state == "finished" and (entry.name != "two-circles" or _two_circles(run.path)):
                return run.path
        if entry.name == "two-circles":
            raise NotFoundError(
                f"{runs}: no finished run has its hidden vectors on two circles. `sdd run pentagon T=8 seed=0`"
                " makes one, or name any run with --from."
            )
        raise NotFoundError(f"{runs}: there is no finished run. `sdd run pentagon` makes one.")
    begun = False
    for folder in list_sweeps(runs):
        try:
            look = Look(folder)
            if look.sweep.preset in entry.presets:
                if look.poll().state == "finished":
                    return folder
                begun = True
        except SddError:  # a damaged one is none to choose
            continue
    makes = f"`sdd sweep run {entry.presets[-1]}` makes one"
    more = ", and --from NAME draws one that is not finished" if begun else ""
    raise NotFoundError(f"{runs}: there is no finished sweep of {' or '.join(entry.presets)}. {makes}{more}.")


def _view(path: Path) -> View:
    view = View(open_run(path))
    view.look(float("inf"))
    _ = view.run.config
    view.go(None)
    return view


def _several(axis: Axis) -> bool:
    return len(set(axis.values)) > 1


def _seeds_together(sweep: Sweep) -> Sweep:
    seeds = [axis.key for axis in sweep.shown if set(axis.settings) <= set(SEEDS)]
    return replace(sweep, over=(*sweep.over, *seeds)) if seeds else sweep


def _two_circles(run: Path) -> bool:
    try:
        return bool(read_status(run).get("outcome", {}).get("two_circles"))
    except SddError:
        return False

"""What a figure is drawn from: one or several sweeps taken together, or one run; and the newest one that fits.

Invariant: what is drawn is what the files say. Several sweeps count as one: where they share a point, the first has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sdd_tui.errors import ConfigError, NotFoundError, SddError, plain
from sdd_tui.figures.catalogue import ENTRIES, Entry
from sdd_tui.figures.checks import check_axes, check_bases
from sdd_tui.figures.swept import Swept
from sdd_tui.panels.view import View
from sdd_tui.paper import kept
from sdd_tui.run.index import find_run, list_runs, listed
from sdd_tui.run.reader import open_run
from sdd_tui.run.status import read_status
from sdd_tui.sweep.directory import find_sweep, is_sweep, list_sweeps
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.reduce import Point, best
from sdd_tui.sweep.results import CellResult

Source = Swept | View


def standing_for(point: Point) -> CellResult | None:
    """The run whose planes are shown for a point: the one with the lowest training loss."""
    return point.chosen or best(point.runs)


def opened(entry: Entry, paths: Sequence[Path], step: int | None = None) -> Source:
    """What a figure is drawn from, opened and checked; at the last frame up to a step where it is of one. Raises
    ConfigError for the wrong kind, NotFoundError, DamagedError."""
    if not paths:
        raise ConfigError(f"{entry.name} is drawn from a {entry.source}: name one.")
    if step is not None and not entry.of_a_step:
        known = " and ".join(one.name for one in ENTRIES.values() if one.of_a_step)
        raise ConfigError(f"{entry.name} is not of one step, so none can be named; {known} are.")
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
        return _view(paths[0], step)
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
    """The newest finished sweep or run that the figure can be drawn from; without one of the user's, results that come
    with the program. Raises NotFoundError."""
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
            reader = SweepReader(folder)
            if reader.sweep.preset in entry.presets:
                if reader.poll().state == "finished":
                    return folder
                begun = True
        except SddError:  # a damaged one is none to choose
            continue
    for preset in entry.presets:
        with suppress(NotFoundError):
            return kept.example(preset)
    makes = f"`sdd sweep run {entry.presets[-1]}` makes one"
    more = ", and --from NAME draws one that is not finished" if begun else ""
    raise NotFoundError(f"{runs}: there is no finished sweep of {' or '.join(entry.presets)}. {makes}{more}.")


def _view(path: Path, step: int | None) -> View:
    view = View(open_run(path))
    view.poll(float("inf"))
    _ = view.run.config
    view.go(step)
    return view


def _two_circles(run: Path) -> bool:
    try:
        return bool(read_status(run).get("outcome", {}).get("two_circles"))
    except SddError:
        return False

"""What came out of a sweep's cells: one line each in results.jsonl, and the same in the cell's own directory.

Invariant: a line is written after the cell's result.json, so what the lines lack (a kill, a damaged line) is read from
the cells. Collecting opens one file, whatever the number of cells.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.errors import SddError, plain
from sdd_tui.run.layout import CELLS, append_line, read_json, real, replace_json, whole, writing
from sdd_tui.run.lines import Lines
from sdd_tui.run.status import read_status
from sdd_tui.sweep.directory import RESULT, RESULTS, cell_path, read_cell
from sdd_tui.sweep.plan import Cell

MOST_ATTEMPTS = 2
"""A cell that fails is tried once more."""


@dataclass(frozen=True)
class CellResult:
    """How a cell ended. What isn't known is None."""

    cell: str
    state: str
    """finished, failed, or stopped (by somebody who asked this cell alone)."""
    step: int = 0
    train_loss: float | None = None
    test_loss: float | None = None
    weight_norm: float | None = None
    bias_norm: float | None = None
    seconds: float | None = None
    """Training time."""
    threads: int = 1
    solution: str | None = None
    polygon: int | None = None
    stored: int | None = None
    lost: int | None = None
    dedicated_features: int | None = None
    memorised: float | None = None
    """Share of the training examples looked at whose own loss is below 0.5."""
    repeated_loss: float | None = None
    """Mean loss of the training examples that occur several times, where some do (data.repeats)."""
    repeated_D_X: float | None = None
    """Their mean D_X among the different examples."""
    off_centre: float | None = None
    """How far the circle of hidden vectors lies from the origin, in its own radii."""
    D_f: tuple[float, ...] = ()
    """The eight largest."""
    D_X: tuple[float, ...] = ()
    """Smallest, quartiles, largest."""
    D_X_all: tuple[float, ...] = ()
    """Every one, where there are at most 64 examples."""
    attempts: int = 1
    reason: str = ""
    session: str = ""
    """Which session of the sweep tried it."""


WHOLES = ("step", "threads", "polygon", "stored", "lost", "dedicated_features", "attempts")
LOSSES = ("train_loss", "test_loss", "weight_norm", "bias_norm", "seconds")
"""Numbers that a cell's status file has too."""
REALS = (*LOSSES, "memorised", "repeated_loss", "repeated_D_X", "off_centre")
WORDS = ("cell", "state", "solution", "reason", "session")
LISTS = ("D_f", "D_X", "D_X_all")
DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(CellResult)}


def parse(line: dict[str, Any]) -> CellResult | None:
    """A result from JSON; a value of another type is what is not known. None where cell or state are missing."""
    values: dict[str, Any] = {}
    for names, typed in ((WHOLES, whole), (REALS, real)):
        values |= {name: typed(line.get(name)) for name in names}
    for name in WORDS:
        values[name] = plain(line[name], 300) if isinstance(line.get(name), str) else None
    if values["solution"] in ("none", "clusters"):  # of the first versions
        values["solution"] = "middle"
    for name in LISTS:
        values[name] = _reals(line.get(name))
    if values["state"] not in ("finished", "failed", "stopped") or not values["cell"]:
        return None
    return CellResult(**{name: DEFAULTS[name] if value is None else value for name, value in values.items()})


def keep(folder: Path, result: CellResult) -> None:
    """Write a result into the cell and add its line. Raises NoRoomError.

    One writer after the other: on a network file system two hosts that append at once overwrite each other's lines.
    """
    value = asdict(result)
    if result.state == "finished":
        replace_json(cell_path(folder, result.cell) / RESULT, value)
    with writing(folder / RESULTS), files.open_append(folder / RESULTS) as turn:
        with suppress(OSError):  # without locks, a line that is lost is read from its cell
            fcntl.flock(turn, fcntl.LOCK_EX)
        append_line(folder / RESULTS, value)
        files.sync(folder / RESULTS)


class Collector:
    """Follows the results of a sweep as they come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.finished: dict[str, CellResult] = {}
        """Cell -> its result."""
        self.trouble: dict[str, list[CellResult]] = {}
        """Cell -> what went wrong with it, in order."""
        self._lines = Lines(folder / RESULTS)

    def poll(self) -> None:
        """Read what is new."""
        more = True
        while more:
            void, lines = self._lines.poll()
            if void:
                self.finished.clear()
                self.trouble.clear()
            for line in lines:
                self._take(parse(line))
            more = self._lines.behind

    def fill(self, cells: Iterable[Cell]) -> None:
        """Read the finished ones of these cells whose lines are missing from their own directories. One that isn't
        what the plan says (somebody trained it by itself with other settings) has failed."""
        try:
            made = {path.name for path in (self.folder / CELLS).iterdir()}
        except OSError:
            return
        for cell in cells:
            if cell.name not in self.finished and cell.name in made:
                self._take(_from_cell(self.folder, cell))

    def attempts(self, cell: str, session: str | None = None) -> int:
        """How often a cell failed, in one session or ever."""
        return sum(t.state == "failed" and session in (None, t.session) for t in self.trouble.get(cell, ()))

    def given_up(self, cell: str, session: str) -> bool:
        """Whether a session leaves a cell as it is."""
        stopped = any(t.state == "stopped" and t.session == session for t in self.trouble.get(cell, ()))
        return stopped or self.attempts(cell, session) >= MOST_ATTEMPTS

    def open(self, cells: Iterable[str], session: str) -> list[str]:
        """The cells that a session still has to do."""
        return [cell for cell in cells if cell not in self.finished and not self.given_up(cell, session)]

    def _take(self, result: CellResult | None) -> None:
        if result is not None and result.state == "finished":
            self.finished[result.cell] = result
        elif result is not None:
            self.trouble.setdefault(result.cell, []).append(result)


def _from_cell(folder: Path, cell: Cell) -> CellResult | None:
    """The result of a finished cell from its own files, held against the plan."""
    found = _found_in(cell_path(folder, cell.name), cell.name)
    if found is None:
        return None
    try:
        read_cell(folder, cell)
    except SddError as error:
        return CellResult(cell.name, "failed", reason=plain(str(error), 300))
    if found.cell != cell.name:
        why = f"{CELLS}/{cell.name}/{RESULT} is of {found.cell}. `sdd sweep resume` measures this cell anew."
        return CellResult(cell.name, "failed", reason=why)
    return found


def _found_in(run: Path, cell: str) -> CellResult | None:
    """What a finished cell's files say; the status file has the most important of it."""
    try:
        found = parse(read_json(run / RESULT))
        if found is not None:
            return found
    except SddError:
        pass
    try:
        status = read_status(run)
    except SddError:
        return None
    outcome = status.get("outcome", {})
    return parse({**outcome, **status, "cell": cell}) if status["state"] == "finished" else None


def _reals(values: Any) -> tuple[float, ...]:
    found = [real(v) for v in values] if isinstance(values, list) else []
    return tuple(v for v in found if v is not None)


def as_json(result: CellResult) -> dict[str, Any]:
    """A result as a table for JSON."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(result).items()}

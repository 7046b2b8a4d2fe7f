"""How far a sweep is, from its directory alone: done, running, failed, waiting, and how long it will take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sdd_tui.errors import SddError
from sdd_tui.run.layout import ACTIVE
from sdd_tui.run.status import read_status
from sdd_tui.sweep.directory import cell_path, read_sweep
from sdd_tui.sweep.estimate import CELL_S, calibration, seconds_left
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.results import CellResult, Collector
from sdd_tui.sweep.slots import at_work, cells_of, places


@dataclass(frozen=True)
class Running:
    """A cell that is trained now."""

    cell: str
    step: int
    steps: int


@dataclass(frozen=True)
class SweepProgress:
    """A sweep at a moment."""

    cells: int
    done: int
    running: tuple[Running, ...]
    failed: tuple[CellResult, ...]
    """The newest failure of each cell that is neither finished nor running."""
    workers: int
    """Workers of this machine, which may be between two cells."""
    eta_s: float | None
    """Seconds until it is done, at the pace of the finished cells, with as many at once; None when nobody works."""

    @property
    def waiting(self) -> int:
        """Cells that nobody has begun, or that were stopped half-way."""
        return self.cells - self.done - len(self.running) - len(self.failed)

    @property
    def state(self) -> str:
        """running, finished, failed (all done but those), or stopped."""
        if self.done == self.cells:
            return "finished"
        if self.running or self.workers:
            return "running"
        return "stopped" if self.waiting else "failed"


class SweepReader:
    """Looks at a sweep again and again; reads only what is new."""

    def __init__(self, folder: Path) -> None:
        """Raises DamagedError."""
        self.folder = folder
        self.sweep: Sweep = read_sweep(folder)
        self.cells: dict[str, Cell] = {cell.name: cell for cell in self.sweep.cells()}
        self.results = Collector(folder)
        self._filled = False

    def left(self, session: str) -> int:
        """How many cells a session has to do."""
        self.results.poll()
        return len(self.results.open(self.cells, session))

    def poll(self) -> SweepProgress:
        """How far it is now."""
        self.results.poll()
        if not self._filled:
            self.results.fill(self.cells.values())
            self._filled = True
        done = [name for name in self.cells if name in self.results.finished]
        running = self._running()
        busy = {r.cell for r in running}
        failed = [
            self.results.trouble[name][-1]
            for name in self.cells
            if name in self.results.trouble and name not in self.results.finished and name not in busy
        ]
        failed = [result for result in failed if result.state == "failed"]
        return SweepProgress(
            len(self.cells), len(done), running, tuple(failed), at_work(self.folder), self._eta(running)
        )

    @property
    def finished(self) -> dict[str, CellResult]:
        """Results of the cells of this sweep."""
        return {name: self.results.finished[name] for name in self.cells if name in self.results.finished}

    def times_longer(self) -> float:
        """How many times longer finished cells took than expected."""
        found = ((self.cells[name].core_seconds - CELL_S, result) for name, result in self.finished.items())
        return calibration((expected, (r.seconds or 0.0) * r.threads) for expected, r in found)

    def _running(self) -> tuple[Running, ...]:
        found: dict[str, Running] = {}
        for name in (name for place in places(self.folder) for name in cells_of(place)):
            if name not in self.cells or name in self.results.finished:
                continue
            try:
                status = read_status(cell_path(self.folder, name))
            except SddError:
                continue
            if status["state"] in ACTIVE:
                found[name] = Running(name, status.get("step") or 0, status.get("steps") or 1)
        return tuple(found.values())

    def _eta(self, running: tuple[Running, ...]) -> float | None:
        if not running:
            return None
        share = {r.cell: 1 - min(1.0, r.step / max(1, r.steps)) for r in running}
        left = [n for n in self.cells if n in share or not (n in self.results.finished or self._given_up(n))]
        longer = self.times_longer()
        each = ((self.cells[n].core_seconds - CELL_S) * longer * share.get(n, 1.0) + CELL_S for n in left)
        return seconds_left(each, len(running))

    def _given_up(self, cell: str) -> bool:
        """Whether the session that tried a cell last leaves it as it is."""
        trouble = self.results.trouble.get(cell, ())
        return any(self.results.given_up(cell, last.session) for last in trouble[-1:])

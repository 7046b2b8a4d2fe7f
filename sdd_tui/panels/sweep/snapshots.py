"""The last frames of a sweep's runs, kept while they are looked at: of thousands of cells those drawn are opened."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.errors import SddError
from sdd_tui.run.reader import open_run
from sdd_tui.sweep.directory import cell_path

KEPT = 40
"""Runs whose last frame is kept in memory."""


class Stills:
    """Last frames by cell."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: OrderedDict[str, tuple[int | None, Snapshot | None]] = OrderedDict()

    def get(self, cell: str, age: int) -> Snapshot | None:
        """The last frame of a cell; None where there is none. One that was not final at another age is read again."""
        kept = self._kept.get(cell)
        if kept is None or kept[0] not in (None, age):
            kept = self._kept[cell] = self._read(cell, age)
        self._kept.move_to_end(cell)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]

    def _read(self, cell: str, age: int) -> tuple[int | None, Snapshot | None]:
        try:
            run = open_run(cell_path(self._folder, cell))
            snapshot = run.frame()
            return None if run.status.get("state") == "finished" else age, snapshot
        except (SddError, OSError):  # OSError: a network file system that has lost the directory
            return age, None

"""What `sdd sweep run` says while cells are trained: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from sdd_tui.cli.progress import LINE_S
from sdd_tui.sweep.progress import Progress

LOOK_S = 0.5
"""Seconds between two looks at what the bar shows."""


class SweepReporter:
    """Shows a session of a sweep; enter it, tell it of progress, leave it."""

    def __init__(self, name: str, cells: int, quiet: bool) -> None:
        self._name, self._cells, self._quiet = name, cells, quiet
        self._said = self._looked = 0.0
        self._bar: Any = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("cells"), BarColumn(bar_width=None), MofNCompleteColumn())
            words = TextColumn("{task.fields[words]}", markup=False)
            self._bar = Bar(*columns, words, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("cells", total=cells, words="")

    def __enter__(self) -> SweepReporter:
        if self._bar:
            self._bar.start()
        elif not self._quiet:
            print(f"{self._name}: {self._cells:,} cells", file=sys.stderr)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    def words(self, words: str) -> None:
        """Say a sentence."""
        if self._bar:
            self._bar.console.print(words, markup=False, highlight=False)
        elif not self._quiet:
            print(words, file=sys.stderr)

    def due(self) -> bool:
        """Whether it is time to look again."""
        return not self._quiet and time.monotonic() - self._looked >= (LOOK_S if self._bar else LINE_S)

    def progress(self, progress: Progress) -> None:
        """Show how far the sweep is."""
        self._looked = time.monotonic()
        failed = f"  {len(progress.failed):,} failed" if progress.failed else ""
        left = "" if progress.eta_s is None else f"  {duration(progress.eta_s)} left"
        words = f"{len(progress.running)} running{failed}{left}"
        if self._bar:
            self._bar.update(self._task, completed=progress.done, words=words)
        elif progress.done or progress.running:
            print(f"{progress.done:,} of {progress.cells:,} done  {words}", file=sys.stderr)


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"

"""What `sdd sweep run` says while cells are trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sdd_tui.cli.output.bar import Bar
from sdd_tui.numerals import counted
from sdd_tui.sweep.progress import SweepProgress

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


class SweepReporter(Bar):
    """Shows a session of a sweep."""

    def __init__(self, name: str, cells: int, quiet: bool) -> None:
        super().__init__("cells", f"{name}: {counted(cells, 'cell')}", cells, quiet, _columns)

    def progress(self, progress: SweepProgress) -> None:
        """Show how far the sweep is."""
        failed = f"  {len(progress.failed):,} failed" if progress.failed else ""
        left = "" if progress.eta_s is None else f"  {duration(progress.eta_s)} left"
        words = f"{len(progress.running)} running{failed}{left}"
        line = f"{progress.done:,} of {progress.cells:,} done  {words}" if progress.done or progress.running else ""
        self.show(progress.done, line, words=words)


def _columns() -> Sequence[str | ProgressColumn]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

    words = TextColumn("{task.fields[words]}", markup=False)
    return TextColumn("cells"), BarColumn(bar_width=None), MofNCompleteColumn(), words


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"

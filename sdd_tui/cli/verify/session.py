"""Has what the claims need trained here, sweep by sweep."""

from __future__ import annotations

import sys
from pathlib import Path

from sdd_tui.cli.sweep.progress import SweepReporter, duration
from sdd_tui.cli.verify.report import seconds
from sdd_tui.errors import InterruptedRunError, plain
from sdd_tui.paper.inventory import Work
from sdd_tui.run.layout import new_name
from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import begin


def train(work: Work, runs: Path, jobs: int | None, quiet: bool) -> None:
    """Train every cell that is left; those that fail are left to the verdicts. Raises InterruptedRunError,
    RunFailedError, NoRoomError."""
    if not quiet:
        ready = f" ({work.wanted - len(work.cells):,} are finished already)" if work.wanted > len(work.cells) else ""
        about = duration(seconds(work, jobs))
        print(f"{len(work.cells):,} of {work.wanted:,} cells to train{ready}, about {about} here", file=sys.stderr)
    for folder in work.resumed:
        _do(folder, jobs, quiet)
    for sweep in work.new:
        _do(create_sweep(sweep, runs, new_name(f"verify-{sweep.preset}"), confirmed=True), jobs, quiet)


def _do(folder: Path, jobs: int | None, quiet: bool) -> None:
    session, reader = begin(folder, jobs), SweepReader(folder)
    name = plain(folder.name, 100)
    with SweepReporter(name, len(reader.cells), quiet) as reporter:

        def left() -> int:
            if reporter.due():
                reporter.progress(reader.poll())
            return reader.left(session.id)

        done = LocalRunner().run(folder, session, left)
    if not done:
        progress = reader.poll()
        raise InterruptedRunError(
            f"{name}: stopped with {progress.done:,} of {progress.cells:,} cells done; the same `sdd verify` goes on."
        )

"""One session of a sweep on the command line, and what is said before and beside it."""

from __future__ import annotations

import json as json_module
import sys
import time
from pathlib import Path
from typing import Any

from sdd_tui.cli.sweep.progress import SweepReporter, duration
from sdd_tui.errors import InterruptedRunError, RunFailedError, SddError, plain
from sdd_tui.numerals import counted
from sdd_tui.run.run_config import newer_version
from sdd_tui.sweep.directory import ask_to_stop, list_sweeps
from sdd_tui.sweep.estimate import cost
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import Runner, Session, begun
from sdd_tui.sweep.slots import used
from sdd_tui.sweep.slurm.jobs import SlurmRunner
from sdd_tui.sweep.slurm.options import SlurmOptions
from sdd_tui.sweep.slurm.queue import queued, remove_waiting

PATIENCE_S = 30.0
"""Seconds to wait for workers to stop; they look about twenty times a second."""

LOOK_S = 0.1


def train(folder: Path, checked: Session, slurm: SlurmOptions | None, json: bool, quiet: bool) -> None:
    """Have the cells done, here or on a cluster, and print what came out. Raises InterruptedRunError, RunFailedError,
    NoRoomError."""
    from sdd_tui.cli.sweep.report import failures, outcome

    session, reader = begun(folder, checked), SweepReader(folder)
    name = plain(folder.name, 100)
    with SweepReporter(name, len(reader.cells), quiet) as reporter:
        runner: Runner = SlurmRunner(slurm, reporter.words) if slurm else LocalRunner()

        def left() -> int:
            if reporter.due():
                reporter.progress(reader.poll())
            return reader.left(session.id)

        done = runner.run(folder, session, left)
    progress = reader.poll()
    if not done:
        raise InterruptedRunError(
            f"{name}: stopped with {progress.done:,} of {progress.cells:,} cells done;"
            f" `sdd sweep resume {name}` goes on."
        )
    if json or not quiet:
        outcome(reader, progress, not json)
    if progress.failed:
        raise RunFailedError(failures(name, progress))


def submit(folder: Path, checked: Session, slurm: SlurmOptions) -> None:
    """Leave the cells to a cluster, and print the sweep's name. Raises RunFailedError, NoRoomError."""
    SlurmRunner(slurm, lambda words: print(words, file=sys.stderr)).submit(folder, begun(folder, checked))
    print(plain(folder.name, 100))


def describe(sweep: Sweep, places: Session, where: str, json: bool) -> None:
    """Print what a sweep would be: its cells, cheap ones first, how long, and how much disk."""
    cells = sweep.cells()
    seconds, size = cost(cells, places.places * (places.threads or 1))
    if json:
        value: dict[str, Any] = {"cells": [c.name for c in cells], "seconds": seconds, "bytes": size}
        print(json_module.dumps(value))
        return
    for cell in cells:
        print(plain(cell.name, 200))
    print(f"{counted(len(cells), 'cell')}, about {duration(seconds)} {where}, {size / 1e6:,.0f} MB")


def stop(folder: Path) -> None:
    """Ask a sweep's workers to stop, and wait until they have. Raises RunFailedError."""
    reader = SweepReader(folder)
    name = plain(folder.name, 100)
    before = reader.poll()
    if before.state != "running" and not used(folder) and not queued(folder):
        raise RunFailedError(f"{name}: it is {before.state}, so there is nothing to cancel.")
    ask_to_stop(folder)
    remove_waiting(folder)
    until = time.monotonic() + PATIENCE_S
    while (now := reader.poll()).state == "running" or used(folder) or queued(folder):
        if time.monotonic() > until:
            raise RunFailedError(f"{name}: its workers have not stopped within {PATIENCE_S:.0f} s; the request stays.")
        time.sleep(LOOK_S)
    print(f"{name}: {now.state}, {now.done:,} of {now.cells:,} cells done.")


def listing(runs: Path, json: bool) -> None:
    """Print the sweeps of a directory."""
    rows = []
    for folder in list_sweeps(runs):
        try:
            reader = SweepReader(folder)
            now = reader.poll()
            row = (now.state, now.done, now.cells, len(now.failed), reader.sweep.preset)
        except SddError as error:
            newer = newer_version(folder)
            row = ("newer" if newer else "damaged", 0, 0, 0, "")
            if newer:
                print(f"sdd: {error}", file=sys.stderr)
        rows.append((plain(folder.name, 100), *row))
    keys = ("name", "state", "done", "cells", "failed", "preset")
    if json:
        print(json_module.dumps([dict(zip(keys, row, strict=True)) for row in rows]))
        return
    if not rows:
        print(f"There are no sweeps in {runs} yet. `sdd sweep presets` lists some to run.", file=sys.stderr)
        return
    lines = [("sweep", "state", "done", "of", "failed"), *((r[0], r[1], *(f"{v:,}" for v in r[2:5])) for r in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    for line in lines:
        left = [cell.ljust(w) for cell, w in zip(line[:2], widths[:2], strict=True)]
        print("  ".join([*left, *(cell.rjust(w) for cell, w in zip(line[2:], widths[2:], strict=True))]).rstrip())

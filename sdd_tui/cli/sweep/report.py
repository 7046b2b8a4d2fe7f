"""A sweep on stdout: how far it is, or what came out."""

from __future__ import annotations

import json
import sys
from typing import Any

from sdd_tui.cli.output.picture import show, size
from sdd_tui.cli.sweep.progress import duration
from sdd_tui.errors import RunFailedError, plain
from sdd_tui.numerals import counted
from sdd_tui.panels.sweep.pictures import across, curve, heat_table, table
from sdd_tui.sweep.progress import SweepProgress, SweepReader
from sdd_tui.sweep.reduce import points
from sdd_tui.sweep.results import as_json
from sdd_tui.sweep.slurm.queue import Task, queued

SHOWN = 20
"""Failed cells listed at most."""


def progress_dict(reader: SweepReader, progress: SweepProgress) -> dict[str, Any]:
    """How far a sweep is, for JSON."""
    return {
        "sweep": reader.folder.name,
        "state": progress.state,
        "cells": progress.cells,
        "done": progress.done,
        "running": [{"cell": r.cell, "step": r.step, "steps": r.steps} for r in progress.running],
        "waiting": progress.waiting,
        "failed": [{"cell": r.cell, "attempts": r.attempts, "reason": r.reason} for r in progress.failed],
        "eta_s": progress.eta_s,
    }


def status(reader: SweepReader, progress: SweepProgress, as_text: bool) -> None:
    """Print how far a sweep is."""
    if not as_text:
        tasks = [{"task": t.id, "state": t.state, "reason": t.reason} for t in _tasks(reader)]
        print(json.dumps(progress_dict(reader, progress) | {"slurm": tasks}))
        return
    left = "" if progress.eta_s is None else f", about {duration(progress.eta_s)} left"
    print(f"{plain(reader.folder.name, 100)}: {progress.state}{left}")
    numbers = (progress.done, len(progress.running), progress.waiting, len(progress.failed))
    print("{:,} of {:,} done, {:,} running, {:,} waiting, {:,} failed".format(numbers[0], progress.cells, *numbers[1:]))
    for running in progress.running:
        print(f"  {plain(running.cell, 100)}: step {running.step:,} of {running.steps:,}")
    for failed in progress.failed[:SHOWN]:
        tried = counted(failed.attempts, "attempt")
        print(f"  {plain(failed.cell, 100)} failed ({tried}): {plain(failed.reason, 200)}")
    for task in _tasks(reader):
        why = f" ({task.reason})" if task.state == "PENDING" else ""
        print(f"  Slurm task {task.id}: {task.state.lower()}{why}")
    if len(progress.failed) > SHOWN:
        print(f"  and {len(progress.failed) - SHOWN:,} more")


def failures(name: str, progress: SweepProgress) -> str:
    """How many cells failed, as a sentence."""
    first = progress.failed[0]
    return (
        f"{name}: {len(progress.failed):,} of {progress.cells:,} cells failed, {plain(first.cell, 100)} first"
        f" ({plain(first.reason, 200).removesuffix('.')}). `sdd sweep status {name}` lists them."
    )


def _tasks(reader: SweepReader) -> list[Task]:
    """Tasks in Slurm's queue; a queue that doesn't answer hides nothing of what lies on disk."""
    try:
        return queued(reader.folder)
    except RunFailedError as error:
        print(f"sdd: {error}", file=sys.stderr)
        return []


def outcome(reader: SweepReader, progress: SweepProgress, as_text: bool, measure: str = "test_loss") -> None:
    """Print what came out so far: the table of points, and a picture of a measure."""
    found = points(reader.sweep, reader.cells.values(), reader.finished)
    if not as_text:
        results = [as_json(result) | {"at": reader.cells[name].at} for name, result in reader.finished.items()]
        value = {"points": [point.as_json() for point in found], "results": results}
        print(json.dumps(progress_dict(reader, progress) | value))
        return
    how = "the lowest training loss" if reader.sweep.how == "best" else "the mean"
    over = f" over {', '.join(reader.sweep.over)}" if reader.sweep.over else ""
    print(
        f"{plain(reader.sweep.preset)}: {plain(reader.sweep.title, 200)}"
        if reader.sweep.title
        else plain(reader.sweep.preset)
    )
    every = f"{progress.done:,} of {progress.cells:,} cells done; {how}{over}"
    print(every if over else f"{counted(progress.done, 'cell')} done")
    for line in table(reader.sweep, found):
        print(line)
    name = measure if measure.startswith("D_") else measure.replace("_", " ")
    if heat := heat_table(reader.sweep, found, measure):
        print(f"\n{name}")
        show(heat)
    columns, rows = size()
    if progress.done and (
        drawn := curve(reader.sweep, found, (min(columns, 120), max(10, min(rows // 2, 20))), measure)
    ):
        print(f"\n{name} against {plain(across(reader.sweep, found))}")
        show(drawn)

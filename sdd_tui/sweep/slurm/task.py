"""What a task of a Slurm job array does: the cells of its group first, then any that are left.

It runs in process through submitit, and has workers of its own, as a session on a laptop has: a worker that is killed
costs one cell one attempt, not the task. Pre-emption and the end of the time limit write checkpoints and put the task
back into the queue.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdd_tui.errors import RunFailedError, SddError, plain
from sdd_tui.run.liveness import STALE_S
from sdd_tui.streams import open_words
from sdd_tui.sweep.directory import asked_since
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.slurm.queue import requeue, state_of

LOOK_S = 2.0
"""Seconds between two looks at whether there is anything to do here."""

IDLE_S = STALE_S + 30.0
"""Seconds after which a task that others have left nothing to do gives its cores back: by then a trainer that was lost
with its host would have been missed."""


def task(folder: str, session: dict[str, Any], workers: int, tasks: int) -> None:
    """Do cells of a sweep until none is left for this task. Called by submitit on a node; the session is a Session's
    fields."""
    open_words()
    # Slurm's warning before the time limit is one more reason to stop with checkpoints
    signal.signal(signal.SIGUSR2, lambda number, frame: signal.raise_signal(signal.SIGTERM))
    path, common = Path(folder), Session(**session)
    runner = LocalRunner(workers, f"{os.environ.get('SLURM_ARRAY_TASK_ID', '0')}/{tasks}")
    try:
        done = runner.run(path, common, needed(runner, path, common.id))
        if not done and not asked_since(path, common.cancel):
            go_on_later()
    except SddError as error:
        sys.stderr.write(f"sdd: {plain(str(error), 1_000)}\n")
        raise SystemExit(int(error.exit_code)) from None


def needed(runner: LocalRunner, folder: Path, session: str) -> Callable[[], int]:
    """How many cells a task may still have to do: some while a worker of its own is at a cell, or nobody trains a cell.
    One that finds neither waits a little, as the task that trains the last cell may be killed."""
    reader, looked, useful = SweepReader(folder), 0.0, time.monotonic()

    def left() -> int:
        nonlocal looked, useful
        count = reader.left(session)
        if not count:
            return 0
        now = time.monotonic()
        if now - looked > LOOK_S:
            looked = now
            open_cells = set(reader.results.open(reader.cells, session))
            if runner.busy(folder) or open_cells - {r.cell for r in reader.poll().running}:
                useful = now
        return count if now - useful < IDLE_S else 0

    return left


def go_on_later() -> None:
    """Put this task back into the queue, unless it is being ended or requeued by Slurm already."""
    job, index = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    own = f"{job}_{index}" if job and index else os.environ["SLURM_JOB_ID"]
    try:
        if state_of(own) == "RUNNING":
            requeue(own)
    except RunFailedError as error:
        raise RunFailedError(f"{error} The cells have checkpoints; `sdd sweep resume` goes on.") from None

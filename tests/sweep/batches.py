"""Batches of cells that are trained together, and what they leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdd_tui.config import RunConfig
from sdd_tui.run import checkpoint
from sdd_tui.run.layout import FRAMES, METRICS
from sdd_tui.sweep.directory import cell_path, create_sweep
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.worker import Worker

ONE = Session("here", "", 1, 1, 1)


def trained(sweep: Sweep, runs: Path, name: str, room: Callable[[RunConfig], int] | None = None) -> Path:
    folder = create_sweep(sweep, runs, name)
    assert Worker(folder, ONE, tied=False, room=room).work() == 0
    return folder


def left_by(folder: Path, cell: str) -> tuple[Any, ...]:
    """What a cell's run holds, without times."""
    run = cell_path(folder, cell)
    state, _ = checkpoint.load(run, checkpoint.steps(run)[-1], (2, 20), True)
    rows = [json.loads(line) for line in (run / METRICS).read_text(encoding="utf-8").splitlines()]
    numbers = [{key: value for key, value in row.items() if key != "seconds"} for row in rows]
    return [a.tobytes() for a in state.params.arrays().values()], state.step, numbers, (run / FRAMES).read_bytes()

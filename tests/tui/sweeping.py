"""Sweeps on disk whose cells are copies of a recorded run, and the sweep screen on them."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from sdd_tui.run.layout import STATUS
from sdd_tui.sweep.directory import RESULTS, cell_path, create_sweep
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.results import CellResult
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.sweep import SweepScreen
from tests.sweep.helpers import TINY, tiny
from tests.tui.driving import driven


def result(cell: Cell) -> CellResult:
    """A course with a bump, memorising before it and generalising behind."""
    settings = cell.settings["data"]
    T = 1e5 if settings["n_examples"] == "inf" else float(settings["n_examples"])
    test = 1.0 if T < 50 else 2.0 + settings["seed"] / 10 if T < 500 else 0.99
    learned = T >= 500
    losses = min(0.98, 1e-8 * T**4), test
    D_f, D_X = ((0.25,) * 5 if learned else (0.05,) * 5) + (0.01,) * 3, (2 / T,) * 5
    won = "generalising" if learned else "memorising"
    weights, bias, seconds = 2.0, 1.0, 0.1
    return CellResult(cell.name, "finished", 40, *losses, weights, bias, seconds, solution=won, D_f=D_f, D_X=D_X)


def failure(cell: Cell) -> CellResult:
    """A cell that came to nothing."""
    return CellResult(cell.name, "failed", 12, reason="the loss became NaN", attempts=2)


def made(
    runs: Path,
    recorded: Path,
    axes: dict[str, Any],
    name: str = "swept",
    failed: Callable[[Cell], bool] = lambda cell: False,
    how: str = "mean",
) -> Path:
    """A sweep that is done, but for the cells that failed."""
    return fill(create_sweep(tiny(axes, how=how), runs, name), tiny(axes, how=how), recorded, failed)


def fill(folder: Path, sweep: Sweep, recorded: Path, failed: Callable[[Cell], bool] = lambda cell: False) -> Path:
    """Give every cell a run and a result, in a sweep's directory."""
    lines = []
    for cell in sweep.cells():
        shutil.copytree(recorded, cell_path(folder, cell.name), dirs_exist_ok=True)
        if failed(cell):
            (cell_path(folder, cell.name) / STATUS).write_text('{"state": "failed", "step": 12}', encoding="utf-8")
        lines.append(json.dumps(asdict(failure(cell) if failed(cell) else result(cell))) + "\n")
    (folder / RESULTS).write_text("".join(lines), encoding="utf-8")
    return folder


def occurrences(runs: Path, recorded: Path, S: Sequence[float] = (0.9, 0.98), T: str = "T") -> Path:
    """A finished sweep over T and S together: five values of T(1 - S) for each S."""
    pairs = [(s, round(k / (1 - s))) for s in S for k in (1, 2, 5, 10, 30)]
    axes = {"S": [s for s, _ in pairs], T: [t for _, t in pairs], "seed": [0, 1]}
    tables = {"settings": TINY, "axes": axes, "zip": [[T, "S"]], "reduce": {"over": ["seed"]}}
    sweep = parse(tables, "tiny", "tiny")
    return fill(create_sweep(sweep, runs, "occurring"), sweep, recorded)


@asynccontextmanager
async def shown(
    runs: Path, folder: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], SweepScreen]]:
    """The sweep screen, drawn once."""
    async with driven(SddApp(runs, folder), size) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, SweepScreen)
        yield pilot, screen


def title(pilot: Pilot[None]) -> str:
    """The two lines above the panes."""
    return str(pilot.app.screen.query_one("#sweep-title", Static).render())

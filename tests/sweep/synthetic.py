"""Sweeps whose cells are made up, by the thousand."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from sdd_tui.sweep.directory import RESULTS, create_sweep
from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.results import CellResult
from tests.sweep.helpers import tiny


def made_up(cell: Cell) -> CellResult:
    """What could have come out."""
    T, seed = (int(cell.at[key]) for key in ("T", "seed"))
    losses = {"train_loss": 1 - 1 / T, "test_loss": 1 + seed / T, "weight_norm": 2.0, "bias_norm": 1.0}
    shape = {"solution": "memorising", "polygon": T, "stored": T, "lost": 0, "dedicated_features": 0}
    D_f, D_X = (0.1,) * 8, (2 / T,) * 5
    return CellResult(cell.name, "finished", 40, **losses, seconds=0.1, **shape, D_f=D_f, D_X=D_X)  # type: ignore[arg-type]


def synthetic(runs: Path, points: int, seeds: int) -> Path:
    """A finished sweep of points × seeds cells."""
    sweep = tiny({"T": list(range(3, 3 + points)), "seed": list(range(seeds))})
    folder = create_sweep(sweep, runs, "made-up")
    with (folder / RESULTS).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(made_up(cell))) + "\n" for cell in sweep.cells())
    return folder

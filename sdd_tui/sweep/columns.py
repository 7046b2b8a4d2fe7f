"""A sweep as a table: one row a cell, in the order of the grid, with its axes and what came out of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.results import REALS, CellResult

LARGEST = tuple(f"D_f_{i}" for i in range(1, 9))
"""Columns of the eight largest D_f, in descending order."""

QUARTILES = ("D_X_min", "D_X_q1", "D_X_median", "D_X_q3", "D_X_max")
WORDS = ("cell", "state", "solution", "reason")
COUNTS = ("polygon", "stored", "lost", "dedicated_features")


def cell_columns(reader: SweepReader) -> dict[str, list[Any]]:
    """Column -> its values, one a cell; what isn't known is None. Looks at the sweep anew.

    cell, one column an axis, state (finished, failed, stopped, running, waiting), step, losses in the paper's units,
    norms, seconds of training, what was found, D_f_1 … D_f_8, quartiles of D_X, threads, attempts, reason. An axis that
    is called like one of these is called `axis.NAME`.
    """
    progress = reader.poll()
    failed = {result.cell: result for result in progress.failed}
    running = {r.cell: r for r in progress.running}
    rows = []
    for cell in sorted(reader.cells.values(), key=lambda c: c.number):
        result = reader.results.finished.get(cell.name) or failed.get(cell.name)
        row = _row(cell, result)
        if cell.name in running:
            row |= {"state": "running", "step": running[cell.name].step}
        rows.append(row)
    names = rows[0] if rows else {}
    return {name: [row[name] for row in rows] for name in names}


def _row(cell: Cell, result: CellResult | None) -> dict[str, Any]:
    found: dict[str, Any] = {"state": result.state if result else "waiting", "step": result.step if result else None}
    for name in (*REALS, "solution", *COUNTS):
        found[name] = getattr(result, name) if result else None
    found |= _spread(LARGEST, result.D_f if result else ()) | _spread(QUARTILES, result.D_X if result else ())
    for name in ("threads", "attempts", "reason"):
        found[name] = getattr(result, name) if result else None
    axes = {f"axis.{key}" if key in found or key == "cell" else key: value for key, value in cell.at.items()}
    return {"cell": cell.name, **axes, **found}


def _spread(names: tuple[str, ...], values: tuple[float, ...]) -> dict[str, float | None]:
    padded = [*values, *[None] * len(names)]
    return dict(zip(names, padded, strict=False))


def as_array(name: str, values: list[Any]) -> NDArray[Any]:
    """A column as an array: whole numbers, real ones (unknown ones NaN), or text (unknown ones empty)."""
    known = [v for v in values if v is not None]
    if name not in WORDS and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
        if len(known) == len(values) and all(isinstance(v, int) for v in known):
            return np.array(values, np.int64)
        return np.array([np.nan if v is None else v for v in values], np.float64)
    if values and all(isinstance(v, bool) for v in values):
        return np.array(values, np.bool_)
    return np.array(["" if v is None else str(v) for v in values], np.str_)

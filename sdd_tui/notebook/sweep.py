"""A recorded sweep as a notebook sees it: its cells and points as data frames, and each cell's run."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from sdd_tui.config import suggest
from sdd_tui.errors import NotFoundError, plain
from sdd_tui.notebook.frames import data_frame
from sdd_tui.notebook.run import RecordedRun
from sdd_tui.run.layout import home, runs_dir
from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.columns import as_array, cell_columns
from sdd_tui.sweep.directory import cell_path, find_sweep, is_sweep
from sdd_tui.sweep.progress import SweepProgress, SweepReader
from sdd_tui.sweep.reduce import MEASURES, points


class RecordedSweep:
    """A sweep on disk, while its cells are trained or afterwards.

    `cells` is a table with one row a training, `points` one with seeds put together; `run` opens a cell's run.
    """

    def __init__(self, path: Path) -> None:
        """Raises DamagedError."""
        self.path = path
        self._look = SweepReader(path)

    def __repr__(self) -> str:
        now = self.progress
        return f"RecordedSweep({plain(self.name, 100)!r}, {now.state}, {now.done:,} of {now.cells:,} cells done)"

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.resolve().name

    @property
    def axes(self) -> dict[str, tuple[Value, ...]]:
        """Axis -> its values, in their order."""
        return {axis.key: axis.values for axis in self._look.sweep.axes}

    @property
    def progress(self) -> SweepProgress:
        """How far it is: cells, done, running, failed, state."""
        return self._look.poll()

    @property
    def cells(self) -> Any:
        """One row a cell, as a pandas.DataFrame (a dict of (cells,) arrays without pandas): cell, its axes, state,
        step, losses in the paper's units, norms, seconds, solution, polygon, stored, lost, dedicated_features,
        memorised, the eight largest D_f, quartiles of D_X. What isn't known is NaN or empty text."""
        return data_frame({name: as_array(name, values) for name, values in cell_columns(self._look).items()})

    @property
    def points(self) -> Any:
        """One row a point, seeds put together as the sweep says, as a pandas.DataFrame (a dict of (points,) arrays
        without pandas): the axes that are left, runs, cells, occurrences T(1 − S), chosen, and of each measure its
        mean, and sd, median, lowest and highest as MEASURE_sd and so on."""
        self._look.poll()
        found = points(self._look.sweep, self._look.cells.values(), self._look.finished)
        rows: list[dict[str, Any]] = []
        for point in found:
            row: dict[str, Any] = {**point.at, "runs": len(point.runs), "cells": point.cells}
            row |= {"occurrences": point.occurrences, "chosen": point.chosen.cell if point.chosen else ""}
            for name in MEASURES:
                spread = point.values.get(name)
                row[name] = spread.mean if spread else np.nan
                for part in ("sd", "median", "lowest", "highest"):
                    row[f"{name}_{part}"] = getattr(spread, part) if spread else np.nan
            rows.append(row)
        names = rows[0] if rows else {}
        return data_frame({name: as_array(name, [row[name] for row in rows]) for name in names})

    def run(self, cell: str | None = None, **at: Value) -> RecordedRun:
        """The run of a cell, by its name or by its coordinates: `sweep.run(T=5, seed=2)`. Raises NotFoundError for no
        such cell, one that has not begun, or coordinates that several cells have."""
        cells = {str(name): c.at for name, c in self._look.cells.items() if cell is None or name == str(cell)}
        if not cells:
            name = str(cell)
            raise NotFoundError(f"{plain(name)}: is no cell of {self.name}.{suggest(name, list(self._look.cells))}")
        found = [name for name, has in cells.items() if all(k in has and _is(v, has[k]) for k, v in at.items())]
        if len(found) != 1:
            wanted = ", ".join(f"{k}={v}" for k, v in at.items()) or "no coordinates"
            raise NotFoundError(f"{self.name}: {len(found)} cells have {plain(wanted)}; name one.")
        return RecordedRun(cell_path(self.path, found[0]))


def _is(wanted: object, value: Value) -> bool:
    """Whether an axis's value is meant; as text too, which an axis with T = inf on it is in a data frame."""
    return str(wanted) == str(value) or (isinstance(wanted, int | float | np.number) and bool(wanted == value))


def open_sweep(sweep: str | PathLike[str], runs: str | PathLike[str] | None = None) -> RecordedSweep:
    """Open a recorded sweep for reading, while it grows or afterwards.

    `sweep` is its directory, or a name as on the command line (a unique prefix, its last four digits, `latest`), looked
    for in `runs` (SDD_RUNS_DIR or ./runs without it). Raises NotFoundError, DamagedError.
    """
    path = home(str(sweep))
    if is_sweep(path):
        return RecordedSweep(path)
    return RecordedSweep(find_sweep(str(sweep), runs_dir(None if runs is None else str(runs))))

"""Puts the cells of each point of a sweep together: their mean and spread, or the run with the lowest training loss.

Pure. Every run is kept: a point knows all of its results.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.results import CellResult

MEASURES: dict[str, Callable[[CellResult], float | None]] = {
    "train_loss": lambda r: r.train_loss,
    "test_loss": lambda r: r.test_loss,
    "weight_norm": lambda r: r.weight_norm,
    "bias_norm": lambda r: r.bias_norm,
    "D_f": lambda r: r.D_f[0] if r.D_f else None,
    "D_X": lambda r: r.D_X[2] if len(r.D_X) == 5 else None,
    "dedicated_features": lambda r: r.dedicated_features,
    "memorised": lambda r: r.memorised,
    "stored": lambda r: r.stored,
    "lost": lambda r: r.lost,
    "repeated_loss": lambda r: r.repeated_loss,
    "repeated_D_X": lambda r: r.repeated_D_X,
    "off_centre": lambda r: r.off_centre,
}
"""What is put together: D_f is the largest feature's, D_X the median example's."""


@dataclass(frozen=True)
class Spread:
    """Several numbers as few."""

    mean: float
    sd: float
    """Standard deviation of the sample; 0 for one number."""
    median: float
    lowest: float
    highest: float

    @staticmethod
    def of(values: list[float]) -> Spread:
        """Of one number at least."""
        v, n = sorted(values), len(values)
        mean = math.fsum(v) / n
        sd = math.sqrt(math.fsum((x - mean) ** 2 for x in v) / (n - 1)) if n > 1 else 0.0
        return Spread(mean, sd, (v[(n - 1) // 2] + v[n // 2]) / 2, v[0], v[-1])


@dataclass(frozen=True)
class Point:
    """A point of a sweep: what is left of the axes when seeds are put together."""

    at: dict[str, Value]
    runs: tuple[CellResult, ...]
    """Finished cells."""
    cells: int
    """Cells that there are."""
    chosen: CellResult | None
    """The run with the lowest training loss, if that is how they are put together."""
    values: dict[str, Spread]
    """Measure -> its spread over the runs, or the chosen one's; only those that are known."""
    solutions: dict[str, int]
    """Solution -> runs that found it, the most frequent first."""
    occurrences: float | None = None
    """How often a feature occurs in the training data, T(1 - S)."""

    def mean(self, measure: str) -> float:
        """The mean of a measure; NaN where it isn't known."""
        return self.values[measure].mean if measure in self.values else float("nan")

    def as_json(self) -> dict[str, Any]:
        """As a table for JSON."""
        found: dict[str, Any] = {"at": self.at, "runs": len(self.runs), "cells": self.cells}
        found |= {name: asdict(spread) for name, spread in self.values.items()}
        more = {"solutions": self.solutions, "occurrences": self.occurrences}
        return found | more | {"chosen": self.chosen.cell if self.chosen else None}


def points(sweep: Sweep, cells: Iterable[Cell], finished: Mapping[str, CellResult]) -> list[Point]:
    """The points of a sweep, in the order of its axes' values, finished or not."""
    groups: dict[tuple[Value, ...], list[Cell]] = {}
    keys = [axis.key for axis in sweep.shown]
    for cell in sorted(cells, key=lambda cell: cell.number):
        groups.setdefault(tuple(cell.at[key] for key in keys), []).append(cell)
    return [_point(sweep, dict(zip(keys, at, strict=True)), found, finished) for at, found in groups.items()]


def _point(sweep: Sweep, at: dict[str, Value], cells: list[Cell], finished: Mapping[str, CellResult]) -> Point:
    runs = tuple(finished[cell.name] for cell in cells if cell.name in finished)
    chosen = best(runs) if sweep.how == "best" else None
    spread = {}
    for name, measure in MEASURES.items():
        known = [float(v) for run in ((chosen,) if chosen else runs) if (v := measure(run)) is not None]
        if known:
            spread[name] = Spread.of(known)
    solutions = dict(Counter(run.solution for run in runs if run.solution).most_common())
    return Point(at, runs, len(cells), chosen, spread, solutions, _occurrences(cells[0]))


def _occurrences(cell: Cell) -> float | None:
    data = cell.settings["data"]
    T, S = data["n_examples"], data["sparsity"]
    known = isinstance(T, int | float) and isinstance(S, int | float) and math.isfinite(T * S)
    return round(T * (1 - S), 9) if known else None


def best(runs: Iterable[CellResult]) -> CellResult | None:
    """The run with the lowest training loss (July 2023: which solution wins when optimisation doesn't fail)."""
    known = [run for run in runs if run.train_loss is not None]
    return min(known, key=lambda run: run.train_loss or 0.0, default=None)

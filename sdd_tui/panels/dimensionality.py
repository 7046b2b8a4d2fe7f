"""Dimensionalities: the paper's strip, and their course over training."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sdd_tui.analysis.regimes import DEDICATED
from sdd_tui.analysis.snapshot import Floats, Snapshot
from sdd_tui.draw.series import Series
from sdd_tui.draw.strip import ruler, strip
from sdd_tui.numerals import rounded, short
from sdd_tui.panels.charts import marked_step, over_steps
from sdd_tui.panels.drawing import Drawing, Hit, arranged, fitted
from sdd_tui.panels.panel import Panel, nothing_yet
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions

ROOMY = 100
"""Cells from which the note says what heights mean; else the numbers would give way to it."""


class Dimensionality(Panel[View]):
    """D_f of every feature and D_X of every example."""

    name = "dimensionality"
    title = "dimensionality"
    about = (
        "The share of a hidden dimension that each feature (D_f, blue) and each training example (D_X, red) has to"
        " itself, as dots from 0 to the right, at heights that mean nothing and keep them apart; the chosen one has a"
        " yellow line. The green line is m/T, what T examples on a regular polygon have. Of more than 2,000 examples"
        " the first have dots, for their share among all T (of very many, an estimate). Below: the eight largest D_f"
        " and the quartiles of D_X over training; a feature that nearly came through is a bump."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The frame and the history."""
        chosen = (options.kind, options.item)
        how = (options.star, options.page(self.name), options.log_x, options.window, marked_step(view, options))
        return (view.version, len(view.history), *chosen, *how)

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """Strips, and their history where it fits."""
        if view.snapshot is None:
            return nothing_yet(view, width, height)
        parts = [partial(_strips, view, view.snapshot, options), partial(_history, view, options)]
        return arranged(parts, options.page(self.name), (width, height), (40, 7))

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """Every D_f, D_X and D*, and what they were over training."""
        snapshot = view.snapshot
        steps, D_f, D_X = view.history.columns
        found: dict[str, Any] = {"step": view.step, "m_over_T": _even(view)}
        if snapshot is not None:
            found |= {"D_f": snapshot.D_f, "D_X": snapshot.D_X, "D_star": snapshot.D_star}
        return found | {"steps": steps, "largest_D_f": D_f, "quartiles_D_X": D_X}


def _even(view: View) -> float | None:
    """m / T."""
    config = view.config
    if config is None or config.data.n_examples == "inf":
        return None
    return config.model.n_hidden / config.data.n_examples


def _strips(view: View, snapshot: Snapshot, options: ViewOptions, width: int, height: int) -> Drawing:
    sets: list[tuple[str, Floats, str]] = [("D_f", snapshot.D_f, "feature"), ("D_X", snapshot.D_X, "hidden")]
    if options.star:
        sets.append(("D* ", snapshot.D_star, "test"))
    even = _even(view)
    top = min(1.0, 1.15 * max(0.3, *(float(np.nan_to_num(v).max(initial=0.0)) for _, v, _ in sets)))
    each = max(1, (height - 1) // len(sets))
    rows = []
    for label, values, colour in sets:
        mine = options.kind == ("feature" if colour == "feature" else "example") and 0 <= options.item < len(values)
        shown = even if even is not None and even <= top else None
        drawn = strip(values, max(1, width - 4), each, colour, shown, top, options.item if mine else None)
        rows += [[(label if y == each // 2 else "   ", colour), (" ", "axis"), *row] for y, row in enumerate(drawn)]
    rows += [[("    ", "axis"), *row] for row in ruler(max(1, width - 4), top)]
    born = int((snapshot.D_f >= DEDICATED).sum())
    words = f"{born} D_f ≥ {DEDICATED:g}" if born else f"largest D_f {short(float(snapshot.D_f.max(initial=0)))}"
    line = f"m/T {rounded(even, 3)}" if even is not None else ""
    brief = line if marked_step(view, options) is None else ""
    drawn = [fitted(row, width) for row in rows[:height]]
    heights = "heights only spread the dots" if width >= ROOMY else ""
    note = "  ".join(part for part in (words, line, heights) if part)
    return Drawing(drawn, note, brief, partial(_nearest, sets, each, top, width))


def _nearest(
    sets: list[tuple[str, Floats, str]], each: int, top: float, width: int, column: int, row: int
) -> Hit | None:
    which = row // each
    if which >= len(sets) or column < 4 or not len(sets[which][1]):
        return None
    value = (column - 4) / max(1, width - 5) * top
    found = int(np.abs(np.nan_to_num(sets[which][1], nan=9.0) - value).argmin())
    return Hit("feature" if which == 0 else "example", found)


def _history(view: View, options: ViewOptions, width: int, height: int) -> Drawing:
    steps, D_f, D_X = view.history.columns
    at = steps.astype(np.float64)
    series = [Series(at, column, "feature") for column in D_f.T]
    series += [Series(at, column, "hidden") for column in D_X[:, 1:4].T]
    cross, waiting = marked_step(view, options), len(view.steps) - len(steps)
    note, brief = "largest D_f, quartiles of D_X", ""
    if waiting > 0:
        note = brief = f"reading {waiting} frames"
    elif cross is not None and len(steps):
        row = max(0, int(np.searchsorted(steps, cross, side="right")) - 1)
        low, middle, high = D_X[row, 1:4]
        note = f"step {steps[row]:,}  D_f {D_f[row, 0]:.3f}  D_X {low:.3f}, {middle:.3f}, {high:.3f}"
        brief = f"D {D_f[row, 0]:.3f}, {middle:.3f}"
    return over_steps(cross, options, series, (width, height), (note, brief), level=_even(view))

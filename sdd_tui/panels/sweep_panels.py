"""The paper's main figure, filling in: losses along an axis, dimensionality with m/T, and the planes below."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sdd_tui.draw.canvas import BLANK, Row
from sdd_tui.draw.chart import Axes, Chart, line_chart
from sdd_tui.draw.plane import extent, plane
from sdd_tui.draw.series import Series
from sdd_tui.errors import plain
from sdd_tui.notation import short
from sdd_tui.panels.drawing import Drawing, Hit, fitted, words
from sdd_tui.panels.look import Look
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.planes import polygon_name
from sdd_tui.panels.sweep import heat_table, text
from sdd_tui.panels.sweep_view import SweepView, real
from sdd_tui.panels.system import duration
from sdd_tui.sweep.reduce import Point

CLIP = (0.97, 1.03)
"""The paper's figure is cut about here; what lies beyond is marked at the edge."""

LABELS = 6
"""Cells of the labels at the left, so that the panes line up."""


ROOMY = 60
"""Cells from which the table has all of its columns."""


def _span(view: SweepView) -> tuple[tuple[float, float] | None, bool]:
    """Ends of the long axis, and whether it is logarithmic: where it spans a decade."""
    x = np.array([real(p.at[view.axes[0].key]) for p in view.line]) if view.axes else np.zeros(0)
    x = x[np.isfinite(x)]
    if len(x) < 2 or x.min() == x.max():
        return None, False
    return (float(x.min()), float(x.max())), bool(x.min() > 0 and x.max() >= 10 * x.min())


def _x(view: SweepView, point: Point) -> float:
    return real(point.at[view.axes[0].key]) if view.axes else math.nan


def _chart(
    view: SweepView, series: list[Series], size: tuple[int, int], y_span: tuple[float, float] | None, log_y: bool
) -> Chart:
    span, log_x = _span(view)
    chosen = _x(view, view.point) if view.point else math.nan
    cross = chosen if math.isfinite(chosen) else None
    level = 1.0 if y_span == CLIP or log_y else None
    return line_chart(
        series, *size, Axes(log_x, log_y, level, cross=cross, x_span=span, y_span=y_span, label_width=LABELS)
    )


def _nearest(view: SweepView, chart: Chart, column: int) -> Hit | None:
    """The point whose column is nearest."""
    columns = [(abs(c - column), p) for p in view.line if (c := chart.column_of(_x(view, p))) is not None]
    return Hit("step", view.index(min(columns, key=lambda pair: pair[0])[1])) if columns else None


class Curve(Panel[SweepView]):
    """Train and test loss along the long axis."""

    name = "curve"
    title = "loss"
    about = (
        "Train and test loss of every finished run (dots) and their means (lines) along the longest axis, cut to"
        " 0.97-1.03 as in the paper: triangles mark what lies beyond. y shows all of it on log axes instead. Other axes"
        " stand at the chosen point: up and down choose another."
    )

    def depends(self, view: SweepView, look: Look) -> tuple[Any, ...]:
        """Results, the chosen point, the axis."""
        return (*view.version, look.log_y)

    def draw(self, view: SweepView, look: Look, width: int, height: int) -> Drawing:
        """The chart."""
        if not view.axes:
            return words(["this sweep has one point"], width, height)
        series = []
        for name, colour in (("train_loss", "train"), ("test_loss", "test")):
            known = [(_x(view, p), r) for p in view.line for r in p.runs if getattr(r, name) is not None]
            x, y = np.array([x for x, _ in known]), np.array([getattr(r, name) for _, r in known], float)
            series.append(Series(x, y, f"{colour}-raw", dots=True))
            means = [(_x(view, p), p.mean(name)) for p in view.line if name in p.values]
            label = name.split("_")[0]
            series.append(Series(np.array([x for x, _ in means]), np.array([m for _, m in means]), colour, label))
        log_y = not look.log_y
        chart = _chart(view, series, (width, height), None if log_y else CLIP, log_y)
        return Drawing(chart.rows, _said(view), hit=lambda column, row: _nearest(view, chart, column))

    def numbers(self, view: SweepView, look: Look) -> dict[str, Any]:
        """The points."""
        return {"points": [p.as_json() for p in view.points]}


class Dimensions(Panel[SweepView]):
    """D_f and D_X along the long axis."""

    name = "dimensions"
    title = "dimensionality"
    about = (
        "The eight largest D_f of every run (blue) and its D_X (red; quartiles where there are more than 64 examples)"
        " along the same axis, with the green curve m/T. Examples follow the curve while they are memorised; five"
        " features rise where they are learned."
    )

    def depends(self, view: SweepView, look: Look) -> tuple[Any, ...]:
        """Results and the chosen point."""
        return view.version

    def draw(self, view: SweepView, look: Look, width: int, height: int) -> Drawing:
        """The strip."""
        if not view.axes:
            return words(["this sweep has one point"], width, height)
        runs = [(_x(view, p), r) for p in view.line for r in p.runs]
        f = [(x, d) for x, r in runs for d in r.D_f]
        e = [(x, d) for x, r in runs for d in (r.D_X_all or r.D_X)]
        series = [
            self._even(view),
            Series(*_columns(f), "feature", dots=True),
            Series(*_columns(e), "hidden", dots=True),
        ]
        chart = _chart(view, series, (width, height), (0.0, 1.0), False)
        return Drawing(chart.rows, "", hit=lambda column, row: _nearest(view, chart, column))

    def numbers(self, view: SweepView, look: Look) -> dict[str, Any]:
        """Every run's dimensionalities along the axis."""
        return {"runs": [{"cell": r.cell, "D_f": r.D_f, "D_X": r.D_X_all or r.D_X} for p in view.line for r in p.runs]}

    @staticmethod
    def _even(view: SweepView) -> Series:
        """m/T, where T is the axis."""
        span, log = _span(view)
        if span is None or view.axes[0].key != "T":
            return Series(np.zeros(0), np.zeros(0), "level")
        m = view.sweep.base.model.n_hidden if view.point is None else view.point.at.get("m", None)
        hidden = real(m) if m is not None else view.sweep.base.model.n_hidden
        T = np.geomspace(*span, 100) if log else np.linspace(*span, 100)
        return Series(T, np.minimum(1.0, hidden / T), "level", "m/T")


class Rows(Panel[SweepView]):
    """The planes of some points."""

    name = "planes"
    title = "planes"
    about = (
        "Features (blue) and hidden vectors (red) of the runs with the lowest training loss, at the chosen point and at"
        " points spread along the axis."
    )

    def depends(self, view: SweepView, look: Look) -> tuple[Any, ...]:
        """Results and the chosen point."""
        return view.version

    def draw(self, view: SweepView, look: Look, width: int, height: int) -> Drawing:
        """A column a point: features above, hidden vectors below."""
        ready = [p for p in view.line if p.runs]
        if not ready:
            return words(["no finished runs yet"], width, height)
        shown = self._some(view, ready, max(1, width // 20))
        each = width // len(shown)
        both = height >= 15
        columns = [self._column(view, p, each - 1, height, both) for p in shown]
        rows = [fitted([run for c in columns for run in [*c[y], (" ", BLANK)]], width) for y in range(height)]

        def hit(column: int, row: int) -> Hit | None:
            at = min(column // each, len(shown) - 1)
            return Hit("step", view.index(shown[at]))

        return Drawing(rows, "features above, hidden vectors below" if both else "hidden vectors", hit=hit)

    def numbers(self, view: SweepView, look: Look) -> dict[str, Any]:
        """Which runs are drawn."""
        return {"runs": [str(view.run_of(p)) for p in view.line if p.runs]}

    @staticmethod
    def _some(view: SweepView, ready: list[Point], most: int) -> list[Point]:
        """Points spread along the axis, the chosen one among them."""
        at = np.unique(np.rint(np.linspace(0, len(ready) - 1, most)).astype(int))
        chosen = next((i for i, p in enumerate(ready) if p is view.point), None)
        if chosen is not None and chosen not in at:
            at[np.abs(at - chosen).argmin()] = chosen
        return [ready[i] for i in np.unique(at)]

    @staticmethod
    def _column(view: SweepView, point: Point, width: int, height: int, both: bool) -> list[Row]:
        still = view.still(point)
        name = f"{view.axes[0].key}={text(point.at[view.axes[0].key])}" if view.axes else "all"
        head: Row = [(name, "strong" if point is view.point else "text")]
        if still is None:
            return [fitted(head, width), *words(["can't be read"], width, height - 1).rows, *_blank(width, height - 2)]
        corners = still.geometry.polygon
        head.append((f" {polygon_name(corners)}" if corners else "", "dim"))
        sets = [(still.W, "feature"), (still.H, "hidden")] if both else [(still.H, "hidden")]
        each = (height - 1) // len(sets)
        with np.errstate(all="ignore"):
            drawn = [row for v, c in sets for row in plane(v[:2], width, each, c, extent(v[:2]))]
        return [fitted(head, width), *drawn, *_blank(width, height)][:height]


class Map(Panel[SweepView]):
    """Test loss over two axes, or the table of points."""

    name = "map"
    title = "map"
    about = (
        "Test loss over both axes of a grid, shaded by rank from blue to orange, the chosen row first in the curve; for"
        " one axis the numbers of each point and which solutions won."
    )

    def depends(self, view: SweepView, look: Look) -> tuple[Any, ...]:
        """Results and the chosen point."""
        return view.version

    def draw(self, view: SweepView, look: Look, width: int, height: int) -> Drawing:
        """The map or the table."""
        grid = heat_table(view.sweep, view.points)
        if grid:
            return words(grid, width, height, "test loss")
        roomy = width >= ROOMY
        head: Row = [(f"{'':>10} {'runs':>5} {'train':>9} {'test':>9}" if roomy else f"{'':>10} {'test':>9}", "dim")]
        at = view.chosen
        first = min(max(0, at - height // 2), max(0, len(view.points) + 1 - height))
        lines = [head, *(self._line(p, p is view.point, roomy) for p in view.points[first:])]
        return words(lines, width, height)

    def numbers(self, view: SweepView, look: Look) -> dict[str, Any]:
        """The points."""
        return {"points": [p.as_json() for p in view.points]}

    @staticmethod
    def _line(point: Point, here: bool, roomy: bool) -> Row:
        name = ", ".join(f"{k}={text(v)}" for k, v in point.at.items())
        won = ", ".join(f"{count} {plain(what, 20)}" for what, count in point.solutions.items())
        runs = f" {len(point.runs):>2}/{point.cells:<2} {short(point.mean('train_loss')):>9}" if roomy else ""
        numbers = f"{runs} {short(point.mean('test_loss')):>9}"
        return [(f"{name:>10}{numbers}  {won}", "strong" if here else "text")]


class Cells(Panel[SweepView]):
    """How far it is."""

    name = "cells"
    title = "cells"
    about = "Finished, running, waiting and failed cells, the time left, and why cells failed."

    def depends(self, view: SweepView, look: Look) -> tuple[Any, ...]:
        """The progress."""
        return (view.progress,)

    def draw(self, view: SweepView, look: Look, width: int, height: int) -> Drawing:
        """Text."""
        p = view.progress
        left = "" if p.eta_s is None else f"  ETA {duration(p.eta_s)}"
        done = round(p.done / max(1, p.cells) * max(1, width - 2))
        lines: list[str | Row] = [
            [(f"{p.done:,} of {p.cells:,} done, {p.waiting:,} wait, {len(p.failed)} failed{left}", "text")],
            [("█" * done, "feature"), ("░" * max(0, width - 2 - done), "axis")],
        ]
        lines += [[(f"{r.cell}  ", "text"), (f"{100 * r.step // max(1, r.steps)} %", "dim")] for r in p.running]
        lines += [[(f"{r.cell}  ", "bad"), (plain(r.reason, 200), "dim")] for r in p.failed]
        return words(lines, width, height, p.state)

    def numbers(self, view: SweepView, look: Look) -> dict[str, Any]:
        """Counts and failures."""
        p = view.progress
        counts = {"cells": p.cells, "done": p.done, "running": len(p.running), "waiting": p.waiting, "state": p.state}
        return counts | {"failed": {r.cell: r.reason for r in p.failed}}


def _columns(pairs: list[tuple[float, float]]) -> tuple[Any, Any]:
    found = np.array(pairs, np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _blank(width: int, count: int) -> list[Row]:
    return [[(" " * width, BLANK)] for _ in range(max(0, count))]


def _said(view: SweepView) -> str:
    point = view.point
    if point is None:
        return ""
    at = ", ".join(f"{k}={text(v)}" for k, v in point.at.items())
    spread = f" ±{point.values['test_loss'].sd:.2g}" if "test_loss" in point.values and len(point.runs) > 1 else ""
    return f"{at}: train {short(point.mean('train_loss'))}  test {short(point.mean('test_loss'))}{spread}"

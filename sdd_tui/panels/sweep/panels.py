"""The upper panes of the paper's main figure, filling in: losses along an axis, and dimensionality with m/T."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from sdd_tui.draw.chart import Axes, Chart, beneath, called, line_chart
from sdd_tui.draw.series import Series
from sdd_tui.numerals import rounded, short
from sdd_tui.panels.drawing import Drawing, Hit, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.sweep.axes import EXAMPLES, HIDDEN, OCCURRENCES, occurring, real
from sdd_tui.panels.sweep.pictures import families, spans, text
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.reduce import Point

CLIP = (0.97, 1.03)
"""The paper's figure is cut about here; what lies beyond is marked at the edge."""

SPREAD_OUT = 3.0
"""A test loss that spans a larger factor is drawn on a log axis."""

TALL = 1.5
"""A mean test loss from which on the paper's cut would hide the point of the figure."""

PROMINENT, MOST_PEAKS = 0.05, 4
"""A peak is named when it stands out by this share of the axis, and so many at most."""

VIEWS = {"test": "test loss", "cut": "cut as in the paper", "both": "whole, log axis"}
"""What is said of the curves that are shown."""

VIEWS_IN_TURN: tuple[Literal["test", "cut", "both"], ...] = ("test", "cut", "both")

LABELS = 6
"""Cells of the labels at the left, so that the panes line up."""

TALL_ENOUGH = 10
"""Lines from which a chart has one for T(1-S) below T."""


def _x(view: SweepView, point: Point) -> float:
    return view.scale.place(view.ways[0].x(point))


def _chart(
    view: SweepView,
    series: list[Series],
    size: tuple[int, int],
    y_span: tuple[float, float] | None,
    log_y: bool,
    named: tuple[tuple[float, float, str, str], ...] = (),
) -> Chart:
    at = view.scale
    chosen = _x(view, view.point) if view.point else math.nan
    cross = chosen if math.isfinite(chosen) else None
    level = 1.0 if y_span in (CLIP, None) else None
    axes = Axes(at.log, log_y, level, cross=cross, x_span=at.span, x_last=at.last, x_whole=at.whole)
    axes = replace(axes, y_span=y_span, label_width=LABELS, named=named)
    share = _active_share(view) if size[1] >= TALL_ENOUGH else None
    chart = line_chart(series, size[0], size[1] - (share is not None), axes)
    called(chart, view.ways[0].key)
    if share is not None:
        beneath(chart, OCCURRENCES, lambda T: rounded(T * share, 3))
    return chart


def _active_share(view: SweepView) -> float | None:
    """1 - S, the share of examples that a feature is active in, where the axis is T and all of the line has one S."""
    if EXAMPLES not in view.ways[0].settings:
        return None
    found = {real(cell.settings["data"]["sparsity"]) for point in view.line for cell in view.cells_of(point)}
    return 1 - S if len(found) == 1 and math.isfinite(S := found.pop()) else None


def _nearest(view: SweepView, chart: Chart, column: int) -> Hit | None:
    """The point whose column is nearest."""
    columns = [(abs(c - column), p) for p in view.line if (c := chart.column_of(_x(view, p))) is not None]
    return Hit("point", view.index(min(columns, key=lambda pair: pair[0])[1])) if columns else None


def _without_axis(view: SweepView, width: int, height: int) -> Drawing | None:
    """Why there is no curve, if there is none."""
    if not view.ways:
        return words(["this sweep has one point"], width, height)
    if view.scale.span is None:
        line = f"{view.ways[0].key} has no two numbers to draw a curve along"
        return words([line, "x goes along another axis"] if len(view.ways) > 1 else [line], width, height)
    return None


def curves_of(view: SweepView, options: ViewOptions) -> Literal["test", "cut", "both"]:
    """What is shown of the losses: what was asked for, or the paper's cut where most points lie in it and no peak lies
    far above it."""
    if options.curves != "fitting":
        return options.curves
    tests = [p.mean("test_loss") for p in view.line if "test_loss" in p.values]
    inside = sum(CLIP[0] <= value <= CLIP[1] for value in tests)
    return "cut" if 2 * inside > len(tests) and max(tests) < TALL else "test"


class Curve(Panel[SweepView]):
    """Train and test loss along the axis."""

    name = "curve"
    title = "losses of the runs"
    shorter = ("losses",)
    about = (
        "The losses of every finished run (dots) and their means (lines) along one axis, with the test loss's peaks as"
        " numbers. v changes between three views: both cut to 0.97-1.03 as in the paper, where triangles mark what lies"
        " beyond; both whole on a log axis; the test loss alone on an axis of its own. Where T and S go together: test"
        " loss against T(1-S), a line for each S. T(1-S), the number of training examples that a feature is expected to"
        " be active in, stands below T too where one S applies. The other axes stand at the chosen point."
    )

    def depends(self, view: SweepView, options: ViewOptions) -> tuple[Any, ...]:
        """Results, the chosen point, the axis."""
        return (*view.version, options.curves)

    def draw(self, view: SweepView, options: ViewOptions, width: int, height: int) -> Drawing:
        """The chart."""
        if nothing := _without_axis(view, width, height):
            return nothing
        together, curves = occurring(view.sweep), curves_of(view, options)
        shown = ("test_loss",) if curves == "test" else ("train_loss", "test_loss")
        series = _lines(view, "test_loss") if together else self._losses(view, shown)
        y_span = CLIP if curves == "cut" else None
        log_y = curves == "both" or (curves == "test" and spans(_values(series), SPREAD_OUT))
        named = () if together else self._peaks(view, y_span)
        chart = _chart(view, series, (width, height), y_span, log_y, named)
        note = "  ".join(part for part in (_said(view), "test loss of each S" if together else VIEWS[curves]) if part)
        return Drawing(chart.rows, note, hit=lambda column, row: _nearest(view, chart, column))

    def numbers(self, view: SweepView, options: ViewOptions) -> dict[str, Any]:
        """The points."""
        return {"points": [p.as_json() for p in view.points]}

    @staticmethod
    def _peaks(view: SweepView, y_span: tuple[float, float] | None) -> tuple[tuple[float, float, str, str], ...]:
        """The peaks of the mean test loss, as numbers at their points, the highest first."""
        means = [
            (x, p.mean("test_loss")) for p in view.line if "test_loss" in p.values and math.isfinite(x := _x(view, p))
        ]
        y = np.array([value for _, value in means])
        bottom, top = y_span or (y.min(initial=1.0), y.max(initial=1.0))
        found = [i for i in range(len(y)) if _prominence(y, i) >= PROMINENT * (top - bottom)]
        highest = sorted(found, key=lambda i: -y[i])[:MOST_PEAKS]
        return tuple((means[i][0], float(y[i]), rounded(float(y[i])), "test") for i in highest)

    @staticmethod
    def _losses(view: SweepView, names: Sequence[str]) -> list[Series]:
        found = []
        for name, colour in ((name, name.removesuffix("_loss")) for name in names):
            known = [(_x(view, p), r) for p in view.line for r in p.runs if getattr(r, name) is not None]
            found.append(Series(*_columns((x, getattr(r, name)) for x, r in known), f"{colour}-raw", dots=True))
            means = ((_x(view, p), p.mean(name)) for p in view.line if name in p.values)
            found.append(Series(*_columns(means), colour, name.split("_")[0]))
        return found


class Dimensions(Panel[SweepView]):
    """D_f and D_X along the axis."""

    name = "dimensions"
    title = "dimensionalities of the runs"
    shorter = ("dimensionalities",)
    about = (
        "The eight largest D_f of every run (blue) and its D_X (red; quartiles where there are more than 64 examples)"
        " along the same axis, with the green curve m/T. Examples follow the curve while they are memorised; five"
        " features rise where they are learned. Where T and S go together: the largest D_f against T(1-S), a line for"
        " each S."
    )

    def depends(self, view: SweepView, options: ViewOptions) -> tuple[Any, ...]:
        """Results and the chosen point."""
        return view.version

    def draw(self, view: SweepView, options: ViewOptions, width: int, height: int) -> Drawing:
        """The strip."""
        if nothing := _without_axis(view, width, height):
            return nothing
        together = occurring(view.sweep)
        series = _lines(view, "D_f") if together else [_even(view), *self._dots(view)]
        top = max((float(s.y.max()) for s in series if s.colour != "level" and len(s.y)), default=1.0)
        chart = _chart(view, series, (width, height), (0.0, min(1.0, 1.1 * top) or 1.0), False)
        note = "the largest D_f of each S" if together else "blue the eight largest D_f, red D_X"
        return Drawing(chart.rows, note, hit=lambda column, row: _nearest(view, chart, column))

    def numbers(self, view: SweepView, options: ViewOptions) -> dict[str, Any]:
        """Every run's dimensionalities along the axis."""
        return {"runs": [{"cell": r.cell, "D_f": r.D_f, "D_X": r.D_X_all or r.D_X} for p in view.line for r in p.runs]}

    @staticmethod
    def _dots(view: SweepView) -> list[Series]:
        runs = [(_x(view, p), r) for p in view.line for r in p.runs]
        f = _columns((x, d) for x, r in runs for d in r.D_f)
        e = _columns((x, d) for x, r in runs for d in (r.D_X_all or r.D_X))
        return [Series(*f, "feature", dots=True), Series(*e, "hidden", dots=True)]


def _lines(view: SweepView, measure: str) -> list[Series]:
    """The mean of a measure, a line for each value of the other ways."""
    found = []
    for number, (name, group) in enumerate(families(view.points, view.ways)):
        means = ((_x(view, p), p.mean(measure)) for p in group if measure in p.values)
        found.append(Series(*_columns(means), f"one{number}", name))
    return found


def _even(view: SweepView) -> Series:
    """m/T up to the last number; nothing where the runs of a point differ in m or T."""
    axis, at = view.ways[0], view.scale
    varied = {name for a in view.sweep.axes for name in a.settings} & {EXAMPLES, HIDDEN}
    fixed = {name for way in view.ways for name in way.settings}
    if at.span is None or view.point is None or not varied <= fixed:
        return Series(np.zeros(0), np.zeros(0), "level")
    settings = view.cells_of(view.point)[0].settings
    T, m = real(settings["data"]["n_examples"]), real(settings["model"]["n_hidden"])
    ends = (at.span[0], at.last or at.span[1])
    x = np.geomspace(*ends, 100) if at.log else np.linspace(*ends, 100)
    share = (x if HIDDEN in axis.settings else m) / (x if EXAMPLES in axis.settings else np.full(100, T))
    return Series(x, np.minimum(1.0, share), "level", "m/T")


def _prominence(y: Any, i: int) -> float:
    """By how much one must go down from a point to get to a higher one, or to the end, on the shallower side; a point
    at an end has one side."""
    sides = []
    for side in (y[:i][::-1], y[i + 1 :]):
        higher = np.flatnonzero(side > y[i])
        between = side[: higher[0]] if len(higher) else side
        if len(side):
            sides.append(float(y[i] - between.min(initial=y[i])))
    return min(sides, default=0.0)


def _values(series: Iterable[Series]) -> Any:
    return np.concatenate([np.zeros(0), *(s.y for s in series)])


def _columns(pairs: Iterable[tuple[float, float]]) -> tuple[Any, Any]:
    found = np.array(list(pairs), np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _said(view: SweepView) -> str:
    point = view.point
    if point is None:
        return ""
    at = ", ".join(f"{k}={text(v)}" for k, v in point.at.items())
    known = "test_loss" in point.values and len(point.runs) > 1
    spread = f" ±{rounded(point.values['test_loss'].sd, 2)}" if known else ""
    return f"{at}: train {short(point.mean('train_loss'))}  test {short(point.mean('test_loss'))}{spread}"

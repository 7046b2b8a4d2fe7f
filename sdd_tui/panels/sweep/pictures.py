"""Pictures of a sweep: the curve along one axis, the map over two, and the table of its points.

Pure: points and a size in, rows out; what is drawn is the mean over seeds, or the run that was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sdd_tui.draw.canvas import Row
from sdd_tui.draw.chart import Axes, line_chart
from sdd_tui.draw.heat import LEVELS
from sdd_tui.draw.series import Series
from sdd_tui.errors import plain
from sdd_tui.numerals import rounded, short
from sdd_tui.panels.sweep.axes import OCCURRENCES, ChartAxis, Scale, occurring, scale, ways
from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.reduce import Point

COLUMNS = (
    ("train_loss", "train loss"),
    ("test_loss", "test loss"),
    ("weight_norm", "‖W‖"),
    ("bias_norm", "‖b‖"),
    ("D_f", "D_f"),
    ("D_X", "D_X"),
    ("repeated_loss", "repeated"),
)
"""Measures of the table, with what they are called there."""

SPREAD = "test_loss"
"""The measure whose spread stands in the table; there is no room for all of them on 100 columns."""

MOST_LINES = 6
"""Curves in one chart: there are as many colours."""


def text(value: Value) -> str:
    """A coordinate as people read it."""
    if isinstance(value, bool | str):
        return "∞" if value == "inf" else plain(str(value).lower() if isinstance(value, bool) else value, 20)
    return f"{value:,}" if isinstance(value, int) else rounded(value, 6)


def table(sweep: Sweep, points: Sequence[Point]) -> list[str]:
    """One line a point: its coordinates, finished runs, means with spread, and the solutions that were found."""
    shown = [(name, head) for name, head in COLUMNS if any(name in p.values for p in points)]
    chosen = sweep.how == "best"
    together = occurring(sweep)
    heads = [*(a.key for a in sweep.shown), *([OCCURRENCES] if together else []), "runs", *(head for _, head in shown)]
    lines = [[*heads, "the best of" if chosen else "solutions"]]
    for point in points:
        cells = [*(text(value) for value in point.at.values())]
        cells += [_number(point.occurrences)] if together else []
        cells += [str(len(point.runs)) if len(point.runs) == point.cells else f"{len(point.runs)}/{point.cells}"]
        cells += [_spread(point, name) for name, _ in shown]
        solutions = ", ".join(f"{count} {plain(name, 20)}" for name, count in point.solutions.items())
        won = f"{plain(point.chosen.solution or '', 20)} ({plain(point.chosen.cell, 60)}) of " if point.chosen else ""
        lines.append([*cells, won + solutions])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]) - 1)]
    return ["  ".join([*(c.rjust(w) for c, w in zip(line, widths, strict=False)), line[-1]]).rstrip() for line in lines]


def curve(sweep: Sweep, points: Sequence[Point], size: tuple[int, int], measure: str = "test_loss") -> list[Row]:
    """A measure along the way with the most numbers, in logarithms where it spans a decade; one line for each value of
    another. No rows where no way has numbers."""
    found = ways(sweep, points)
    at = scale(found[0].x(p) for p in points) if found else Scale()
    if at.span is None:
        return []
    series = []
    for number, (name, group) in enumerate(families(points, found)):
        x = np.array([at.place(found[0].x(point)) for point in group])
        y = np.array([point.mean(measure) for point in group])
        known = np.isfinite(x) & np.isfinite(y)
        series.append(Series(x[known], y[known], f"one{number}", name))
    ys = np.concatenate([s.y for s in series])
    level = 1.0 if measure.endswith("loss") else None
    axes = Axes(at.log, spans(ys, 10), level, x_span=at.span, x_last=at.last, x_whole=at.whole)
    return line_chart(series, *size, axes).rows


def families(points: Sequence[Point], found: Sequence[ChartAxis]) -> list[tuple[str, list[Point]]]:
    """Points that share all but the first of the ways, with what they share in words; as many as there are colours."""
    lines: dict[str, list[Point]] = {}
    for point in points:
        name = ", ".join(f"{way.key}={text(way.of(point))}" for way in found[1:])
        lines.setdefault(name, []).append(point)
    return list(lines.items())[:MOST_LINES]


def heat_table(sweep: Sweep, points: Sequence[Point], measure: str = "test_loss") -> list[Row]:
    """A measure over two axes: numbers, shaded from low (blue) to high (orange); no rows unless there are two."""
    if len(sweep.shown) != 2 or len(ways(sweep, points)) != 2 or occurring(sweep):
        return []
    down, across = sweep.shown
    by = {tuple(point.at.values()): point.mean(measure) for point in points}
    rows, columns = list(dict.fromkeys(down.values)), list(dict.fromkeys(across.values))
    values = np.array([[by.get((r, c), math.nan) for c in columns] for r in rows])
    levels = shades(values)
    heads = [f"{down.key} \\ {across.key}", *map(text, columns)]
    body = [[text(r), *(short(v) for v in line)] for r, line in zip(rows, values, strict=True)]
    widths = [max(len(line[i]) for line in [heads, *body]) for i in range(len(heads))]
    found: list[Row] = [[("  ".join(h.rjust(w) for h, w in zip(heads, widths, strict=True)), "dim")]]
    for line, shade in zip(body, levels, strict=True):
        row: Row = [(line[0].rjust(widths[0]), "dim")]
        row += [("  " + c.rjust(w), f"heat{s:+d}") for c, w, s in zip(line[1:], widths[1:], shade, strict=True)]
        found.append(row)
    return found


def shades(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[list[int]]:
    """Shades by rank, so that a bump of thousands does not make everything else one colour."""
    known = np.sort(values[np.isfinite(values)])
    if len(known) < 2 or known[0] == known[-1]:
        return np.zeros(values.shape, int).tolist()  # type: ignore[no-any-return]
    rank = np.searchsorted(known, np.nan_to_num(values, nan=float(np.median(known)))) / (len(known) - 1)
    return np.clip(np.rint((2 * rank - 1) * LEVELS), -LEVELS, LEVELS).astype(int).tolist()  # type: ignore[no-any-return]


def across(sweep: Sweep, points: Sequence[Point]) -> str:
    """What the axis of x of a curve is; nothing where there is no curve."""
    found = ways(sweep, points)
    return found[0].key if found and scale(found[0].x(p) for p in points).span else ""


def spans(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], factor: float) -> bool:
    positive = values[values > 0]
    return len(positive) == len(values) > 1 and float(values.max()) > factor * float(values.min())


def _spread(point: Point, name: str) -> str:
    if name not in point.values:
        return "—"
    spread = point.values[name]
    alone = name != SPREAD or len(point.runs) == 1 or point.chosen
    return short(spread.mean) if alone else f"{short(spread.mean)} ±{rounded(spread.sd, 2)}"


def _number(value: float | None) -> str:
    return "—" if value is None else rounded(value, 6)

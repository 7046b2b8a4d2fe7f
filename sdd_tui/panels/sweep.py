"""Pictures of a sweep: the curve along one axis, the map over two, and the table of its points.

Pure: points and a size in, rows out; what is drawn is the mean over seeds, or the run that was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from sdd_tui.draw.canvas import Row
from sdd_tui.draw.chart import Axes, line_chart
from sdd_tui.draw.heat import LEVELS
from sdd_tui.draw.series import Series
from sdd_tui.errors import plain
from sdd_tui.notation import short
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
        return plain(str(value).lower() if isinstance(value, bool) else value, 20)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def table(sweep: Sweep, points: Sequence[Point]) -> list[str]:
    """One line a point: its coordinates, finished runs, means with spread, and the solutions that were found."""
    shown = [(name, head) for name, head in COLUMNS if any(name in p.values for p in points)]
    chosen = sweep.how == "best"
    occurring = _occurring(sweep)
    heads = [*(a.key for a in sweep.shown), *(["T(1-S)"] if occurring else []), "runs", *(head for _, head in shown)]
    lines = [[*heads, "the best of" if chosen else "solutions"]]
    for point in points:
        cells = [*(text(value) for value in point.at.values())]
        cells += [_number(point.occurrences)] if occurring else []
        cells += [str(len(point.runs)) if len(point.runs) == point.cells else f"{len(point.runs)}/{point.cells}"]
        cells += [_spread(point, name) for name, _ in shown]
        solutions = ", ".join(f"{count} {plain(name, 20)}" for name, count in point.solutions.items())
        won = f"{plain(point.chosen.solution or '', 20)} ({plain(point.chosen.cell, 60)}) of " if point.chosen else ""
        lines.append([*cells, won + solutions])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]) - 1)]
    return ["  ".join([*(c.rjust(w) for c, w in zip(line, widths, strict=False)), line[-1]]).rstrip() for line in lines]


def curve(sweep: Sweep, points: Sequence[Point], size: tuple[int, int], measure: str = "test_loss") -> list[Row]:
    """A measure along the axis with the most values, in logarithms where it spans a decade; one line for each value of
    another axis. No rows where no axis has numbers."""
    found = _across(sweep, points)
    if found is None:
        return []
    key, x_of = found
    others = [axis.key for axis in sweep.shown if axis.key != key]
    lines: dict[str, list[Point]] = {}
    for point in points:
        name = ", ".join(f"{k}={text(point.at[k])}" for k in others)
        lines.setdefault(name, []).append(point)
    series = []
    for number, (name, group) in enumerate(list(lines.items())[:MOST_LINES]):
        x = np.array([x_of(point) for point in group])
        y = np.array([point.mean(measure) for point in group])
        known = np.isfinite(x) & np.isfinite(y)
        series.append(Series(x[known], y[known], f"one{number}", name))
    xs = np.concatenate([s.x for s in series])
    ys = np.concatenate([s.y for s in series])
    axes = Axes(_spans(xs, 10), _spans(ys, 10), 1.0 if measure.endswith("loss") else None)
    return line_chart(series, *size, axes).rows


def heat_table(sweep: Sweep, points: Sequence[Point], measure: str = "test_loss") -> list[Row]:
    """A measure over two axes: numbers, shaded from low (blue) to high (orange); no rows unless there are two."""
    if len(sweep.shown) != 2 or _tied(sweep, sweep.shown[0].key, sweep.shown[1].key):
        return []
    down, across = sweep.shown
    by = {tuple(point.at.values()): point.mean(measure) for point in points}
    rows, columns = list(dict.fromkeys(down.values)), list(dict.fromkeys(across.values))
    values = np.array([[by.get((r, c), math.nan) for c in columns] for r in rows])
    shades = _shades(values)
    heads = [f"{down.key} \\ {across.key}", *map(text, columns)]
    body = [[text(r), *(short(v) for v in line)] for r, line in zip(rows, values, strict=True)]
    widths = [max(len(line[i]) for line in [heads, *body]) for i in range(len(heads))]
    found: list[Row] = [[("  ".join(h.rjust(w) for h, w in zip(heads, widths, strict=True)), "dim")]]
    for line, shade in zip(body, shades, strict=True):
        row: Row = [(line[0].rjust(widths[0]), "dim")]
        row += [("  " + c.rjust(w), f"heat{s:+d}") for c, w, s in zip(line[1:], widths[1:], shade, strict=True)]
        found.append(row)
    return found


def _shades(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[list[int]]:
    """Shades by rank, so that a bump of thousands does not make everything else one colour."""
    known = np.sort(values[np.isfinite(values)])
    if len(known) < 2:
        return np.zeros(values.shape, int).tolist()  # type: ignore[no-any-return]
    rank = np.searchsorted(known, np.nan_to_num(values, nan=float(np.median(known)))) / (len(known) - 1)
    return np.clip(np.rint((2 * rank - 1) * LEVELS), -LEVELS, LEVELS).astype(int).tolist()  # type: ignore[no-any-return]


def across(sweep: Sweep, points: Sequence[Point]) -> str:
    """What the axis of x of a curve is; nothing where there is no curve."""
    found = _across(sweep, points)
    return "" if found is None else "T(1-S)" if _occurring(sweep) else found[0]


def _across(sweep: Sweep, points: Sequence[Point]) -> tuple[str, Callable[[Point], float]] | None:
    """The axis along which a curve is drawn, and x: the one with most different numbers; T(1 - S) where T and S go
    together, with a line for each S."""
    if _occurring(sweep):
        return "T", lambda point: math.nan if point.occurrences is None else point.occurrences
    counts = {
        a.key: len({_real(p.at[a.key]) for p in points if math.isfinite(_real(p.at[a.key]))}) for a in sweep.shown
    }
    longest = max(counts, key=lambda key: counts[key], default="")
    return (longest, lambda point: _real(point.at[longest])) if counts.get(longest, 0) > 1 else None


def _occurring(sweep: Sweep) -> bool:
    return {"T", "S"} <= {axis.key for axis in sweep.shown} and _tied(sweep, "T", "S")


def _tied(sweep: Sweep, one: str, other: str) -> bool:
    return any(one in tie and other in tie for tie in sweep.tied)


def _real(value: Value) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _spans(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], factor: float) -> bool:
    positive = values[values > 0]
    return len(positive) == len(values) > 1 and float(values.max()) > factor * float(values.min())


def _spread(point: Point, name: str) -> str:
    if name not in point.values:
        return "—"
    spread = point.values[name]
    alone = name != SPREAD or len(point.runs) == 1 or point.chosen
    return short(spread.mean) if alone else f"{short(spread.mean)} ±{spread.sd:.2g}"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"

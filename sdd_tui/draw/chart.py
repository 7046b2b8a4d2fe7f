"""Line charts by plotext; the only importer of plotext, on the main thread, one chart after another.

plotext 6 has one public figure and a compiled core with sharp edges: a NaN in a line aborts the process, a log axis
raises on zeros, constants and single points, sizes are clamped to the detected terminal, hints go to stderr. So here
non-finite values and, on log axes, non-positive ones are dropped, logarithms are taken before plotext sees the data,
limits and ticks are always set, and long data is thinned to a minimum and a maximum a column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotext
from numpy.typing import NDArray

from sdd_tui.draw.canvas import BLANK, Row, runs

Floats = NDArray[np.float64]

SGR = re.compile(r"\x1b\[([0-9;]*)m")

FIRST_CODE = 196
"""Terminal colours from here on stand for the series while plotext draws; they never reach a screen."""

SMALLEST = (16, 5)
"""Below this size there is no room for axes and data: the chart is blank."""


@dataclass(frozen=True)
class Series:
    """One line: (k,) x and y, and the name of its colour."""

    x: Floats
    y: Floats
    colour: str


def line_chart(
    series: Sequence[Series],
    width: int,
    height: int,
    log_x: bool = False,
    log_y: bool = False,
    level: float | None = None,
) -> list[Row]:
    """Rows of a chart; `level` draws a horizontal line there (zero output = 1)."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return [[(" " * max(0, width), BLANK)] for _ in range(max(0, height))]
    drawn = [(*_prepared(s, log_x, log_y, width), s.colour) for s in series]
    xs = np.concatenate([x for x, _, _ in drawn]) if drawn else np.zeros(0)
    ys = np.concatenate([y for _, y, _ in drawn]) if drawn else np.zeros(0)
    shown_level = None if level is None or (log_y and level <= 0) else (math.log10(level) if log_y else level)
    x_limits, y_limits = _limits(xs, log_x), _limits(ys if shown_level is None else np.append(ys, shown_level), log_y)
    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)
    figure.theme("colorless")
    figure.plot_size(width, height)
    figure.axes(False, side=1)  # no frame at the top and on the right: two cells more for the data
    names: list[str] = []
    if shown_level is not None:
        drawn.insert(0, (np.array(x_limits), np.array([shown_level, shown_level]), "level"))
    for x, y, colour in drawn:
        if len(x) == 0:
            continue
        code = FIRST_CODE + len(names)
        names.append(colour)
        marker = plotext.marker("braille", pixel=code)
        if len(x) == 1:
            figure.draw(figure.signal(x.tolist(), y.tolist(), marker=marker))
        else:
            figure.draw(figure.signal(x.tolist(), y.tolist(), marker=marker).lines())
    if not names:  # plotext draws axes only around data
        figure.draw(figure.signal([], []))
    for axis, limits, log, room in (("x", x_limits, log_x, width // 12), ("y", y_limits, log_y, max(3, height // 3))):
        positions = _ticks(*limits, log, room)
        figure.ruler(axis).lim(*limits).ticks(positions, [_label(p, log, axis == "x") for p in positions])
    text = figure.build().string()
    return [_row(line, names, width) for line in text.split("\n")[:height]]


def thinned(x: Floats, y: Floats, columns: int) -> tuple[Floats, Floats]:
    """At most the smallest and the largest y of each of `columns` stretches of x, in order; x must ascend."""
    if len(x) <= 2 * columns:
        return x, y
    edges = np.searchsorted(x, np.linspace(x[0], x[-1], columns + 1)[1:-1])
    keep: list[int] = [0, len(x) - 1]
    for part in np.split(np.arange(len(x)), edges):
        if len(part):
            keep += [int(part[np.argmin(y[part])]), int(part[np.argmax(y[part])])]
    chosen = np.unique(keep)
    return x[chosen], y[chosen]


def _prepared(series: Series, log_x: bool, log_y: bool, width: int) -> tuple[Floats, Floats]:
    x, y = np.asarray(series.x, np.float64), np.asarray(series.y, np.float64)
    keep = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e300) & (np.abs(y) < 1e300)
    keep &= ((x > 0) | (not log_x)) & ((y > 0) | (not log_y))
    x, y = x[keep], y[keep]
    x, y = (np.log10(x) if log_x else x), (np.log10(y) if log_y else y)
    order = np.argsort(x, kind="stable")
    return thinned(x[order], y[order], 2 * width)


def _limits(values: Floats, log: bool) -> tuple[float, float]:
    """Limits that hold the values, with room where they are all the same."""
    if len(values) == 0:
        return 0.0, 1.0
    lower, upper = float(values.min()), float(values.max())
    if upper - lower < 1e-9 * max(abs(lower), abs(upper), 1e-300):
        room = 0.5 if log else max(abs(upper) * 0.1, 1e-12)
        return lower - room, upper + room
    return lower, upper


def _ticks(lower: float, upper: float, log: bool, most: int) -> list[float]:
    """Round positions inside the limits: whole decades on a log axis, 1-2-5 steps else."""
    most = max(2, most)
    if log:
        first, last = math.ceil(lower - 1e-9), math.floor(upper + 1e-9)
        if last - first >= 1:
            stride = math.ceil((last - first + 1) / most)
            return [float(p) for p in range(first, last + 1, stride)]
        if lower > -300 and upper < 300:  # less than two decades: round values instead
            return [math.log10(v) for v in _ticks(10.0**lower, 10.0**upper, False, most) if v > 0]
    span = upper - lower
    rough = span / most
    scale = 10.0 ** math.floor(math.log10(rough))
    stride_value = next(f * scale for f in (1, 2, 5, 10) if f * scale >= rough * 0.999)
    found: list[float] = []
    position = math.ceil(lower / stride_value - 1e-9) * stride_value
    while position <= upper + 1e-9 * span and len(found) <= 2 * most:
        found.append(0.0 if abs(position) < 1e-9 * stride_value else position)
        position += stride_value
    return found


def _label(position: float, log: bool, steps: bool) -> str:
    value = 10.0**position if log else position
    if log and abs(position - round(position)) < 1e-9:
        exponent = round(position)
        return f"{value:g}" if -2 <= exponent <= 3 else f"1e{exponent}"
    if steps and abs(value) >= 1000:
        return f"{value / 1000:g}k" if abs(value) < 1e6 else f"{value / 1e6:g}M"
    return f"{value:.4g}"


def _row(line: str, names: list[str], width: int) -> Row:
    """One line of plotext's output as runs of named colours, exactly `width` cells."""
    text: list[str] = []
    colours: list[str] = []
    colour = "axis"
    position = 0
    for match in SGR.finditer(line):
        piece = line[position : match.start()]
        text += piece
        colours += [colour] * len(piece)
        codes = match[1].split(";")
        number = int(codes[2]) - FIRST_CODE if codes[:2] == ["38", "5"] else -1
        colour = names[number] if 0 <= number < len(names) else "axis"
        position = match.end()
    piece = line[position:]
    text += piece
    colours += [colour] * len(piece)
    missing = max(0, width - len(text))
    text, colours = text[:width] + [" "] * missing, colours[:width] + [BLANK] * missing
    return runs([" " if t == "⠀" else t for t in text], colours)

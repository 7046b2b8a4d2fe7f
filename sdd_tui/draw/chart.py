"""Line charts by plotext; the only importer of plotext, on the main thread, one chart after another.

plotext 6 has one public figure and a compiled core with sharp edges: a NaN in a line aborts the process, a log axis
raises on zeros, constants and single points, sizes are clamped to the detected terminal, hints go to stderr. So here
non-finite values and, on log axes, non-positive ones are dropped, logarithms are taken before plotext sees the data,
limits and ticks are always set, and long data is thinned to a minimum and a maximum a column. Smoothing comes before
all of that: a line is the same mean of the same rows whatever part of it is shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from sdd_tui.draw.axis import drawn_span, is_near, span_of, ticks, written
from sdd_tui.draw.canvas import BLANK, Row, runs
from sdd_tui.draw.line_names import name_lines
from sdd_tui.draw.series import Series, finite, scaled, smoothed, thinned, within

SGR = re.compile(r"\x1b\[([0-9;]*)m")

FIRST_CODE = 196
"""Terminal colours from here on stand for the series while plotext draws; they never reach a screen."""

NONE = np.zeros(0)

SMALLEST = (16, 5)
"""Below this size there is no room for axes and data: the chart is blank."""


@dataclass(frozen=True)
class Axes:
    """How a chart is drawn."""

    log_x: bool = False
    log_y: bool = False
    level: float | None = None
    """A horizontal line (zero output = 1), where it lies on the chart."""
    hold_level: bool = True
    """Whether the axis of y reaches to the level, however far the data is from it."""
    cross: float | None = None
    """An upright line at this x."""
    smooth: int = 0
    """Points that the shown line is averaged over; what it was lies behind it."""
    x_span: tuple[float, float] | None = None
    """Ends of the axis of x, where the data does not decide them; what lies beyond is left out."""
    x_last: float | None = None
    """The last number on the axis of x, where its right end stands for ∞."""
    x_whole: bool = False
    """Whether x can be nothing but whole numbers."""
    y_span: tuple[float, float] | None = None
    """Ends of the other axis; what lies beyond is marked at the edge."""
    label_width: int = 0
    """Cells that the labels of y take at least: charts above each other line up."""
    named: tuple[tuple[float, float, str, str], ...] = ()
    """Points (x, y) with a word beside them and its colour, where there is room; beyond the axis of y, at its edge."""


@dataclass(frozen=True)
class Chart:
    """A drawn chart, and where on it x lies."""

    rows: list[Row]
    left: int
    """First column of the data."""
    width: int
    limits: tuple[float, float]
    log_x: bool
    ticks: tuple[float, ...] = ()
    """The x that stand below the axis."""

    @property
    def columns(self) -> int:
        """From the first column of the data to the last."""
        return max(1, self.width - self.left - 1)

    def share(self, column: int) -> float:
        """How far along the axis a column is."""
        return min(1.0, max(0.0, (column - self.left) / self.columns))

    def x_at(self, column: int) -> float:
        """The x of a column."""
        x = self.limits[0] + self.share(column) * (self.limits[1] - self.limits[0])
        return float(10.0**x) if self.log_x else x

    def column_of(self, x: float) -> int | None:
        """The column of an x, if it is on the chart."""
        if self.log_x:
            x = math.log10(x) if x > 0 else self.limits[0]
        share = (x - self.limits[0]) / (self.limits[1] - self.limits[0])
        if not -1e-9 <= share <= 1 + 1e-9:
            return None
        return self.left + round(share * self.columns)


def called(chart: Chart, name: str) -> None:
    """Say what x is, below the labels of y, where there is room."""
    last = "".join(text for text, _ in chart.rows[-1]) if chart.left else ""
    if chart.left and not last[: len(name) + 1].strip():
        chart.rows[-1] = [(name + last[len(name) :], "axis")]


def beneath(chart: Chart, name: str, label: Callable[[float], str]) -> None:
    """Add a line below the labels of x: what they are in another unit, after what that is called."""
    text, free = list((name if chart.left else "").ljust(chart.width)), len(name) + 1
    for x in chart.ticks:
        words, column = label(x), chart.width - 1 if x == math.inf else chart.column_of(x)
        start = -1 if column is None else min(column - (len(words) - 1) // 2, chart.width - len(words))
        if start >= free:
            text[start : start + len(words)], free = words, start + len(words) + 1
    chart.rows.append([("".join(text), "axis")])


def line_chart(series: Sequence[Series], width: int, height: int, axes: Axes = Axes()) -> Chart:
    """A chart of lines."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        blank: list[Row] = [[(" " * max(0, width), BLANK)] for _ in range(max(0, height))]
        return Chart(blank, 0, max(1, width), (0.0, 1.0), axes.log_x)
    lines, x_limits = _shown(series, width, axes)
    level = _drawn_level(axes)
    ys = np.concatenate([NONE, *(s.y for s in lines)])
    fixed = drawn_span(axes.y_span, axes.log_y)
    y_limits = fixed or span_of(ys, axes.log_y)
    if level is not None and not fixed and (axes.hold_level or is_near(level, y_limits)):
        y_limits = span_of(np.append(ys, level), axes.log_y)
    beyond = [(x, y > y_limits[1], s.colour) for s in lines for x, y in zip(s.x, s.y, strict=True)
              if fixed and not y_limits[0] <= y <= y_limits[1]]  # fmt: skip
    if fixed:
        lines = [_cut(s, fixed) for s in lines]
    if level is not None and y_limits[0] <= level <= y_limits[1]:
        lines.insert(0, Series(np.array(x_limits), np.array([level, level]), "level"))
    drawn = tuple((s.x.tobytes(), s.y.tobytes(), s.colour) for s in lines if not s.dots)
    last = x_limits[1] if axes.x_last is None else math.log10(axes.x_last) if axes.log_x else axes.x_last
    at = tuple(ticks(x_limits[0], last, axes.log_x, width // 12, axes.x_whole))
    endless = axes.x_last is not None
    cells = _plot(drawn, (width, height), (axes.log_x, axes.log_y), (x_limits, y_limits), axes.label_width, at, endless)
    text, colours = [list(line) for line, _ in cells], [list(names) for _, names in cells]
    left = next((i + 1 for i, c in enumerate(text[0]) if c in "┤│"), 0)
    named = (*(10.0**x if axes.log_x else x for x in at), *([math.inf] if endless else []))
    chart = Chart([], left, width, x_limits, axes.log_x, named)
    if axes.cross is not None and (column := chart.column_of(axes.cross)) is not None:
        for row in range(height - 2):
            if text[row][column] == " ":
                text[row][column], colours[row][column] = "│", "cross"
    for s in lines:
        if s.dots:
            _dot(text, colours, chart, y_limits, s)
    for x, above, colour in beyond:
        column = chart.column_of(10.0**x if axes.log_x else float(x))
        if column is not None:
            row = 0 if above else height - 3
            text[row][column], colours[row][column] = "▲" if above else "▼", colour
    name_lines(text, colours, lines, (x_limits, y_limits))
    for x, y, word, colour in axes.named:
        _name_point(text, colours, chart, y_limits, (x, math.log10(y) if axes.log_y else y, word, colour))
    chart.rows.extend(runs(t, c) for t, c in zip(text, colours, strict=True))
    return chart


def _shown(series: Sequence[Series], width: int, axes: Axes) -> tuple[list[Series], tuple[float, float]]:
    """The lines as they are drawn, smoothed whole, then cut and thinned, and the ends of x.

    2 × 100,000 rows take 3 ms, smoothed 7 ms: a cache would spend half of that on hashing them.
    """
    ready = [finite(s) for s in series]
    lines = [Series(s.x, s.y, f"{s.colour}-raw") for s in ready] if axes.smooth > 1 else []
    lines = [scaled(s, axes.log_x, axes.log_y) for s in lines + [smoothed(s, axes.smooth) for s in ready]]
    ends = np.concatenate([NONE, *(s.x[[0, -1]] for s in lines if len(s.x))])
    limits = drawn_span(axes.x_span, axes.log_x) or span_of(ends, axes.log_x)
    cut = [s for s in (within(s, *limits) for s in lines) if len(s.x)]
    return [s if s.dots else thinned(s, width) for s in cut], limits


@lru_cache(maxsize=64)
def _plot(
    lines: tuple[tuple[bytes, bytes, str], ...],
    size: tuple[int, int],
    logs: tuple[bool, bool],
    limits: tuple[tuple[float, float], tuple[float, float]],
    label_width: int,
    x_ticks: tuple[float, ...],
    endless: bool,
) -> list[tuple[list[str], list[str]]]:
    """(characters, colours) of every row, as plotext draws them. Where x is `endless`, its axis ends with ∞.

    Kept for the same lines: stepping through a run moves only the upright line of most charts, and plotext takes 12 µs
    a point.
    """
    import plotext  # 0.1 s, most of it for its documentation: not before there is a chart

    width, height = size
    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)
    figure.theme("colorless")
    figure.plot_size(width, height)
    figure.axes(False, side=1)  # no frame at the top and on the right: two cells more for the data
    for number, (x, y, _) in enumerate(lines):
        if not x:
            continue
        marker = plotext.marker("braille", pixel=FIRST_CODE + number)
        signal = figure.signal(np.frombuffer(x).tolist(), np.frombuffer(y).tolist(), marker=marker)
        figure.draw(signal if len(x) == 8 else signal.lines())
    if not any(x for x, _, _ in lines):  # plotext draws axes only around data
        figure.draw(figure.signal([], []))
    at, labels = list(x_ticks), written(list(x_ticks), logs[0], True)
    if endless:
        at, labels = [*at, limits[0][1]], [*labels, "∞"]
    figure.ruler("x").lim(*limits[0]).ticks(at, labels)
    levels = ticks(*limits[1], logs[1], max(3, height // 3))
    figure.ruler("y").lim(*limits[1]).ticks(levels, [s.rjust(label_width) for s in written(levels, logs[1], False)])
    names = [colour for _, _, colour in lines]
    return [_cells(line, names, width) for line in figure.build().string().split("\n")[:height]]


def _dot(
    text: list[list[str]], colours: list[list[str]], chart: Chart, y_limits: tuple[float, float], s: Series
) -> None:
    """A series' points, each a cell: as dots of braille they can hardly be seen. Lines stay above them."""
    last = len(text) - 3
    across = (s.x - chart.limits[0]) / (chart.limits[1] - chart.limits[0])
    up = (s.y - y_limits[0]) / (y_limits[1] - y_limits[0])
    columns, rows = chart.left + np.rint(across * chart.columns), np.rint((1 - up) * last)
    for row, column in zip(rows.astype(int).tolist(), columns.astype(int).tolist(), strict=True):
        if text[row][column] in " │•" or colours[row][column] == "level":
            text[row][column], colours[row][column] = "•", s.colour


def _name_point(
    text: list[list[str]],
    colours: list[list[str]],
    chart: Chart,
    y_limits: tuple[float, float],
    named: tuple[float, float, str, str],
) -> None:
    """Write a word beside a point: to its right or left, in its row or the next ones."""
    x, y, word, colour = named
    column, data_rows = chart.column_of(x), len(text) - 2
    if column is None:
        return
    share = min(1.0, max(0.0, (y - y_limits[0]) / (y_limits[1] - y_limits[0])))
    at = round((1 - share) * (data_rows - 1))
    for row in (at + away for away in (0, -1, 1, 2, 3)):
        for start in (column + 2, column - 1 - len(word)):
            end = start + len(word)
            fits = 0 <= row < data_rows and chart.left <= start - 1 and end < len(text[0])
            if fits and all(c in " │" for c in text[row][start - 1 : end + 1]):
                text[row][start:end] = word
                colours[row][start:end] = [colour] * len(word)
                return


def _cut(s: Series, limits: tuple[float, float]) -> Series:
    """A line with its values cut to the limits; of single points, those inside."""
    if not s.dots:
        return replace(s, y=s.y.clip(*limits))
    inside = (s.y >= limits[0]) & (s.y <= limits[1])
    return replace(s, x=s.x[inside], y=s.y[inside])


def _drawn_level(axes: Axes) -> float | None:
    if axes.level is None or not axes.log_y:
        return axes.level
    return math.log10(axes.level) if axes.level > 0 else None


def _cells(line: str, names: list[str], width: int) -> tuple[list[str], list[str]]:
    """One line of plotext's output as characters and named colours, exactly `width` of each."""
    text: list[str] = []
    colours: list[str] = []
    colour = "axis"
    position = 0
    for match in [*SGR.finditer(line), None]:
        piece = line[position : match.start() if match else None]
        text += piece
        colours += [colour] * len(piece)
        if match:
            codes = match[1].split(";")
            number = int(codes[2]) - FIRST_CODE if codes[:2] == ["38", "5"] else -1
            colour = names[number] if 0 <= number < len(names) else "axis"
            position = match.end()
    missing = max(0, width - len(text))
    return [" " if t == "⠀" else t for t in text[:width]] + [" "] * missing, colours[:width] + [BLANK] * missing

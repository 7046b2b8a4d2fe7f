"""The collapse plot: for different sparsities features get directions of their own at about the same T(1 − S)."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdd_tui.analysis.regimes import DEDICATED
from sdd_tui.figures.catalogue import S, T
from sdd_tui.figures.chart import AxisOfT, course, level, name_lines
from sdd_tui.figures.families import HEIGHT, MARKS
from sdd_tui.figures.style import BELOW, LEFT, NARROW, RIGHT, TOP, pane, shades, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep, of_value
from sdd_tui.sweep.reduce import Point


def draw(swept: Swept, width: float) -> Figure:
    """The largest D_f against T, and against T(1 − S)."""
    beside = width >= NARROW
    each = (width - 2 * LEFT - 2 * RIGHT) / 2 if beside else width - LEFT - RIGHT
    figure = sheet(width, (1 if beside else 2) * (TOP + HEIGHT + BELOW), of_sweep(swept))
    second = (LEFT + each + LEFT + RIGHT, TOP) if beside else (LEFT, 2 * TOP + HEIGHT + BELOW)
    _pane(pane(figure, LEFT, TOP, each, HEIGHT, "a"), swept, together=False)
    _pane(pane(figure, *second, each, HEIGHT, "b"), swept, together=True)
    return figure


def _pane(ax: Axes, swept: Swept, together: bool) -> None:
    def place(point: Point) -> float:
        often = math.nan if point.occurrences is None else point.occurrences
        return often if together else swept.number(point, T)

    lines = swept.lines(S, T)
    axis = AxisOfT(x for x in np.unique([place(p) for p in swept.points]).tolist() if math.isfinite(x))
    for i, ((value, points), colour) in enumerate(zip(lines, shades(len(lines)), strict=True)):
        course(ax, swept, axis, points, "D_f", colour, of_value(S, value), stroke=MARKS[i % len(MARKS)], x_of=place)
    level(ax, DEDICATED, "a direction of its own", x=0.01)
    axis.dress(ax, name="occurrences of a feature, $T(1 - S)$" if together else "training examples, $T$")
    ax.set_ylim(0, None)
    ax.set_ylabel("largest dimensionality, $D_f$")
    if not together:
        name_lines(ax, loc="upper left")

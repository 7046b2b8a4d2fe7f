"""Curves against T: the norms, and test loss for several values of another setting (the appendix's figures)."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdd_tui.figures.catalogue import DECAY, REDUCTION, STEPS, T
from sdd_tui.figures.chart import AxisOfT, course, faint_grid, fit_y, level, name_lines
from sdd_tui.figures.style import BELOW, LEFT, NARROW, RIGHT, TOP, paint, pane, shades, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep, of_value
from sdd_tui.sweep.axes import Value

HEIGHT = 1.9
"""Inches of a chart."""

NAMES = {
    "test_loss": "test loss (zero output = 1)",
    "train_loss": "train loss (zero output = 1)",
    "bias_norm": "bias norm, $\\Vert b \\Vert$",
    "weight_norm": "weight norm, $\\Vert W \\Vert_F$",
}

MARKS = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)))
"""Strokes of lines, so that they differ in black and white too."""


def decays(swept: Swept, width: float) -> Figure:
    """Test loss against T for several weight decays."""
    return _one(swept, width, DECAY)


def lengths(swept: Swept, width: float) -> Figure:
    """Test loss against T for several training lengths."""
    return _one(swept, width, STEPS)


def reductions(swept: Swept, width: float) -> Figure:
    """Test loss and ‖b‖ against T for the mean and the sum."""
    axis = _axis(swept)
    beside = width >= NARROW
    each = (width - 2 * LEFT - 2 * RIGHT) / 2 if beside else width - LEFT - RIGHT
    figure = sheet(width, (1 if beside else 2) * (TOP + HEIGHT + BELOW), of_sweep(swept))
    for i, measure in enumerate(("test_loss", "bias_norm")):
        left, top = (LEFT + i * (each + LEFT + RIGHT), TOP) if beside else (LEFT, TOP + i * (TOP + HEIGHT + BELOW))
        ax = pane(figure, left, top, each, HEIGHT, "ab"[i])
        draw_family(ax, swept, axis, REDUCTION, measure, {"mean": paint("train"), "sum": paint("test")})
    return figure


def norms(swept: Swept, width: float) -> Figure:
    """‖W‖_F and ‖b‖ against T."""
    axis, points = _axis(swept), swept.along(T)
    across = min(width - LEFT - RIGHT, 4.5)
    figure = sheet(min(width, across + LEFT + RIGHT), TOP + HEIGHT + BELOW, of_sweep(swept))
    ax = pane(figure, LEFT, TOP, across, HEIGHT)
    for measure, colour, symbol in (
        ("weight_norm", "feature", "$\\Vert W \\Vert_F$"),
        ("bias_norm", "hidden", "$\\Vert b \\Vert$"),
    ):
        course(ax, swept, axis, points, measure, paint(colour), symbol)
    faint_grid(ax)
    fit_y(ax)
    level(ax, math.sqrt(5), "$\\sqrt{5}$: five features of length 1", x=0.45, below=True)
    axis.dress(ax)
    ax.set_ylabel("norm")
    name_lines(ax, loc="upper right")
    return figure


def draw_family(
    ax: Axes, swept: Swept, axis: AxisOfT, setting: str, measure: str, colours: dict[Value, str] | None = None
) -> None:
    """One line for each value of a setting."""
    lines = swept.lines(setting, T)
    ramp = shades(len(lines))
    for i, (value, points) in enumerate(lines):
        colour = (colours or {}).get(value, ramp[i])
        course(ax, swept, axis, points, measure, colour, of_value(setting, value), stroke=MARKS[i % len(MARKS)])
    fit_y(ax)
    if measure.endswith("loss"):
        level(ax, 1.0)
    faint_grid(ax)
    axis.dress(ax)
    ax.set_ylabel(NAMES[measure])
    name_lines(ax, loc="best")


def _axis(swept: Swept) -> AxisOfT:
    return AxisOfT(np.unique([swept.number(p, T) for p in swept.points]).tolist())


def _one(swept: Swept, width: float, setting: str) -> Figure:
    across = min(width - LEFT - RIGHT, 4.5)
    figure = sheet(min(width, across + LEFT + RIGHT), TOP + HEIGHT + BELOW, of_sweep(swept))
    ax = pane(figure, LEFT, TOP, across, HEIGHT)
    draw_family(ax, swept, _axis(swept), setting, "test_loss")
    return figure

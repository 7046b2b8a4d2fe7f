"""July 2023: of several learning rates and seeds the runs with the lowest training loss, and which solution won."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdd_tui.errors import plain
from sdd_tui.figures.catalogue import T
from sdd_tui.figures.chart import AxisOfT, faint_grid, fit_y, level
from sdd_tui.figures.families import HEIGHT, NAMES
from sdd_tui.figures.sources import standing_for
from sdd_tui.figures.style import BELOW, GREY, INK, LEFT, NARROW, RIGHT, TOP, paint, pane, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep
from sdd_tui.sweep.reduce import MEASURES, Point
from sdd_tui.sweep.results import CellResult

SOLUTIONS = {
    "memorising": ("o", "hidden"),
    "generalising": ("p", "feature"),
    "middle": ("X", "axis"),
}
"""Solution -> its mark and colour."""


def draw(swept: Swept, width: float) -> Figure:
    """Test loss and train loss against T: every run faint, the chosen ones joined."""
    beside = width >= NARROW
    each = (width - 2 * LEFT - 2 * RIGHT) / 2 if beside else width - LEFT - RIGHT
    row = TOP + HEIGHT + BELOW
    figure = sheet(width, (row if beside else 2 * row) + 0.18, of_sweep(swept))
    points = swept.along(T)
    axis = AxisOfT(swept.number(p, T) for p in points)
    for i, measure in enumerate(("test_loss", "train_loss")):
        left, top = (LEFT + i * (each + LEFT + RIGHT), TOP) if beside else (LEFT, TOP + i * row)
        ax = pane(figure, left, top + 0.18, each, HEIGHT, "ab"[i])
        _pane(ax, swept, axis, points, measure)
    figure.legend(handles=_legend(points), loc="upper center", ncols=5, fontsize=6, handletextpad=0.2)
    return figure


def _pane(ax: Axes, swept: Swept, axis: AxisOfT, points: Sequence[Point], measure: str) -> None:
    value: Callable[[CellResult], float | None] = MEASURES[measure]
    chosen = [(axis.place(swept.number(p, T)), run) for p in points if (run := standing_for(p)) is not None]
    for name, (mark, colour) in SOLUTIONS.items():
        all_of_it = [
            (axis.place(swept.number(p, T)), v)
            for p in points
            for run in p.runs
            if (run.solution or "middle") == name and (v := value(run)) is not None
        ]
        won = [(x, v) for x, run in chosen if (run.solution or "middle") == name and (v := value(run)) is not None]
        for found, size, alpha, what in ((all_of_it, 2.6, 0.3, "runs"), (won, 5.5, 1.0, "won")):
            if found:
                ax.plot(
                    *zip(*found, strict=True), mark, ms=size, mew=0, color=paint(colour), alpha=alpha,
                    zorder=3 if what == "won" else 1.5, gid=f"{what}-{name}",
                )  # fmt: skip
    line = [(x, v) for x, run in chosen if (v := value(run)) is not None]
    if line:
        ax.plot(*zip(*line, strict=True), "-", color=INK, lw=0.8, zorder=2, gid="best")
    faint_grid(ax)
    fit_y(ax)
    level(ax, 1.0)
    axis.dress(ax)
    ax.set_ylabel(NAMES[measure])


def _legend(points: Sequence[Point]) -> list[Line2D]:
    there = {run.solution or "middle" for p in points for run in p.runs}
    won = [
        Line2D([], [], marker=mark, ls="", ms=5, mew=0, color=paint(colour), label=_words(name))
        for name, (mark, colour) in SOLUTIONS.items()
        if name in there
    ]
    return [*won, Line2D([], [], marker="o", ls="", ms=2.6, mew=0, color=GREY, alpha=0.5, label="every run")]


def _words(solution: str) -> str:
    return "the middle" if solution == "middle" else plain(solution, 20)

"""One run: losses over training, its planes, and the course of dimensionalities."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.errors import NotFoundError
from sdd_tui.figures.chart import faint_grid, fit_y, level
from sdd_tui.figures.plane import draw_snapshot
from sdd_tui.figures.style import BELOW, GREY, LEFT, NARROW, RIGHT, TOP, paint, pane, sheet
from sdd_tui.figures.words import of_run, projected, shared
from sdd_tui.panels.shapes import polygon_name
from sdd_tui.panels.view import View

HEIGHT = 1.9
"""Inches of a chart."""


def losses(view: View, width: float) -> Figure:
    """Train and test loss over the steps."""
    across = min(width - LEFT - RIGHT, 4.5)
    last = int(np.nanmax(view.rows["step"], initial=0))
    figure = sheet(min(width, across + LEFT + RIGHT), TOP + HEIGHT + BELOW, of_run(view, step=last))
    draw_losses(pane(figure, LEFT, TOP, across, HEIGHT), view)
    return figure


def draw_losses(ax: Axes, view: View, brief: bool = False) -> None:
    """The two losses, logarithmic where they span a decade; with fewer words where they are a small part of a figure.

    Raises NotFoundError where there are none.
    """
    rows = view.rows
    if not len(rows["step"]):
        raise NotFoundError(f"{view.run.name}: there are no losses yet.")
    step = np.asarray(rows["step"], float)
    for name in ("train", "test"):
        y = np.asarray(rows[f"{name}_loss"], float)
        known = np.isfinite(y)
        ax.plot(step[known], y[known], "-", color=paint(name), label=name, gid=name)
    faint_grid(ax)
    fit_y(ax)
    level(ax, 1.0, "" if brief else "zero output")
    _over_steps(ax, step)
    ax.set_ylabel("loss" if brief else "loss (zero output = 1)")
    ax.legend(loc="best")


def planes(view: View, width: float) -> Figure:
    """Features beside hidden vectors, at the last recorded step."""
    snapshot = snapshot_of(view)
    gap = 0.25
    side = min((width - 0.1 - RIGHT - gap) / 2, 2.6)
    figure = sheet(2 * side + gap + 0.1 + RIGHT, 0.28 + side, of_run(view, *projected(snapshot)))
    features, hidden = pane(figure, 0.1, 0.24, side, side), pane(figure, 0.1 + side + gap, 0.24, side, side)
    draw_snapshot(features, hidden, snapshot)
    features.set_title("features $W_j$", color=paint("feature"), pad=3)
    corners = snapshot.geometry.polygon
    shape = f": regular {polygon_name(corners)}" if corners else ""
    hidden.set_title(f"hidden vectors $h_i${shape}", color=paint("hidden"), pad=3)
    return figure


def dimensions(view: View, width: float) -> Figure:
    """The eight largest D_f, and D_X (quartiles, and its whole range), over the steps."""
    snapshot = snapshot_of(view)
    view.history.extend(view.run, view.steps, math.inf)
    steps, D_f, D_X = view.history.columns
    beside = width >= NARROW
    each = (width - 2 * LEFT - 2 * RIGHT) / 2 if beside else width - LEFT - RIGHT
    row = TOP + HEIGHT + BELOW
    figure = sheet(width, row if beside else 2 * row, of_run(view, *shared(snapshot)))
    at = np.asarray(steps, float)
    first = pane(figure, LEFT, TOP, each, HEIGHT, "a")
    for column in D_f.T:
        first.plot(at, column, "-", lw=0.9, color=paint("feature"), alpha=0.8)
    _finish(first, at, "largest feature dimensionalities, $D_f$", view, even=False)
    place = (LEFT + each + LEFT + RIGHT, TOP) if beside else (LEFT, row + TOP)
    second = pane(figure, *place, each, HEIGHT, "b")
    ink = paint("hidden")
    second.fill_between(at, D_X[:, 0], D_X[:, 4], color=ink, alpha=0.13, lw=0, label="all")
    second.fill_between(at, D_X[:, 1], D_X[:, 3], color=ink, alpha=0.3, lw=0, label="quartiles")
    second.plot(at, D_X[:, 2], "-", color=ink, label="median")
    _finish(second, at, "example dimensionality, $D_X$", view, even=True)
    second.legend(loc="best", ncols=3)
    return figure


def snapshot_of(view: View) -> Snapshot:
    """The last frame. Raises NotFoundError where there is none."""
    if view.snapshot is None:
        raise no_frame(view)
    return view.snapshot


def no_frame(view: View) -> NotFoundError:
    """That a run has no frame to draw, and why."""
    return NotFoundError(f"{view.run.name}: {view.problem.removesuffix('.')}.")


def _finish(ax: Axes, steps: NDArray[np.float64], name: str, view: View, even: bool) -> None:
    config = view.run.config
    T, m = config.data.n_examples, config.model.n_hidden
    top = ax.get_ylim()[1] if even else max(ax.get_ylim()[1], 0.05)  # D_X goes as 1/T
    if even and T != "inf":
        ax.axhline(m / T, color=paint("level"), lw=0.9, zorder=3, gid="m/T")
        top = max(top, 1.15 * m / T) if m / T <= 1 else top
        ax.annotate(
            "$m/T$", (0.995, m / T), xycoords=ax.get_yaxis_transform(), textcoords="offset points", xytext=(0, 2),
            ha="right", fontsize=6, color=paint("level"), annotation_clip=False,
        )  # fmt: skip
    ax.set_ylim(0, top)
    faint_grid(ax)
    _over_steps(ax, steps)
    ax.set_ylabel(name)


def _over_steps(ax: Axes, steps: NDArray[np.float64]) -> None:
    last = float(steps.max(initial=1))
    ax.set_xlim(0, last)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel("training steps")
    ax.tick_params(axis="x", labelcolor=GREY)

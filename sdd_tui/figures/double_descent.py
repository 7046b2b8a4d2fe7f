"""The paper's main figure: losses against T, dimensionalities against T with m/T, and the planes at some T."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import ConnectionPatch
from matplotlib.ticker import FixedLocator, MaxNLocator

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.figures.catalogue import M, S, T
from sdd_tui.figures.chart import AxisOfT, course, level, name_lines
from sdd_tui.figures.overlay import as_in_the_paper, draw_published
from sdd_tui.figures.plane import draw_snapshot, size_words
from sdd_tui.figures.sources import standing_for
from sdd_tui.figures.style import BELOW, GREY, LEFT, NARROW, PALE, RIGHT, paint, pane, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep, projected
from sdd_tui.numerals import short
from sdd_tui.panels.sweep.panels import CLIP
from sdd_tui.sweep.reduce import Point

WANTED = (5.0, 10.0, 30.0, 200.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 50_000.0, math.inf)
"""T whose planes are shown, of those that the sweep has."""

GAP = 0.07
"""Inches between planes."""

COLUMNS = 7
"""Planes beside each other on a page; fewer in a column of text."""


def draw(swept: Swept, width: float) -> Figure:
    """The three panes."""
    points = swept.along(T)
    axis = AxisOfT(swept.number(p, T) for p in points)
    snapshots = _snapshots(swept, points, COLUMNS if width >= NARROW else 5)
    side = (width - LEFT - RIGHT + GAP) / max(len(snapshots), 4) - GAP
    across, narrow = width - LEFT - RIGHT, width < NARROW
    top, heights = 0.42, (1.4, 1.1) if narrow else (1.6, 1.2)
    strip_at = top + heights[0] + 0.2
    planes_at = strip_at + heights[1] + BELOW + 0.36
    bottom = planes_at + 2 * side + GAP + 0.22 if snapshots else strip_at + heights[1] + BELOW
    said = of_sweep(swept, *projected(*(snapshot for _, snapshot in snapshots)), planes=bool(snapshots))
    figure = sheet(width, bottom, said)
    losses = pane(figure, LEFT, top, across, heights[0], "a")
    strip = pane(figure, LEFT, strip_at, across, heights[1], "b")
    if as_in_the_paper(swept):
        draw_published(losses, strip, axis)
    draw_losses(losses, swept, axis, points)
    draw_dimensions(strip, swept, axis, points)
    _occurrences(losses, swept, axis)
    for i, (point, snapshot) in enumerate(snapshots):
        left = LEFT + i * (side + GAP)
        features = pane(figure, left, planes_at, side, side, "" if i else "c")
        hidden = pane(figure, left, planes_at + side + GAP, side, side)
        _planes(figure, (strip, features, hidden), axis, swept, point, snapshot, label=i == 0)
    return figure


def draw_losses(ax: Axes, swept: Swept, axis: AxisOfT, points: Sequence[Point]) -> None:
    """Train and test loss, cut as in the paper; triangles at the edges mark what lies beyond."""
    level(ax, 1.0, "zero output")
    low, high = _window(points)
    for measure in ("train_loss", "test_loss"):
        name = measure.split("_")[0]
        x, y = course(ax, swept, axis, points, measure, paint(name), name)
        for edge, beyond, mark in ((high, y > high, "^"), (low, y < low, "v")):
            if beyond.any():
                ax.plot(
                    x[beyond], np.full(beyond.sum(), edge), mark, ms=3.5, mew=0, color=paint(name), clip_on=False,
                    zorder=4, gid=f"beyond-{name}-{'above' if mark == '^' else 'below'}",
                )  # fmt: skip
        if measure == "test_loss" and (y > high).any():
            top = int(np.argmax(y))
            ax.annotate(
                f"{y[top]:.3g}", (x[top], high), textcoords="offset points", xytext=(0, -4), ha="center", va="top",
                fontsize=6, color=paint(name), annotation_clip=False, gid="highest",
            )  # fmt: skip
    axis.dress(ax, label=False)
    ax.set_ylim(low, high)
    ax.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    ax.set_ylabel("loss per example")
    name_lines(ax, loc="lower left", bbox_to_anchor=(0.0, 0.06))


def _window(points: Sequence[Point]) -> tuple[float, float]:
    """Where the losses are cut: as in the paper, and lower where test losses get lower, as they do for small S."""
    lowest = min((p.mean("test_loss") for p in points if "test_loss" in p.values), default=1.0)
    return (CLIP[0], CLIP[1]) if lowest >= CLIP[0] else (math.floor(lowest * 100) / 100 - 0.01, CLIP[1])


def draw_dimensions(ax: Axes, swept: Swept, axis: AxisOfT, points: Sequence[Point]) -> None:
    """D_f and D_X of every run, side by side at each T, with the curve m/T."""
    m = {swept.number(p, M) for p in points}
    if len(m) == 1:
        sizes = np.geomspace(axis.finite[0], axis.finite[-1], 200)
        ax.plot(sizes, np.minimum(1, m.pop() / sizes), color=paint("level"), lw=1, zorder=1, label="$m/T$", gid="m/T")
    for name, colour, side in (("D_f", "feature", -1), ("D_X", "hidden", 1)):
        found = [(axis.beside(swept.number(p, T), 0.006 * side), v) for p in points for v in _each(p, name)]
        label = "features, $D_f$" if name == "D_f" else "examples, $D_X$"
        ax.plot(
            [x for x, _ in found], [v for _, v in found], "o", ms=2.2, mew=0, color=paint(colour), alpha=0.45,
            zorder=2 + side / 2, label=label, gid=name,
        )  # fmt: skip
    axis.dress(ax)
    ax.xaxis.label.set_bbox({"color": "white", "pad": 1})  # threads to the planes run below it
    ax.set_ylim(0, None)
    ax.set_ylim(-0.015 * ax.get_ylim()[1], ax.get_ylim()[1])
    ax.set_ylabel("dimensionality")
    legend = ax.legend(loc="upper right", markerscale=1.6)
    for handle in legend.legend_handles:
        if isinstance(handle, Line2D) and handle.get_marker() == "o":
            handle.set_alpha(1)


def _each(point: Point, name: str) -> Iterator[float]:
    """The eight largest D_f of every run; every D_X, or the quartiles where there are more than 64 examples."""
    for run in point.runs:
        yield from run.D_f if name == "D_f" else run.D_X_all or run.D_X


def _occurrences(ax: Axes, swept: Swept, axis: AxisOfT) -> None:
    """How often a feature occurs, above the axis of T."""
    shares = {1 - swept.number(p, S) for p in swept.points}
    if len(shares) != 1 or not (share := shares.pop()) > 0:
        return
    above = ax.secondary_xaxis("top", functions=(lambda T: np.asarray(T) * share, lambda k: np.asarray(k) / share))
    above.set_xlabel("occurrences of a feature, $T(1 - S)$", fontsize=6.5, color=GREY, labelpad=3)
    above.tick_params(labelsize=6, labelcolor=GREY)
    decades = [10.0**k for k in range(-9, 9) if axis.finite[0] <= 10.0**k / share <= axis.finite[-1]]
    above.xaxis.set_major_locator(FixedLocator(decades))
    above.xaxis.set_major_formatter(lambda x, _: f"{x:,.10g}")
    above.spines["top"].set(visible=True, color=PALE)
    above.minorticks_off()


def _snapshots(swept: Swept, points: Sequence[Point], most: int) -> list[tuple[Point, Snapshot]]:
    """Points whose planes are shown: the wanted ones, filled up with others spread over the axis."""
    wanted = [i for i, p in enumerate(points) if swept.number(p, T) in WANTED]
    if len(wanted) > most:
        wanted = [wanted[i] for i in np.linspace(0, len(wanted) - 1, most).round().astype(int)]
    for i in np.linspace(0, len(points) - 1, most).round().astype(int).tolist():
        if i not in wanted and len(wanted) < min(most, len(points)):
            wanted.append(i)
    found = [(points[i], swept.snapshot(points[i], standing_for(points[i]))) for i in sorted(wanted)]
    return [(point, snapshot) for point, snapshot in found if snapshot is not None]


def _planes(
    figure: Figure,
    axes: tuple[Axes, Axes, Axes],
    axis: AxisOfT,
    swept: Swept,
    point: Point,
    snapshot: Snapshot,
    label: bool,
) -> None:
    """A column of planes, with a thread to its T on the strip above."""
    strip, features, hidden = axes
    draw_snapshot(features, hidden, snapshot)
    features.set_title(size_words(swept.value(point, T)), fontsize=6.5, pad=3)
    run = standing_for(point)
    if run is not None and run.test_loss is not None:
        hidden.set_xlabel(f"test {short(run.test_loss)}", fontsize=5.5, color=GREY, labelpad=2)
    if label:
        features.set_ylabel("features $W_j$", color=paint("feature"), fontsize=6.5)
        hidden.set_ylabel("hidden $h_i$", color=paint("hidden"), fontsize=6.5)
    thread = ConnectionPatch(
        (axis.place(swept.number(point, T)), -0.03), (0.5, 1.22), strip.get_xaxis_transform(), features.transAxes,
        color=PALE, lw=0.6, zorder=-1, gid="leader",
    )  # fmt: skip
    thread.set_in_layout(False)
    figure.add_artist(thread)

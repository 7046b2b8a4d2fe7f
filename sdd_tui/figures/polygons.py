"""Small T: the planes with the polygons that the hidden vectors form, and D_X of every seed with the curve m/T."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from sdd_tui.figures.catalogue import T
from sdd_tui.figures.chart import AxisOfT
from sdd_tui.figures.double_descent import GAP, draw_dimensions
from sdd_tui.figures.plane import draw_snapshot, size_words
from sdd_tui.figures.sources import standing_for
from sdd_tui.figures.style import BELOW, GREY, LEFT, NARROW, RIGHT, TOP, paint, pane, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep, projected
from sdd_tui.numerals import counted
from sdd_tui.panels.shapes import polygon_name
from sdd_tui.paper.published import PLANES_T
from sdd_tui.sweep.reduce import Point, best
from sdd_tui.sweep.results import CellResult

LARGEST = 30
"""T up to which the paper's T are shown."""

CAPTION = 0.3
"""Inches for what the planes of a T came to."""


def draw(swept: Swept, width: float) -> Figure:
    """A column of planes for each T, in two blocks where there is no room for one; the strip below."""
    shown = _some(swept, swept.along(T))
    fits = 7 if width >= NARROW else 4
    blocks = [shown[i : i + fits] for i in range(0, len(shown), fits)]
    across = width - LEFT - RIGHT
    side = (across + GAP) / max(3, len(blocks[0])) - GAP
    each = 2 * side + GAP + CAPTION + 0.25
    snapshots = [swept.snapshot(point, _typical(point)) for point in shown]
    said = of_sweep(swept, *projected(*(snapshot for snapshot in snapshots if snapshot is not None)), averaged=False)
    figure = sheet(width, 0.1 + each * len(blocks) + TOP + 1.3 + BELOW, said)
    for i, (point, snapshot) in enumerate(zip(shown, snapshots, strict=True)):
        block, column = divmod(i, fits)
        left, top = LEFT + column * (side + GAP), 0.3 + block * each
        features = pane(figure, left, top, side, side, "" if i else "a")
        hidden = pane(figure, left, top + side + GAP, side, side)
        if snapshot is not None:
            draw_snapshot(features, hidden, snapshot)
        features.set_title(size_words(swept.value(point, T)), fontsize=6.5, pad=3)
        hidden.set_xlabel(_found(point), fontsize=5.5, color=GREY, labelpad=2, linespacing=1.3)
        if column == 0:
            features.set_ylabel("features $W_j$", color=paint("feature"), fontsize=6.5)
            hidden.set_ylabel("hidden $h_i$", color=paint("hidden"), fontsize=6.5)
    strip = pane(figure, LEFT, 0.1 + each * len(blocks) + TOP, across, 1.3, "b")
    draw_dimensions(strip, swept, AxisOfT(swept.number(p, T) for p in swept.points), swept.along(T))
    return figure


def _some(swept: Swept, points: Sequence[Point]) -> list[Point]:
    """The paper's T, or as many spread over the axis where the sweep has other ones."""
    wanted = [size for size in PLANES_T if size <= LARGEST]
    found = [p for p in points if swept.number(p, T) in wanted]
    if len(found) >= min(3, len(points)):
        return found
    return [points[i] for i in np.unique(np.linspace(0, len(points) - 1, len(wanted)).round().astype(int))]


def _typical(point: Point) -> CellResult | None:
    """The run whose planes are shown: with the polygon that most runs form, else with the lowest training loss."""
    corners, _ = _most(point)
    return best(run for run in point.runs if run.polygon == corners) if corners else standing_for(point)


def _most(point: Point) -> tuple[int | None, int]:
    """The corners of the most frequent polygon, and how many runs form it."""
    sizes = [run.polygon for run in point.runs if run.polygon]
    return max(((size, sizes.count(size)) for size in sizes), key=lambda found: found[1], default=(None, 0))


def _found(point: Point) -> str:
    """How many of the runs form which regular polygon."""
    corners, count = _most(point)
    if corners is None:
        return f"no polygon\nin {counted(len(point.runs), 'run')}"
    return f"{polygon_name(corners)}\n{count} of {len(point.runs)} runs"

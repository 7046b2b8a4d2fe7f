"""The lower pane of the paper's main figure: the planes of some points of a sweep."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdd_tui.draw.canvas import BLANK, Row
from sdd_tui.draw.plane import Extras, extent, plane
from sdd_tui.panels.drawing import Drawing, Hit, fitted, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.shapes import shape_words
from sdd_tui.panels.sweep.pictures import text
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.reduce import Point


class Rows(Panel[SweepView]):
    """The planes of some points."""

    name = "planes"
    title = "planes"
    about = (
        "Features (blue) and hidden vectors (red) at the chosen point and at points spread along the axis: of the runs"
        " with the lowest training loss, at the chosen point of the run that n has picked. Each plane has its own"
        " scale, so that short vectors are seen too; a cell is brighter the more vectors end in it."
    )

    def depends(self, view: SweepView, options: ViewOptions) -> tuple[Any, ...]:
        """Results, the chosen point and its run, which may go on."""
        return (*view.version, run_words(view), options.colours)

    def draw(self, view: SweepView, options: ViewOptions, width: int, height: int) -> Drawing:
        """A column a point: features above, hidden vectors below."""
        ready = [p for p in view.line if view.cell_of(p)]
        if not ready:
            return words(["no finished runs yet"], width, height)
        shown = self._some(view, ready, max(1, width // 20))
        each = width // len(shown)
        both = height >= 15
        columns = [self._column(view, p, each - 1, height, both, Extras(colours=options.colours)) for p in shown]
        rows = [fitted([run for c in columns for run in [*c[y], (" ", BLANK)]], width) for y in range(height)]

        def hit(column: int, row: int) -> Hit | None:
            at = min(column // each, len(shown) - 1)
            return Hit("point", view.index(shown[at]))

        sets = f"{'features above, hidden vectors below' if both else 'hidden vectors'}, each to its own scale"
        run = run_words(view)
        return Drawing(rows, f"{run}   {sets}" if run else sets, run, hit)

    def numbers(self, view: SweepView, options: ViewOptions) -> dict[str, Any]:
        """Which runs are drawn."""
        return {"runs": [str(view.run_of(p)) for p in view.line if view.cell_of(p)]}

    @staticmethod
    def _some(view: SweepView, ready: list[Point], most: int) -> list[Point]:
        """Points spread along the axis, the chosen one among them."""
        at = np.unique(np.rint(np.linspace(0, len(ready) - 1, most)).astype(int))
        chosen = next((i for i, p in enumerate(ready) if p is view.point), None)
        if chosen is not None and chosen not in at:
            at[np.abs(at - chosen).argmin()] = chosen
        return [ready[i] for i in np.unique(at)]

    @staticmethod
    def _column(view: SweepView, point: Point, width: int, height: int, both: bool, extras: Extras) -> list[Row]:
        snapshot = view.snapshot(point)
        name = f"{view.ways[0].key}={text(view.ways[0].of(point))}" if view.ways else "all"
        head: Row = [(name, "strong" if point is view.point else "text")]
        if snapshot is None:
            return [fitted(head, width), *words(["no frame yet"], width, height - 1).rows, *_blank(width, height - 2)]
        head.append((" " + shape_words(snapshot).removeprefix("regular "), "dim"))
        sets = [(snapshot.features, "feature"), (snapshot.H, "hidden")] if both else [(snapshot.H, "hidden")]
        each = (height - 1) // len(sets)
        with np.errstate(all="ignore"):
            drawn = [row for v, c in sets for row in plane(v[:2], width, each, c, extent(v[:2]), extras=extras)]
        return [fitted(head, width), *drawn, *_blank(width, height)][:height]


def run_words(view: SweepView) -> str:
    """Which run of the chosen point is shown; nothing where there is only one."""
    point = view.point
    cells = view.cells_of(point) if point else []
    if point is None or len(cells) < 2:
        return ""
    shown = view.cell_of(point)
    at = next((i for i, cell in enumerate(cells) if cell.name == shown), None)
    if at is None:
        return "none has begun"
    seeds = ", ".join(f"{key}={text(cells[at].at[key])}" for key in view.sweep.over)
    return f"run {at + 1} of {len(cells)}, {seeds}: {view.state_of(cells[at].name)}"


def _blank(width: int, count: int) -> list[Row]:
    return [[(" " * width, BLANK)] for _ in range(max(0, count))]

"""How far a sweep is, and the cells that run or have failed: a line each, around the picked one."""

from __future__ import annotations

from typing import Any

from sdd_tui.draw.canvas import Row
from sdd_tui.errors import plain
from sdd_tui.panels.drawing import Drawing, Hit, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.system import duration
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.progress import Running
from sdd_tui.sweep.results import CellResult

HEAD = 2
"""Lines above the cells."""


class Cells(Panel[SweepView]):
    """How far it is."""

    name = "cells"
    title = "cells"
    about = (
        "Finished, running, waiting and failed cells, the time left, and why cells failed. A click or u picks one of"
        " those that run or have failed, and Enter opens it."
    )

    def depends(self, view: SweepView, options: ViewOptions) -> tuple[Any, ...]:
        """The progress, and the picked cell."""
        return view.progress, view.picked

    def draw(self, view: SweepView, options: ViewOptions, width: int, height: int) -> Drawing:
        """Text."""
        p = view.progress
        left = "" if p.eta_s is None else f"  ETA {duration(p.eta_s)}"
        done = round(p.done / max(1, p.cells) * max(1, width - 2))
        lines: list[str | Row] = [
            [(f"{p.done:,} of {p.cells:,} done, {p.waiting:,} wait, {len(p.failed)} failed{left}", "text")],
            [("█" * done, "feature"), ("░" * max(0, width - 2 - done), "axis")],
        ]
        cells: list[Running | CellResult] = [*p.running, *p.failed]
        room = max(1, height - HEAD)
        at = next((i for i, cell in enumerate(cells) if cell.cell == view.picked), 0)
        shown = range(len(cells))
        if len(cells) > room:
            first = min(max(0, at - room // 2), len(cells) - (room - 1))
            shown = range(first, first + room - 1)
        lines += [_line(cells[i], cells[i].cell == view.picked) for i in shown]
        if len(shown) < len(cells):
            lines.append([(f"and {len(cells) - len(shown):,} more: e goes through them", "dim")])

        def hit(column: int, row: int) -> Hit | None:
            return Hit("cell", shown[row - HEAD]) if HEAD <= row < HEAD + len(shown) else None

        return Drawing(words(lines, width, height).rows, p.state, hit=hit)

    def numbers(self, view: SweepView, options: ViewOptions) -> dict[str, Any]:
        """Counts and failures."""
        p = view.progress
        counts = {"cells": p.cells, "done": p.done, "running": len(p.running), "waiting": p.waiting, "state": p.state}
        return counts | {"failed": {r.cell: r.reason for r in p.failed}}


def _line(cell: Running | CellResult, here: bool) -> Row:
    mark = ("▸ " if here else "", "strong")
    if isinstance(cell, Running):
        return [mark, (f"{plain(cell.cell, 200)}  ", "text"), (f"{100 * cell.step // max(1, cell.steps)} %", "dim")]
    return [mark, (f"{plain(cell.cell, 200)}  ", "bad"), (plain(cell.reason, 200), "dim")]

"""Several runs on one timeline: losses over each other, planes side by side, the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.config import differing
from sdd_tui.draw.canvas import BLANK, Row
from sdd_tui.draw.chart import Axes, line_chart
from sdd_tui.draw.plane import Extras, extent, plane
from sdd_tui.draw.series import Series
from sdd_tui.errors import plain
from sdd_tui.notation import short
from sdd_tui.panels.drawing import Drawing, Hit, fitted, words
from sdd_tui.panels.look import Look
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.planes import polygon_name
from sdd_tui.panels.view import View

MOST = 6
"""Runs that have a colour of their own."""


class Comparison:
    """Two to six runs at one step; run i keeps the colour run{i}."""

    def __init__(self, views: Sequence[View]) -> None:
        self.views = list(views)
        self.asked: int | None = None

    def look(self, budget_s: float) -> None:
        """Read what is new of all of them, for about so long."""
        for view in self.views:
            view.look(budget_s / len(self.views))

    def go(self, step: int | None) -> None:
        """Show each run's last frame at or before a step; its first where it begins later (a branch)."""
        self.asked = step
        for view in self.views:
            view.go(step)

    @property
    def steps(self) -> NDArray[np.int64]:
        """Every step that one of them has a frame of."""
        return np.unique(np.concatenate([view.steps for view in self.views]))


class Overlay(Panel[Comparison]):
    """Test or train losses in one chart."""

    name = "losses"
    title = "losses"
    about = (
        "The test losses (or train losses) of all runs in one chart, each in its colour; the upright line is the step."
    )

    def depends(self, view: Comparison, look: Look) -> tuple[Any, ...]:
        """Rows, step, axes."""
        rows = tuple(len(v.rows["step"]) for v in view.views)
        return (rows, view.asked, look.cross, look.log_x, look.log_y, look.smooth, look.window, look.rate)

    def draw(self, view: Comparison, look: Look, width: int, height: int) -> Drawing:
        """The chart. `look.rate` shows the train losses instead."""
        column = "train_loss" if look.rate else "test_loss"
        series = []
        for i, v in enumerate(view.views):
            step = v.rows["step"].clip(min=1) if look.log_x else v.rows["step"]
            series.append(Series(step, v.rows[column], f"run{i}", "ABCDEF"[i]))
        level = 1.0 if look.window == (0.0, 1.0) or not look.log_y else None
        cross = look.cross if look.cross is not None else view.asked
        chart = line_chart(series, width, height, Axes(look.log_x, look.log_y, level, look.window, cross, look.smooth))

        def hit(x: int, y: int) -> Hit | None:
            return Hit("step", round(chart.x_at(x))) if x >= chart.left else None

        at = [v.run.newest if cross is None else v.row_at(cross) for v in view.views]
        values = "  ".join(f"{'ABCDEF'[i]} {short(row[column])}" for i, row in enumerate(at) if row)
        return Drawing(chart.rows, f"{column.replace('_', ' ')}  {values}", values, hit)

    def numbers(self, view: Comparison, look: Look) -> dict[str, Any]:
        """Every run's rows."""
        return {v.run.name: {k: v.rows[k] for k in ("step", "train_loss", "test_loss")} for v in view.views}


class Beside(Panel[Comparison]):
    """Their planes."""

    name = "planes"
    title = "planes"
    about = "Each run's hidden vectors (or features) at the step, on its own scale or on one scale for all."

    def depends(self, view: Comparison, look: Look) -> tuple[Any, ...]:
        """The frames, and how planes are drawn."""
        stills = tuple(v.version for v in view.views)
        return (stills, look.kind, look.common, look.zoom, look.projection, look.axes)

    def draw(self, view: Comparison, look: Look, width: int, height: int) -> Drawing:
        """A plane a run, its name above it."""
        count = len(view.views)
        per_row = count if width >= 24 * count or height < 16 else (count + 1) // 2
        lines = -(-count // per_row)
        each, high = (width - (per_row - 1)) // per_row, height // lines
        limit = max((self._extent(v, look) for v in view.views if v.still), default=1.0) if look.common else None
        rows: list[Row] = []
        for first in range(0, count, per_row):
            drawn = [
                self._one(i, view.views[i], look, each, high, limit) for i in range(first, min(first + per_row, count))
            ]
            for y in range(high):
                row = [run for d in drawn for run in [*d[y], (" ", BLANK)]]
                rows.append(fitted(row, width))
        what = "hidden vectors" if look.kind == "example" else "features"
        return Drawing(rows, what + (", one scale" if look.common else ""))

    def numbers(self, view: Comparison, look: Look) -> dict[str, Any]:
        """Every run's hidden vectors at its step."""
        return {v.run.name: {"step": v.step, "H": v.still.H} for v in view.views if v.still}

    def _vectors(self, view: View, look: Look) -> NDArray[np.float64]:
        assert view.still is not None
        return view.still.basis(look) @ (view.still.H if look.kind == "example" else view.still.W)

    def _extent(self, view: View, look: Look) -> float:
        return extent(self._vectors(view, look))

    def _one(self, i: int, view: View, look: Look, width: int, height: int, limit: float | None) -> list[Row]:
        still = view.still
        title: Row = [("ABCDEF"[i] + " ", f"run{i}")]
        if still is None:
            body = words([view.problem], width, height - 1).rows
        else:
            corners = still.geometry.polygon
            note = f"regular {polygon_name(corners)}" if corners and look.kind == "example" else ""
            title += [(f"step {still.step:,}  {note}", "dim")]
            limit = (limit or self._extent(view, look)) / look.zoom
            body = plane(self._vectors(view, look), width, height - 1, f"run{i}", limit, extras=Extras())
        rows = [fitted(title, width), *body]
        return rows + [[(" " * width, BLANK)]] * (height - len(rows))


class Differences(Panel[Comparison]):
    """The settings in which they differ."""

    name = "differences"
    title = "what differs"
    about = "The runs, and every setting that is not the same in all of them; sdd diff prints the same."

    def depends(self, view: Comparison, look: Look) -> tuple[Any, ...]:
        """States and losses."""
        return tuple((v.state, v.now.get("step"), v.now.get("test_loss")) for v in view.views)

    def draw(self, view: Comparison, look: Look, width: int, height: int) -> Drawing:
        """A line a run: colour, name, state, losses, then the differing settings in columns."""
        heads, table = self._table(view)
        widths = [max(len(row[i]) for row in [heads, *table]) for i in range(len(heads))]
        lines: list[Row] = [[("  ", BLANK), (self._line(heads, widths), "dim")]]
        for i, cells in enumerate(table):
            lines.append([("ABCDEF"[i] + " ", f"run{i}"), (self._line(cells, widths), "text")])
        return words(lines, width, height)

    def numbers(self, view: Comparison, look: Look) -> dict[str, Any]:
        """The table."""
        heads, table = self._table(view)
        return {"columns": heads, "rows": table}

    def _table(self, view: Comparison) -> tuple[list[str], list[list[str]]]:
        configs = [c for v in view.views if (c := v.config) is not None]
        settings = differing(configs) if len(configs) == len(view.views) else []
        heads = ["run", "state", "train", "test", *(name.rsplit(".", 1)[-1] for name, _ in settings)]
        table = []
        for i, v in enumerate(view.views):
            losses = [short(float(v.now.get(k) or np.nan)) for k in ("train_loss", "test_loss")]
            values = [plain(str(values[i]), 24) for _, values in settings]
            table.append([plain(v.run.name, 36), v.state, *losses, *values])
        return heads, table

    @staticmethod
    def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
        return "  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True))

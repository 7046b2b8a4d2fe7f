"""A sweep's map: test loss and the solution that won over two of its axes, as many cells of it as fit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sdd_tui.draw.canvas import BLANK, Row
from sdd_tui.draw.heat import LEVELS
from sdd_tui.errors import plain
from sdd_tui.panels.drawing import Drawing, Hit, fitted
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.sweep.axes import ChartAxis, ordered
from sdd_tui.panels.sweep.labels import brief, number, sign, window, won
from sdd_tui.panels.sweep.pictures import shades, text
from sdd_tui.panels.sweep.table import listed
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.axes import Value

TALLEST = 3
"""Lines of an entry at most."""

LEGEND, WIDE = 9, 50
"""Lines from which there is room for a legend, and cells from which its bar is twice as wide."""


class Map(Panel[SweepView]):
    """Test loss over two axes, or the table of points."""

    name = "map"
    title = "map"
    about = (
        "Mean test loss over two axes of a grid, shaded by rank from low (blue) to high (orange), with a letter for the"
        " solution that won there: the chosen run's, or the most frequent one. Brackets mark the chosen point. The"
        " curve is the cut through its row; x turns the axes, so that it goes along a column. Further axes stand at the"
        " chosen point; the keys [ and ] change the third. For one axis, a table: how many of each point's runs are"
        " finished, their mean losses or those of the best, and how many came to which solution."
    )

    def depends(self, view: SweepView, options: ViewOptions) -> tuple[Any, ...]:
        """Results and the chosen point; the colours there are."""
        return (*view.version, len(view.progress.failed), options.colours)

    def draw(self, view: SweepView, options: ViewOptions, width: int, height: int) -> Drawing:
        """The map or the table."""
        return (
            _Grid(view, options.colours, width, height).drawing() if len(view.ways) > 1 else listed(view, width, height)
        )

    def numbers(self, view: SweepView, options: ViewOptions) -> dict[str, Any]:
        """The points."""
        return {"points": [p.as_json() for p in view.points]}


class _Grid:
    """The map at a size: the first way goes to the right, the second one down."""

    def __init__(self, view: SweepView, colours: bool, width: int, height: int) -> None:
        self.view, self.colours, self.width, self.height = view, colours, width, height
        self.across, self.down = view.ways[:2]
        self.columns = ordered(self.across.of(p) for p in view.plane)
        self.rows = ordered(self.down.of(p) for p in view.plane)
        self.points = {(self.down.of(p), self.across.of(p)): p for p in view.plane}
        values = [[self._loss(r, c) for c in self.columns] for r in self.rows]
        self.values = np.array(values, np.float64)
        self.shades = shades(self.values)
        self.legend = self._legend() if height >= LEGEND else []
        self._fit()

    def _loss(self, row: Value, column: Value) -> float:
        point = self.points.get((row, column))
        return math.nan if point is None else point.mean("test_loss")

    def _fit(self) -> None:
        """How large an entry is, and which rows and columns are shown: those around the chosen point."""
        self.labels = max(len(self._corner), *(len(text(v)) for v in self.rows)) + 1
        room = max(1, self.width - self.labels)
        share = room // len(self.columns)
        self.heads = [text(v) for v in self.columns]
        if max(map(len, self.heads)) >= share:
            self.heads = [brief(v) for v in self.columns]
        heads = max(map(len, self.heads)) + 1
        numbers = max(heads, max(len(number(v)) for v in self.values.ravel()) + 4)
        self.roomy = numbers <= share
        self.each = min(numbers, max(heads, 3 if self.colours else 4, share))
        lines = max(1, self.height - 1 - len(self.legend))
        self.tall = max(1, min(TALLEST, lines // len(self.rows)))
        chosen = self.view.point
        self.at = (
            self.rows.index(self.down.of(chosen)) if chosen else 0,
            self.columns.index(self.across.of(chosen)) if chosen else 0,
        )
        self.shown_rows = window(len(self.rows), lines // self.tall, self.at[0])
        self.shown_columns = window(len(self.columns), room // self.each, self.at[1])

    @property
    def _corner(self) -> str:
        return f"{self.down.key} \\ {self.across.key}"

    def drawing(self) -> Drawing:
        """The picture."""
        head: Row = [(self._corner.rjust(self.labels), "dim")]
        for j in self.shown_columns:
            head.append((self.heads[j].center(self.each), "strong" if j == self.at[1] else "dim"))
        rows = [head, *(self._line(i, k) for i in self.shown_rows for k in range(self.tall))]
        rows += self.legend
        rows += [[(" " * self.width, BLANK)]] * (self.height - len(rows))
        note = "  ".join(w for w in ("test loss", self._fixed(), self._windowed()) if w)
        return Drawing([fitted(row, self.width) for row in rows[: self.height]], note, self._windowed(), self._hit)

    def _line(self, i: int, k: int) -> Row:
        middle = k == self.tall // 2
        label = text(self.rows[i]) if middle else ""
        row: Row = [(label.rjust(self.labels - 1) + " ", "strong" if i == self.at[0] else "dim")]
        return row + [self._entry(i, j, middle) for j in self.shown_columns]

    def _entry(self, i: int, j: int, middle: bool) -> tuple[str, str]:
        point, shade = self.points.get((self.rows[i], self.columns[j])), self.shades[i][j]
        known = math.isfinite(self.values[i, j])
        letter = sign(won(point)) if point and point.runs else "!" if point and self.view.failed_at(point) else " "
        rank = str(round((shade + LEVELS) * 9 / (2 * LEVELS))) if known else " "
        inner = f"{number(self.values[i, j])} {letter}" if self.roomy else letter if self.colours else rank + letter
        inner = (inner if middle else "").center(self.each - 2)
        words = f"[{inner}]" if (i, j) == self.at else f" {inner} "
        if not known:
            return words, "dim"
        return words, f"{'ink' if abs(shade) > LEVELS // 2 else 'text'}/heat{shade:+d}" if self.colours else "text"

    def _fixed(self) -> str:
        """Where the further ways stand."""
        chosen, more = self.view.point, self.view.ways[2:]
        return "at " + ", ".join(f"{w.key}={text(w.of(chosen))}" for w in more) if chosen and more else ""

    def _windowed(self) -> str:
        """Which part is shown, where not all is."""
        parts: tuple[tuple[ChartAxis, range, int], ...] = (
            (self.across, self.shown_columns, len(self.columns)),
            (self.down, self.shown_rows, len(self.rows)),
        )
        return ", ".join(f"{w.key} {r.start + 1}-{r.stop} of {count}" for w, r, count in parts if len(r) < count)

    def _legend(self) -> list[Row]:
        """What shades and letters mean."""
        known = self.values[np.isfinite(self.values)]
        found: list[Row] = [[]]
        if len(known) and self.colours:
            cell = "  " if self.width >= WIDE else " "
            bar: Row = [(cell, f"text/heat{level:+d}") for level in range(-LEVELS, LEVELS + 1)]
            found.append([(f"{number(known.min())} ", "dim"), *bar, (f" {number(known.max())} by rank", "dim")])
        elif len(known):
            found.append([(f"0 {number(known.min())} … 9 {number(known.max())} by rank", "dim")])
        names = dict.fromkeys(won(p) for p in self.points.values() if won(p))
        line = ""
        for name in sorted(names):
            entry = f"{sign(name)} {'neither' if name == 'none' else plain(name, 20)}"
            if line and len(line) + 2 + len(entry) > self.width:
                found.append([(line, "dim")])
                line = ""
            line = f"{line}  {entry}" if line else entry
        return [*found, [(line, "dim")]] if line else found

    def _hit(self, column: int, row: int) -> Hit | None:
        i, j = (row - 1) // self.tall, (column - self.labels) // self.each
        if not (0 <= i < len(self.shown_rows) and 0 <= j < len(self.shown_columns)):
            return None
        point = self.points.get((self.rows[self.shown_rows[i]], self.columns[self.shown_columns[j]]))
        return None if point is None else Hit("point", self.view.index(point))

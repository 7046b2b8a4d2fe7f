"""Several runs on one timeline: losses over each other, planes side by side, the settings in which they differ."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.config import differing
from sdd_tui.draw.canvas import BLANK, Row, runs
from sdd_tui.draw.plane import Extras, plane
from sdd_tui.draw.series import Series
from sdd_tui.errors import plain
from sdd_tui.numerals import short
from sdd_tui.panels.charts import over_steps
from sdd_tui.panels.drawing import Drawing, Hit, Spot, fitted, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.planes import axes_words, held_side, on_plane, side_of
from sdd_tui.panels.shapes import shape_words
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions, basis
from sdd_tui.run.layout import unstamped

MOST = 6
"""Runs that have a colour of their own."""

LETTERS = "ABCDEF"

LEGEND = 8
"""Lines of the losses from which one of them names the runs."""

LETTER_EVERY = 12
"""Columns between two letters on a line, where lines can't be told apart by their colours."""


class Comparison:
    """Two to six runs at one step; run i has the letter LETTERS[i] and the colour colours[i]."""

    def __init__(self, views: Sequence[View]) -> None:
        self.views = list(views)
        self.asked: int | None = None
        self.names = [plain(unstamped(view.run.name), 60) for view in self.views]
        self.colours = coloured([view.run.name for view in self.views])

    def poll(self, budget_s: float) -> None:
        """Read what is new of all of them, for about so long."""
        for view in self.views:
            view.poll(budget_s / len(self.views))

    def go(self, step: int | None) -> None:
        """Show each run's last frame at or before a step; a branch has none before it begins."""
        self.asked = step
        for view in self.views:
            view.go(step)

    def begins(self, view: View) -> int | None:
        """The step that a run begins at, where that is later than the step in view."""
        first = int(view.steps[0]) if len(view.steps) else 0
        return first if self.asked is not None and self.asked < first else None

    @property
    def steps(self) -> NDArray[np.int64]:
        """Every step that one of them has a frame of."""
        return np.unique(np.concatenate([view.steps for view in self.views]))


def coloured(names: Sequence[str]) -> list[str]:
    """The colour of each run, by its name: in whatever order runs are marked, and nearly always with whichever others
    they are compared, they keep it. A run gives way to one whose name comes earlier in the alphabet."""
    found = [""] * len(names)
    for i in sorted(range(len(names)), key=lambda i: names[i]):
        wanted = zlib.crc32(names[i].encode("utf-8", "replace")) % MOST
        free = [f"run{(wanted + k) % MOST}" for k in range(MOST)]
        found[i] = next((colour for colour in free if colour not in found), free[0])
    return found


class Overlay(Panel[Comparison]):
    """Test or train losses in one chart."""

    name = "losses"
    title = "losses"
    about = (
        "The test losses (or train losses, v) of all runs in one chart, each in its colour, which it keeps in other"
        " comparisons; the upright line is the step."
    )

    def depends(self, view: Comparison, options: ViewOptions) -> tuple[Any, ...]:
        """Rows, step, axes."""
        rows = tuple(len(v.rows["step"]) for v in view.views)
        how = (options.log_x, options.log_y, options.smooth, options.window, options.rate, options.fit, options.colours)
        return (rows, view.asked, options.cross, *how)

    def draw(self, view: Comparison, options: ViewOptions, width: int, height: int) -> Drawing:
        """The chart below the names of the runs. `options.rate` shows the train losses instead."""
        legend = [_legend(view, width)] if height >= LEGEND else []
        height -= len(legend)
        column = "train_loss" if options.rate else "test_loss"
        series = []
        for i, v in enumerate(view.views):
            series.append(Series(v.rows["step"], v.rows[column], view.colours[i], LETTERS[i]))
        cross = options.cross if options.cross is not None else view.asked
        at = [v.run.newest if cross is None else v.row_at(cross) for v in view.views]
        begun = [bool(row) and view.begins(v) is None for v, row in zip(view.views, at, strict=True)]
        values = "  ".join(f"{LETTERS[i]} {short(row[column])}" for i, row in enumerate(at) if begun[i])
        notes, fit = (f"{column.replace('_', ' ')}  {values}", values), series if options.fit else []
        chart = over_steps(cross, options, series, (width, height), notes, options.log_y, 1.0, options.smooth, fit)
        rows = chart.rows if options.colours else _lettered(chart.rows, view.colours)
        lines = len(legend)

        def hit(x: int, y: int) -> Hit | None:
            return chart.hit(x, y - lines) if y >= lines else None

        def spot(x: int, y: int) -> Spot | None:
            return chart.spot(x, y - lines) if y >= lines else None

        return Drawing([*legend, *rows], chart.note, chart.brief, hit, spot)

    def numbers(self, view: Comparison, options: ViewOptions) -> dict[str, Any]:
        """Every run's rows."""
        return {v.run.name: {k: v.rows[k] for k in ("step", "train_loss", "test_loss")} for v in view.views}


def _legend(view: Comparison, width: int) -> Row:
    """A pentagon-3f2a   B circle-77aa"""
    room = max(3, width // len(view.views) - 4)
    named = zip(view.names, view.colours, LETTERS, strict=False)
    return fitted([(f" {letter} {_cut(name, room)} ", colour) for name, colour, letter in named], width)


def _lettered(rows: list[Row], colours: Sequence[str]) -> list[Row]:
    """A chart with each line's letter on it now and then."""
    found = []
    for row in rows:
        cells = [(c, colour) for text, colour in row for c in text]
        for x, (c, colour) in enumerate(cells):
            i = colours.index(colour) if colour in colours else -1
            if i >= 0 and c != " " and x % LETTER_EVERY == 2 * i:
                cells[x] = (LETTERS[i], colour)
        found.append(runs([c for c, _ in cells], [colour for _, colour in cells]))
    return found


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


class Beside(Panel[Comparison]):
    """Their planes."""

    name = "planes"
    title = "planes"
    about = "Each run's hidden vectors (or features, i) at the step, on its own scale or on one scale for all (z)."

    def depends(self, view: Comparison, options: ViewOptions) -> tuple[Any, ...]:
        """The frames, and how planes are drawn."""
        snapshots = tuple(v.version for v in view.views)
        turn = options.turn if options.projection == "turning" else 0
        longest = [v.history.longest for v in view.views] if options.scale == "fixed" else None
        return (
            snapshots,
            options.kind,
            options.scale,
            options.zoom,
            options.offset,
            options.projection,
            options.axes,
            turn,
            longest,
        )

    def draw(self, view: Comparison, options: ViewOptions, width: int, height: int) -> Drawing:
        """A plane a run, its name above it."""
        count = len(view.views)
        per_row = count if width >= 24 * count or height < 16 else (count + 1) // 2
        lines = -(-count // per_row)
        each, high = (width - (per_row - 1)) // per_row, height // lines
        sides = [self._side(v, options) for v in view.views if v.snapshot]
        side = max(sides, default=1.0) if options.scale == "common" else None
        rows: list[Row] = []
        for first in range(0, count, per_row):
            drawn = [self._one(view, i, options, each, high, side) for i in range(first, min(first + per_row, count))]
            for y in range(high):
                row = [run for d in drawn for run in [*d[y], (" ", BLANK)]]
                rows.append(fitted(row, width))
        what = "hidden vectors" if options.kind == "example" else "features"

        def spot(column: int, row: int) -> Spot:
            return on_plane(options, each, max(0, high - 1))(column % (each + 1), row % max(1, high) - 1)

        scale = {"own": "", "common": ", one scale", "fixed": ", scales held"}[options.scale]
        return Drawing(rows, what + scale, spot=spot)

    def numbers(self, view: Comparison, options: ViewOptions) -> dict[str, Any]:
        """Every run's hidden vectors at its step."""
        begun = [v for v in view.views if view.begins(v) is None]
        return {v.run.name: {"step": v.step, "H": v.snapshot.H} for v in begun if v.snapshot}

    def _vectors(self, view: View, options: ViewOptions) -> NDArray[np.float64]:
        assert view.snapshot is not None
        return view.snapshot.H if options.kind == "example" else view.snapshot.features

    def _side(self, view: View, options: ViewOptions) -> float:
        assert view.snapshot is not None
        own = side_of(self._vectors(view, options), basis(view.snapshot, options), options)
        return held_side(view, options, options.kind) or own

    def _one(
        self, comparison: Comparison, i: int, options: ViewOptions, width: int, height: int, side: float | None
    ) -> list[Row]:
        view, colour = comparison.views[i], comparison.colours[i]
        snapshot, note = view.snapshot, ""
        if snapshot is None:
            body = words([view.problem], width, height - 1).rows
        elif (first := comparison.begins(view)) is not None:
            body = words([f"begins at step {first:,}"], width, height - 1).rows
        else:
            shape = shape_words(snapshot) if options.kind == "example" else ""
            form = f"  {shape}" if shape else ""
            dims, _, _ = axes_words(snapshot, options).partition(" of ")  # m stands in the table
            axes = f"  {dims}" if dims else ""
            note = f"  step {snapshot.step:,}"
            room = width - 2 - min(len(comparison.names[i]), width // 2)
            for part in (axes, form):
                note += part if len(note + part) <= room else ""
            side = side or self._side(view, options)
            centre = side * options.offset[0], side * options.offset[1]
            vectors = basis(snapshot, options) @ self._vectors(view, options)
            body = plane(vectors, width, height - 1, colour, side / options.zoom, extras=Extras(), centre=centre)
        name = _cut(comparison.names[i], max(width // 2, width - 2 - len(note)))
        title: Row = [(f"{LETTERS[i]} {name}", colour), (note, "dim")]
        rows = [fitted(title, width), *body]
        return rows + [[(" " * width, BLANK)]] * (height - len(rows))


class Differences(Panel[Comparison]):
    """The settings in which they differ."""

    name = "differences"
    title = "what differs"
    about = (
        "Every setting that is not the same in all of the runs, then their losses, states and names; sdd diff prints"
        " the same. { and } scroll where not all columns fit."
    )

    def depends(self, view: Comparison, options: ViewOptions) -> tuple[Any, ...]:
        """States and losses."""
        at = tuple((v.state, v.now.get("step"), v.now.get("test_loss")) for v in view.views)
        return (*at, options.scrolled(self.name))

    def draw(self, view: Comparison, options: ViewOptions, width: int, height: int) -> Drawing:
        """A line a run: letter, the differing settings, losses, state, name; from the column it is scrolled to."""
        heads, table = self._table(view)
        widths = [max(len(row[i]) for row in [heads, *table]) for i in range(len(heads))]
        ends = [sum(widths[k:]) + 2 * (len(widths) - k - 1) for k in range(len(widths))]
        last = next((k for k, end in enumerate(ends) if end <= width - 2), len(widths) - 1)
        first = min(options.scrolled(self.name), last)
        lines: list[Row] = [[("  ", BLANK), (self._line(heads[first:], widths[first:]), "dim")]]
        for letter, colour, cells in zip(LETTERS, view.colours, table, strict=False):
            lines.append([(letter + " ", colour), (self._line(cells[first:], widths[first:]), "text")])
        note = f"from column {first + 1} of {len(heads)}, {{ }}" if last else ""
        return replace(words(lines, width, height, note), brief="{ }" if last else "", above=first, beyond=last - first)

    def numbers(self, view: Comparison, options: ViewOptions) -> dict[str, Any]:
        """The table."""
        heads, table = self._table(view)
        return {"columns": heads, "rows": table}

    def _table(self, view: Comparison) -> tuple[list[str], list[list[str]]]:
        configs = [c for v in view.views if (c := v.config) is not None]
        settings = differing(configs) if len(configs) == len(view.views) else []
        leaves = [name.rsplit(".", 1)[-1] for name, _ in settings]
        short_names = [n if leaves.count(leaf) > 1 else leaf for leaf, (n, _) in zip(leaves, settings, strict=True)]
        heads = [*short_names, "train", "test", "state", "run"]
        table = []
        for i, v in enumerate(view.views):
            losses = [short(float(v.now.get(k) or np.nan)) for k in ("train_loss", "test_loss")]
            values = [plain(str(values[i]), 24) for _, values in settings]
            table.append([*values, *losses, v.state, plain(v.run.name, 60)])
        return heads, table

    @staticmethod
    def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
        return "  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True))

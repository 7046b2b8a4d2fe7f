"""The figures in a terminal: the panels of the app that show the same, one below the other; so do several sweeps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from sdd_tui.draw.canvas import Row
from sdd_tui.errors import plain
from sdd_tui.figures.catalogue import Entry, entry_of
from sdd_tui.figures.sources import opened
from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.sweep.panels import Curve, Dimensions
from sdd_tui.panels.sweep.pictures import across, curve, heat_table, table
from sdd_tui.panels.sweep.planes import Rows
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.reduce import MEASURES

Size = tuple[int, int]

PANES: dict[str, tuple[Panel[SweepView], ...]] = {
    "double-descent": (Curve(), Dimensions(), Rows()),
    "polygons": (Rows(), Dimensions()),
}
MEASURED: dict[str, tuple[str, ...]] = {
    "norms": ("weight_norm", "bias_norm"),
    "t-by-m": ("test_loss",),
    "weight-decay": ("test_loss",),
    "training-length": ("test_loss",),
    "occurrences": ("D_f",),
    "repeats": ("repeated_loss", "D_f"),
    "best-of-lr": ("test_loss", "train_loss"),
    "reduction": ("test_loss", "bias_norm"),
}
"""What is drawn against the long axis; of those that the results have."""

OF_RUNS: dict[str, tuple[str, ...]] = {
    "two-circles": ("hidden",),
    "loss": ("loss",),
    "planes": ("features", "hidden"),
    "dimensionality": ("dimensionality",),
    "animation": ("features", "hidden"),
}


def rows(name: str, sources: Sequence[Path], size: Size, colours: bool = True, step: int | None = None) -> list[Row]:
    """A figure at a size in cells, one of a step at the last frame up to `step`. Raises ConfigError, NotFoundError,
    DamagedError as `render` does."""
    entry = entry_of(name)
    source = opened(entry, sources, step)
    options = ViewOptions(colours=colours)
    if isinstance(source, View):
        return _panels(source, OF_RUNS[name], size, options)
    found: list[Row] = []
    for path in sources:
        if len(sources) > 1:
            found.append([(plain(path.name, size[0]), "text")])
        found += _swept(entry, SweepView(path), size, options)
    return found


def _swept(entry: Entry, view: SweepView, size: Size, options: ViewOptions) -> list[Row]:
    width, height = size
    if panes := PANES.get(entry.name):
        each = max(8, height // len(panes) - 1)
        return [row for p in panes for row in _titled(p.title, drawn(p, view, options, width, each).rows)]
    found: list[Row] = []
    if entry.name == "best-of-lr":
        found = [[(line[:width], "text")] for line in table(view.sweep, view.points)]
    measures = [name for name in MEASURED[entry.name] if name in MEASURES]
    for measure in measures:
        if heat := heat_table(view.sweep, view.points, measure):
            found += _titled(_words(measure), heat)
        chart = curve(view.sweep, view.points, (width, max(10, height // len(measures) - 2)), measure)
        found += _titled(f"{_words(measure)} against {across(view.sweep, view.points)}", chart)
    return found


def _panels(view: View, names: Sequence[str], size: Size, options: ViewOptions) -> list[Row]:
    width, height = size
    if "dimensionality" in names:
        view.history.extend(view.run, view.steps, math.inf)
    found: list[Row] = []
    for name in names:
        drawing = drawn(PANELS[name], view, options, width, max(6, height // len(names) - 1))
        title = f"{PANELS[name].title}  step {view.step:,}  {drawing.note}".rstrip()[:width]
        found += _titled(title, drawing.rows)
    return found


def _titled(title: str, drawing: list[Row]) -> list[Row]:
    return [[(title, "text")], *drawing]


def _words(measure: str) -> str:
    return measure if measure.startswith("D_") else measure.replace("_", " ")

"""A picture of every panel, for docs/panels.md: as the app draws it when it fills a screen."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.sweep.cells import Cells
from sdd_tui.panels.sweep.map import Map
from sdd_tui.panels.sweep.panels import Curve, Dimensions
from sdd_tui.panels.sweep.planes import Rows
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.paper.kept import example
from sdd_tui.run.reader import open_run
from sdd_tui.tui.theme import style
from sdd_tui.tui.tour import stations

DOCS = Path(__file__).parent.parent / "docs"
PICTURES = DOCS / "panels"

SIZES = ((120, 40), (200, 60))
"""Of the screen that a panel fills."""

FRAME = 6
"""Lines of such a screen that are no panel's."""

RUNS = {"features": 20_000, "gram": 20_000, "norms": 20_000}
"""The T of the recorded run that shows most of a panel; five examples of the others."""

BY_MACHINE = {"system"}
"""Panels that show the machine they are drawn on."""

GROUND = TerminalTheme((22, 24, 28), (215, 218, 224), [(0, 0, 0)] * 8, [(0, 0, 0)] * 8)


def run(T: int) -> View:
    """A recorded run at its end."""
    view = View(open_run(next(s.run for s in stations.STATIONS if s.T == T)))
    view.poll(60)
    view.history.extend(view.run, view.steps, 60)
    view.go(None)
    return view


def of_runs() -> Iterator[tuple[Panel[Any], Any]]:
    """The panels of a run, each with what it is drawn from."""
    views = {T: run(T) for T in {5, *RUNS.values()}}
    for name, panel in PANELS.items():
        yield panel, views[RUNS.get(name, 5)]


def of_sweeps() -> Iterator[tuple[Panel[Any], Any]]:
    """The panels of a sweep."""
    view = SweepView(example("double-descent"))
    view.read()
    for panel in (Curve(), Dimensions(), Rows(), Map(), Cells()):
        yield panel, view


def svg(panel: Panel[Any], view: Any, size: tuple[int, int]) -> str:
    """A panel that fills a screen of a size."""
    width, height = size[0], size[1] - FRAME
    options = ViewOptions(item=2) if panel.name == "inspector" else ViewOptions()
    found = drawn(panel, view, options, width, height)
    console = Console(file=io.StringIO(), record=True, width=width, legacy_windows=False, color_system="truecolor")
    console.print(
        Text.assemble((f"{panel.title}  ", "bold"), (found.note, style("dim", True))), no_wrap=True, crop=True
    )
    for row in found.rows:
        console.print(Text.assemble(*((text, style(name, True)) for text, name in row)), no_wrap=True, crop=True)
    return console.export_svg(title=f"{panel.title} at {size[0]} × {size[1]}", theme=GROUND, unique_id=panel.name)


def made() -> dict[str, str]:
    """File name -> picture."""
    found = {}
    for panel, view in (*of_runs(), *of_sweeps()):
        for size in SIZES:
            found[f"{panel.name}-{size[0]}.svg"] = svg(panel, view, size)
    return found


def page() -> str:
    """What stands in docs/panels.md of every panel."""
    parts = []
    for title, panels in (("On a run", of_runs()), ("On a sweep", of_sweeps())):
        parts.append(f"## {title}")
        for panel, view in panels:
            T = f" Drawn of the tour's run of T = {RUNS.get(panel.name, 5):,}." if isinstance(view, View) else ""
            words = textwrap.fill(f"{panel.about}{T}", 120)
            wide = f"[The same at 200 × 60](panels/{panel.name}-200.svg)"
            parts.append(f"### {panel.title}\n\n{words}\n\n![{panel.title}](panels/{panel.name}-120.svg)\n\n{wide}")
    return "\n\n".join(parts)

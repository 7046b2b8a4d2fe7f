"""A sweep: the figure filling in, how far it is, and the way into each of its runs."""

from __future__ import annotations

import json
from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Footer, Static

from sdd_tui.errors import plain
from sdd_tui.panels.look import Look
from sdd_tui.panels.numbers import as_json
from sdd_tui.panels.sweep_panels import Cells, Curve, Dimensions, Map, Rows
from sdd_tui.panels.sweep_view import SweepView
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.reach import Reach
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.widgets.panel_view import PanelView

POLL_S = 0.5
"""Seconds between two looks at the sweep."""

ROOMY, TALL = 110, 30
"""Cells from which there is a column at the right; lines from which there is room for every pane."""


class SweepScreen(Reach):
    """Follows a sweep's directory."""

    BINDINGS = bindings("sweep")

    CSS = """
    #sweep-title { height: 2; padding: 0 1; }
    #sweep-panes { height: 1fr; padding: 0 1; }
    #sweep-left { width: 2fr; }
    #sweep-right { width: 1fr; padding-left: 1; }
    #curve, #dimensions, #map { height: 1fr; }
    #rows, #cells { height: 1fr; }
    #sweep-panes.narrow #sweep-right { display: none; }
    #sweep-panes.flat #dimensions { display: none; }
    """

    def __init__(self, folder: Path) -> None:
        """Raises SddError when there is no sweep to read."""
        super().__init__()
        self.view = SweepView(folder)
        self._look = Look()
        self._filled: PanelView | None = None

    def compose(self) -> ComposeResult:
        """Title, figure, map and cells, footer."""
        yield Static(id="sweep-title", markup=False)
        with Horizontal(id="sweep-panes"):
            with Vertical(id="sweep-left"):
                yield PanelView(Curve(), id="curve")
                yield PanelView(Dimensions(), id="dimensions")
                yield PanelView(Rows(), id="rows")
            with Vertical(id="sweep-right"):
                yield PanelView(Map(), id="map")
                yield PanelView(Cells(), id="cells")
        yield Footer()

    def on_mount(self) -> None:
        """Follow the disk from now on."""
        self.query_one("#curve").focus()
        self.sdd.pace.on_ready = self.paint
        self.call_after_refresh(self.paint)
        self.set_interval(POLL_S, self.follow)

    def follow(self) -> None:
        """Show what is new."""
        if self.paintable:
            self.view.read()
            self.paint()

    def paint(self) -> None:
        """Draw what has changed, when the terminal has shown what came before."""
        if not self.paintable:
            return
        progress = self.view.progress
        title = Text(plain(self.view.folder.name, 100), "bold", no_wrap=True, overflow="ellipsis")
        title.append(f"  {plain(self.view.sweep.title, 200)}\n", "")
        words = f"{progress.state}  {progress.done:,} of {progress.cells:,} cells"
        title.append(self.view.problem or words, "bold red" if self.view.problem else "dim")
        self.query_one("#sweep-title", Static).update(title)
        if self.sdd.pace.ready:
            drawn = [p.update(self.view, self._look) for p in self.query(PanelView) if p.display and p.size]
            if any(drawn):
                self.sdd.pace.sent()

    def on_resize(self, event: Resize) -> None:
        """Small terminals keep the curve and the planes."""
        panes = self.query_one("#sweep-panes")
        panes.set_class(event.size.width < ROOMY, "narrow")
        panes.set_class(event.size.height < TALL, "flat")
        self.call_after_refresh(self.paint)

    def on_descendant_focus(self) -> None:
        """The rule of the focused panel is bright."""
        self.paint()

    def on_screen_resume(self) -> None:
        """Catch up."""
        self.sdd.pace.on_ready = self.paint
        self.call_after_refresh(self.follow)

    def on_panel_view_picked(self, event: PanelView.Picked) -> None:
        """A click chooses the point; the hit's value is its index."""
        self.view.chosen = event.hit.value
        self.paint()

    def action_choose(self, along: int, by: int) -> None:
        """Another point, along an axis."""
        self.view.choose(along, by)
        self.paint()

    def action_open(self) -> None:
        """The run that stands for the chosen point."""
        point = self.view.point
        run = self.view.run_of(point) if point else None
        if run is None:
            self.notify("No run of this point has finished yet.", timeout=2)
        else:
            self.sdd.open_run(run)

    def action_log_y(self) -> None:
        """All of the loss on log axes, or the paper's cut."""
        self._look = Look(log_y=not self._look.log_y)
        self.paint()

    def action_fill(self) -> None:
        """One panel on the whole screen, or all again."""
        focused = next((p for p in self.query(PanelView) if p.has_focus), None)
        self._filled = None if self._filled else focused
        for panel in self.query(PanelView):
            panel.display = self._filled in (None, panel)
        for side in ("#sweep-left", "#sweep-right"):
            column = self.query_one(side)
            column.display = self._filled is None or self._filled in column.query(PanelView)
        if self._filled is None:  # what the size hides is the style sheet's again
            for widget in (*self.query(PanelView), *map(self.query_one, ("#sweep-left", "#sweep-right"))):
                widget.styles.clear_rule("display")
        self.call_after_refresh(self.paint)

    def action_copy(self) -> None:
        """The numbers of the panel in focus."""
        panel = next((p.panel for p in self.query(PanelView) if p.has_focus), Curve())
        self.app.copy_to_clipboard(json.dumps(as_json(panel.numbers(self.view, self._look))))
        self.notify(f"The numbers of {panel.title} are in the clipboard.", markup=False, timeout=2)

    def action_help(self) -> None:
        """Keys and symbols."""
        self.app.push_screen(HelpScreen("sweep"))

    def action_back(self) -> None:
        """All panels again, then the lists."""
        if self._filled:
            self.action_fill()
        else:
            self.dismiss()

    def action_quit(self) -> None:
        """Leave; the sweep goes on."""
        self.app.exit()

"""Two to six runs beside each other on one timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult
from textual.containers import Vertical

from sdd_tui.panels.comparison import MOST, Beside, Comparison, Differences, Overlay
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import remembered
from sdd_tui.run.layout import ACTIVE
from sdd_tui.run.reader import open_run
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.panel_screen import PanelScreen
from sdd_tui.tui.widgets.footer import KeyFooter
from sdd_tui.tui.widgets.panel_view import PanelView
from sdd_tui.tui.widgets.timeline import Timeline

READ_S = 0.02
"""Seconds a tick may spend on reading."""


class CompareScreen(PanelScreen):
    """Follows the runs; everything shown is read from their directories."""

    BINDINGS = bindings("time", "charts", "compare")

    CSS = """
    #compared { padding: 0 1; height: 1fr; }
    #overlay { height: 2fr; }
    #beside { height: 3fr; }
    """

    def __init__(self, runs: Sequence[Path]) -> None:
        """Raises SddError when one of them can't be read."""
        super().__init__()
        self.comparison = Comparison([View(open_run(run)) for run in runs[:MOST]])
        self._filled = False

    def compose(self) -> ComposeResult:
        """Losses, planes, differences, timeline, footer."""
        with Vertical(id="compared"):
            yield PanelView(Overlay(), id="overlay")
            yield PanelView(Beside(), id="beside")
            differences = PanelView(Differences(), id="differences")
            differences.styles.height = len(self.comparison.views) + 2
            yield differences
        yield Timeline(id="timeline")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what there is as one left it, and follow the disk from now on."""
        options = remembered(self.services.memory.values.get("look"))
        options = remembered(self.services.memory.values.get("comparison"), replace(options, rate=False))
        self.recall(replace(options, colour="plain", colours=not self.app.no_color))
        self.query_one("#overlay").focus()
        self.begin()

    @property
    def steps(self) -> NDArray[np.int64]:
        """Every step that one of them has a frame of."""
        return self.comparison.steps

    @property
    def dimensions(self) -> int:
        """The largest m."""
        return max((len(v.snapshot.features) for v in self.comparison.views if v.snapshot), default=2)

    @property
    def subject(self) -> Comparison:
        """The runs at the step in view."""
        return self.comparison

    def read(self, passed: float) -> None:
        """Read what is new of all of them, and every frame for scales that hold all of them."""
        self.comparison.poll(READ_S)
        self.turn(passed)
        if self.options.scale == "fixed":
            for view in self.views:
                view.history.extend(view.run, view.steps, READ_S / len(self.views))

    def paint(self) -> None:
        """Draw what has changed, when the terminal has shown what came before."""
        if not self.drawable:
            return
        self.comparison.go(self.head.step)
        self.tell_footer()
        growing = any(v.state in ACTIVE for v in self.comparison.views)
        self.query_one(Timeline).update(self.head, self.steps, self._events, growing)
        if self.services.pace.ready:
            drawn = [panel.update(self.comparison, self.options) for panel in self.query(PanelView) if panel.display]
            if any(drawn):
                self.services.pace.sent()

    @property
    def place(self) -> str:
        """What the view of them is remembered under."""
        return " | ".join(str(view.run.path.resolve()) for view in self.comparison.views)

    def remember(self) -> None:
        """Keep options and place for the next time."""
        self.services.memory.keep(comparison=self.options.remembered())
        self.keep_place()

    @property
    def _events(self) -> list[int]:
        return [e["step"] for view in self.comparison.views for e in view.events]

    def action_event(self, direction: int) -> None:
        """To the event before or after, of whichever run."""
        self.seek(self.head.to_event(self.steps, self._events, direction))

    def action_scroll(self, by: int) -> None:
        """The columns of the table, from wherever one is: no other panel here has more than fits."""
        table = self.query_one("#differences", PanelView)
        name = table.panel.name
        self.change(scroll=(name, self.options.scrolled(name) + table.scrollable(by)))

    @property
    def has_views(self) -> bool:
        """The losses' too: of the test set, or of the training set."""
        return self.in_focus.panel.name == Overlay.name or super().has_views

    def action_page(self) -> None:
        """Another view of the panel in focus, where it has several."""
        if self.in_focus.panel.name == Overlay.name:
            self.action_rate()
        else:
            super().action_page()

    def action_fill(self) -> None:
        """One panel on the whole screen, or all again."""
        self._filled = not self._filled
        for panel in self.query(PanelView):
            panel.display = not self._filled or panel is self.in_focus
        self.call_after_refresh(self.paint)

    def action_help(self) -> None:
        """The panel in focus, keys and symbols."""
        self.app.push_screen(HelpScreen("compare", self.in_focus.panel))

    def action_back(self) -> None:
        """All panels again, then the lists."""
        if self._filled:
            self.action_fill()
        else:
            self.remember()
            self.dismiss()

    def action_quit(self) -> None:
        """Leave; the runs go on."""
        self.remember()
        self.app.exit()

"""A run, live or in hindsight: header, panels, timeline; all panels show the same step."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from sdd_tui.panels.inspector import asked, walked
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Kind, Ranking, remembered
from sdd_tui.run.layout import ACTIVE
from sdd_tui.run.reader import open_run
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.control_keys import ControlKeys
from sdd_tui.tui.screens.header import header
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.widgets.footer import KeyFooter
from sdd_tui.tui.widgets.panel_grid import PanelGrid, ordered
from sdd_tui.tui.widgets.panel_view import PanelView
from sdd_tui.tui.widgets.timeline import Timeline

READ_S = 0.03
"""Seconds a tick may spend on reading rows, and on the history of dimensionality."""


class RunScreen(ControlKeys):
    """Follows a run directory; everything shown is read from it."""

    BINDINGS = bindings("time", "charts", "run")

    def __init__(self, run: Path) -> None:
        """Raises SddError when there is no run to read."""
        super().__init__()
        self.view = View(open_run(run))
        self._real = run.resolve()

    def compose(self) -> ComposeResult:
        """Header, panels, timeline, footer."""
        yield Static(id="header", markup=False)
        yield PanelGrid(self.layout_names, id="panels")
        yield Timeline(id="timeline")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what there is, and follow the disk from now on."""
        self.arrive()
        self.begin()

    @property
    def layout_names(self) -> list[str]:
        """The panels in the order in which they are shown."""
        return ordered(self.services.memory.values.get("layout"))

    def arrive(self) -> None:
        """Show things as one left them."""
        self.recall(remembered(self.services.memory.values.get("look")))
        grid, focused = self.query_one(PanelGrid), self.services.memory.values.get("focused")
        grid.filled = self.services.memory.values.get("filled") is True
        self.set_focus(next((slot for slot in grid.slots if slot.panel.name == focused), grid.slots[0]))

    @property
    def steps(self) -> NDArray[np.int64]:
        """Steps that have a frame."""
        return self.view.steps

    @property
    def dimensions(self) -> int:
        """m."""
        return len(self.view.snapshot.features) if self.view.snapshot else 2

    @property
    def in_focus(self) -> PanelView:
        """The panel in focus, or the first."""
        return self.query_one(PanelGrid).focused

    @property
    def subject(self) -> View:
        """The run at the step in view."""
        return self.view

    def read(self, passed: float) -> None:
        """Read rows and frames, and the history of all frames where it is shown."""
        if self.view.run.unreachable:
            return  # the header says so
        self.view.poll(READ_S)
        self.turn(passed)
        shown = any(slot.panel.name == "dimensionality" for slot in self.query_one(PanelGrid).shown)
        if shown or self.options.scale == "fixed":
            self.view.history.extend(self.view.run, self.steps, READ_S)

    def paint(self) -> None:
        """Draw what has changed: the light parts at once, the panels when the terminal has shown the last ones."""
        if not self.drawable:
            return
        self.view.go(self.head.step)
        self.tell_footer()
        events = [e["step"] for e in self.view.events]
        self.query_one(Timeline).update(self.head, self.steps, events, self.view.state in ACTIVE)
        pace = self.services.pace
        ready = pace.ready
        if ready or not pace.words:  # where little can be sent the numbers above change with the panels, no more often
            self._show_header(pace.words)
        options = self.options if self.services.colourful else self.options.without_colours()
        if ready and self.query_one(PanelGrid).paint(self.view, options):
            pace.sent()

    def _show_header(self, pace: str) -> None:
        top, text = self.query_one("#header", Static), self.words(pace)
        if text != top.content:
            top.update(text, layout=False)  # a layout sends the whole screen anew

    def words(self, pace: str) -> Text:
        """What stands above the panels."""
        text = header(self.view, self.app.current_theme.dark, self.size.width - 2)
        return text.append(f"   {pace}", "italic") if pace else text

    def remember(self) -> None:
        """Keep layout, options and place for the next time."""
        memory = self.services.memory
        for grid in self.query(PanelGrid):  # none while the screen is taken down
            memory.keep(layout=grid.names, focused=grid.focused.panel.name, filled=grid.filled)
        memory.keep(look=self.options.remembered())
        self.keep_place()

    @property
    def place(self) -> str:
        """What its view is remembered under: where it lies, and which of the runs that lay there it is."""
        return f"{self._real} {self.view.run.identity}"

    def action_panel(self, name: str) -> None:
        """Go to a panel."""
        self.query_one(PanelGrid).go_to(name)
        self.call_after_refresh(self.paint)

    def action_next_panel(self, by: int) -> None:
        """Go to the next panel, or the one before, also where the screen has no room for all."""
        self.query_one(PanelGrid).step(by)
        self.call_after_refresh(self.paint)

    def action_move_panel(self, by: int) -> None:
        """Move the panel in focus forward or back."""
        self.query_one(PanelGrid).move(by)
        self.call_after_refresh(self.paint)

    def action_fill(self) -> None:
        """One panel on the whole screen, or all again."""
        self.query_one(PanelGrid).fill()
        self.call_after_refresh(self.paint)

    def action_usual_layout(self) -> None:
        """Every panel in its usual place."""
        self.query_one(PanelGrid).reset()
        self.call_after_refresh(self.paint)

    def action_event(self, direction: int) -> None:
        """To the event before or after."""
        self.seek(self.head.to_event(self.steps, [e["step"] for e in self.view.events], direction))

    def action_item(self, by: int) -> None:
        """The next example or feature."""
        if snapshot := self.view.snapshot:
            self._inspect(self.options.kind, walked(snapshot, self.options, by))

    def action_ranking(self) -> None:
        """Walk through them in the next order."""
        orders = get_args(Ranking)
        self.change(ranking=orders[(orders.index(self.options.ranking) + 1) % len(orders)])

    def action_number(self) -> None:
        """Ask for the number of an example or a feature."""

        def apply(text: str) -> None:
            if snapshot := self.view.snapshot:
                self._inspect(*asked(text, self.options.kind, snapshot))

        examples, features = (
            (snapshot.H.shape[1], snapshot.features.shape[1]) if (snapshot := self.view.snapshot) else (1, 1)
        )
        words = f"Like 0, example {examples - 1} or feature {features - 1}; they are counted from 0."
        self.app.push_screen(AskScreen("Inspect example or feature", "", words, apply))

    def _inspect(self, kind: Kind, item: int) -> None:
        self.change(kind=kind, item=item, scroll=("", 0))

    def action_help(self) -> None:
        """The panel in focus, keys and symbols."""
        self.app.push_screen(HelpScreen("run", self.in_focus.panel))

    def action_back(self) -> None:
        """All panels again, then the lists."""
        if self.query_one(PanelGrid).filled:
            self.action_fill()
        else:
            self.remember()
            self.dismiss()

    def action_quit(self) -> None:
        """Leave; the run goes on."""
        self.remember()
        self.app.exit()

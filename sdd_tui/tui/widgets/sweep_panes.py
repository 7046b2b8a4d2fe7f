"""The panes of a sweep: all of them where there is room; on small terminals the curve, and one of the others."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus

from sdd_tui.panels.sweep.cells import Cells
from sdd_tui.panels.sweep.map import Map
from sdd_tui.panels.sweep.panels import Curve, Dimensions
from sdd_tui.panels.sweep.planes import Rows
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.tui.widgets.panel_view import PanelView

ROOMY, TALL = 110, 30
"""Cells from which there is a column at the right; lines from which there is room for every pane on the left."""


class SweepPanes(Horizontal):
    """Shows a sweep."""

    def __init__(self) -> None:
        super().__init__()
        panels = {"curve": Curve(), "dimensions": Dimensions(), "rows": Rows(), "map": Map(), "cells": Cells()}
        self.panes = [PanelView(panel, name, i) for i, (name, panel) in enumerate(panels.items(), 1)]
        """All of them, in the order of their digits."""
        self.front = self.panes[0]
        """The one in focus."""
        self.filled = False
        self._other = self.panes[2]
        """The one that is shown where there is room for one more than the curve."""

    def compose(self) -> ComposeResult:
        """The figure on the left, the map and the cells on the right."""
        with Vertical(id="sweep-left"):
            yield from self.panes[:3]
        with Vertical(id="sweep-right"):
            yield from self.panes[3:]

    def arrange_panes(self) -> None:
        """Show what there is room for."""
        roomy, tall = self.app.size.width >= ROOMY, self.app.size.height >= TALL
        curve, dimensions, rows, *right = self.panes
        always = [
            curve,
            *([dimensions] if tall else []),
            *(right if roomy else []),
            *([rows] if roomy and tall else []),
        ]
        if self.front not in always:
            self._other = self.front
        elif self._other in always:
            self._other = rows
        shown = [self.front] if self.filled else [*always, self._other]
        for pane in self.panes:
            pane.display = pane in shown
        for column in (left := self.query_one("#sweep-left"), self.query_one("#sweep-right")):
            column.display = any(pane.display for pane in column.query(PanelView))
        self.set_class(not roomy, "narrow")
        left.set_class(sum(pane.display for pane in self.panes[:3]) > 1, "shared")

    def go(self, pane: PanelView) -> None:
        """Focus a pane; one that isn't shown takes another's place."""
        self.front = pane
        self.arrange_panes()
        self.screen.set_focus(pane)

    def step(self, by: int) -> None:
        """Focus the pane that many after the one in focus."""
        self.go(self.panes[(self.panes.index(self.front) + by) % len(self.panes)])

    def fill(self) -> None:
        """Let the pane in focus fill the screen, or put it back."""
        self.filled = not self.filled
        self.arrange_panes()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A click moves the focus too."""
        if isinstance(event.widget, PanelView):
            self.front = event.widget

    def paint(self, view: SweepView, options: ViewOptions) -> bool:
        """Draw what has changed; whether anything was."""
        drawn = [pane.update(view, options) for pane in self.panes if pane.display and pane.size]
        return any(drawn)

"""What the run screen and the comparison have in common: they tick, paint at the terminal's pace, and their panels are
zoomed, pointed at and copied alike."""

from __future__ import annotations

import json
import time
from typing import Any

from sdd_tui.errors import SddError
from sdd_tui.panels.catalogue import measured
from sdd_tui.tui.reach import Reach
from sdd_tui.tui.screens.look_keys import LookKeys
from sdd_tui.tui.screens.time_keys import TimeKeys
from sdd_tui.tui.toast import tell
from sdd_tui.tui.widgets.panel_view import PanelView

PLANES = ("features", "hidden", "planes")
"""Panels that zoom by themselves; zooming elsewhere changes the steps that charts show."""


class PanelScreen(LookKeys, TimeKeys, Reach):
    """A screen of panels over one subject: a View, or a Comparison."""

    _ticked = 0.0

    @property
    def subject(self) -> Any:
        """What the panels draw from."""
        raise NotImplementedError

    @property
    def in_focus(self) -> PanelView:
        """The panel in focus, or the first."""
        return self.focused if isinstance(self.focused, PanelView) else self.query(PanelView).first()

    def begin(self) -> None:
        """Paint now, and follow the disk from now on."""
        self._ticked = time.monotonic()
        self.sdd.pace.on_ready = self.paint
        self.call_after_refresh(self.follow)
        self.set_interval(1 / self.sdd.settings.fps, self.follow)

    def follow(self) -> None:
        """Show what is new; cheap when nothing is."""
        now = time.monotonic()
        passed, self._ticked = min(1.0, now - self._ticked), now
        if self.paintable:
            self.read(passed)
            self.head = self.head.after(self.steps, passed)
            self.paint()

    def read(self, passed: float) -> None:
        """Read what is new on disk, so many seconds after the last time."""
        raise NotImplementedError

    def on_unmount(self) -> None:
        """Nothing waits for the terminal any more."""
        if self.sdd.pace.on_ready == self.paint:
            self.sdd.pace.on_ready = None

    def on_descendant_focus(self) -> None:
        """The rule of the focused panel is bright."""
        self.paint()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        """Catch up."""
        self.sdd.pace.on_ready = self.paint
        self.call_after_refresh(self.follow)

    def on_panel_view_picked(self, event: PanelView.Picked) -> None:
        """Go to a step, or choose an example or a feature."""
        if event.hit.kind == "step":
            self.seek(self.head.jumped(event.hit.value))
        else:
            self.change(kind=event.hit.kind, item=event.hit.value)

    def on_panel_view_hovered(self, event: PanelView.Hovered) -> None:
        """Mark a step in all charts."""
        if self.look.cross != event.step:
            self.change(cross=event.step)

    def on_panel_view_zoomed(self, event: PanelView.Zoomed) -> None:
        """The wheel, or a drag."""
        if event.pan:
            self.action_pan(event.pan)
        elif event.panel in PLANES:
            self.zoom_planes(event.factor)
        else:
            self.zoom_charts(event.factor, event.at)

    def action_zoom(self, factor: float) -> None:
        """Planes when one is in focus, else charts."""
        (self.zoom_planes if self.in_focus.panel.name in PLANES else self.zoom_charts)(factor)

    def action_copy(self) -> None:
        """The numbers of the panel in focus, by OSC 52."""
        panel = self.in_focus.panel
        try:
            numbers = measured(panel, self.subject, self.look)
        except SddError as error:
            tell(self.app, error)
            return
        self.app.copy_to_clipboard(json.dumps(numbers))
        self.notify(f"The numbers of {panel.title} are in the clipboard.", markup=False, timeout=2)

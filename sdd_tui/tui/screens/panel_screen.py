"""What the run screen and the comparison have in common: they tick, paint at the terminal's pace, and their panels are
zoomed, pointed at and copied alike."""

from __future__ import annotations

import time
from typing import Any

from sdd_tui.panels.look import OF_A_RUN, Look, remembered
from sdd_tui.tui.clipboard import copy_numbers
from sdd_tui.tui.playhead import Playhead
from sdd_tui.tui.reach import Reach
from sdd_tui.tui.screens.look_keys import LookKeys
from sdd_tui.tui.screens.time_keys import TimeKeys
from sdd_tui.tui.widgets.panel_view import PanelView

PLANES = ("features", "hidden", "planes")
"""Panels that zoom by themselves; zooming elsewhere changes the steps that charts show."""

TURN = 30.0
"""Degrees a second of the turning view."""


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

    @property
    def place(self) -> str:
        """What the view of it is remembered under."""
        raise NotImplementedError

    def remember(self) -> None:
        """Keep what is in view for the next time."""
        raise NotImplementedError

    def recall(self, look: Look) -> None:
        """Show what was in view the last time; otherwise as `look` says."""
        seen = self.sdd.memory.place(self.place)
        self.look = remembered(seen, look, OF_A_RUN)
        step = seen.get("step")
        self.head = Playhead(step if isinstance(step, int) else None)

    def keep_place(self) -> None:
        """Remember the step in view, and what of it."""
        step = {} if self.head.step is None else {"step": self.head.step}
        self.sdd.memory.keep_place(self.place, step | self.look.of_a_run())

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

    def turn(self, passed: float) -> None:
        """Turn the turning view on."""
        if self.look.projection == "turning" and self.dimensions > 2:
            self.look = self.look.turned(TURN * passed)

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

    def action_scroll(self, by: int) -> None:
        """The lines of the panel in focus, where there are more than fit."""
        name = self.in_focus.panel.name
        self.change(scroll=(name, self.look.scrolled(name) + self.in_focus.scrollable(by)))

    def action_copy(self) -> None:
        """The numbers of the panel in focus, by OSC 52."""
        panel = self.in_focus.panel
        copy_numbers(self.app, panel.name, panel.title, panel.numbers(self.subject, self.look))

"""What the run screen and the comparison have in common: they tick, paint at the terminal's pace, and their panels are
zoomed, pointed at and copied alike."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from typing import Any

from sdd_tui.panels.charts import ends_of_steps, row_beside
from sdd_tui.panels.comparison import Comparison
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import OF_A_RUN, PAGED, ViewOptions, remembered
from sdd_tui.tui.clipboard import copy_numbers
from sdd_tui.tui.messages import PanelDragged, PanelPicked, PanelWheeled, PanelZoomed, StepHovered
from sdd_tui.tui.playhead import Playhead
from sdd_tui.tui.screens.time_keys import TimeKeys
from sdd_tui.tui.screens.view_keys import ViewKeys
from sdd_tui.tui.services import AppScreen
from sdd_tui.tui.widgets.panel_view import PanelView

PLANES = ("features", "hidden", "planes")
"""Panels that keys zoom and move by themselves; elsewhere they change the steps that charts show."""

WHEELED = {"events": "event", "inspector": "item"}
"""Panels of text -> the action that the wheel does over them."""

TURN = 30.0
"""Degrees a second of the turning view."""


class PanelScreen(ViewKeys, TimeKeys, AppScreen):
    """A screen of panels over one subject: a View, or a Comparison."""

    _ticked = 0.0
    _read = False
    _footer_state: Hashable = None

    @property
    def subject(self) -> Any:
        """What the panels draw from."""
        raise NotImplementedError

    @property
    def views(self) -> Sequence[View]:
        """The runs shown."""
        return self.subject.views if isinstance(self.subject, Comparison) else [self.subject]

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

    def recall(self, options: ViewOptions) -> None:
        """Show what was in view the last time; otherwise as `options` say."""
        seen = self.services.memory.place(self.place)
        self.options = remembered(seen, options, OF_A_RUN)
        step = seen.get("step")
        self.head = Playhead(step if isinstance(step, int) else None)

    def keep_place(self) -> None:
        """Remember the step in view, and what of it."""
        step = {} if self.head.step is None else {"step": self.head.step}
        self.services.memory.keep_place(self.place, step | self.options.of_a_run())

    def begin(self) -> None:
        """Paint now, and follow the disk from now on."""
        self._ticked = time.monotonic()
        self.services.pace.on_ready = self.paint
        self.call_after_refresh(self.follow)
        self.set_interval(1 / self.services.settings.fps, self.follow)

    def follow(self) -> None:
        """Show what is new; cheap when nothing is."""
        now = time.monotonic()
        passed, self._ticked = min(1.0, now - self._ticked), now
        if self.paintable:
            self.read(passed)
            self._read = True
            if self.head.playing:
                self.seek(self.head.after(self.steps, passed))
            else:
                self.paint()

    def read(self, passed: float) -> None:
        """Read what is new on disk, so many seconds after the last time."""
        raise NotImplementedError

    @property
    def drawable(self) -> bool:
        """Whether there is something to draw, and a place for it: before the first reading a run looks damaged."""
        return self._read and self.paintable

    def action_next_panel(self, by: int) -> None:
        """Focus the next panel, or the one before."""
        (self.focus_next if by > 0 else self.focus_previous)()

    def turn(self, passed: float) -> None:
        """Turn the turning view on."""
        if self.options.projection == "turning" and self.dimensions > 2:
            self.options = self.options.turned(TURN * passed)

    def on_unmount(self) -> None:
        """Nothing waits for the terminal any more."""
        if self.services.pace.on_ready == self.paint:
            self.services.pace.on_ready = None

    def on_descendant_focus(self) -> None:
        """The rule of the focused panel is bright."""
        self.paint()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        """Catch up."""
        self.services.pace.on_ready = self.paint
        self.call_after_refresh(self.follow)

    def on_panel_picked(self, event: PanelPicked) -> None:
        """Go to a step, or choose an example or a feature."""
        if event.hit.kind == "step":
            self.seek(self.head.jumped(event.hit.value))
        else:
            self.change(kind=event.hit.kind, item=event.hit.value)

    def on_step_hovered(self, event: StepHovered) -> None:
        """Mark a step in all charts."""
        if self.options.cross != event.step:
            self.change(cross=event.step)

    def on_panel_zoomed(self, event: PanelZoomed) -> None:
        """The wheel: what is under the mouse stays there."""
        if event.spot.kind == "plane":
            self.show_as(self.options.closer(event.factor, (event.spot.x, event.spot.y)))
        else:
            self.show_as(self.options.zoomed(event.factor, event.spot.x, ends_of_steps(self.views)))

    def on_panel_dragged(self, event: PanelDragged) -> None:
        """Planes and steps go with the mouse."""
        if event.kind == "plane":
            self.show_as(self.options.moved(event.x, event.y))
        else:
            self.show_as(self.options.panned(event.x, ends_of_steps(self.views)))

    async def on_panel_wheeled(self, event: PanelWheeled) -> None:
        """The event, example or feature before or after; nothing elsewhere."""
        if action := WHEELED.get(event.panel):
            await self.run_action(f"{action}({event.by})")

    def action_zoom(self, factor: float) -> None:
        """Planes when one is in focus, else charts."""
        if self.in_focus.panel.name in PLANES:
            self.show_as(self.options.closer(factor, self.options.offset))
        else:
            whole = ends_of_steps(self.views)
            self.show_as(self.options.zoomed(factor, self.options.share_of(self._marked, whole), whole))

    @property
    def _marked(self) -> float:
        """The step that charts mark: under the mouse, chosen by keys, or in view."""
        if self.options.cross is not None:
            return self.options.cross
        return float(self.steps[self.head.index(self.steps)]) if len(self.steps) else 0.0

    def action_pan(self, x: float, y: float = 0.0) -> None:
        """So many sides to the right and up: planes when one is in focus, else charts."""
        if self.in_focus.panel.name in PLANES:
            self.show_as(self.options.moved(2 * x / self.options.zoom, 2 * y / self.options.zoom))
        else:
            self.show_as(self.options.panned(x, ends_of_steps(self.views)))

    def action_page(self) -> None:
        """Another view of the panel in focus, where it has several."""
        name = self.in_focus.panel.name
        if name in PAGED:
            self.show_as(self.options.paged(name))
        elif self.has_views:
            self.action_projection()
        else:
            self.notify(f"The panel {self.in_focus.panel.title} has one view.", timeout=2)

    @property
    def has_views(self) -> bool:
        """Whether the panel in focus has several views."""
        name = self.in_focus.panel.name
        return name in PAGED or (name in PLANES and self.dimensions > 2)

    def footer_word(self, action: str, word: str) -> str:
        """Playing and views, where there is something to play and another view."""
        if action == "play":
            return "Pause" if self.head.playing else word if len(self.steps) > 1 else ""
        return word if action != "page" or self.has_views else ""

    @property
    def footer_state(self) -> Hashable:
        """What the footer's words are about, beside the focus."""
        return self.head.playing, len(self.steps) > 1, self.dimensions > 2

    def tell_footer(self) -> None:
        """Let the footer say what applies now, if that has changed."""
        if (state := self.footer_state) != self._footer_state:
            self._footer_state = state
            self.refresh_bindings()

    def action_cross(self, by: int) -> None:
        """The charts' line to the row before or after."""
        self.change(cross=row_beside(self.views, self._marked, by))

    def action_scroll(self, by: int) -> None:
        """The lines of the panel in focus, where there are more than fit."""
        name = self.in_focus.panel.name
        self.change(scroll=(name, self.options.scrolled(name) + self.in_focus.scrollable(by)))

    def action_copy(self) -> None:
        """The numbers of the panel in focus, by OSC 52."""
        panel = self.in_focus.panel
        copy_numbers(self.app, panel, self.subject, self.options)

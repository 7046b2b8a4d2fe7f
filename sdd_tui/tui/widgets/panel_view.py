"""A panel on the screen: a rule with its digit, title and note, the drawing below; focus and mouse."""

from __future__ import annotations

from typing import Any

from textual.events import Click, Leave, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.message import Message

from sdd_tui.draw.canvas import Row
from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.drawing import Drawing, Hit
from sdd_tui.panels.look import Look
from sdd_tui.panels.panel import Panel
from sdd_tui.tui.widgets.cells import Cells


class PanelView(Cells, can_focus=True):
    """Shows one panel of a view; drawn again only when what it depends on has changed."""

    class Picked(Message):
        """A click on something: sent to the run screen."""

        def __init__(self, hit: Hit) -> None:
            super().__init__()
            self.hit = hit

    class Hovered(Message):
        """The mouse is over a step of a chart, or no more: sent to the run screen."""

        def __init__(self, step: int | None) -> None:
            super().__init__()
            self.step = step

    class Zoomed(Message):
        """The wheel turned or the mouse dragged over a panel: sent to the run screen."""

        def __init__(self, panel: str, factor: float, at: float, pan: float) -> None:
            super().__init__()
            self.panel, self.factor, self.at, self.pan = panel, factor, at, pan

    def __init__(self, panel: Panel[Any], id: str) -> None:
        super().__init__(id=id)
        self.panel = panel
        self._drawing = Drawing([])
        self._drawn: tuple[Any, ...] = ()
        self._dragged: int | None = None

    def update(self, view: object, look: Look) -> bool:
        """Draw again if anything has changed; whether it was."""
        key = (self.panel.name, self.size, self.has_focus, view, self.panel.depends(view, look))
        if key == self._drawn or not self.size:
            return False
        self._drawn = key
        width, height = self.size
        self._drawing = drawn(self.panel, view, look, width, max(0, height - 1))
        self.put([self._rule(width), *self._drawing.rows])
        return True

    def scrollable(self, by: int) -> int:
        """How far it can be scrolled, of so many lines down, or up for less than 0."""
        return max(-self._drawing.above, min(by, self._drawing.beyond))

    def _rule(self, width: int) -> Row:
        """─2 features W_j ──────── note ─"""
        digit = f"{list(PANELS).index(self.panel.name) + 1} " if self.panel.name in PANELS else ""
        colour = "strong" if self.has_focus else "axis"
        title = f"{digit}{self.panel.title} "[: max(0, width - 2)]
        room = width - len(title) - 5
        note = self._drawing.note.rstrip()
        if len(note) > room:
            note = self._drawing.brief or note
            note = note if len(note) <= room else note[: room - 1] + "…" if room > 8 else ""
        line = "━" if self.has_focus else "─"
        fill = width - 2 - len(title) - (len(note) + 3 if note else 0)
        row = [(line + " ", colour), (title, "strong" if self.has_focus else "text"), (line * max(0, fill), colour)]
        return [*row, (f" {note} ", "dim"), (line, colour)] if note else row

    def _hit(self, x: int, y: int) -> Hit | None:
        return self._drawing.hit(x, y - 1) if y >= 1 else None

    def on_click(self, event: Click) -> None:
        """Choose what lies there."""
        if (hit := self._hit(event.x, event.y)) is not None:
            self.post_message(self.Picked(hit))

    def on_mouse_down(self, event: MouseDown) -> None:
        """A drag may begin."""
        self._dragged = event.x

    def on_mouse_up(self, event: MouseUp) -> None:
        """It ends."""
        self._dragged = None

    def on_mouse_move(self, event: MouseMove) -> None:
        """Mark the step under the mouse in all charts; pan while a button is held."""
        if self._dragged is not None and event.button and event.x != self._dragged:
            pan = (self._dragged - event.x) / max(1, self.size.width)
            self._dragged = event.x
            self.post_message(self.Zoomed(self.panel.name, 1.0, 0.5, pan))
            return
        hit = self._hit(event.x, event.y)
        chart = hit is not None and hit.kind == "step" and self.panel.name != "events"
        self.post_message(self.Hovered(hit.value if hit and chart else None))

    def on_leave(self, event: Leave) -> None:
        """Nothing is under the mouse any more."""
        self.post_message(self.Hovered(None))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Closer."""
        event.stop()
        self.post_message(self.Zoomed(self.panel.name, 1.25, event.x / max(1, self.size.width), 0.0))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Farther."""
        event.stop()
        self.post_message(self.Zoomed(self.panel.name, 0.8, event.x / max(1, self.size.width), 0.0))

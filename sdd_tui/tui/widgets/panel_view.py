"""A panel on the screen: a rule with its digit, title and note, the drawing below; focus and mouse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from textual.events import Click, Leave, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp

from sdd_tui.draw.canvas import Row
from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.drawing import Drawing, Hit, Spot
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.tui.messages import PanelDragged, PanelPicked, PanelWheeled, PanelZoomed, StepHovered
from sdd_tui.tui.widgets.cells import Cells


def worded(titles: Sequence[str], notes: Sequence[str], room: int) -> tuple[str, str]:
    """A title and a note that so many cells have room for: the first title and note that fit together, else the last
    ones, without the parts at the note's end."""
    notes = [note for note in notes if note] or [""]
    for title in titles:
        for note in notes:
            if len(title) + len(note) <= room:
                return title, note
    room -= len(titles[-1])
    parts = re.split(r" {2,}", notes[-1])
    while len(parts) > 1 and len("  ".join(parts)) > room:
        parts.pop()
    note = "  ".join(parts)
    return titles[-1], note if len(note) <= room else note[: room - 1] + "…" if room > 8 else ""


class PanelView(Cells, can_focus=True):
    """Shows one panel of a view; drawn again only when what it depends on has changed."""

    def __init__(self, panel: Panel[Any], id: str, digit: int | None = None) -> None:
        """`digit`: the key that goes there, where it isn't the panel's place in the catalogue."""
        super().__init__(id=id)
        self.panel = panel
        self._digit = digit
        self._drawing = Drawing([])
        self._drawn: tuple[Any, ...] = ()
        self._pressed: tuple[int, int] | None = None
        self._held: Spot | None = None
        self._moved = False

    def update(self, view: object, options: ViewOptions) -> bool:
        """Draw again if anything has changed; whether it was."""
        key = (self.panel.name, self.size, self.has_focus, view, self.panel.depends(view, options))
        if key == self._drawn or not self.size:
            return False
        self._drawn = key
        width, height = self.size
        self._drawing = drawn(self.panel, view, options, width, max(0, height - 1))
        self.put([self._rule(width), *self._drawing.rows])
        return True

    def scrollable(self, by: int) -> int:
        """How far it can be scrolled, of so many lines down, or up for less than 0."""
        return max(-self._drawing.above, min(by, self._drawing.beyond))

    def _rule(self, width: int) -> Row:
        """─2 features W_j ──────── note ─"""
        digit = list(PANELS).index(self.panel.name) + 1 if self.panel.name in PANELS else self._digit
        colour = "strong" if self.has_focus else "axis"
        titles = [f"{digit or ''} {name} ".lstrip() for name in (self.panel.title, *self.panel.shorter)]
        title, note = worded(titles, [self._drawing.note.rstrip(), self._drawing.brief], width - 5)
        title = title[: max(0, width - 2)]
        line = "━" if self.has_focus else "─"
        fill = width - 2 - len(title) - (len(note) + 3 if note else 0)
        row = [(line + " ", colour), (title, "strong" if self.has_focus else "text"), (line * max(0, fill), colour)]
        return [*row, (f" {note} ", "dim"), (line, colour)] if note else row

    def _hit(self, x: int, y: int) -> Hit | None:
        return self._drawing.hit(x, y - 1) if y >= 1 else None

    def _spot(self, x: int, y: int) -> Spot | None:
        return self._drawing.spot(x, y - 1) if y >= 1 else None

    def on_click(self, event: Click) -> None:
        """Choose what lies there; a drag ends in a click too, and chooses nothing."""
        if not self._moved and (hit := self._hit(event.x, event.y)) is not None:
            self.post_message(PanelPicked(hit))

    def on_mouse_down(self, event: MouseDown) -> None:
        """A drag may begin: of what is under the mouse."""
        self._pressed, self._moved = (event.x, event.y), False
        self._held = self._spot(event.x, event.y)
        self.capture_mouse(self._held is not None)

    def on_mouse_up(self, event: MouseUp) -> None:
        """It ends."""
        self._pressed = None
        self.release_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Mark the step under the mouse in all charts; drag while a button is held."""
        if self._pressed is not None and event.button:
            columns, rows = event.x - self._pressed[0], event.y - self._pressed[1]
            if columns or rows:
                self._pressed, self._moved = (event.x, event.y), True
                if (spot := self._held) is not None:
                    self.post_message(PanelDragged(spot.kind, -columns * spot.across, -rows * spot.down))
            return
        hit = self._hit(event.x, event.y)
        chart = hit is not None and hit.kind == "step" and self.panel.name != "events"
        self.post_message(StepHovered(hit.value if hit and chart else None))

    def on_leave(self, event: Leave) -> None:
        """Nothing is under the mouse any more."""
        self.post_message(StepHovered(None))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Closer, or what comes before."""
        self._wheel(event, 1.25, -1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Farther, or what comes after."""
        self._wheel(event, 0.8, 1)

    def _wheel(self, event: MouseScrollUp | MouseScrollDown, factor: float, by: int) -> None:
        event.stop()
        spot = self._spot(event.x, event.y)
        self.post_message(PanelZoomed(factor, spot) if spot else PanelWheeled(self.panel.name, by))

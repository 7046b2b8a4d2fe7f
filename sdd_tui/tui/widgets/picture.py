"""A framed picture that draws itself anew at whatever size it has, or words where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.events import Resize

from sdd_tui.draw.canvas import Row
from sdd_tui.tui.widgets.cells import Cells

Draw = Callable[[int, int], list[Row]]


class Picture(Cells):
    """Shows what `draw(width, height)` returns."""

    def __init__(self, title: str, words: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = Content(title)
        self._words = words
        self._draw: Draw | None = None

    def show(self, draw: Draw, subtitle: str = "") -> None:
        """Draw this from now on."""
        self._draw = draw
        self.border_subtitle = Content(subtitle)
        self._paint()

    def say(self, words: str) -> None:
        """Show words instead of a picture."""
        self._draw, self._words = None, words
        self.border_subtitle = Content("")
        self._paint()

    def on_resize(self, event: Resize) -> None:
        """Draw at the new size."""
        self._paint()

    def _paint(self) -> None:
        width, height = self.size
        if self._draw is not None:
            self.put(self._draw(width, height))
        else:
            words = self._words[:width].center(width)
            self.put([[(words if y == height // 2 else " " * width, "dim")] for y in range(height)])

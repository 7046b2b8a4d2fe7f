"""A widget that shows rows from sdd_tui.draw through Textual's line API: drawn once a change, cut into strips."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from sdd_tui.draw.canvas import Row
from sdd_tui.tui.theme import style

Draw = Callable[[int, int], list[Row]]


class Picture(Widget):
    """Shows what `draw(width, height)` returns, or words where there is nothing to draw."""

    def __init__(self, title: str, words: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = title
        self._words = words
        self._draw: Draw | None = None
        self._rows: list[Row] = []
        self._size = Size(0, 0)

    def show(self, draw: Draw, subtitle: str = "") -> None:
        """Draw this from now on, at whatever size the widget has."""
        self._draw, self._size = draw, Size(0, 0)
        self.border_subtitle = subtitle
        self.refresh()

    def say(self, words: str) -> None:
        """Show words instead of a picture."""
        if self._draw is not None or words != self._words:
            self._draw, self._words = None, words
            self.border_subtitle = ""
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        width, height = self.size
        if self._draw is None:
            text = self._words[:width].center(width) if y == height // 2 else " " * width
            return Strip([Segment(text, self.rich_style)], width)
        if self._size != self.size:
            self._rows, self._size = self._draw(width, height), self.size
        if y >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        ground = self.rich_style
        segments = [Segment(text, ground + style(colour)) for text, colour in self._rows[y]]
        return Strip(segments).adjust_cell_length(width, ground)

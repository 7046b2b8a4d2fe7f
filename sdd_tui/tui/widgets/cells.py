"""A widget of rows from sdd_tui.draw through Textual's line API; of a new picture only what differs is painted again.

A whole scatter frame of 120×35 is 55-72 KB on the wire, its difference to the one before 5-12 KB.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from sdd_tui.draw.canvas import Row
from sdd_tui.tui.theme import style


class Cells(Widget):
    """Shows rows of (text, colour name)."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[Row] = []
        self._ground: Style | None = None

    def notify_style_update(self) -> None:
        """Colours may have changed."""
        self._ground = None
        super().notify_style_update()

    def put(self, rows: list[Row]) -> None:
        """Show these rows."""
        old, self._rows = self._rows, rows
        if len(old) != len(rows):
            self.refresh()
            return
        changed = [
            Region(start, y, end - start, 1)
            for y, (before, now) in enumerate(zip(old, rows, strict=True))
            if before != now
            for start, end in (_difference(before, now),)
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        width = self.size.width
        if self._ground is None:  # worked out anew for each line it takes a quarter of a frame
            self._ground = self.rich_style
        ground = self._ground
        if y >= len(self._rows):
            return Strip.blank(width, ground)
        dark = self.app.current_theme.dark
        row = self._rows[y]
        segments = [Segment(text, ground + style(colour, dark)) for text, colour in row]
        length = sum(len(text) for text, _ in row)  # rows hold narrow characters only
        return Strip(segments, length).adjust_cell_length(width, ground)


def _difference(before: Row, now: Row) -> tuple[int, int]:
    """First and one past the last cell in which two rows differ, to the accuracy of their runs of colour."""
    start = _common(before, now)
    old, new = (sum(len(text) for text, _ in row) for row in (before, now))
    # of rows of two lengths the common ends stand in other cells
    end = new - _common(before[::-1], now[::-1], backwards=True) if old == new else max(old, new)
    return min(start, end), max(start + 1, end)


def _common(a: Row, b: Row, backwards: bool = False) -> int:
    """Cells that two rows share at one end."""
    count = 0
    for (text, colour), (other, other_colour) in zip(a, b, strict=False):
        if colour != other_colour:
            break
        if text != other:
            pairs = zip(reversed(text), reversed(other), strict=False) if backwards else zip(text, other, strict=False)
            for x, y in pairs:
                if x != y:
                    break
                count += 1
            break
        count += len(text)
    return count

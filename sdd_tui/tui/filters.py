"""The last thing that every line passes, borders, footers and text inputs included: what the terminal gets is made of
the marks it can show, and nothing of a text from elsewhere is obeyed by it."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from sdd_tui.draw.marks import Marks, table


class MarksFilter(LineFilter):
    """Replaces characters by others of the same width."""

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self.marks = marks

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """A line in these marks; a link in it is text, as its address would go to the terminal as it is."""
        marks = self.marks
        return [
            Segment(harmless(text, marks), style.update_link(None) if style and style.link else style, control)
            for text, style, control in segments
        ]


def harmless(text: str, marks: Marks) -> str:
    """A text in these marks, as wide as before, without a character that isn't shown but obeyed."""
    text = text.translate(table(marks))
    ascii_only = marks == "ascii"
    if text.isprintable() and (text.isascii() or not ascii_only):
        return text
    return "".join(c if c.isprintable() and (c.isascii() or not ascii_only) else "?" * cell_len(c) for c in text)

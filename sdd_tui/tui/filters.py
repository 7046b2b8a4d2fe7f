"""Everything on the screen in other marks, borders and footers included: a filter over finished lines."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from sdd_tui.draw.marks import Marks, plain_text


class MarksFilter(LineFilter):
    """Replaces characters one for one."""

    def __init__(self, marks: Marks) -> None:
        super().__init__(enabled=marks != "braille")
        self.marks = marks

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """A line in these marks."""
        marks = self.marks
        return [Segment(plain_text(text, marks), style, control) for text, style, control in segments]

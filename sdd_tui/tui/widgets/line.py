"""A line to type in, which holds nothing that a terminal would obey: not of a run, not of what is pasted."""

from __future__ import annotations

from textual.widgets import Input

from sdd_tui.errors import plain


class Line(Input):
    """Textual's input draws its text as it is."""

    def validate_value(self, value: str) -> str:
        """The text as it is shown and given to whoever asked: of the same length, as the cursor stands in it."""
        return plain(value, len(value))

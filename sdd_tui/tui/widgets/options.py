"""A list to choose from, at any size. Textual's raises when it wraps a line in no cells, or goes on by no lines."""

from __future__ import annotations

from textual.widgets import OptionList

from sdd_tui.tui.keys import bindings


class Options(OptionList):
    """A line an option, cut at the edge."""

    BINDINGS = bindings("list")

    DEFAULT_CSS = "Options { text-wrap: nowrap; text-overflow: ellipsis; }"

    def action_page_up(self) -> None:
        """A page back."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """A page on."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]

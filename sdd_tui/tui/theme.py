"""The app's themes, and the styles of sdd_tui.draw's colours."""

from __future__ import annotations

from functools import cache

from rich.style import Style
from textual.theme import Theme

from sdd_tui.draw.palette import colour

THEMES = (
    Theme(
        "sdd-dark", primary="#3a6ea5", accent="#e69f00", foreground="#d7dae0", background="#16181c", surface="#1e2126",
        panel="#272b31", error="#ff6f61", warning="#e69f00", success="#009e73", dark=True,
    ),
    Theme(
        "sdd-light", primary="#2f6299", accent="#9f5f00", foreground="#22252a", background="#fbfbfc", surface="#f1f2f4",
        panel="#e4e6ea", error="#b3261e", warning="#9f5f00", success="#00795a", dark=False,
    ),
)  # fmt: skip


@cache
def style(name: str, dark: bool = True) -> Style:
    """The style of a colour name, or of an upper and a lower one; plain for blank cells."""
    upper, _, lower = name.partition("/")
    return Style(color=colour(upper, dark), bgcolor=colour(lower, dark))

"""Colours by meaning: the paper's blue features and red hidden vectors, in shades that colour-blind readers can tell
apart (Okabe-Ito)."""

from __future__ import annotations

from functools import cache

from rich.style import Style

COLOURS = {
    "feature": "#56b4e9",
    "hidden": "#e8663d",
    "train": "#56b4e9",
    "test": "#e69f00",
    "level": "#009e73",
    "axis": "#7a7f87",
}
"""Colour names of sdd_tui.draw -> terminal colours; legible on dark and on light grounds."""


@cache
def style(name: str) -> Style:
    """The style of a colour name; plain for blank cells."""
    return Style(color=COLOURS[name]) if name in COLOURS else Style()

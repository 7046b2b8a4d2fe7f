"""The footer: whole entries only, and the way out and the help at every width.

Textual's footer cuts what doesn't fit, and its command palette covers what is below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from sdd_tui.tui.keys import ALWAYS, SPARE

PALETTE = "-command-palette"
"""The class of the entry that Textual pins to the right."""


@dataclass(frozen=True)
class Entry:
    """A key in the footer."""

    key: str
    action: str
    width: int
    palette: bool = False


def shown(entries: Sequence[Entry], width: int) -> list[int]:
    """Which entries a width has room for: the ones that are always there, then the others in their order but those
    that can be done without, these, and the command palette where all else is shown."""

    def rank(i: int) -> tuple[int, int]:
        entry = entries[i]
        if entry.palette:
            return (3, 0)
        if entry.key in ALWAYS:
            return (0, ALWAYS.index(entry.key))
        return (2, -SPARE.index(entry.action)) if entry.action in SPARE else (1, i)

    kept: list[int] = []
    for i in sorted(range(len(entries)), key=rank):
        if entries[i].palette and len(kept) < len(entries) - 1:
            continue
        if entries[i].width <= width:
            kept.append(i)
            width -= entries[i].width
    return sorted(kept)


class KeyFooter(Footer):
    """A footer that leaves out what doesn't fit."""

    def compose(self) -> ComposeResult:
        """The entries there is room for."""
        keys = [widget for widget in super().compose() if isinstance(widget, FooterKey)]
        yield from (keys[i] for i in shown(_entries(keys), self.app.size.width))

    def on_resize(self, event: Resize) -> None:
        """Others may fit now."""
        self.call_after_refresh(self.recompose)


def _entries(keys: Iterable[FooterKey]) -> list[Entry]:
    found = []
    for key in keys:
        palette = key.has_class(PALETTE)
        width = cell_len(key.key_display) + cell_len(key.description) + 3  # a space around the key, one behind words
        found.append(Entry(key.key, key.action, width + 2 * palette, palette))  # a line and a space beside the palette
    return found

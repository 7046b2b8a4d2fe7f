"""The footer: whole entries only, and the way out and the help at every width.

One line, drawn at once: Textual's footer is a widget an entry, composed anew whenever the focus moves, which took a
third of an app session's CPU (120 × 40); it also cuts what doesn't fit, and its command palette covers what is below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.events import Click
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from sdd_tui.tui.screens.base import BaseScreen

ALWAYS = ("escape", "question_mark", "q")
"""Keys that every footer shows."""

SPARE = ("rename", "note", "tags", "trash", "sort", "again", "field(-1)", "next(-1)", "page", "fill", "branch", "turn")
"""Actions that a narrow footer can do without, the first to go first."""


@dataclass(frozen=True)
class FooterEntry:
    """A key in the footer."""

    key: str
    display: str
    label: str
    action: str
    palette: bool = False
    """Whether it opens the command palette, which stands on the right."""

    @property
    def width(self) -> int:
        """Cells: a space around the key and one behind the words; beside the palette a line and a space."""
        return cell_len(self.display) + cell_len(self.label) + 3 + 2 * self.palette


def shown(entries: Sequence[FooterEntry], width: int) -> list[int]:
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


class KeyFooter(Widget):
    """The keys that do something now; a click on one presses it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--label", "footer--line"}
    DEFAULT_CSS = """
    KeyFooter { dock: bottom; height: 1; color: $footer-foreground; background: $footer-background; }
    KeyFooter > .footer--key { color: $footer-key-foreground; background: $footer-key-background; text-style: bold; }
    KeyFooter > .footer--label { color: $footer-description-foreground; background: $footer-description-background; }
    KeyFooter > .footer--line { color: $foreground 20%; }
    """

    working: reactive[str] = reactive("")
    """What goes on in the background; it stands at the right, in the palette's place."""

    def on_mount(self) -> None:
        """Follow which keys there are."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self.refresh()

    def render(self) -> Text:
        """The entries there is room for."""
        key, label, line = (self.get_component_rich_style(f"footer--{part}") for part in ("key", "label", "line"))
        text = Text(no_wrap=True, end="")
        for entry in self._entries():
            if entry.palette:
                text.append(" " * (self.size.width - text.cell_len - entry.width)).append("▏", line)
            text.append(f" {entry.display} ", key).append(f"{entry.label} ", label)
        if self.working:
            text.append(" " * (self.size.width - text.cell_len - len(self.working) - 2)).append("▏", line)
            text.append(f"{self.working} ", label)
        return text

    def on_click(self, event: Click) -> None:
        """Press the key under the pointer."""
        left = 0
        for entry in self._entries():
            begin = self.size.width - entry.width if entry.palette else left
            left = begin + entry.width
            if begin <= event.x < left:
                self.app.simulate_key(entry.key)

    def _entries(self) -> list[FooterEntry]:
        found = dict[str, FooterEntry]()
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            palette = binding.action == "command_palette"
            if enabled and (binding.show or palette) and binding.action not in found:
                display, word = self.app.get_key_display(binding), binding.description
                if isinstance(self.screen, BaseScreen):
                    word = self.screen.footer_word(binding.action, word)
                if word:
                    found[binding.action] = FooterEntry(binding.key, display, word, binding.action, palette)
        entries = sorted(found.values(), key=lambda entry: entry.palette)
        if self.working:
            entries = [entry for entry in entries if not entry.palette]
        room = self.size.width - (len(self.working) + 2 if self.working else 0)
        return [entries[i] for i in shown(entries, room)]

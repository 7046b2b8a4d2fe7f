"""The panels of a screen, in an order that is remembered: as many as fit, a page of them around the focus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Grid
from textual.events import Resize

from sdd_tui.panels.catalogue import PANELS
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.tui.widgets.panel_view import PanelView

SMALLEST = (38, 9)
"""Columns and rows that a panel wants."""


def fitting(width: int, height: int) -> tuple[int, int]:
    """Columns and rows of panels: two by two at 80×24, three by two at 120×40, three by three at 200×60."""
    columns = min(3, max(1, width // SMALLEST[0]))
    rows = min(3, max(1, height // (SMALLEST[1] if columns < 3 else 16)))
    return columns, rows


def ordered(names: object) -> list[str]:
    """Every panel once, those that were remembered first."""
    known = [n for n in names if n in PANELS] if isinstance(names, list) else []
    return list(dict.fromkeys([*known, *PANELS]))


class PanelGrid(Grid):
    """Slots with panels."""

    def __init__(self, layout: Sequence[str], id: str) -> None:
        super().__init__(id=id)
        self.slots = [PanelView(PANELS[name], id=f"slot{i}") for i, name in enumerate(layout)]
        """All slots, from the beginning: keys may come before they are mounted."""
        self.filled = False
        self._first = 0
        """The first slot of those on the screen."""

    def compose(self) -> ComposeResult:
        """A slot a panel."""
        yield from self.slots

    @property
    def names(self) -> list[str]:
        """The panels in the order of their slots."""
        return [slot.panel.name for slot in self.slots]

    @property
    def shown(self) -> Iterator[PanelView]:
        """The slots on the screen."""
        return (slot for slot in self.slots if slot.display)

    @property
    def focused(self) -> PanelView:
        """The slot with the focus, or the first. Asked of the screen: a widget hears of its focus only after the keys
        that were typed before it does."""
        focused = self.screen.focused
        return focused if isinstance(focused, PanelView) else self.slots[0]

    def on_resize(self, event: Resize) -> None:
        """Show as many as fit."""
        self.arrange_slots()

    def arrange_slots(self) -> None:
        """Show the slots there is room for, or the one that fills the screen: those with the focus among them."""
        columns, rows = (1, 1) if self.filled else fitting(*self.size)
        count, at = columns * rows, self.slots.index(self.focused)
        if not self.filled:  # else the page stays for when they are put back
            if not self._first <= at < self._first + count:
                self._first = at // count * count
            self._first = max(0, min(self._first, len(self.slots) - count))
        first = at if self.filled else self._first
        self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        for i, slot in enumerate(self.slots):
            slot.display = first <= i < first + count

    def fill(self) -> None:
        """Let the focused panel fill the screen, or put it back."""
        self.filled = not self.filled
        self.arrange_slots()

    def go_to(self, name: str) -> None:
        """Focus a panel, with the page that it stands on."""
        there = next(slot for slot in self.slots if slot.panel.name == name)
        there.display = True  # else it takes no focus
        self.screen.set_focus(there)
        self.arrange_slots()

    def step(self, by: int) -> None:
        """Focus the panel so many after the one in focus, around the end, on the screen or not."""
        self.go_to(self.slots[(self.slots.index(self.focused) + by) % len(self.slots)].panel.name)

    def move(self, by: int) -> None:
        """Let the panel in focus change places with the one so many after it, where there is one."""
        here = self.slots.index(self.focused)
        if 0 <= (there := here + by) < len(self.slots):
            self.slots[here].panel, self.slots[there].panel = self.slots[there].panel, self.slots[here].panel
            self.go_to(self.slots[there].panel.name)

    def reset(self) -> None:
        """Every panel in its usual place, the focus on the one that had it."""
        name = self.focused.panel.name
        for slot, panel in zip(self.slots, PANELS.values(), strict=True):
            slot.panel = panel
        self.filled = False
        self.go_to(name)

    def paint(self, view: View, options: ViewOptions) -> bool:
        """Draw what has changed; whether anything was."""
        drawn = [slot.update(view, options) for slot in self.shown]
        return any(drawn)

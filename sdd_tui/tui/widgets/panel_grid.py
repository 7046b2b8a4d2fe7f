"""The panels of a screen: as many as fit, in an order that is remembered; one of them may fill it."""

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
        """Show the slots there is room for, or the one that fills the screen."""
        columns, rows = (1, 1) if self.filled else fitting(*self.size)
        focused = self.focused
        self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        for i, slot in enumerate(self.slots):
            slot.display = slot is focused if self.filled else i < columns * rows
        if not focused.display:
            self.screen.set_focus(self.slots[0])

    def fill(self) -> None:
        """Let the focused panel fill the screen, or put it back."""
        self.filled = not self.filled
        self.arrange_slots()

    def go_to(self, name: str) -> None:
        """Focus a panel; one not shown changes places with the focused one, or fills the screen for it."""
        here = self.focused
        there = next(slot for slot in self.slots if slot.panel.name == name)
        if self.filled:
            there.display = True
            self.screen.set_focus(there)
            self.arrange_slots()
            return
        if there.display:
            self.screen.set_focus(there)
            return
        there.panel, here.panel = here.panel, there.panel
        self.screen.set_focus(here)

    def reset(self) -> None:
        """Every panel in its usual place, the focus on the one that had it, if it is still shown."""
        name = self.focused.panel.name
        for slot, panel in zip(self.slots, PANELS.values(), strict=True):
            slot.panel = panel
        self.filled = False
        self.screen.set_focus(next(slot for slot in self.slots if slot.panel.name == name))
        self.arrange_slots()

    def paint(self, view: View, options: ViewOptions) -> bool:
        """Draw what has changed; whether anything was."""
        drawn = [slot.update(view, options) for slot in self.shown]
        return any(drawn)

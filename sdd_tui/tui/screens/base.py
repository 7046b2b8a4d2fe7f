"""The bases of all screens: one keeps to the terminal's size, one closes itself and no other, and only once.

Textual closes whatever is on top: two quick presses of Escape, or a double click beside the palette, also closed the
screen below, and in the end home.
"""

from __future__ import annotations

from typing import TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.errors import NoWidget
from textual.events import Click, Mount, Resize
from textual.screen import Screen
from textual.widgets import Input, OptionList

from sdd_tui.tui.textual_workarounds import SearchPalette

T = TypeVar("T")


class BaseScreen(Screen[T]):
    """Takes no size that the terminal no longer has.

    A screen of Textual that changes its size sends itself the news. Two sizes in its queue, as when a window's edge is
    dragged while the screen is busy, would answer each other for ever.
    """

    @on(Resize)
    def _sized(self, event: Resize) -> None:
        """Leave an outdated size alone: the terminal's own is on its way."""
        if event.size != self.app.size:
            event.prevent_default()

    def footer_word(self, action: str, word: str) -> str:
        """What the footer says now of a key; nothing for one that does nothing now."""
        return word


class ClosingScreen(BaseScreen[T]):
    """Base of every screen above the ground; after Textual's own bases, as styles come from the first one alone."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with a result, and before it what lies above; nothing when it has been closed already."""
        if self not in self.app.screen_stack:
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys do nothing before it is composed, nor those that were on their way when it was closed."""
        return self.is_there and super().check_action(action, parameters)

    @property
    def is_there(self) -> bool:
        """Whether it has widgets, and is neither closed nor ending with the app."""
        return bool(self.children) and self in self.app.screen_stack


class Palette(SearchPalette, ClosingScreen[None]):
    """The command palette, for people who type faster than it opens and closes."""

    CSS = "Palette CommandList { text-wrap: nowrap; text-overflow: ellipsis; }"
    """Textual's list raises when it wraps a line in no cells."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Its list can't be walked through before it has room for a line."""
        walking = action == "command_list" and not self.query_one(OptionList).scrollable_content_region
        return super().check_action(action, parameters) and not walking

    def on_mount(self, event: Mount) -> None:
        """Open, unless it was closed before it came to that."""
        if self not in self.app.screen_stack:
            event.prevent_default()

    def on_click(self, event: Click) -> None:
        """A click that was on its way before it was laid out means nothing of it."""
        try:
            self.get_widget_at(event.screen_x, event.screen_y)
        except NoWidget:
            event.prevent_default()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self not in self.app.screen_stack:
            event.prevent_default()  # no search of a palette that was closed

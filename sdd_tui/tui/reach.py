"""How a screen reaches the app's settings, memory and pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from sdd_tui.tui.app import SddApp


class Reach(Screen[None]):
    """A screen of this app."""

    @property
    def sdd(self) -> SddApp:
        """The app, with its settings and memory."""
        from sdd_tui.tui.app import SddApp

        assert isinstance(self.app, SddApp)
        return self.app

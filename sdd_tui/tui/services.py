"""How a screen reaches the app's settings, memory and pace, and whether it can be painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdd_tui.tui.screens.base import Closing

if TYPE_CHECKING:
    from sdd_tui.tui.app import SddApp


class Reach(Closing[None]):
    """A screen of this app."""

    @property
    def sdd(self) -> SddApp:
        """The app, with its settings and memory."""
        from sdd_tui.tui.app import SddApp

        assert isinstance(self.app, SddApp)
        return self.app

    @property
    def paintable(self) -> bool:
        """Whether its widgets are there: not before it is composed, nor when it has been left and what was put off
        until after a refresh comes too late."""
        return self.is_current and self.is_mounted and bool(self.children)

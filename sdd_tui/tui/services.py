"""What screens may ask of the app; they know no more of it, so that no two files import each other."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

from sdd_tui.tui.pace import Pace
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.settings import Memory, Settings


class Services(Protocol):
    """The app, as its screens see it."""

    settings: Settings
    memory: Memory
    pace: Pace

    @property
    def colourful(self) -> bool:
        """Whether cells can hold two colours."""

    def open_run(self, run: Path) -> None:
        """Show a run, over what is shown."""

    def open_sweep(self, folder: Path) -> None:
        """Show a sweep, over what is shown."""


class AppScreen(ClosingScreen[None]):
    """A screen of this app."""

    @property
    def services(self) -> Services:
        """What it may ask of the app."""
        return cast(Services, self.app)

    @property
    def paintable(self) -> bool:
        """Whether its widgets are there: not before it is composed, nor when it has been left and what was put off
        until after a refresh comes too late."""
        return self.is_current and self.is_mounted and bool(self.children)

"""The app: screens and their look, nothing else."""

from __future__ import annotations

from pathlib import Path

from textual.app import App

from sdd_tui.tui.hangup import leave_on_hangup
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen


class SddApp(App[None]):
    """Home below, a run above it when one was asked for."""

    TITLE = "sdd-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"

    def __init__(self, runs: Path, run: Path | None = None) -> None:
        super().__init__()
        self._runs, self._first = runs, run

    def on_mount(self) -> None:
        """Open the first screens."""
        leave_on_hangup(self)
        self.push_screen(HomeScreen(self._runs))
        if self._first is not None:
            self.push_screen(RunScreen(self._first))

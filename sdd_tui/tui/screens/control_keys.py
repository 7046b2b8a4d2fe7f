"""The keys that ask something of a run's trainer, and those that start another run from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from textual.screen import Screen

from sdd_tui.errors import SddError
from sdd_tui.panels.numbers import as_json
from sdd_tui.panels.view import View
from sdd_tui.store.control import ask
from sdd_tui.store.layout import ACTIVE
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.widgets.panel_grid import PanelGrid

if TYPE_CHECKING:
    from sdd_tui.tui.app import SddApp


class ControlKeys(Screen[None]):
    """Pause, step, stop, copy."""

    view: View

    @property
    def sdd(self) -> SddApp:
        """The app, with its settings and memory."""
        from sdd_tui.tui.app import SddApp

        assert isinstance(self.app, SddApp)
        return self.app

    def action_pause(self) -> None:
        """Pause a running run, let a paused one go on."""
        if self._active("pause"):
            self._ask("continue" if self.view.state == "paused" else "pause")

    def action_checkpoint(self) -> None:
        """Write a checkpoint now."""
        if self._active("write a checkpoint of"):
            self._ask("checkpoint")

    def action_stop(self) -> None:
        """Ask, then stop."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._ask("stop")

        if self._active("stop"):
            question = "Stop this run? A checkpoint is written: sdd resume goes on."
            self.app.push_screen(ConfirmScreen(question), answered)

    def action_copy(self) -> None:
        """The numbers of the panel in focus, by OSC 52."""
        panel = self.query_one(PanelGrid).focused.panel
        numbers = as_json(panel.numbers(self.view, self.look))  # type: ignore[attr-defined]
        self.app.copy_to_clipboard(json.dumps(numbers))
        self.notify(f"The numbers of {panel.name} are in the clipboard.", markup=False, timeout=2)

    def _active(self, what: str) -> bool:
        """Whether there is a trainer; says so where there is none."""
        active = self.view.state in ACTIVE
        if not active:
            self.notify(f"The run is {self.view.state}: there is no trainer to {what}.", markup=False, timeout=2)
        return active

    def _ask(self, request: str) -> None:
        try:
            ask(self.view.run.path, request)
        except SddError as error:
            self.notify(str(error), severity="error", markup=False)

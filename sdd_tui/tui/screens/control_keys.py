"""The keys that ask something of a run's trainer, and those that start another run from it."""

from __future__ import annotations

from sdd_tui.config import RunConfig
from sdd_tui.errors import ConfigError, SddError, plain
from sdd_tui.panels.view import View
from sdd_tui.store.control import ask
from sdd_tui.store.layout import ACTIVE, number
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.panel_screen import PanelScreen
from sdd_tui.tui.starting import open_branch, open_form
from sdd_tui.tui.toast import tell


class ControlKeys(PanelScreen):
    """Pause, step, stop, branch."""

    view: View

    def action_pause(self) -> None:
        """Pause a running run, let a paused one go on."""
        if self._active("pause"):
            self._ask("continue" if self.view.state == "paused" else "pause")

    def action_checkpoint(self) -> None:
        """Write a checkpoint now."""
        if self._active("write a checkpoint of"):
            self._ask("checkpoint")

    def action_single_step(self) -> None:
        """One step on, then pause."""
        if self._active("do a step"):
            self._ask("run_to", int(number(self.view.status.get("step"))) + 1)

    def action_run_to(self) -> None:
        """Ask for a step, run there and pause."""

        def apply(text: str) -> None:
            try:
                step = int(float(text.replace(",", "").replace("_", "")))
            except (ValueError, OverflowError):
                raise ConfigError(f"{plain(text, 40)!r} is not a step: write a whole number.") from None
            ask(self.view.run.path, "run_to", step)

        if self._active("run to a step"):
            words = "The run pauses at exactly this step, with a checkpoint."
            self.app.push_screen(AskScreen("Run to step", "", words, apply))

    def action_again(self) -> None:
        """The form with this run's settings."""
        if (config := self._config()) is not None:
            title = f"start {plain(self.view.run.name, 60)} again, with changes"
            open_form(self.app, config, title, self.view.run.path.parent, self.sdd.open_run)

    def action_branch(self) -> None:
        """The form for a branch from the step in view."""
        if (config := self._config()) is not None:
            open_branch(self.app, self.view.run.path, config, self.view.step, self.sdd.open_run)

    def _config(self) -> RunConfig | None:
        try:
            return self.view.run.config
        except SddError as error:
            tell(self.app, error)
            return None

    def action_stop(self) -> None:
        """Ask, then stop."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._ask("stop")

        if self._active("stop"):
            question = "Stop this run? A checkpoint is written: sdd resume goes on."
            self.app.push_screen(ConfirmScreen(question), answered)

    def _active(self, what: str) -> bool:
        """Whether there is a trainer; says so where there is none."""
        active = self.view.state in ACTIVE
        if not active:
            self.notify(f"The run is {self.view.state}: there is no trainer to {what}.", markup=False, timeout=2)
        return active

    def _ask(self, request: str, step: int | None = None) -> None:
        try:
            ask(self.view.run.path, request, step)
        except SddError as error:
            tell(self.app, error)

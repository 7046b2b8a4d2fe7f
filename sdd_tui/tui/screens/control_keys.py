"""The keys that ask something of a run's trainer, and those that start another run from it."""

from __future__ import annotations

from collections.abc import Hashable

from textual import work

from sdd_tui.config import RunConfig
from sdd_tui.errors import SddError, plain
from sdd_tui.panels.view import View
from sdd_tui.run.layout import ACTIVE, unstamped
from sdd_tui.run.requests import ask, asked_step
from sdd_tui.training.launch import launch
from sdd_tui.tui.launch_forms import open_branch, open_form
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.panel_screen import PanelScreen
from sdd_tui.tui.screens.playground import PlaygroundScreen
from sdd_tui.tui.toast import tell

ENDED = ("stopped", "failed")
"""States that a run can be resumed from."""


class ControlKeys(PanelScreen):
    """Pause, step, stop, branch."""

    view: View
    _resuming = False

    def footer_word(self, action: str, word: str) -> str:
        """What can be asked of a trainer in the run's state, and a branch where there is a frame to begin at."""
        state = self.view.state
        match action:
            case "pause":
                return "Resume" if state in ENDED else "Go on" if state == "paused" else word if state in ACTIVE else ""
            case "single_step":
                return word if state == "paused" else ""
            case "stop":
                return word if state in ACTIVE else ""
            case "branch":
                return word if len(self.steps) else ""
        return super().footer_word(action, word)

    @property
    def footer_state(self) -> Hashable:
        """The run's state too, and whether it has a frame."""
        return super().footer_state, self.view.state, len(self.steps) > 0

    def action_pause(self) -> None:
        """Pause a running run, let a paused one go on, resume one that has stopped or failed."""
        if self.view.state in ENDED:
            self._offer_to_resume()
        elif self._active("pause"):
            paused = self.view.state == "paused"
            self._ask("continue" if paused else "pause", "to go on" if paused else "to pause")

    def _offer_to_resume(self) -> None:
        def answered(yes: bool | None) -> None:
            if yes and not self._resuming:  # a trainer takes a second to start
                self._resuming = True
                self.notify("Starting a trainer …", timeout=2)
                self._resume()

        words = f"Resume this run? It is {self.view.state}, and goes on from its last checkpoint, on this machine."
        self.app.push_screen(ConfirmScreen(words), answered)

    @work(thread=True)
    def _resume(self) -> None:
        """Start a trainer, a process of its own, as `sdd resume --detach` does."""
        problem = ""
        try:
            launch(self.view.run.path)
        except SddError as error:
            problem = str(error)
        self.app.call_from_thread(self._resumed, problem)

    def _resumed(self, problem: str) -> None:
        self._resuming = False
        if problem:
            self.notify(plain(problem, 300), severity="error", markup=False)

    def action_checkpoint(self) -> None:
        """Write a checkpoint now."""
        if self._active("write a checkpoint of"):
            self._ask("checkpoint", "for a checkpoint")

    def action_single_step(self) -> None:
        """One step on, then pause."""
        if self._active("do a step"):
            self.action_newest()  # where it is seen
            self._ask("step")

    def action_run_to(self) -> None:
        """Ask for a step, run there and pause."""

        def apply(text: str) -> None:
            ask(self.view.run.path, "run_to", asked_step(text))

        if self._active("run to a step"):
            words = "The run pauses at exactly this step, with a checkpoint."
            self.app.push_screen(AskScreen("Run to step", "", words, apply))

    def action_again(self) -> None:
        """The form with this run's settings."""
        if (config := self._config()) is not None:
            title = f"start {plain(unstamped(self.view.run.name), 60)} again, with changes"
            open_form(self.app, config, title, self.view.run.path.parent, self.services.open_run)

    def action_playground(self) -> None:
        """The playground, with this run's settings."""
        if (config := self._config()) is not None:
            self.app.push_screen(PlaygroundScreen(config, self.view.run.path.parent))

    def action_branch(self) -> None:
        """The form for a branch from the step in view."""
        if (config := self._config()) is not None:
            open_branch(self.app, self.view.run.path, config, self.view.step, self.services.open_run)

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
                self._ask("stop", "to stop")

        if self._active("stop"):
            question = "Stop this run? A checkpoint is written: p resumes it, and so does sdd resume."
            self.app.push_screen(ConfirmScreen(question), answered)

    def _active(self, what: str) -> bool:
        """Whether there is a trainer; says so where there is none."""
        active = self.view.state in ACTIVE
        if not active:
            self.notify(f"The run is {self.view.state}: there is no trainer to {what}.", markup=False, timeout=2)
        return active

    def _ask(self, request: str, words: str = "") -> None:
        """Put a request; `words` say that it was put, where what comes of it may take a while."""
        try:
            ask(self.view.run.path, request)
        except SddError as error:
            tell(self.app, error)
        else:
            if words:
                self.notify(f"The trainer is asked {words}.", timeout=1.5)

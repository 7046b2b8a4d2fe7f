"""Asks before something that can't be taken back by a key."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.base import ClosingScreen


class ConfirmScreen(ModalScreen[bool], ClosingScreen[bool]):
    """True for y or Enter, False for n or Esc."""

    BINDINGS = bindings("confirm")

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and the keys that answer it."""
        with Vertical(id="confirm"):
            yield Static(self._question, markup=False)
            yield Static("y yes   n no", classes="dim")

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)

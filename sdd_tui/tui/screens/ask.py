"""Asks for one line: the value there is can be changed, and a value that can't be used keeps the question open."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sdd_tui.errors import SddError, plain
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.toast import said
from sdd_tui.tui.widgets.line import Line


class AskScreen(ModalScreen[bool], ClosingScreen[bool]):
    """True once `apply` took the line, False for Esc."""

    BINDINGS = bindings("ask")

    CSS = """
    AskScreen { align: center middle; background: $background 60%; }
    #ask { width: 74; max-width: 96%; height: auto; border: round $accent; padding: 0 2; background: $surface; }
    #ask-problem { color: $text-error; height: auto; }
    """

    def __init__(self, question: str, value: str, words: str, apply: Callable[[str], object]) -> None:
        """`apply` uses the line, and raises SddError where it can't."""
        super().__init__()
        self._question, self._value, self._words, self._apply = question, value, words, apply

    def compose(self) -> ComposeResult:
        """The question, the line, and what is wrong with it."""
        with Vertical(id="ask"):
            yield Static(self._question, classes="heading", markup=False)
            yield Line(self._value, select_on_focus=False)
            yield Static(id="ask-problem", markup=False)
            yield Static(f"{self._words}  Enter takes it, Esc changes nothing.", classes="dim", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Use the line, or say why it can't be used."""
        unchanged = event.value == plain(self._value, len(self._value))  # it may hold what a line doesn't show
        try:
            self._apply(self._value if unchanged else event.value)
        except SddError as error:
            self.query_one("#ask-problem", Static).update(said(error))
        else:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Close; nothing has changed."""
        self.dismiss(False)

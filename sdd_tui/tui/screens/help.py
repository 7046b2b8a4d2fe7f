"""Help: the panel in focus, the keys of the screen below, and the paper's symbols."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from sdd_tui.notation import SYMBOLS
from sdd_tui.panels.panel import Panel
from sdd_tui.tui.keys import bindings, help_lines
from sdd_tui.tui.screens.base import ClosingScreen


class HelpScreen(ModalScreen[None], ClosingScreen[None]):
    """Closes with any of Esc, ? and q."""

    BINDINGS = bindings("help")

    def __init__(self, screen: str, panel: Panel[Any] | None = None) -> None:
        super().__init__()
        self._about, self._panel = screen, panel

    def compose(self) -> ComposeResult:
        """Panel, keys, symbols."""
        keys = Table.grid(padding=(0, 2))
        for key, words in help_lines(self._about):
            keys.add_row(Text(key, "bold"), Text(words))
        symbols = Table.grid(padding=(0, 2))
        for symbol in SYMBOLS:
            symbols.add_row(Text(symbol.symbol, "bold"), Text(symbol.meaning))
        with VerticalScroll(id="help"):
            if self._panel is not None:
                yield Static(self._panel.title, classes="heading", markup=False)
                yield Static(self._panel.about, markup=False)
            yield Static("Keys", classes="heading")
            yield Static(keys)
            yield Static("Symbols of the paper", classes="heading")
            yield Static(symbols)
            yield Static("Esc closes this page", classes="dim")

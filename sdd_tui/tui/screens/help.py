"""Help: the panel in focus, the keys of the screen below, and the paper's symbols."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from sdd_tui.notation import SYMBOLS
from sdd_tui.panels.panel import Panel
from sdd_tui.tui.keys import WITHOUT_KEY, bindings, help_rows
from sdd_tui.tui.screens.base import ClosingScreen


class HelpScreen(ModalScreen[None], ClosingScreen[None]):
    """Closes with any of Esc, ? and q."""

    BINDINGS = bindings("help")

    def __init__(self, screen: str, panel: Panel[Any] | None = None) -> None:
        super().__init__()
        self._about, self._panel = screen, panel

    def compose(self) -> ComposeResult:
        """Panel, keys, symbols."""
        groups = help_rows(self._about)
        width = max(len(keys) for heading, rows in groups.items() if heading != WITHOUT_KEY for keys, _ in rows)
        with VerticalScroll(id="help"):
            if self._panel is not None:
                yield Static(self._panel.title, classes="heading", markup=False)
                yield Static(self._panel.about, markup=False)
            for heading, rows in groups.items():
                yield Static(heading, classes="heading", markup=False)
                yield Static(_table(rows, 0 if heading == WITHOUT_KEY else width))
            yield Static("Symbols of the paper", classes="heading")
            yield Static(_table([(symbol.symbol, symbol.meaning) for symbol in SYMBOLS]))
            yield Static("Esc closes this page", classes="dim")

    def action_lines(self, by: int) -> None:
        """So many lines down."""
        self.query_one("#help").scroll_relative(y=by, animate=False)


def _table(rows: Iterable[tuple[str, str]], width: int = 0) -> Table:
    """A line a row; the first column of a width at least, so that tables stand below each other."""
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=width)
    for name, words in rows:
        table.add_row(Text(name, "bold"), Text(words))
    return table

"""The table of runs: cells change in place. Invariant: once the table has had the focus, the cursor stays
on its run, whatever slides in above it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import DataTable

from sdd_tui.run.index import Listed
from sdd_tui.tui.home.columns import Cell, Head, lay_out
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.theme import style


class RunTable(DataTable[Text]):
    """The runs; Enter opens one."""

    BINDINGS = bindings("runs")

    def __init__(self, id: str) -> None:
        super().__init__(id=id, cursor_type="row")
        self._runs: list[Listed] = []
        self._heads: list[Head] = []
        self._cells: dict[str, list[Cell]] = {}
        """Run -> what stands in its row."""
        self._dark = True
        """Whether the cells have the colours for dark grounds."""
        self._entered = False
        """Whether it has had the focus: what a key does is then about the run that was under the cursor."""

    def on_focus(self) -> None:
        """From now on the cursor stands on a run, no longer on the first row."""
        self._entered = True

    @property
    def highlighted(self) -> Listed | None:
        """The run under the cursor."""
        return self._runs[self.cursor_row] if 0 <= self.cursor_row < len(self._runs) else None

    def show(self, runs: list[Listed], marked: Sequence[str], now: float, at: str | None = None) -> None:
        """Show these runs; the cursor goes to `at`, or stays on its run; on the first row until it is entered."""
        before, scrolled = self.highlighted, self.scroll_offset.y
        keep = at or (before.name if before is not None and self._entered else None)
        scrollbar = self.styles.scrollbar_size_vertical if len(runs) >= self.size.height else 0
        heads, rows = lay_out(runs, marked, now, self.content_region.width - scrollbar)
        cells = dict(zip([run.name for run in runs], rows, strict=True))
        dark = self.app.current_theme.dark
        in_place = (heads, dark, list(cells)) == (self._heads, self._dark, list(self._cells))
        self._dark = dark
        old, self._runs, self._heads, self._cells = self._cells, runs, heads, cells
        if in_place:
            for name, row in cells.items():
                for head, cell, was in zip(heads, row, old[name], strict=True):
                    if cell != was:
                        self.update_cell(name, head.name, self._text(head, cell))
        else:
            self._rebuild()
        if keep in cells and (at or not in_place):
            self.move_cursor(row=list(cells).index(keep), animate=False, scroll=at is not None)
        if not in_place and at is None:
            self.scroll_to(y=scrolled, animate=False)

    def _rebuild(self) -> None:
        self.clear(columns=True)
        for head in self._heads:
            label = Text(head.name, justify="right" if head.right else "left")
            self.add_column(label, width=head.width, key=head.name)
        for name, row in self._cells.items():
            self.add_row(*(self._text(head, cell) for head, cell in zip(self._heads, row, strict=True)), key=name)

    def _text(self, head: Head, cell: Cell) -> Text:
        words, colour = cell
        return Text(words, style(colour, self._dark), justify="right" if head.right else "left")

"""The right side of Home: filter, runs, what is known of the highlighted one, and what can be done with runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import time as now

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import DataTable, Input, Label, Static

from sdd_tui.errors import SddError, plain
from sdd_tui.numerals import counted
from sdd_tui.run.filter import Filter, parse
from sdd_tui.run.index import Listed, list_runs
from sdd_tui.run.status import read_status
from sdd_tui.tui.home import actions
from sdd_tui.tui.home.columns import ORDERS, ordered
from sdd_tui.tui.home.details import details
from sdd_tui.tui.home.table import RunTable
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.settings import Memory
from sdd_tui.tui.widgets.line import Line

NO_RUNS = """No runs yet. On the left, in the paper's order, is what there is to see.

Enter  starts what is under the cursor
T      takes you through six recorded models
P      lets you turn the dials of a small one
S      shows the paper's sweeps

What you train will be listed here."""


class RunsPanel(Vertical):
    """The runs of a directory, as they are on disk whenever `follow` is called."""

    BINDINGS = bindings("panel")

    def __init__(self, runs: Path, opened: Callable[[Path], object], memory: Memory, id: str) -> None:
        """`opened` shows a run that was started from here; filter and order are kept in `memory`."""
        super().__init__(id=id)
        self._runs, self._opened, self._memory = runs, opened, memory
        self._listed: list[Listed] = []
        self._trouble = ""
        self._filter = Filter()
        self._order, self._backwards = 0, False
        self._marked: list[str] = []

    def compose(self) -> ComposeResult:
        """Filter, table, details."""
        with Horizontal(id="filter-line"):
            yield Label("filter ")
            yield Line(id="filter", placeholder="words  T<=100  test<1  state:failed  tag:paper  -word", compact=True)
        yield Static(id="filter-problem", markup=False)
        yield RunTable(id="runs")
        yield Static(id="no-runs", markup=False)
        yield Static(id="details", markup=False)

    def on_mount(self) -> None:
        """Filtered and sorted as the last time."""
        kept = self._memory.table("home")
        words = [order.words for order in ORDERS]
        self._order = words.index(kept["order"]) if kept.get("order") in words else 0
        self._backwards = kept.get("backwards") is True
        typed = kept["filter"] if isinstance(kept.get("filter"), str) else ""
        self.query_one("#filter-line").display = bool(typed)
        self.query_one("#filter", Line).value = typed
        self._parse(typed)
        self.query_one("#details").border_title = "highlighted run"
        self.follow()

    def on_resize(self, event: Resize) -> None:
        """Other columns may fit now."""
        self.call_after_refresh(self._show)

    @property
    def table(self) -> RunTable:
        """The runs that the filter leaves."""
        return self.query_one(RunTable)

    def follow(self) -> None:
        """Show the runs as they are on disk now."""
        self._look()
        there = {run.name for run in self._listed}
        self._marked = [name for name in self._marked if name in there]
        self._show()

    def _look(self) -> None:
        self._trouble = ""
        try:
            self._listed = list_runs(self._runs)
        except SddError as error:
            self._listed, self._trouble = [], plain(str(error), 300)

    def _show(self, at: str | None = None) -> None:
        order = ORDERS[self._order]
        shown = ordered(filter(self._filter, self._listed), order, self._backwards)
        table = self.table
        table.display = bool(shown)
        table.show(shown, self._marked, now(), at)
        part, every = len(shown), len(self._listed)
        count = counted(every, "run") if part == every else f"{part:,} of {every:,} runs"
        marked = len(self._marked)
        title = f"{count}, {order.backwards if self._backwards else order.words}" if self._listed else "runs"
        subtitle = f"{marked} marked{': C compares them, t tags, d trashes' * (marked > 1)}" if marked else ""
        if (title, subtitle) != (table.border_title, table.border_subtitle):  # setting either paints the whole table
            table.border_title, table.border_subtitle = title, subtitle
        empty = self.query_one("#no-runs", Static)
        empty.display = not shown
        _say(empty, Text("No run matches. Esc clears the filter." if self._listed else self._trouble or NO_RUNS))
        self._show_details()

    def _show_details(self) -> None:
        run, panel = self.table.highlighted, self.query_one("#details", Static)
        panel.set_class(not self._listed, "empty")
        if run is None:
            _say(panel, Text(""))
            return
        try:
            status = read_status(run.path)
        except SddError:
            status = {}
        _say(panel, details(run, status, panel.content_size.width))

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._show_details()

    @on(DataTable.HeaderSelected)
    def _head_clicked(self, event: DataTable.HeaderSelected) -> None:
        columns = [order.column for order in ORDERS]
        if event.column_key.value in columns:
            self._sort(columns.index(event.column_key.value))

    def sort_next(self) -> None:
        """Sort by the next column."""
        self._sort((self._order + 1) % len(ORDERS))

    def reverse(self) -> None:
        """The other way round."""
        self._sort(self._order)

    def _sort(self, order: int) -> None:
        """Sort in an order; in the one there is, the other way round."""
        self._backwards = order == self._order and not self._backwards
        self._order = order
        self._keep()
        self._show()

    def _keep(self) -> None:
        typed = self.query_one("#filter", Line).value
        home = {"filter": typed, "order": ORDERS[self._order].words, "backwards": self._backwards}
        self._memory.keep(home=home)

    def open_filter(self) -> None:
        """Let a filter be typed."""
        self.query_one("#filter-line").display = True
        self.screen.set_focus(self.query_one("#filter"))  # at once: what is typed next belongs there
        self.refresh_bindings()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self._parse(event.value)
        self._keep()
        self._show()

    def _parse(self, typed: str) -> None:
        self._filter = parse(typed)
        problem = self.query_one("#filter-problem", Static)
        problem.update(self._filter.problem)
        problem.display = bool(self._filter.problem)

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        if self.table.display:
            self.table.focus()

    @property
    def filtered(self) -> bool:
        """Whether there is a filter, typed or being typed."""
        return self.is_mounted and bool(self.query_one("#filter-line").display)

    def clear_filter(self) -> None:
        """Show every run again."""
        line = self.query_one("#filter", Line)
        line.value = ""
        self._filter = Filter()
        self._show()
        if line.has_focus and self.table.display:
            self.table.focus()
        self.query_one("#filter-line").display = False
        self.query_one("#filter-problem").display = False
        self.refresh_bindings()

    def action_mark(self) -> None:
        """Mark the run, or take its mark away."""
        run = self.table.highlighted
        if run is None:
            return
        if run.name in self._marked:
            self._marked.remove(run.name)
        else:
            self._marked.append(run.name)
        self._show()

    @property
    def _meant(self) -> list[Listed]:
        """What tags and trash are about: the highlighted run, or every marked one where it is one of them."""
        run = self.table.highlighted
        if run is not None and run.name in self._marked:
            return [run for run in self._listed if run.name in self._marked]
        return [] if run is None else [run]

    def action_compare(self) -> None:
        """Show the marked runs beside each other."""
        actions.compare(self.app, [self._runs / name for name in self._marked])

    def action_again(self) -> None:
        """The form, with this run's configuration."""
        if run := self.table.highlighted:
            actions.again(self.app, run, self._runs, self._opened)

    def action_rename(self) -> None:
        """Give the run another name."""
        if run := self.table.highlighted:
            actions.rename(self.app, run, self._renamed)

    def _renamed(self, old: str, new: str) -> None:
        self._marked = [new if name == old else name for name in self._marked]
        self._look()
        self._show(new)

    def action_tags(self) -> None:
        """Change the run's tags, or those of the marked ones."""
        if runs := self._meant:
            actions.tags(self.app, runs, self.follow)

    def action_note(self) -> None:
        """Change the run's note."""
        if run := self.table.highlighted:
            actions.note(self.app, run, self.follow)

    def action_trash(self) -> None:
        """Move the run, or the marked ones, to the trash folder, after asking."""
        if runs := self._meant:
            actions.trash(self.app, runs, self.follow)


def _say(static: Static, words: Text) -> None:
    """Show these words, if they are others: any update lays the whole screen out and sends all of it anew."""
    if words != static.content:
        static.update(words)

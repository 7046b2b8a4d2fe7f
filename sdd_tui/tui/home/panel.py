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

from sdd_tui.errors import SddError
from sdd_tui.notation import counted
from sdd_tui.panels.comparison import MOST
from sdd_tui.store.filter import Filter, parse
from sdd_tui.store.index import Listed, list_runs
from sdd_tui.store.status import read_status
from sdd_tui.tui.home import actions
from sdd_tui.tui.home.columns import ORDERS
from sdd_tui.tui.home.details import details
from sdd_tui.tui.home.table import RunTable
from sdd_tui.tui.keys import bindings

NO_RUNS = "No runs yet. Enter on a preset starts one."


class RunsPanel(Vertical):
    """The runs of a directory, as they are on disk whenever `follow` is called."""

    BINDINGS = bindings("panel")

    def __init__(self, runs: Path, opened: Callable[[Path], object], id: str) -> None:
        """`opened` shows a run that was started from here."""
        super().__init__(id=id)
        self._runs, self._opened = runs, opened
        self._listed: list[Listed] = []
        self._filter = Filter()
        self._order = 0
        self._marked: list[str] = []

    def compose(self) -> ComposeResult:
        """Filter, table, details."""
        with Horizontal(id="filter-line"):
            yield Label("filter ")
            yield Input(id="filter", placeholder="words  T<=100  test<1  state:failed  tag:paper  -word", compact=True)
        yield Static(id="filter-problem", markup=False)
        yield RunTable(id="runs")
        yield Static(id="no-runs", markup=False)
        yield Static(id="details", markup=False)

    def on_mount(self) -> None:
        """No filter yet."""
        self.query_one("#filter-line").display = False
        self.query_one("#filter-problem").display = False
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
        self._listed = list_runs(self._runs)
        there = {run.name for run in self._listed}
        self._marked = [name for name in self._marked if name in there]
        self._show()

    def _show(self, at: str | None = None) -> None:
        words, _, key = ORDERS[self._order]
        shown = sorted((run for run in self._listed if self._filter(run)), key=key)
        table = self.table
        table.display = bool(shown)
        table.show(shown, self._marked, now(), at)
        part, every = len(shown), len(self._listed)
        count = counted(every, "run") if part == every else f"{part:,} of {every:,} runs"
        marked = len(self._marked)
        title = f"{count}, {words}" if self._listed else "runs"
        subtitle = f"{marked} marked{': C compares them' * (marked > 1)}" if marked else ""
        if (title, subtitle) != (table.border_title, table.border_subtitle):  # setting either paints the whole table
            table.border_title, table.border_subtitle = title, subtitle
        empty = self.query_one("#no-runs", Static)
        empty.display = not shown
        _say(empty, Text("No run matches. Esc clears the filter." if self._listed else NO_RUNS))
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
        orders = [column for _, column, _ in ORDERS]
        if event.column_key.value in orders:
            self._order = orders.index(event.column_key.value)
            self._show()

    def sort_next(self) -> None:
        """Sort by the next column."""
        self._order = (self._order + 1) % len(ORDERS)
        self._show()

    def open_filter(self) -> None:
        """Let a filter be typed."""
        self.query_one("#filter-line").display = True
        self.query_one("#filter").focus()
        self.refresh_bindings()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        self._filter = parse(event.value)
        problem = self.query_one("#filter-problem", Static)
        problem.update(self._filter.problem)
        problem.display = bool(self._filter.problem)
        self._show()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        if self.table.display:
            self.table.focus()

    def action_clear_filter(self) -> None:
        """Show every run again."""
        line = self.query_one("#filter", Input)
        line.value = ""
        self._filter = Filter()
        self._show()
        if line.has_focus and self.table.display:
            self.table.focus()
        self.query_one("#filter-line").display = False
        self.query_one("#filter-problem").display = False
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc has nothing to do here without a filter, and isn't offered."""
        return action != "clear_filter" or bool(self.query_one("#filter-line").display)

    def action_mark(self) -> None:
        """Mark the run for comparison, or take its mark away."""
        run = self.table.highlighted
        if run is None:
            return
        if run.name in self._marked:
            self._marked.remove(run.name)
        elif len(self._marked) == MOST:
            self.notify(f"{MOST} runs are marked, and more are not compared at once.", timeout=3)
        else:
            self._marked.append(run.name)
        self._show()

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
        self._listed = list_runs(self._runs)
        self._show(new)

    def action_tags(self) -> None:
        """Change the run's tags."""
        if run := self.table.highlighted:
            actions.tags(self.app, run, self.follow)

    def action_note(self) -> None:
        """Change the run's note."""
        if run := self.table.highlighted:
            actions.note(self.app, run, self.follow)

    def action_trash(self) -> None:
        """Move the run to the trash folder, after asking."""
        if run := self.table.highlighted:
            actions.trash(self.app, run, self.follow)


def _say(static: Static, words: Text) -> None:
    """Show these words, if they are others: any update lays the whole screen out and sends all of it anew."""
    if words != static.content:
        static.update(words)

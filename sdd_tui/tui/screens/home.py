"""Home: what there is to train, and the runs there are."""

from __future__ import annotations

import re
from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import DataTable, Footer, OptionList, Static
from textual.widgets.option_list import Option

from sdd_tui import catalog
from sdd_tui.errors import SddError, plain
from sdd_tui.store.create import create
from sdd_tui.store.index import Listed, list_runs
from sdd_tui.store.launch import launch
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.run import RunScreen

POLL_S = 0.5
"""Seconds between two looks at the runs directory."""

COLUMNS = ("run", "state", "train", "test")

STAMP = re.compile(r"^\d{8}-\d{6}-")
"""The time at the start of a name that nobody chose; left out in the table, which is in order of time."""

STATE_COLOURS = {"running": "green", "starting": "green", "paused": "yellow", "failed": "red", "damaged": "red"}


class PresetList(OptionList):
    """The presets; Enter starts one."""

    BINDINGS = bindings("presets")


class RunTable(DataTable[Text]):
    """The runs; Enter opens one."""

    BINDINGS = bindings("runs")


class HomeScreen(Screen[None]):
    """Presets on the left, runs on the right, what the highlighted preset shows below."""

    BINDINGS = bindings("home")

    def __init__(self, runs: Path) -> None:
        super().__init__()
        self._runs = runs
        self._presets = catalog.presets()
        self._listed: list[Listed] | None = None
        self._starting = False

    def compose(self) -> ComposeResult:
        """Title, lists, what the preset shows, footer."""
        yield Static(
            "sdd-tui  a microscope for superposition, memorization and double descent", id="title", markup=False
        )
        with Horizontal(id="lists"):
            presets = PresetList(*(self._option(p) for p in self._presets), id="presets")
            presets.border_title = "presets"
            yield presets
            with Vertical(id="runs-panel"):
                table = RunTable(id="runs", cursor_type="row")
                table.border_title = "runs"
                yield table
                yield Static("No runs yet. Enter on a preset starts one.", id="no-runs")
        about = Static(id="about", markup=False)
        about.border_title = "what it shows"
        yield about
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table, and follow the disk from now on."""
        table = self.query_one(DataTable)
        for column in COLUMNS:
            table.add_column(column, key=column)
        presets = self.query_one("#presets", OptionList)
        names = [p.name for p in self._presets]
        presets.highlighted = names.index("pentagon") if "pentagon" in names else 0
        presets.focus()
        self.follow()
        self.set_interval(POLL_S, self.follow)

    def follow(self) -> None:
        """Show the runs as they are on disk now; the cursor stays on its run, or on the newest one."""
        if not self.is_current:
            return
        listed = list_runs(self._runs)
        if listed == self._listed:
            return
        table = self.query_one(DataTable)
        at = self._selected()
        if [r.name for r in listed] != [r.name for r in self._listed or []]:
            table.clear()
            for run in listed:
                table.add_row(*self._cells(run), key=run.name)
            if self._moved and at is not None and at.name in [r.name for r in listed]:
                table.move_cursor(row=table.get_row_index(at.name))
        else:
            for run in listed:
                for column, cell in zip(COLUMNS, self._cells(run), strict=True):
                    table.update_cell(run.name, column, cell, update_width=True)
        self._listed = listed
        table.display = bool(listed)
        self.query_one("#no-runs").display = not listed

    def on_screen_resume(self) -> None:
        """Catch up at once with what happened while another screen was shown."""
        if self.is_mounted:
            self.follow()

    def on_resize(self, event: Resize) -> None:
        """Leave the words about a preset out where the lists would have no room."""
        self.query_one("#about").display = event.size.height >= 16

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the preset shows."""
        preset = self._presets[event.option_index]
        figure, *words = preset.comment().splitlines()
        self.query_one("#about", Static).update(Text.assemble((figure, "bold"), "\n", " ".join(words)))

    @work(thread=True)
    def start(self, preset: str) -> None:
        """Create a run and its trainer, a process of its own, then open it."""
        try:
            run = create(catalog.load(preset), self._runs)
            launch(run)
        except SddError as error:
            self.app.call_from_thread(self._started, None, str(error))
            return
        self.app.call_from_thread(self._started, run, "")

    def _started(self, run: Path | None, problem: str) -> None:
        self._starting = False
        self.query_one("#presets").border_subtitle = ""
        if run is None:
            self.notify(problem, severity="error", markup=False)
        else:
            self.open_run(run)

    def open_run(self, run: Path) -> None:
        """Show a run."""
        try:
            self.app.push_screen(RunScreen(run))
        except SddError as error:
            self.notify(str(error), severity="error", markup=False)

    def _start(self, preset: str) -> None:
        if not self._starting:  # a second Enter while a trainer starts, which takes a second, is not a second run
            self._starting = True
            self.query_one("#presets").border_subtitle = f"starting {plain(preset)} …"
            self.start(preset)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on a preset starts a run of it."""
        self._start(self._presets[event.option_index].name)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a click on a run opens it."""
        if event.row_key.value is not None:
            self.open_run(self._runs / event.row_key.value)

    def action_other_list(self) -> None:
        """Go to the other list."""
        presets, table = self.query_one("#presets"), self.query_one(DataTable)
        (table if presets.has_focus and self._listed else presets).focus()

    def action_help(self) -> None:
        """Keys and symbols."""
        self.app.push_screen(HelpScreen("home"))

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()

    @property
    def _moved(self) -> bool:
        """Whether someone has moved the cursor of the runs from the newest one."""
        return self.query_one(DataTable).cursor_row > 0

    def _selected(self) -> Listed | None:
        row, listed = self.query_one(DataTable).cursor_row, self._listed or []
        return listed[row] if 0 <= row < len(listed) else None

    @staticmethod
    def _option(preset: catalog.Preset) -> Option:
        return Option(Text.assemble((f"{preset.name:<11}", "bold"), (preset.title, "dim")), id=preset.name)

    @staticmethod
    def _cells(run: Listed) -> list[Text]:
        state = run.state
        if state in ("running", "paused") and run.steps and run.step is not None:
            state += f" {100 * run.step // run.steps} %"
        losses = ["" if v is None else f"{v:.3g}" for v in (run.train_loss, run.test_loss)]
        return [
            Text(plain(STAMP.sub("", run.name), 30)),
            Text(state, STATE_COLOURS.get(run.state, "")),
            *(Text(loss, justify="right") for loss in losses),
        ]

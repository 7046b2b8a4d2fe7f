"""Home: what there is to see and to train, in the paper's order, and the runs there are."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import DataTable, OptionList, Static

from sdd_tui import presets
from sdd_tui.draw.plane import extent, plane
from sdd_tui.errors import SddError, plain
from sdd_tui.numerals import rounded
from sdd_tui.panels.system import duration
from sdd_tui.paper.kept import example
from sdd_tui.run.create import create
from sdd_tui.training.launch import launch
from sdd_tui.tui.home.expected import expected
from sdd_tui.tui.home.experiment_list import ExperimentList
from sdd_tui.tui.home.experiments import Experiment
from sdd_tui.tui.home.panel import RunsPanel
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.launch_forms import open_form
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.playground import PlaygroundScreen
from sdd_tui.tui.screens.sweep_form import SweepFormScreen
from sdd_tui.tui.screens.sweeps import SweepsScreen
from sdd_tui.tui.services import AppScreen
from sdd_tui.tui.toast import tell
from sdd_tui.tui.tour.screen import CURVE, tour
from sdd_tui.tui.widgets.footer import KeyFooter
from sdd_tui.tui.widgets.picture import Picture

POLL_S = 0.5
"""Seconds between two looks at the runs directory, at least."""

SLOW_POLL_S = 2.0
"""The same on a slow link, over which ages and steps are sent."""

SHARE = 0.1
"""Of the time, at most, goes into looking: thousands of runs on a slow file system are looked at less often."""

ROOMY, TALL = 100, 34
"""Cells from which the left side is wide; lines from which there is room for the expected picture."""

FIRST = "pentagon"
"""Where the cursor stands at first, and what the playground begins with."""

TITLE = ("sdd-tui  a microscope for superposition, memorization and double descent", "? help  q quit")


class HomeScreen(AppScreen):
    """Experiments on the left with what they show, runs on the right."""

    BINDINGS = bindings("home")

    CSS_PATH = "home.tcss"

    def __init__(self, runs: Path) -> None:
        super().__init__()
        self._runs = runs
        self._starting = False

    def compose(self) -> ComposeResult:
        """Title, experiments and runs, footer."""
        yield Static(id="title", markup=False)
        with Horizontal(id="lists"):
            with Vertical(id="left"):
                experiments = ExperimentList()
                experiments.border_title = "experiments"
                yield experiments
                with VerticalScroll(id="about", can_focus=False) as about:
                    yield Static(id="about-words", markup=False)
                about.border_title = "what it shows"
                yield Picture("expected", id="expected")
            yield RunsPanel(self._runs, self.open_run, self.services.memory, id="runs-panel")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Follow the disk from now on."""
        names = [item and item.name for item in self._list.items]
        self._list.highlighted = names.index(FIRST) if FIRST in names else 1
        self._list.focus()
        self._timer = self.set_timer(POLL_S, self._look)

    def _look(self) -> None:
        began = time.perf_counter()
        self._panel.follow()
        least = SLOW_POLL_S if self.services.pace.words else POLL_S
        self._timer = self.set_timer(max(least, (time.perf_counter() - began) / SHARE), self._look)

    def on_screen_suspend(self) -> None:
        """Lie still below another screen: Textual repaints all of that one whenever anything stirs below it."""
        self._timer.stop()

    def on_screen_resume(self) -> None:
        """Catch up at once with what happened while another screen was shown."""
        if self._panel.is_mounted:
            self._timer.stop()
            self._look()

    def on_resize(self, event: Resize) -> None:
        """Small terminals keep the lists."""
        width, height = event.size
        lists = self.query_one("#lists")
        lists.set_class(width < ROOMY, "narrow")
        lists.set_class(height < TALL, "flat")
        lists.set_class(height < 16, "low")
        left, right = TITLE if width >= ROOMY else ("sdd-tui", TITLE[1])
        self.query_one("#title", Static).update(f"{left:<{max(0, width - 2 - len(right))}}{right}")
        self.call_after_refresh(self._say_scrollable)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say and draw what it shows."""
        self.refresh_bindings()
        if (chosen := self._list.chosen) is None:
            return
        self.query_one("#about-words", Static).update(Text.assemble(chosen.words, (f"\n{chosen.figure}", "dim")))
        self.query_one("#about").scroll_home(animate=False)
        self.call_after_refresh(self._say_scrollable)
        self._draw_expected(chosen)
        self._say_cost(chosen)

    def _draw_expected(self, chosen: Experiment) -> None:
        picture, panel = expected(chosen.name), self.query_one("#expected", Picture)
        self.query_one("#left").set_class(picture is not None, "has-picture")
        if picture is None:
            return
        half = extent(picture.vectors)
        draw = partial(plane, picture.vectors, colour=picture.colour, limit=half)
        panel.show(draw, f"{picture.symbol}  ±{rounded(half, 3)}")

    @work(thread=True, exclusive=True)
    def _say_cost(self, chosen: Experiment) -> None:
        seconds = chosen.seconds()  # a sweep has to be read for it

        def say() -> None:
            if self._chosen == chosen:
                self.query_one("#about").border_title = (
                    "what it shows" if seconds is None else f"about {duration(max(1, seconds))} here"
                )

        self.app.call_from_thread(say)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Settings and a picture are of a model; without a filter Esc has nothing to do, and isn't offered."""
        if action == "clear_filter":
            return self.is_there and self._panel.filtered
        model = (chosen := self._chosen) is not None and chosen.kind == "model"
        return super().check_action(action, parameters) and (model or action not in ("form", "picture"))

    def _say_scrollable(self) -> None:
        about = self.query_one("#about")
        about.border_subtitle = "{ } scroll" if about.max_scroll_y else ""

    @work(thread=True)
    def start(self, preset: str) -> None:
        """Create a run and its trainer, a process of its own, then open it."""
        try:
            run = create(presets.load(preset), self._runs)
            launch(run)
        except SddError as error:
            self.app.call_from_thread(self._started, error)
            return
        self.app.call_from_thread(self._started, run)

    def _started(self, run: Path | SddError) -> None:
        self._starting = False
        self._list.border_subtitle = ""
        if isinstance(run, SddError):
            tell(self.app, run)
        else:
            self.open_run(run)

    def open_run(self, run: Path) -> None:
        """Show a run."""
        self.services.open_run(run)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click starts it, or opens what is there."""
        match self._list.items[event.option_index]:
            case Experiment(kind="tour"):
                self.action_tour()
            case Experiment(kind="results"):
                self._open_results()
            case Experiment(kind="others"):
                self.action_sweeps()
            case Experiment(kind="sweep", name=name):
                self._open_sweep_form(name)
            case Experiment(name=name) if not self._starting:
                self._starting = True  # a second Enter while a trainer starts, for a second, is not a second run
                self._list.border_subtitle = f"starting {plain(name)} …"
                self.start(name)

    def _open_results(self) -> None:
        try:
            self.services.open_sweep(example(CURVE))
        except SddError as error:
            tell(self.app, error)

    def _open_sweep_form(self, name: str) -> None:
        try:
            self.app.push_screen(SweepFormScreen(name, self._runs), self._open_sweep)
        except SddError as error:
            tell(self.app, error)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a second click on a run opens it."""
        if event.row_key.value is not None:
            self.open_run(self._runs / event.row_key.value)

    def action_form(self) -> None:
        """The form, with the preset's configuration."""
        if (chosen := self._list.chosen) is not None:
            name = chosen.name
            open_form(self.app, presets.load(name), f"start {name}, with changes", self._runs, self.open_run)

    def action_other_list(self) -> None:
        """Go to the other list."""
        table = self._panel.table
        self.set_focus(table if self._list.has_focus and table.display else self._list)

    def action_filter(self) -> None:
        """Let a filter of the runs be typed."""
        self._panel.open_filter()

    def action_clear_filter(self) -> None:
        """Show every run again, from whichever list."""
        self._panel.clear_filter()

    def action_sort(self) -> None:
        """Sort the runs by the next column."""
        self._panel.sort_next()

    def action_reverse(self) -> None:
        """The runs the other way round."""
        self._panel.reverse()

    def action_picture(self) -> None:
        """The expected picture in the place of the words, or the words again."""
        self.query_one("#lists").toggle_class("pictured")

    def action_about(self, by: int) -> None:
        """The words about the preset up or down, where not all fit."""
        self.query_one("#about").scroll_relative(y=by, animate=False)

    def action_tour(self) -> None:
        """Six models and what each of them shows."""
        self.app.push_screen(tour(self.services.memory))

    def action_playground(self) -> None:
        """The playground, with the settings of the model under the cursor."""
        chosen = self._list.chosen
        name = chosen.name if chosen and chosen.kind == "model" else FIRST
        self.app.push_screen(PlaygroundScreen(presets.load(name), self._runs))

    def action_sweeps(self) -> None:
        """The sweeps there are."""
        self.app.push_screen(SweepsScreen(self._runs), self._open_sweep)

    def _open_sweep(self, folder: Path | None) -> None:
        if folder is not None:
            self.services.open_sweep(folder)

    def action_help(self) -> None:
        """Keys and symbols."""
        self.app.push_screen(HelpScreen("home"))

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()

    @property
    def _chosen(self) -> Experiment | None:
        """The experiment under the cursor; None before the list is there, and while the app ends."""
        lists = self.query(ExperimentList)
        return lists.first().chosen if self.is_there and lists else None

    @property
    def _list(self) -> ExperimentList:
        return self.query_one(ExperimentList)

    @property
    def _panel(self) -> RunsPanel:
        return self.query_one(RunsPanel)

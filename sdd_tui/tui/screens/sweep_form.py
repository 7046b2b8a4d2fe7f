"""The form that starts a sweep: the values of its axes, and what training them costs before it begins."""

from __future__ import annotations

from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from sdd_tui.errors import SddError
from sdd_tui.numerals import counted
from sdd_tui.panels.system import duration
from sdd_tui.sweep.axes import Axis
from sdd_tui.sweep.data_check import check_files
from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.estimate import cost
from sdd_tui.sweep.launch import launch
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import load
from sdd_tui.sweep.session import check, gpus_of
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.toast import said
from sdd_tui.tui.widgets.line import Line

OTHER = "other settings"


class SweepFormScreen(ModalScreen[Path | None], ClosingScreen[Path | None]):
    """Closes with the sweep that was started, or None."""

    BINDINGS = bindings("sweep-form")

    CSS = """
    SweepFormScreen { align: center middle; background: $background 60%; }
    #sweep-form { width: 90; max-width: 96%; height: auto; max-height: 96%; overflow-y: auto; }
    #sweep-form { border: round $accent; padding: 0 2; background: $surface; }
    #sweep-form Horizontal { height: 1; }
    #sweep-form Label { width: 16; color: $text-muted; }
    #sweep-form Line { width: 1fr; height: 1; border: none; padding: 0 1; background: $surface-lighten-1; }
    #sweep-form Line:focus { background: $primary-darken-1; }
    #sweep-cost { margin: 1 0 0 0; height: auto; }
    #sweep-cost.wrong { color: $text-error; }
    """

    def __init__(self, preset: str, runs: Path) -> None:
        """Raises SddError for a preset that can't be read."""
        super().__init__()
        self._preset, self._runs = preset, runs
        self._sweep = load(preset)
        self._written = {axis.key: _text(axis) for axis in self._sweep.axes}
        self._starting = False

    def compose(self) -> ComposeResult:
        """A line an axis, and what it comes to."""
        with Vertical(id="sweep-form"):
            yield Static(f"Start {self._preset}: {self._sweep.title}", classes="heading", markup=False)
            for key, text in self._written.items():
                with Horizontal():
                    yield Label(key, markup=False)
                    yield Line(text, name=key, select_on_focus=False)
            with Horizontal():
                yield Label(OTHER)
                yield Line("", name=OTHER, placeholder="steps=5000 lr=3e-4")
            yield Static(id="sweep-cost", markup=False)
            hints = "Values with commas, or range(0, 4), logspace(3, 1e4, 12).  Enter starts, Esc leaves."
            yield Static(hints, classes="dim", markup=False)

    def on_mount(self) -> None:
        """Say what it costs as it is."""
        self._weigh(self._overrides)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it costs now."""
        self._weigh(self._overrides)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Start it."""
        if not self._starting:
            self._starting = True
            self._say("starting …")
            self._start(self._overrides)

    def action_line(self, by: int) -> None:
        """To the next line, or the one before."""
        (self.focus_next if by > 0 else self.focus_previous)(Line)

    def action_leave(self) -> None:
        """Close; nothing has begun."""
        self.dismiss(None)

    @property
    def _overrides(self) -> list[str]:
        lines = {line.name: line.value for line in self.query(Line)}
        changed = [f"{key}={lines[key]}" for key, text in self._written.items() if lines[key] != text]
        return [*changed, *(lines[OTHER] or "").split()]

    @work(thread=True, exclusive=True)
    def _weigh(self, overrides: list[str]) -> None:
        try:
            words, wrong = _cost(load(self._preset, overrides)), False
        except SddError as error:
            words, wrong = said(error), True
        self.app.call_from_thread(self._say, words, wrong, overrides)

    @work(thread=True)
    def _start(self, overrides: list[str]) -> None:
        try:
            folder = create_sweep(load(self._preset, overrides), self._runs)
            launch(folder)
        except SddError as error:
            self.app.call_from_thread(self._failed, said(error))
            return
        self.app.call_from_thread(self.dismiss, folder)

    def _failed(self, words: str) -> None:
        self._starting = False
        self._say(words, True)

    def _say(self, words: str, wrong: bool = False, of: list[str] | None = None) -> None:
        """Under the lines; what is `of` other values than stand there now comes too late."""
        if self.is_there and (of is None or (of == self._overrides and not self._starting)):
            cost = self.query_one("#sweep-cost", Static)
            cost.update(words)
            cost.set_class(wrong, "wrong")


def _cost(sweep: Sweep) -> str:
    """How many cells, how long here, and how much disk. Raises ConfigError, NotFoundError for what can't be trained."""
    sweep.check()
    check_files(sweep)
    cells = sweep.cells()
    seconds, size = cost(cells, check(gpus=gpus_of(sweep)).places)
    return f"{counted(len(cells), 'model')}, about {duration(seconds)} here, {size / 1e6:,.0f} MB"


def _text(axis: Axis) -> str:
    """An axis's values as they are typed."""
    return axis.written if isinstance(axis.written, str) else ", ".join(map(str, axis.written))

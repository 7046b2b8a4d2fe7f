"""Sweeps: those there are, the paper's that come with the program, and the presets that start one."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sdd_tui.errors import SddError, plain
from sdd_tui.paper import kept
from sdd_tui.presets import Preset
from sdd_tui.sweep import manage
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.sweep.presets import presets
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.tui.home import actions
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.screens.sweep_form import SweepFormScreen
from sdd_tui.tui.toast import tell
from sdd_tui.tui.widgets.options import Options

NO_SWEEPS = "none yet: Enter on one of these starts it"


class SweepsScreen(ModalScreen[Path | None], ClosingScreen[Path | None]):
    """Closes with the sweep that was chosen or started, or None."""

    BINDINGS = bindings("sweeps")

    CSS = """
    SweepsScreen { align: center middle; }
    #sweeps { width: 96; max-width: 98%; height: auto; max-height: 96%; background: $surface; }
    #sweeps { border: round $accent; padding: 0 1; }
    #sweeps Options { height: auto; max-height: 24; border: none; background: $surface; }
    #sweeps-about { height: 3; color: $text-muted; }
    #sweeps-trouble { height: auto; color: $text-error; }
    """

    def __init__(self, runs: Path) -> None:
        super().__init__()
        self._runs = runs
        self._items: list[Path | Preset | None] = []
        """What each line of the list is; None for a heading."""
        self._kept = kept.sweeps()

    def compose(self) -> ComposeResult:
        """A line a sweep, newest first, then what can be started, and what is known of the line in focus."""
        with Vertical(id="sweeps"):
            yield Options()
            yield Static(id="sweeps-trouble", markup=False)
            yield Static(id="sweeps-about", markup=False)
            yield Static("Enter opens or starts, r renames, d moves to the trash, Esc closes", classes="dim")

    def on_mount(self) -> None:
        """Read them."""
        self._fill()
        self._list.focus()

    def _fill(self, name: str = "") -> None:
        """Read the sweeps; the highlight goes to the one of a name, or stays where it is."""
        at, trouble = self._list.highlighted, ""
        try:
            mine = list_sweeps(self._runs)
        except SddError as error:
            mine, trouble = [], plain(str(error), 300)
        self.query_one("#sweeps-trouble", Static).update(trouble)
        none = "" if mine or trouble else NO_SWEEPS
        lines: list[tuple[Path | Preset | None, Text]] = [(None, _heading("Sweeps", none))]
        lines += [(folder, _line(folder)) for folder in mine]
        if self._kept:
            lines += [(None, _heading("Results that come with the program", "nothing to train"))]
            lines += [(folder, _line(folder)) for folder in self._kept]
        lines += [(None, _heading("Start one", "at the paper's scale, and -quick scaled down to minutes"))]
        lines += [(preset, _preset_line(preset)) for preset in _quick_first(presets())]
        self._items = [item for item, _ in lines]
        self._list.clear_options()
        self._list.add_options([Option(text, disabled=item is None) for item, text in lines])
        named = next((i for i, item in enumerate(self._items) if isinstance(item, Path) and item.name == name), None)
        near = min(at or 1, len(lines) - 1)
        lines_there = [i for i, item in enumerate(self._items) if item is not None]
        self._list.highlighted = named or min(lines_there, key=lambda i: (abs(i - near), i))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what it is."""
        item = self._items[event.option_index]
        if isinstance(item, Preset):
            words = " ".join(item.comment().splitlines()[1:])
        elif item in self._kept:
            words = _trained(item)
        else:
            words = str(item or "")
        self.query_one("#sweeps-about", Static).update(plain(words, 1_000))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with it, or ask how to start it."""
        item = self._items[event.option_index]
        if isinstance(item, Path):
            self.dismiss(item)
        elif item is not None:
            try:
                self.app.push_screen(SweepFormScreen(item.name, self._runs), self._started)
            except SddError as error:
                tell(self.app, error)

    def _started(self, folder: Path | None) -> None:
        if folder is not None:
            self.dismiss(folder)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_rename_sweep(self) -> None:
        """Ask for another name of the sweep."""
        if (folder := self._chosen) is not None:
            actions.ask_name(self.app, folder, plain(folder.name, 60), manage.rename, self._fill)

    def action_trash_sweep(self) -> None:
        """Move the sweep to the trash folder, after asking."""
        if (folder := self._chosen) is not None:
            actions.ask_trash(self.app, folder, manage.trash, self._fill)

    @property
    def _list(self) -> Options:
        return self.query_one(Options)

    @property
    def _chosen(self) -> Path | None:
        """The user's own sweep in focus."""
        at = self._list.highlighted
        item = None if at is None else self._items[at]
        if not isinstance(item, Path) or item in self._kept:
            self.notify("Presets and results that come with the program stay as they are.", timeout=3)
            return None
        return item


def _trained(folder: Path) -> str:
    """Who trained results that come with the program."""
    try:
        return kept.about(folder.parent)
    except SddError as error:
        return str(error)


def _quick_first(found: list[Preset]) -> list[Preset]:
    """Those that take minutes before those that take hours, the whole curve first of each."""
    return sorted(found, key=lambda p: (not p.name.endswith("-quick"), not p.name.startswith("double-descent"), p.name))


def _heading(words: str, more: str) -> Text:
    return Text.assemble((words, "bold underline"), (f"  {more}" if more else "", "dim"))


def _preset_line(preset: Preset) -> Text:
    return Text.assemble((f"  {preset.name:<23}", "bold"), (preset.title, "dim"))


def _line(folder: Path) -> Text:
    name = plain(folder.name, 60)
    try:
        progress = SweepReader(folder).poll()
    except SddError as error:
        return Text.assemble((f"  {name}  ", "bold"), (plain(str(error), 200), "red"))
    words = f"{progress.state}, {progress.done:,} of {progress.cells:,} cells"
    return Text.assemble((f"  {name}  ", "bold"), (words, "dim"))

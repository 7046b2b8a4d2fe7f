"""The sweeps there are, to open one, rename it or move it to the trash."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sdd_tui.errors import SddError, plain
from sdd_tui.sweep import manage
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.tui.home import actions
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.widgets.options import Options

NO_SWEEPS = "There are none yet. sdd sweep run double-descent-quick makes one."


class SweepsScreen(ModalScreen[Path | None], ClosingScreen[Path | None]):
    """Closes with the sweep that was chosen, or None."""

    BINDINGS = bindings("sweeps")

    CSS = """
    SweepsScreen { align: center middle; }
    #sweeps { width: 90; max-width: 96%; height: auto; max-height: 80%; background: $surface; }
    #sweeps { border: round $accent; padding: 0 1; }
    #sweeps Options { height: auto; max-height: 20; border: none; background: $surface; }
    """

    def __init__(self, runs: Path) -> None:
        super().__init__()
        self._runs = runs
        self._sweeps: list[Path] = []

    def compose(self) -> ComposeResult:
        """A line a sweep, newest first."""
        with Vertical(id="sweeps"):
            yield Static("Sweeps", classes="heading")
            yield Options()
            yield Static(NO_SWEEPS, markup=False)
            yield Static("Enter opens one, r renames it, d moves it to the trash, Esc closes", classes="dim")

    def on_mount(self) -> None:
        """Read them."""
        self._fill()

    def _fill(self, name: str = "") -> None:
        """Read the sweeps; the highlight goes to the one of a name, or stays where it is."""
        at = self._list.highlighted or 0
        words = NO_SWEEPS
        try:
            self._sweeps = list_sweeps(self._runs)
        except SddError as error:
            self._sweeps, words = [], plain(str(error), 300)
        self.query(Static)[1].update(words)
        names = [folder.name for folder in self._sweeps]
        self._list.clear_options()
        self._list.add_options([Option(_line(folder)) for folder in self._sweeps])
        self._list.display, self.query(Static)[1].display = bool(names), not names
        if names:
            self._list.highlighted = names.index(name) if name in names else min(at, len(names) - 1)
            self._list.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with it."""
        self.dismiss(self._sweeps[event.option_index])

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
        at = self._list.highlighted
        return None if at is None else self._sweeps[at]


def _line(folder: Path) -> Text:
    name = plain(folder.name, 60)
    try:
        progress = SweepReader(folder).poll()
    except SddError as error:
        return Text.assemble((f"{name}  ", "bold"), (plain(str(error), 200), "red"))
    words = f"{progress.state}, {progress.done:,} of {progress.cells:,} cells"
    return Text.assemble((f"{name}  ", "bold"), (words, "dim"))

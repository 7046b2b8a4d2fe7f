"""The sweeps there are, to open one."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sdd_tui.errors import SddError, plain
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.sweep.progress import Look
from sdd_tui.tui.screens.closing import Closing


class SweepsScreen(ModalScreen[Path | None], Closing[Path | None]):
    """Closes with the sweep that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,s,q", "leave", "Close")]

    CSS = """
    SweepsScreen { align: center middle; }
    #sweeps { width: 90; max-width: 96%; height: auto; max-height: 80%; background: $surface; }
    #sweeps { border: round $accent; padding: 0 1; }
    #sweeps OptionList { height: auto; max-height: 20; border: none; background: $surface; }
    """

    def __init__(self, runs: Path) -> None:
        super().__init__()
        self._sweeps = list_sweeps(runs)

    def compose(self) -> ComposeResult:
        """A line a sweep, newest first."""
        with Vertical(id="sweeps"):
            yield Static("Sweeps", classes="heading")
            if self._sweeps:
                yield OptionList(*(Option(_line(folder)) for folder in self._sweeps))
            else:
                yield Static("There are none yet. sdd sweep run double-descent-quick makes one.", markup=False)
            yield Static("Enter opens one, Esc closes this page", classes="dim")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with it."""
        self.dismiss(self._sweeps[event.option_index])

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _line(folder: Path) -> Text:
    name = plain(folder.name, 60)
    try:
        progress = Look(folder).poll()
    except SddError as error:
        return Text.assemble((f"{name}  ", "bold"), (plain(str(error), 200), "red"))
    words = f"{progress.state}, {progress.done:,} of {progress.cells:,} cells"
    return Text.assemble((f"{name}  ", "bold"), (words, "dim"))

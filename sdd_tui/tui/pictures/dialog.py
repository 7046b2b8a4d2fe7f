"""Asks what there is to be a picture of, as what kind of file, and its name. A name that can't be used keeps the
question open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from sdd_tui.errors import BusyError, SddError
from sdd_tui.figures.rendering import INSTALL, installed
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.messages import EndingPicked
from sdd_tui.tui.pictures.subjects import ENDINGS, Subject
from sdd_tui.tui.pictures.target import checked, suggested
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.toast import said
from sdd_tui.tui.widgets.line import Line
from sdd_tui.tui.widgets.options import Options

KIND = 7
"""Cells that the name of a kind of file takes."""


@dataclass(frozen=True)
class Wanted:
    """A picture that was asked for."""

    subject: Subject
    target: Path

    @property
    def at_once(self) -> bool:
        """Whether it is written without a process that draws it."""
        return not self.subject.figure and self.target.suffix.lower() == ".svg"


class SubjectList(Options):
    """What there can be a picture of."""

    BINDINGS = bindings("subjects")


class Kinds(Static):
    """The kinds of file, the chosen one marked; a click chooses."""

    def show(self, endings: Sequence[str], chosen: str) -> None:
        """These."""
        names = ((ending[1:].upper().center(KIND), "reverse bold" if ending == chosen else "") for ending in endings)
        self.update(Text.assemble(*names))

    def on_click(self, event: Click) -> None:
        """Choose what is under the mouse."""
        self.post_message(EndingPicked(event.x // KIND))


class PictureScreen(ModalScreen[Wanted | None], ClosingScreen[Wanted | None]):
    """Closes with the picture that is wanted, or with None."""

    BINDINGS = bindings("picture")
    AUTO_FOCUS = "SubjectList"

    CSS = """
    PictureScreen { align: center middle; background: $background 60%; }
    #picture { width: 78; max-width: 96%; height: auto; max-height: 100%; padding: 0 2; background: $surface; }
    #picture { border: round $accent; }
    #picture .heading { margin: 0; }
    #picture Horizontal { height: 1; }
    #picture Label { width: 6; color: $text-muted; }
    #picture SubjectList { height: auto; max-height: 9; border: none; padding: 0; background: $surface; }
    #picture Kinds { width: 1fr; }
    #picture-about { height: 2; color: $text-muted; margin-bottom: 1; }
    #picture Line { width: 1fr; height: 1; border: none; padding: 0 1; background: $surface-lighten-1; }
    #picture Line:focus { background: $primary-darken-1; }
    #picture Button { width: 9; min-width: 9; margin-left: 1; }
    #picture-problem { height: auto; color: $text-error; }
    """

    def __init__(self, subjects: Sequence[Subject], busy: str = "") -> None:
        """`busy` says why nothing can be drawn now that takes a process."""
        super().__init__()
        self._subjects, self._busy = subjects, busy
        self._ending = subjects[0].endings[0]
        self._suggestion = ""

    def compose(self) -> ComposeResult:
        """The subjects, kinds of file, name, and what is wrong with it."""
        with Vertical(id="picture"):
            yield Static("Write a picture of", classes="heading")
            yield SubjectList(*(Option(Text(subject.title)) for subject in self._subjects))
            yield Static(id="picture-about", markup=False)
            with Horizontal():
                yield Label("as")
                yield Kinds()
            with Horizontal():
                yield Label("to")
                yield Line("", compact=True, select_on_focus=False)
                yield Button("Write", compact=True, variant="primary")
            yield Static(id="picture-problem", markup=False)
            if not installed():
                words = f"PNG, PDF, figures, animations: {INSTALL}"
                yield Static(words, classes="dim", markup=False)
            hint = "↑ ↓ what   ← → kind of file   Tab its name   Enter writes   Esc leaves"
            yield Static(hint, classes="dim", markup=False)

    @property
    def _subject(self) -> Subject:
        return self._subjects[self.query_one(SubjectList).highlighted or 0]

    def on_mount(self) -> None:
        """Begin with the first."""
        self.query_one(SubjectList).highlighted = 0
        self._choose(self._ending)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what it is, and what it can be written as."""
        self._choose(self._ending)

    def on_ending_picked(self, event: EndingPicked) -> None:
        """A click on one of them."""
        self._choose(self._subject.endings[min(event.place, len(self._subject.endings) - 1)])

    def on_input_changed(self, event: Input.Changed) -> None:
        """An ending that is typed is chosen."""
        typed = Path(self.query_one(Line).value).suffix.lower()
        self._ending = typed if typed in self._subject.endings else self._ending
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write it."""
        self.action_write()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write it."""
        self.action_write()

    def action_ending(self, by: int) -> None:
        """The next kind of file, or the one before, around."""
        self._choose(self._ending)  # of the subject under the cursor: word of a key just before may not have come yet
        endings = self._subject.endings
        self._choose(endings[(endings.index(self._ending) + by) % len(endings)])

    def action_write(self) -> None:
        """Close with what is wanted, or say why that can't be."""
        self._choose(self._ending)  # as for the kind of file
        subject = self._subject
        try:
            wanted = Wanted(subject, checked(self.query_one(Line).value, subject.endings, self._ending))
            if self._busy and not wanted.at_once:
                raise BusyError(self._busy)
        except SddError as error:
            self.query_one("#picture-problem", Static).update(said(error))
        else:
            self.dismiss(wanted)

    def action_leave(self) -> None:
        """Close; nothing is written."""
        self.dismiss(None)

    def _choose(self, ending: str) -> None:
        """This kind of file, if the subject can be one; the name follows, unless another one was typed."""
        subject, line = self._subject, self.query_one(Line)
        self._ending = ending if ending in subject.endings else subject.endings[0]
        before, self._suggestion = self._suggestion, suggested(subject.stem, self._ending)
        stem, _, old = line.value.rpartition(".")
        if line.value == before:
            line.value = self._suggestion
        elif stem and f".{old.lower()}" in (*ENDINGS, ".gif"):
            line.value = stem + self._ending
        line.cursor_position = len(line.value) - len(self._ending)  # what is typed comes before it
        self._show()

    def _show(self) -> None:
        self.query_one("#picture-about", Static).update(self._subject.about)
        self.query_one(Kinds).show(self._subject.endings, self._ending)
        self.query_one("#picture-problem", Static).update("")

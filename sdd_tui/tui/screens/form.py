"""The form: every setting of a run, what it means and what is wrong with it, before the run is started.

It knows a configuration and a function that starts a run of one; whoever opens it says what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus, Resize
from textual.widgets import Button, Input, Static

from sdd_tui.config import RunConfig
from sdd_tui.errors import SddError
from sdd_tui.numerals import counted
from sdd_tui.run.layout import check_name
from sdd_tui.tui.form.fields import Field, configured, fields, problems, texts
from sdd_tui.tui.form.widgets import Row
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.messages import ChoiceChanged
from sdd_tui.tui.screens.base import ClosingScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.toast import said
from sdd_tui.tui.widgets.footer import KeyFooter

NAME = Field(
    "name", "", (), "What the run is called; without one it is called by time and preset.", "letters, digits, . _ + -"
)

COLUMNS = (("data", "model"), ("optim", "recording", "run"))
"""Groups, beside each other where there is room."""

TWO_COLUMNS = 104
"""Cells from which there is."""


class FormScreen(ClosingScreen[Path | None]):
    """Closes with the run that was started, or with None."""

    BINDINGS = bindings("form")

    AUTO_FOCUS = ""
    """`on_mount` chooses: what is typed while the form opens must not land in the first field."""

    CSS = """
    #form-title { height: auto; max-height: 2; padding: 0 1; text-style: bold; }
    #form-title { background: $primary-darken-2; color: $text; }
    #form-fields { height: 1fr; padding: 0 1; overflow-y: auto; }
    #form-columns { height: auto; layout: vertical; }
    #form-columns.beside { layout: horizontal; }
    #form-columns > Vertical { height: auto; width: 1fr; }
    FormScreen .heading { margin: 0; padding: 0 1; }
    FormScreen Row { height: 1; }
    FormScreen Row .name { width: 24; color: $text-muted; }
    FormScreen Row Input, FormScreen Row Choice { width: 1fr; height: 1; padding: 0 1; background: $surface; }
    FormScreen Row Choice:focus, FormScreen Row Input:focus { background: $primary-darken-1; color: $text; }
    FormScreen Row.changed .name { color: $accent; text-style: bold; }
    FormScreen Row.wrong .name, FormScreen Row.wrong Input { color: $text-error; text-style: bold; }
    FormScreen Row.wrong Input:focus { color: $text; }
    #form-about { height: 7; border: round $primary; padding: 0 1; }
    #form-end { height: 1; padding: 0 1; }
    #form-count { width: 1fr; color: $text-muted; }
    """

    def __init__(
        self,
        config: RunConfig,
        title: str,
        start: Callable[[RunConfig, str | None], Path],
        locked: Collection[str] = (),
        why: str = "",
    ) -> None:
        """`start` makes and launches a run of a configuration and a name, in a thread, and may raise SddError.

        Settings in `locked` (dotted names) are shown and can't be changed; `why` says the reason.
        """
        super().__init__()
        self._config, self._title, self._start, self._why = config, title, start, why
        self._problems: dict[str, str] = {}
        self._starting = False
        values = texts(config)
        self._rows = [Row(field, values[field.name], field.name in locked) for field in fields()]
        self._named = Row(NAME, "")

    def compose(self) -> ComposeResult:
        """Title, settings in groups, what the focused one means, footer."""
        yield Static(self._title + (f"  ({self._why})" if self._why else ""), id="form-title", markup=False)
        with Vertical(id="form-fields"), Horizontal(id="form-columns"):  # VerticalScroll would take up and down
            for groups in COLUMNS:
                with Vertical():
                    for group in groups:
                        yield Static(group, classes="heading")
                        if group == "run":
                            yield self._named
                        yield from (row for row in self._rows if row.field.group == group)
        yield Static(id="form-about", markup=False)
        with Horizontal(id="form-end"):
            yield Static(id="form-count", markup=False)
            yield Button("Start the run", id="form-start", compact=True, variant="primary")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin at the training-set size: it is what the paper varies."""
        rows = {row.field.name: row for row in self._rows if not row.disabled}
        (rows.get("data.n_examples") or next(iter(rows.values()))).box.focus()
        self._check()

    def on_resize(self, event: Resize) -> None:
        """Two columns where there is room."""
        self.query_one("#form-columns").set_class(event.size.width >= TWO_COLUMNS, "beside")

    @property
    def _changes(self) -> dict[str, str]:
        return {row.field.name: row.text for row in self._rows if row.changed}

    @on(Input.Changed)
    @on(ChoiceChanged)
    def _check(self) -> None:
        """Say what is changed and what is wrong, after every key."""
        changes = self._changes
        self._problems = problems(self._config, changes)
        try:
            if self._named.text:
                check_name(self._named.text)
        except SddError as error:
            self._problems[NAME.name] = said(error)
        for row in (*self._rows, self._named):
            row.mark(row.field.name in self._problems)
        count = f"{counted(len(changes), 'setting')} changed" if changes else "nothing changed"
        self.query_one("#form-count", Static).update(count)
        self.query_one("#form-start", Button).disabled = bool(self._problems)
        self._say()

    @on(DescendantFocus)
    def _say(self) -> None:
        """What the focused setting means, and what is wrong."""
        at = self.focused.parent if self.focused is not None else None
        text = Text()
        wrong = dict(self._problems)
        if isinstance(at, Row):
            text.append(f"{at.field.symbol or at.field.label}  ", "bold").append(f"{at.field.limits}", "dim")
            if at.changed and at.field is not NAME:
                text.append(f"  was {at.first or 'empty'}", "dim")
            text.append(f"\n{at.field.help}")
            wrong = {at.field.name: wrong[at.field.name]} if at.field.name in wrong else wrong
        if wrong:
            text.append(f"\n{next(iter(wrong.values()))}", "bold red")
        self.query_one("#form-about", Static).update(text)

    @on(Input.Submitted)
    def _next(self) -> None:
        self.action_field(1)

    def action_field(self, by: int) -> None:
        """Go to the next field, or the one before."""
        (self.focus_next if by > 0 else self.focus_previous)()

    @on(Button.Pressed)
    def action_start(self) -> None:
        """Start the run, unless a setting is wrong or one starts already."""
        self._check()  # what was typed last may not have been looked at yet
        if self._problems:
            wrong = next(row for row in (*self._rows, self._named) if row.field.name in self._problems)
            wrong.box.focus()
        elif not self._starting:
            self._starting = True
            self.query_one("#form-count", Static).update("starting …")
            self._launch(configured(self._config, self._changes), self._named.text or None)

    @work(thread=True)
    def _launch(self, config: RunConfig, name: str | None) -> None:
        try:
            run = self._start(config, name)
        except SddError as error:
            self.app.call_from_thread(self._failed, said(error))
        else:
            self.app.call_from_thread(self.dismiss, run)

    def _failed(self, why: str) -> None:
        self._starting = False
        self.query_one("#form-count", Static).update("not started")
        self.query_one("#form-about", Static).update(Text(why, "bold red"))

    def action_leave(self) -> None:
        """Close without starting; ask first when something would be lost."""
        if self._starting:
            return
        if not self._changes and not self._named.text:
            self.dismiss(None)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(None)

        self.app.push_screen(ConfirmScreen("Leave the form? What was changed in it is lost."), answered)

"""The widgets of the form: a choice among few values, and a row with a setting's symbol, name and value."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Label

from sdd_tui.tui.form.fields import Field
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.messages import ChoiceChanged
from sdd_tui.tui.widgets.line import Line


class Choice(Widget, can_focus=True):
    """One of a few values; Space, the arrows to the sides and a click go through them."""

    BINDINGS = bindings("choice")

    value: reactive[str] = reactive("")

    def __init__(self, values: tuple[str, ...], value: str) -> None:
        super().__init__()
        self._values = values
        self.set_reactive(Choice.value, value)

    def render(self) -> str:
        """The value between arrows."""
        return f"‹ {self.value} ›"

    def action_next(self, by: int) -> None:
        """Go on by so many values, around."""
        self.value = self._values[(self._values.index(self.value) + by) % len(self._values)]
        self.post_message(ChoiceChanged())

    def on_click(self, event: Click) -> None:
        """Go on by one."""
        self.action_next(1)


class Row(Horizontal):
    """A setting: mark, symbol, name, value."""

    def __init__(self, field: Field, value: str, locked: bool = False) -> None:
        super().__init__(disabled=locked)
        self.field = field
        self.box = Choice(field.choices, value) if field.choices else Line(value, compact=True, select_on_focus=True)
        """What holds the value and takes the keys."""
        self.first = self.text
        """The text the form began with."""
        self._label = Label(self._words(), classes="name")
        self._shown = (False, False)

    def compose(self) -> ComposeResult:
        """Name and value beside each other."""
        yield self._label
        yield self.box

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.box.value.strip()

    @property
    def changed(self) -> bool:
        """Whether that isn't what the form began with."""
        return self.text != self.first

    def mark(self, problem: bool) -> None:
        """Show whether the setting is changed, and whether it is wrong."""
        now = (self.changed, problem)
        if now != self._shown:
            self._shown = now
            self.set_class(self.changed, "changed")
            self.set_class(problem, "wrong")
            self._label.update(self._words(), layout=False)

    def _words(self) -> str:
        return f"{'●' if self.changed else ' '} {self.field.symbol:<2}{self.field.label}"

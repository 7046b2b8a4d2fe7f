"""The app: screens, their look, and what belongs to no screen in particular."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, get_args

from textual.events import CursorPosition
from textual.screen import ModalScreen, Screen
from textual.theme import Theme

from sdd_tui.draw.marks import Marks, drawable
from sdd_tui.errors import SddError, plain
from sdd_tui.sweep.directory import is_sweep
from sdd_tui.tui.commands import Commands
from sdd_tui.tui.filters import MarksFilter
from sdd_tui.tui.hangup import leave_on_hangup
from sdd_tui.tui.home.actions import compare
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.pace import QUESTION, Pace
from sdd_tui.tui.pictures.writing import Pictures
from sdd_tui.tui.screens.base import BaseScreen, Palette
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.panel_screen import PanelScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.settings import Memory, Settings, write_settings
from sdd_tui.tui.textual_workarounds import TerminalApp
from sdd_tui.tui.theme import THEMES
from sdd_tui.tui.toast import tell
from sdd_tui.tui.tour.screen import tour

REMOTE = ("SSH_CONNECTION", "SSH_TTY", "MOSH_CONNECTION")
"""Variables that are set where the terminal is on another machine."""

REMEMBER_S = 1.0
"""Seconds between two looks at whether there is something new to remember."""


class EmptyScreen(BaseScreen[None]):
    """Lies below everything. Home comes only when there is nothing else to show: its lists would make who opens a run
    wait for a tenth of a second."""

    def on_screen_resume(self) -> None:
        """What was opened first has been closed: go home."""
        if self.app.screen is self and isinstance(self.app, SddApp) and self.app.begun:
            self.app.go_home()


class SddApp(TerminalApp):
    """Home, or the run, sweep or comparison that was asked for, and home when it is closed."""

    TITLE = "sdd-tui"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings("app", "writing")
    COMMANDS: ClassVar = {Commands}
    ALLOW_SELECT = False
    """A drag pans and scrubs; terminals select text with Shift held."""

    def __init__(
        self,
        runs: Path,
        run: Path | None = None,
        settings: Settings | None = None,
        beside: Sequence[Path] = (),
        words: str = "",
        touring: bool = False,
    ) -> None:
        """`run` is opened first; with others `beside` it, their comparison; or the tour. `words` are said then."""
        super().__init__()
        self._runs, self._first, self._beside, self._words, self._touring = runs, run, beside, words, touring
        self.settings = settings or Settings()
        self.memory = Memory()
        self.pictures = Pictures(self)
        self.begun = False
        """Whether the first screen has been opened."""
        self.pace = Pace(self._ask_terminal, time.monotonic, self.settings.bandwidth)
        self.pace.on_slow = self._say_slow
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.settings.theme if self.settings.theme in self.available_themes else THEMES[0].name
        self._marks = MarksFilter(self.settings.marks)
        self.replace_filter(None, self._marks)

    def on_mount(self) -> None:
        """Open the first screens."""
        gc.freeze()  # what was imported stays: looking through it for garbage takes a tenth of what frames take
        gc.enable()
        leave_on_hangup(self, self._before_hangup)
        self._draw_in(self.settings.marks if self._drawable else "ascii")
        if self._touring:
            self.push_screen(tour(self.memory))
        elif self._first is not None and self._beside:
            compare(self, [self._first, *self._beside])
        elif self._first is not None:
            (self.open_sweep if is_sweep(self._first) else self.open_run)(self._first)
        if isinstance(self.screen, EmptyScreen):
            self.go_home()
        if self._words:
            self.notify(plain(self._words, 300), severity="warning", markup=False)
        self.begun = True
        self.set_interval(REMEMBER_S, self.remember)
        self.theme_changed_signal.subscribe(self, self._theme_changed)

    @property
    def colourful(self) -> bool:
        """Whether cells can hold two colours: without colours they have none, and ASCII has no half blocks."""
        return not self.no_color and self._marks.marks != "ascii"

    def get_default_screen(self) -> Screen[None]:
        """What lies below every screen."""
        return EmptyScreen(id="_default")

    def go_home(self) -> None:
        """Show presets and runs."""
        self.push_screen(HomeScreen(self._runs))

    def open_run(self, run: Path) -> None:
        """Show a run, over what is shown."""
        try:
            self.push_screen(RunScreen(run))
        except SddError as error:
            tell(self, error)

    def open_sweep(self, folder: Path) -> None:
        """Show a sweep, over what is shown."""
        try:
            self.push_screen(SweepScreen(folder))
        except SddError as error:
            tell(self, error)

    def on_unmount(self) -> None:
        """Remember; a picture that is being written is not."""
        self.memory.save()
        self.pictures.close()

    def _before_hangup(self) -> None:
        self.pictures.stop()
        self.remember()

    def remember(self) -> None:
        """Keep what is in view for the next time."""
        for screen in self.screen_stack:  # empty while the app is taken down
            if isinstance(screen, PanelScreen) and screen.is_mounted:
                screen.remember()
        self.memory.save()

    def _ask_terminal(self) -> None:
        """Ask for the cursor, behind what has been drawn."""
        if self.terminal is None:
            self.pace.answered()
        else:
            self.call_after_refresh(self.terminal.write, QUESTION)

    def _say_slow(self, slow: bool) -> None:
        """Say that pictures move less often from now on, or as before; not on this machine's own terminal, which is
        only busy."""
        if not any(os.environ.get(name) for name in REMOTE):
            return
        words = "The link is slow: pictures move less often." if slow else "The link is quick again."
        self.notify(words, timeout=3)

    def on_cursor_position(self, event: CursorPosition) -> None:
        """The terminal has shown everything that was sent to it."""
        self.pace.answered()

    def action_command_palette(self) -> None:
        """Find a command by its name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_shot(self) -> None:
        """A picture of what is on the screen: which, as what and where is asked."""
        self.pictures.ask()

    def action_stop_picture(self) -> None:
        """Write the picture that is being written no more."""
        self.pictures.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc stops a picture only while there is one to stop, and closes dialogs first."""
        if action == "stop_picture":
            return self.pictures.writing and not isinstance(self.screen, ModalScreen)
        return super().check_action(action, parameters)

    def action_dark(self) -> None:
        """Light or dark colours."""
        self.theme = THEMES[1 if self.current_theme.dark else 0].name

    def _theme_changed(self, theme: Theme) -> None:
        """Keep the theme, by whatever way it was chosen."""
        if theme.name != self.settings.theme:
            self._keep(theme=theme.name)
        self.screen.refresh(layout=True)

    def action_marks(self) -> None:
        """The next kind of marks."""
        if not self._drawable:
            words = f"This terminal's text is {_encoding()}, which has no braille or blocks: the app draws in ASCII."
            self.notify(f"{words} Start it in a locale of UTF-8.", severity="warning", markup=False)
            return
        kinds: tuple[Marks, ...] = get_args(Marks)
        marks = kinds[(kinds.index(self._marks.marks) + 1) % len(kinds)]
        self._draw_in(marks)
        self._keep(marks=marks)
        self.screen.refresh(layout=True)

    @property
    def _drawable(self) -> bool:
        """Whether what is written can hold braille."""
        return self.is_headless or drawable(_encoding())

    def _draw_in(self, marks: Marks) -> None:
        old, self._marks = self._marks, MarksFilter(marks)  # a new one: Textual keeps what a filter made of a line
        self.replace_filter(old, self._marks)
        self.set_class(marks == "ascii", "ascii")

    def action_suspend(self) -> None:
        """Stop, and let the shell have the terminal."""
        if self.terminal is not None:
            self.terminal.suspend()

    def _keep(self, **values: str) -> None:
        self.settings = self.settings.model_copy(update=values)
        try:
            write_settings(self.settings)
        except SddError as error:
            tell(self, error, "warning")


def _encoding() -> str:
    """What Textual's driver writes with."""
    return getattr(sys.__stderr__, "encoding", None) or "ascii"

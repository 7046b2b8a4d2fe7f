"""Every reach into Textual's insides (8.2.8), with what it works around; those of its driver are in driver.py.

Invariant: no other file of the app uses a name of Textual's that begins with an underscore.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

from textual import work
from textual._context import visible_screen_stack
from textual.app import App
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.strip import Strip
from textual.worker import WorkerFailed

from sdd_tui.errors import plain
from sdd_tui.tui.driver import TerminalDriver


class TerminalApp(App[None]):
    """An app that ends in a few plain lines, and may speak to its terminal."""

    def __init__(self) -> None:
        super().__init__(driver_class=TerminalDriver)

    @property
    def terminal(self) -> TerminalDriver | None:
        """The driver, where there is a terminal: not in tests."""
        return self._driver if isinstance(self._driver, TerminalDriver) else None

    def replace_filter(self, old: LineFilter | None, new: LineFilter) -> None:
        """Pass every line through a filter of our own, after Textual's; there is no public way to add one."""
        self._filters[:] = [*(f for f in self._filters if f is not old), new]

    def _handle_exception(self, error: Exception) -> None:
        """End, unless it was missed on a screen that opened while the app ended: that one never had its widgets.
        (https://github.com/Textualize/textual/issues/5325)"""
        missed = error.error if isinstance(error, WorkerFailed) else error
        if not (self._exit and isinstance(missed, NoMatches)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End after a mistake of the app's own. Textual's draws every local value: seconds, and on a small machine all
        of its memory. (https://github.com/Textualize/textual/issues/3069)"""
        self.bell()
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Say what it was when the terminal is the shell's again: with markup, Textual's, a terminal would obey what
        stands in it."""
        if self._exception is not None:
            lines = "".join(traceback.format_exception(self._exception)).splitlines()
            words = "sdd-tui ended by a mistake of its own; runs go on. The lines above say where."
            print(*(plain(line, 1_000) for line in lines), words, sep="\n", file=sys.stderr)  # noqa: T201


class SearchPalette(CommandPalette):
    """A command palette that may be closed while it searches: Textual's worker then looks for a list that is gone, and
    ends the app. (https://github.com/Textualize/textual/pull/5544 mended one such place.)"""

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        try:
            await CommandPalette._gather_commands.__wrapped__(self, search_value)  # type: ignore[attr-defined]
        except NoMatches:
            if self.children and self in self.app.screen_stack:
                raise


def strips_of(app: App[Any]) -> list[Strip]:
    """Every line of what is shown; all that is public is the screen as an SVG (App.export_screenshot)."""
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def parts_of(place: DOMNode) -> set[str]:
    """The parts of the table whose keys work there, which stand in their bindings as ids; Textual's own are of none."""
    return {found.id for same in place._bindings.key_to_bindings.values() for found in same if found.id}

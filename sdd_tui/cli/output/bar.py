"""What commands that train say meanwhile: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

LINE_S = 5.0
"""Seconds between two plain lines."""

LOOK_S = 0.5
"""Seconds between two looks at what a bar shows, where looking costs something."""


class Bar:
    """Shows how far something is; enter it, tell it of progress and words, leave it."""

    def __init__(
        self, title: str, first: str, total: int, quiet: bool, columns: Callable[[], Sequence[str | ProgressColumn]]
    ) -> None:
        """`first` is the first plain line; `columns` makes the bar's, whose fields `show` gives (rich is loaded there,
        for a terminal alone)."""
        self.quiet, self._first = quiet, first
        self._said = 0.0
        self._bar: Any = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(*columns(), console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(title, total=total, rate="", words="")

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        elif not self.quiet:
            print(self._first, file=sys.stderr)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    def words(self, words: str) -> None:
        """Say a sentence."""
        if self._bar:
            self._bar.console.print(words, markup=False, highlight=False)
        elif not self.quiet:
            print(words, file=sys.stderr)

    def due(self) -> bool:
        """Whether it is time to look at what it shows."""
        return not self.quiet and time.monotonic() - self._said >= (LOOK_S if self._bar else LINE_S)

    def show(self, completed: int, line: str, **fields: str) -> None:
        """Move the bar on, or print the line if there is one."""
        self._said = time.monotonic()
        if self._bar:
            self._bar.update(self._task, completed=completed, **fields)
        elif line and not self.quiet:
            print(line, file=sys.stderr)

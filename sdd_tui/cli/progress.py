"""What `sdd run` says while it trains: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from sdd_tui.engine.trainer import Event, Progress, Row
from sdd_tui.errors import plain

if TYPE_CHECKING:
    from sdd_tui.config import RunConfig

LINE_S = 5.0
"""Seconds between two plain lines."""


class Reporter:
    """Shows a training session; enter it, feed it events and words, leave it."""

    def __init__(self, config: RunConfig, name: str, quiet: bool) -> None:
        self._steps = config.optim.steps
        self._name = plain(name, 100)
        self._quiet = quiet
        self._row: Row | None = None
        self._began: tuple[float, int] | None = None
        self._said = time.monotonic()
        self._bar = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=None),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}", markup=False),
                TimeRemainingColumn(),
                TextColumn("{task.fields[losses]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(plain(config.preset), total=self._steps, rate="", losses="")

    def __enter__(self) -> Reporter:
        if self._bar:
            self._bar.start()
        elif not self._quiet:
            print(f"{self._name}: training", file=sys.stderr)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()

    def words(self, words: str) -> None:
        """Say a sentence."""
        if self._bar:
            self._bar.console.print(words, markup=False, highlight=False)
        elif not self._quiet:
            print(words, file=sys.stderr)

    def event(self, event: Event) -> None:
        """Show what the training loop yielded."""
        if self._quiet:
            return
        if isinstance(event, Row):
            self._row = event
        elif isinstance(event, Progress):
            self._began = self._began or (event.seconds, event.step)
            seconds, steps = event.seconds - self._began[0], event.step - self._began[1]
            rate = f"{steps / seconds:,.0f} steps/s" if seconds > 0 and steps else ""
            losses = f"train {self._row.train_loss:.3g}  test {self._row.test_loss:.4f}" if self._row else ""
            if self._bar:
                self._bar.update(self._task, completed=event.step, rate=rate, losses=losses)
            elif time.monotonic() - self._said >= LINE_S:
                self._said = time.monotonic()
                print(f"step {event.step:,} of {self._steps:,}  {rate}  {losses}", file=sys.stderr)

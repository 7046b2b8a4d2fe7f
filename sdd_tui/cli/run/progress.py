"""What `sdd run` says while it trains."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sdd_tui.cli.output.bar import Bar
from sdd_tui.engine.trainer import Event, Progress, Row
from sdd_tui.errors import plain
from sdd_tui.numerals import rounded

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from sdd_tui.config import RunConfig


class Reporter(Bar):
    """Shows a training session."""

    def __init__(self, config: RunConfig, name: str, quiet: bool) -> None:
        super().__init__(plain(config.preset), f"{plain(name, 100)}: training", config.optim.steps, quiet, _columns)
        self._steps = config.optim.steps
        self._row: Row | None = None
        self._began: tuple[float, int] | None = None
        self._said = time.monotonic()  # the first plain line comes after LINE_S

    def event(self, event: Event) -> None:
        """Show what the training loop yielded."""
        if isinstance(event, Row):
            self._row = event
        elif isinstance(event, Progress):
            self._began = self._began or (event.seconds, event.step)
            if self._bar or self.due():
                self._progress(event, *self._began)

    def _progress(self, event: Progress, began_s: float, began: int) -> None:
        seconds, steps = event.seconds - began_s, event.step - began
        rate = f"{steps / seconds:,.0f} steps/s" if seconds > 0 and steps else ""
        losses = f"train {rounded(self._row.train_loss, 3)}  test {self._row.test_loss:.4f}" if self._row else ""
        line = f"step {event.step:,} of {self._steps:,}  {rate}  {losses}"
        self.show(event.step, line, rate=rate, words=losses)


def _columns() -> Sequence[str | ProgressColumn]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    return (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[words]}", markup=False),
    )

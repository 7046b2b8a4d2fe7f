"""The timeline: every frame a place on a bar, events above them, the one in view marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from textual.events import Click, MouseMove, MouseScrollDown, MouseScrollUp

from sdd_tui.draw.canvas import Row
from sdd_tui.tui.messages import StepSought, TimelineWheeled
from sdd_tui.tui.playhead import Playhead
from sdd_tui.tui.widgets.cells import Cells

LEFT = 12
"""Cells before the bar."""


class Timeline(Cells):
    """One line: state, bar, step."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._steps: NDArray[np.int64] = np.zeros(0, np.int64)

    def update(self, head: Playhead, steps: NDArray[np.int64], events: Sequence[int], growing: bool) -> None:
        """Show this."""
        self._steps = steps
        self.put([timeline(head, steps, events, growing, self.size.width)])

    def _seek(self, x: int) -> None:
        count, bar = len(self._steps), bar_width(self.size.width)
        if count and LEFT <= x < LEFT + bar:
            at = round((x - LEFT) / max(1, bar - 1) * (count - 1))
            self.post_message(StepSought(int(self._steps[at])))

    def on_click(self, event: Click) -> None:
        """Go there."""
        self._seek(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Scrub while a button is held."""
        if event.button:
            self._seek(event.x)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """A frame back."""
        self.post_message(TimelineWheeled(-1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """A frame on."""
        self.post_message(TimelineWheeled(1))


def bar_width(width: int) -> int:
    """Cells of the bar."""
    return max(4, width - LEFT - 34)


def timeline(head: Playhead, steps: NDArray[np.int64], events: Sequence[int], growing: bool, width: int) -> Row:
    """The line at a width."""
    bar = bar_width(width)
    at = head.index(steps)
    count = len(steps)
    cells = ["─"] * bar
    colours = ["axis"] * bar
    for e in events:
        if count:
            place = _place(min(count - 1, int(np.searchsorted(steps, e))), count, bar)
            cells[place], colours[place] = "┴", "warn"
    if at >= 0:
        place = _place(at, count, bar)
        cells[place], colours[place] = "●", "strong"
    if head.playing:
        state = f"▶ {head.speed:>2}/s"
    else:
        newest = head.step is None or (at == count - 1 and not growing)
        state = "following" if head.step is None and growing else "newest" if newest else "standing"
    row: Row = [(f" {state:<10} ", "strong" if head.playing else "dim")]
    start = 0
    for i in range(1, bar + 1):
        if i == bar or colours[i] != colours[start]:
            row.append(("".join(cells[start:i]), colours[start]))
            start = i
    step = f" step {int(steps[at]):,}" if at >= 0 else " no frames"
    return [*row, (step, "text"), (f"  frame {at + 1} of {count}", "dim")]


def _place(index: int, count: int, bar: int) -> int:
    return round(index / max(1, count - 1) * (bar - 1))

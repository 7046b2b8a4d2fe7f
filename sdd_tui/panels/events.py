"""What happened, each line a step to jump to."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdd_tui.draw.canvas import Row
from sdd_tui.errors import plain
from sdd_tui.panels.drawing import Drawing, Hit, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.layout import EVENTS

COLOURS = {"diverged": "bad", "spike": "bad", "stall": "warn", "lost": "warn", "born": "feature", "regime": "strong",
           "polygon": "hidden", "stored": "hidden", "circles": "hidden"}  # fmt: skip
"""Kinds that stand out; the others are dim."""


ROOMY = 60
"""Cells from which the kinds have a column of their own."""

LONGER = {"the hidden vectors form a ": "", "the hidden vectors ": "", "the solution changed from ": "",
          " examples are ": " ", "the train loss ": "train loss "}  # fmt: skip
"""What the events of older runs say at more length, and what stands for it where there is little room."""


class Events(Panel[View]):
    """The run's events, the one at or before the step in view marked."""

    name = "events"
    title = "events"
    about = (
        "What happened: polygons formed, examples stored and lost, features born, changes of regime, spikes, stalls,"
        " pauses and checkpoints. The brackets [ and ] jump to the one before and after; a click jumps to its step."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The events and the step."""
        read = (view.generation, view.run.problems.get(EVENTS))
        return (*read, len(view.events), view.events[-1:], view.step)

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """The lines around the step in view."""
        events, problem = view.events, view.run.problems.get(EVENTS)
        if not events:
            return words([f"{EVENTS}: {problem}" if problem else "nothing yet"], width, height)
        steps = np.array([e["step"] for e in events])
        at = int(np.searchsorted(steps, view.step, side="right")) - 1
        first = min(max(0, at - height // 2), max(0, len(events) - height))
        lines = [_line(e, first + i == at, width) for i, e in enumerate(events[first : first + height])]

        def hit(column: int, row: int) -> Hit | None:
            return Hit("step", int(steps[first + row])) if 0 <= first + row < len(steps) else None

        drawn = words(lines, width, height)
        note = f"{len(events)}, [ ] jump"
        return Drawing(drawn.rows, f"{problem}  {note}" if problem else note, problem or "", hit)

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """Every event."""
        return {"events": view.events}


def _line(event: dict[str, Any], here: bool, width: int) -> Row:
    kind = plain(str(event.get("kind", "")), 10)
    colour = COLOURS.get(kind, "dim")
    text = plain(str(event.get("text", "")), 200)
    mark = ("▸" if here else " ", "strong")
    if text.startswith(kind):  # finished: memorising
        text = text.removeprefix(kind).lstrip(":, ")
    if width >= ROOMY:
        return [mark, (f"{event['step']:>9,} ", "dim"), (f"{kind:<10} ", colour), (text, "text")]
    for long, fewer in LONGER.items():
        text = text.replace(long, fewer)
    if colour == "dim":  # the others' words say what kind they are
        text = f"{kind}: {text}" if text else kind
    return [mark, (f"{event['step']:>7,} ", "dim"), (text, colour if colour != "dim" else "text")]

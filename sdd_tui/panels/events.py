"""What happened, each line a step to jump to, and what the one in view means."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sdd_tui.analysis.geometry import LOST
from sdd_tui.analysis.regimes import DEDICATED, MEMORISED
from sdd_tui.draw.canvas import Row
from sdd_tui.errors import plain
from sdd_tui.numerals import counted
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
          " examples are ": " ", "away from the ": "off the ", "the train loss ": "train loss "}  # fmt: skip
"""What events say at more length, above all those of older runs, and what stands for it where there is little room."""


COUNTED = re.compile(r"(?P<count>[\d,]+) of .*")
"""What an event of examples that are stored or lost says: how many of how many."""

MEANINGS = {
    "polygon": "The stored hidden vectors stand at equal angles and distances, as far apart as a plane allows.",
    "stored": f"Stored: the hidden vector is longer than {LOST:g} of the longest one.",
    "lost": "At the origin nothing is known of an example: the output is ReLU(b), as for every other one there.",
    "circles": "Stored vectors at two distances: in two dimensions some examples are kept worse than others.",
    "born": f"A feature has a direction of its own from D_f = {DEDICATED:g} on; an ideal five have 0.25.",
    "regime": f"Memorising: at least half of the examples have a loss of their own below {MEMORISED:g}. Generalising:"
    " more features than dimensions have directions, and the test loss is below 1. Else the middle.",
    "spike": "The loss more than doubled within five rows: often the learning rate is too high.",
    "stall": "The last quarter of the run brought less than a thousandth of what was gained before.",
    "diverged": "The loss is no number any more: a lower learning rate helps.",
    "checkpoint": "From here the run can be resumed or branched with the same bits.",
    "branched": "What lies before is the other run's.",
}
"""What a kind of event means to a reader of the paper. The bounds are ours."""

TALL, WORDY = 10, 30
"""Lines and cells from which there is room for a meaning."""


@dataclass(frozen=True)
class Entry:
    """One line: an event, or several of a kind that go on from each other."""

    step: int
    kind: str
    text: str
    last: int
    """The step of the last of them."""


def entries(events: Sequence[dict[str, Any]]) -> list[Entry]:
    """The events as lines. Counts of examples that are stored or lost, one after the other, are one line a kind, from
    the first count to the last, as long as nothing else happens."""
    found: list[Entry] = []
    counting: dict[str, tuple[int, str]] = {}
    for event in events:
        step, kind = event["step"], plain(str(event.get("kind", "")), 10)
        text = plain(str(event.get("text", "")), 200)
        number = COUNTED.fullmatch(text) if kind in ("stored", "lost") else None
        if number is None:
            counting.clear()
        elif kind in counting:
            at, first = counting[kind]
            found[at] = replace(found[at], text=f"{first} to {text}", last=step)
            continue
        else:
            counting[kind] = len(found), number["count"]
        found.append(Entry(step, kind, text, step))
    return found


class Events(Panel[View]):
    """The run's events, the one at or before the step in view marked."""

    name = "events"
    title = "events"
    about = (
        "What happened: polygons formed, examples stored and lost, features born, changes of regime, spikes, stalls,"
        " pauses and checkpoints. [ and ] jump to the one before and after, a click to its step; { and } scroll. What"
        " the event in view means stands below; examples that are stored or lost one by one share a line."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The events and the step."""
        read = (view.generation, view.run.problems.get(EVENTS))
        return (*read, len(view.events), view.events[-1:], view.step, options.scrolled(self.name))

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """The lines around the step in view."""
        events, problem = view.events, view.run.problems.get(EVENTS)
        if not events:
            return words([f"{EVENTS}: {problem}" if problem else "nothing yet"], width, height)
        told = entries(events)
        steps = np.array([entry.step for entry in told])
        at = int(np.searchsorted(steps, view.step, side="right")) - 1
        meaning = _meaning(told[max(0, at)].kind, width) if height >= TALL and width >= WORDY else []
        room = height - len(meaning)
        most = max(0, len(told) - room)
        around = min(max(0, at - room // 2), most)
        first = min(max(0, around + options.scrolled(self.name)), most)
        lines = [_line(entry, first + i == at, width) for i, entry in enumerate(told[first : first + room])]

        def hit(column: int, row: int) -> Hit | None:
            return Hit("step", int(steps[first + row])) if row < room and 0 <= first + row < len(steps) else None

        below: list[Row] = [[(" " * width, "")]] * (room - len(lines))
        drawn = words([*lines, *below, *meaning], width, height)
        note = f"{counted(len(events), 'event')}, [ ] jump"
        beyond = max(0, len(told) - room - first)
        note += ", { } scroll" if first or beyond else ""
        note = f"{problem}  {note}" if problem else note
        return replace(drawn, note=note, brief=problem or "", hit=hit, above=first, beyond=beyond)

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """Every event."""
        return {"events": view.events}


def _meaning(kind: str, width: int) -> list[Row]:
    """What a kind of event means, below an empty line; nothing where its words say it all."""
    lines = textwrap.wrap(MEANINGS.get(kind, ""), width - 2)
    return [[("", "")], *([(f" {line}", "dim")] for line in lines)] if lines else []


def _line(entry: Entry, here: bool, width: int) -> Row:
    kind, text = entry.kind, entry.text
    colour = COLOURS.get(kind, "dim")
    mark = ("▸" if here else " ", "strong")
    if text.startswith(kind):  # finished: memorising
        text = text.removeprefix(kind).lstrip(":, ")
    if entry.last > entry.step:
        text = f"{text} by {entry.last:,}"
    if width >= ROOMY:
        return [mark, (f"{entry.step:>9,} ", "dim"), (f"{kind:<10} ", colour), (text, "text")]
    for long, fewer in LONGER.items():
        text = text.replace(long, fewer)
    if colour == "dim":  # the others' words say what kind they are
        text = f"{kind}: {text}" if text else kind
    return [mark, (f"{entry.step:>7,} ", "dim"), (text, colour if colour != "dim" else "text")]

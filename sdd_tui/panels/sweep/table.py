"""The table of a sweep's points as a pane: a line each, around the chosen one."""

from __future__ import annotations

from sdd_tui.draw.canvas import Row
from sdd_tui.errors import plain
from sdd_tui.numerals import short
from sdd_tui.panels.drawing import Drawing, Hit, words
from sdd_tui.panels.sweep.pictures import text
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.sweep.reduce import Point

ROOMY = 60
"""Cells from which the table has all of its columns."""


def listed(view: SweepView, width: int, height: int) -> Drawing:
    """The points along the axis."""
    roomy = width >= ROOMY
    heads = f"{'':>10} {'runs':>5} {'train':>9} {'test':>9}" if roomy else f"{'':>10} {'test':>9}"
    head: Row = [(f"{heads}  solutions", "dim")]
    line, room = view.line, max(1, height - 1)
    at = next((i for i, p in enumerate(line) if p is view.point), 0)
    first = min(max(0, at - room // 2), max(0, len(line) - room))
    shown = line[first : first + room]
    part = "" if len(shown) == len(line) else f"{first + 1}-{first + len(shown)} of {len(line)}"
    losses = "the best run's losses" if view.sweep.how == "best" else "mean losses"
    told = (part, losses, "runs: finished of all" if roomy else "", "solutions: how many runs have each")
    note = "  ".join(words for words in told if words)

    def hit(column: int, row: int) -> Hit | None:
        return Hit("point", view.index(shown[row - 1])) if 1 <= row <= len(shown) else None

    drawn = words([head, *(_line(p, p is view.point, roomy) for p in shown)], width, height)
    return Drawing(drawn.rows, note, hit=hit)


def _line(point: Point, here: bool, roomy: bool) -> Row:
    name = ", ".join(f"{k}={text(v)}" for k, v in point.at.items())
    found = ", ".join(f"{count} {plain(what, 20)}" for what, count in point.solutions.items())
    won = f"{plain(point.chosen.solution, 20)}, of {found}" if point.chosen and point.chosen.solution else found
    runs = f" {len(point.runs):>2}/{point.cells:<2} {short(point.mean('train_loss')):>9}" if roomy else ""
    numbers = f"{runs} {short(point.mean('test_loss')):>9}"
    return [(f"{name:>10}{numbers}  {won}", "strong" if here else "text")]

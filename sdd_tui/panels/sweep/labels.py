"""What stands in a map of a sweep, in few characters: solutions, coordinates, losses; and which part of it is shown."""

from __future__ import annotations

import math

from sdd_tui.errors import plain
from sdd_tui.numerals import unpadded
from sdd_tui.panels.sweep.pictures import text
from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.reduce import Point

SIGNS = {"middle": "-"}
"""What stands for a solution, where that isn't its first letter."""


def won(point: Point) -> str:
    """The solution that won at a point: the chosen run's, or the most frequent one; empty where none is known."""
    if point.chosen is not None:
        return point.chosen.solution or ""
    return next(iter(point.solutions), "")


def sign(solution: str) -> str:
    """One character for a solution."""
    return SIGNS.get(solution, plain(solution)[:1].upper()) if solution else " "


def window(count: int, room: int, at: int) -> range:
    """Which of so many are shown where there is room for fewer: those around one of them."""
    room = max(1, min(room, count))
    first = min(max(0, at - room // 2), count - room)
    return range(first, first + room)


def brief(value: Value) -> str:
    """A coordinate in few characters: 20k for 20,000."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1_000 and value % 100 == 0:
        return f"{value / 1_000_000:g}M" if value >= 1_000_000 else f"{value / 1_000:g}k"
    return text(value)


def number(value: float) -> str:
    """A loss in at most six characters."""
    if not math.isfinite(value):
        return "—"
    if 1e-3 <= value < 99.9995 or value == 0:
        return f"{value:.3f}"
    return f"{value:,.0f}" if 1 <= value < 99_999.5 else unpadded(f"{value:.0e}")

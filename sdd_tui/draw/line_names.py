"""What lines of a chart are called, written where they end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sdd_tui.draw.series import Series

Limits = tuple[float, float]

ABOVE, BELOW = (-1, -2, -3, -4), (1, 2, 3, 4)
"""Rows away from a line's end where its name may stand, the best first."""

EITHER = tuple(row for pair in zip(ABOVE, BELOW, strict=True) for row in pair)


def name_lines(
    text: list[list[str]], colours: list[list[str]], lines: Sequence[Series], limits: tuple[Limits, Limits]
) -> None:
    """Write the names of lines at their right ends, where there is room, into a chart's characters and colours.

    Names of two lines that end side by side would change places if each took the nearest free row: the upper line's
    stands above, the lower one's below.
    """
    ending = sorted((s for s in lines if s.label and len(s.x)), key=lambda s: -s.y[-1])
    rows = [_row(s, limits[1], len(text)) for s in ending]
    near = [lower - upper <= len(BELOW) for upper, lower in pairwise(rows)]
    for s, row, sides in zip(ending, rows, zip([False, *near], [*near, False], strict=False), strict=False):
        away = {(False, True): ABOVE + BELOW, (True, False): BELOW + ABOVE}.get(sides, EITHER)
        _name(text, colours, s, limits[0], [row + by for by in away])


def _row(s: Series, y_limits: Limits, height: int) -> int:
    """The row that a line ends in; two rows below it are the axis's."""
    share = (float(s.y[-1]) - y_limits[0]) / (y_limits[1] - y_limits[0])
    return round((1 - share) * (height - 3))


def _name(text: list[list[str]], colours: list[list[str]], s: Series, x_limits: Limits, rows: Sequence[int]) -> None:
    """Write a line's name at its end, in the first of these rows that is free."""
    left = next((i + 1 for i, c in enumerate(text[0]) if c in "┤│"), 0)
    end = left + round((float(s.x[-1]) - x_limits[0]) / (x_limits[1] - x_limits[0]) * (len(text[0]) - left - 1))
    start = max(left, end - len(s.label) + 1)
    for row in rows:
        if 0 <= row < len(text) - 2 and all(c in " │" for c in text[row][start - 1 : start + len(s.label)]):
            text[row][start : start + len(s.label)] = s.label
            colours[row][start : start + len(s.label)] = [s.colour] * len(s.label)
            return

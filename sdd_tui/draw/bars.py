"""Bars of two numbers beside each other, in one row: the upper half of its cells and the lower one."""

from __future__ import annotations

import numpy as np

from sdd_tui.draw.canvas import BLANK, Row


def pair(upper: float, lower: float, top: float, width: int, names: tuple[str, str], colours: bool = True) -> Row:
    """A row with a bar of each from the left, as long as the width where the number is `top`; none below 0."""
    long = [_cells(value, top, width) for value in (upper, lower)]
    both, longer = min(long), int(long[1] > long[0])
    row = [
        ("▀" * both, "/".join(names)) if colours else ("█" * both, names[0]),
        ("▀▄"[longer] * (max(long) - both), names[longer]),
        (" " * (width - max(long)), BLANK),
    ]
    return [(text, name) for text, name in row if text]


def _cells(value: float, top: float, width: int) -> int:
    share = value / top if top > 0 else 0.0
    return round(width * min(1.0, max(0.0, share))) if np.isfinite(share) else 0

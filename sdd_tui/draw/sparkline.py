"""A few numbers as a line of blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"

NARROWEST = 0.1
"""Decades from the bottom to the top at least: what changes less lies flat."""


def sparkline(values: Sequence[float | None]) -> str:
    """A block for each value on a log axis from the lowest to the highest, a space where there is none above 0; "" for
    none at all."""
    logs = [math.log10(v) if v is not None and 0 < v < math.inf else None for v in values]
    known = [v for v in logs if v is not None]
    if not known:
        return ""
    low, span = min(known), max(NARROWEST, max(known) - min(known))
    return "".join(" " if v is None else BLOCKS[round((v - low) / span * (len(BLOCKS) - 1))] for v in logs)

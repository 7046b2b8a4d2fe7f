"""The axes of a chart: where they end, where their ticks stand, and what is written there."""

from __future__ import annotations

import math

from sdd_tui.draw.series import Floats
from sdd_tui.numerals import rounded

NARROWEST = 1e-9
"""Of the larger end of an axis: narrower ones have no digits left for ticks."""

NEAR = 0.05
"""Of an axis of y: a level that is not farther from it is on it."""


def drawn_span(span: tuple[float, float] | None, log: bool) -> tuple[float, float] | None:
    """A given span as it is drawn; None for one that can't be."""
    if span is None or not span[0] < span[1] or (log and span[0] <= 0) or max(abs(span[0]), abs(span[1])) > 1e300:
        return None
    lower, upper = (math.log10(end) if log else float(end) for end in span)
    return (lower, upper) if upper - lower > NARROWEST * max(abs(lower), abs(upper), 1e-300) else None


def is_near(level: float, span: tuple[float, float]) -> bool:
    """Whether a level lies between limits or just beyond: a test loss of 0.999 has the line 1 above it."""
    room = NEAR * (span[1] - span[0])
    return span[0] - room <= level <= span[1] + room


def span_of(values: Floats, log: bool) -> tuple[float, float]:
    """Limits that hold the values, with room where they are all the same."""
    if len(values) == 0:
        return 0.0, 1.0
    lower, upper = float(values.min()), float(values.max())
    if upper - lower < NARROWEST * max(abs(lower), abs(upper), 1e-300):
        room = 0.5 if log else max(abs(upper) * 0.1, 1e-12)
        return lower - room, upper + room
    return lower, upper


def ticks(lower: float, upper: float, log: bool, most: int, whole: bool = False) -> list[float]:
    """Round positions inside the limits: whole decades on a log axis, 1-2-5 steps else; only whole numbers where
    `whole` says that there are no others."""
    most = max(2, most)
    if lower >= upper:  # one number, and ∞
        return [lower]
    if log:
        first, last = math.ceil(lower - 1e-9), math.floor(upper + 1e-9)
        if last - first >= 1:
            stride = math.ceil((last - first + 1) / most)
            return [float(p) for p in range(first, last + 1, stride)]
        if lower > -300 and upper < 300:  # less than two decades: round values instead
            return [math.log10(v) for v in ticks(10.0**lower, 10.0**upper, False, most, whole) if v > 0]
    span = upper - lower
    rough = span / most
    scale = 10.0 ** math.floor(math.log10(rough))
    stride_value = next(f * scale for f in (1, 2, 5, 10) if f * scale >= rough * 0.999)
    stride_value = max(1.0, stride_value) if whole else stride_value
    found: list[float] = []
    position = math.ceil(lower / stride_value - 1e-9) * stride_value
    while position <= upper + 1e-9 * span and len(found) <= 2 * most:
        found.append(0.0 if abs(position) < 1e-9 * stride_value else position)
        position += stride_value
    return found


def written(positions: list[float], log: bool, steps: bool) -> list[str]:
    """What stands at the ticks, with as many digits as tell them apart."""
    decades = log and (not steps or all(_is_whole(position) for position in positions))
    for digits in range(4, 12):
        labels = [_label(position, log, digits, decades) for position in positions]
        if len(set(labels)) == len(labels):
            break
    return labels


def _is_whole(position: float) -> bool:
    return abs(position - round(position)) < 1e-9


def _label(position: float, log: bool, digits: int, decades: bool) -> str:
    if decades and _is_whole(position) and (exponent := round(position)) < -2:
        return f"1e{exponent}"
    return rounded(10.0 ** (round(position) if _is_whole(position) else position) if log else position, digits)

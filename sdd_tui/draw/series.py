"""Lines of numbers made ready for a chart: filtered, smoothed, put on a log axis, cut to a window and thinned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """One line: (k,) x and y, the name of its colour, and what it is called at its end."""

    x: Floats
    y: Floats
    colour: str
    label: str = ""
    dots: bool = False
    """Single points instead of a line."""


def finite(series: Series) -> Series:
    """The finite values, x ascending."""
    x, y = np.asarray(series.x, np.float64), np.asarray(series.y, np.float64)
    keep = (np.abs(x) < 1e300) & (np.abs(y) < 1e300)  # not of NaN either
    if not keep.all():
        x, y = x[keep], y[keep]
    if (x[1:] < x[:-1]).any():
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    return replace(series, x=x, y=y)


def scaled(series: Series, log_x: bool, log_y: bool) -> Series:
    """The values as they are drawn: on log axes the logarithms of the positive ones."""
    x, y = series.x, series.y
    keep = ((x > 0) | (not log_x)) & ((y > 0) | (not log_y))
    if not keep.all():
        x, y = x[keep], y[keep]
    return replace(series, x=np.log10(x) if log_x else x, y=np.log10(y) if log_y else y)


def within(series: Series, lower: float, upper: float) -> Series:
    """The points between two x; of a line also the neighbours that it comes from and goes to."""
    if not len(series.x) or (lower <= series.x[0] and series.x[-1] <= upper):
        return series
    reach = 0 if series.dots else 1
    first = max(0, int(np.searchsorted(series.x, lower)) - reach)
    last = int(np.searchsorted(series.x, upper, side="right")) + reach
    x, y = series.x[first:last], series.y[first:last]
    if len(x) > 1 and reach:  # the neighbours outside move to the edge, along their lines
        edges = np.clip(x, lower, upper)
        low, high = y.min(), y.max()
        y = np.interp(edges, x, y)  # inf or NaN where a slope is beyond what a float holds
        y = np.where(np.isnan(y), low, y).clip(low, high)
        return replace(series, x=edges, y=y)
    inside = (x >= lower) & (x <= upper)
    return replace(series, x=x[inside], y=y[inside])


def smoothed(series: Series, rows: int) -> Series:
    """The mean over a window of `rows` points around each, of as many on both sides as there are at the ends."""
    half = min(rows // 2, (len(series.y) - 1) // 2)
    if half < 1:
        return series
    y, width = series.y, 2 * half + 1
    odd = np.arange(1, 2 * half, 2)
    first, last = np.cumsum(y[: 2 * half])[::2] / odd, np.cumsum(y[::-1][: 2 * half])[::2] / odd
    return replace(series, y=np.concatenate([first, _sums(y, width) / width, last[::-1]]))


def mean_around(values: Floats, at: int, rows: int) -> float:
    """What `smoothed` makes of one value, for a note."""
    half = min(rows // 2, at, len(values) - 1 - at)
    near = values[at - half : at + half + 1]
    return float(near[np.isfinite(near)].mean()) if np.isfinite(near).any() else np.nan


def _sums(y: Floats, width: int) -> Floats:
    """The sum of every `width` neighbours, put together from sums of 1, 2, 4 ... of them.

    Differences of sums from the beginning would lose a loss of 1e-13 behind 10,000 rows of 1.
    """
    found, doubled, size, done = np.zeros(len(y) - width + 1), y, 1, 0
    while size <= width:
        if width & size:
            found += doubled[done : done + len(found)]
            done += size
        doubled, size = doubled[:-size] + doubled[size:], 2 * size
    return found


def thinned(series: Series, columns: int) -> Series:
    """At most the smallest and the largest y of each of `columns` stretches of x, in order."""
    x, y = series.x, series.y
    if len(x) <= 2 * columns:
        return series
    edges = np.searchsorted(x, np.linspace(x[0], x[-1], columns + 1)[:-1])
    starts = np.unique(edges)
    part = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(x))))
    lowest, highest = np.minimum.reduceat(y, starts)[part] == y, np.maximum.reduceat(y, starts)[part] == y
    keep = np.zeros(len(x), bool)
    for extreme in (lowest, highest):
        where = np.flatnonzero(extreme)
        keep[where[np.unique(part[where], return_index=True)[1]]] = True
    keep[[0, -1]] = True
    return replace(series, x=x[keep], y=y[keep])

"""Lines of numbers made ready for a chart: filtered, put on a log axis, cut to a window, smoothed and thinned."""

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


def drawable(series: Series, log_x: bool, log_y: bool) -> Series:
    """The finite values (positive ones on log axes, of which the logarithms are taken), x ascending."""
    x, y = np.asarray(series.x, np.float64), np.asarray(series.y, np.float64)
    keep = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e300) & (np.abs(y) < 1e300)
    keep &= ((x > 0) | (not log_x)) & ((y > 0) | (not log_y))
    x, y = x[keep], y[keep]
    x, y = (np.log10(x) if log_x else x), (np.log10(y) if log_y else y)
    if (x[1:] < x[:-1]).any():
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    return replace(series, x=x, y=y)


def within(series: Series, lower: float, upper: float) -> Series:
    """The points between two x, and the neighbours that lines into them come from."""
    first = max(0, int(np.searchsorted(series.x, lower)) - 1)
    last = int(np.searchsorted(series.x, upper, side="right")) + 1
    x, y = series.x[first:last], series.y[first:last]
    if len(x) > 1:  # the neighbours outside move to the edge, along their lines
        edges = np.clip(x, lower, upper)
        y = np.interp(edges, x, y)
        return replace(series, x=edges, y=y)
    inside = (x >= lower) & (x <= upper)
    return replace(series, x=x[inside], y=y[inside])


def smoothed(series: Series, rows: int) -> Series:
    """The mean over a window of `rows` points around each, of as many as there are at the ends."""
    if rows < 2 or len(series.y) < 3:
        return series
    half = rows // 2
    total = np.concatenate([[0.0], np.cumsum(series.y)])
    at = np.arange(len(series.y))
    reach = np.minimum(np.minimum(at, len(at) - 1 - at), half)
    return replace(series, y=(total[at + reach + 1] - total[at - reach]) / (2 * reach + 1))


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

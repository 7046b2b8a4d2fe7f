"""A plane as in the paper: vectors from the origin, features blue, hidden vectors red."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sdd_tui.draw.canvas import LARGEST, Canvas, Row

MOST_MARKED = 60
"""Vectors up to this many end in a mark; more are dots."""

MOST_SPOKES = 400
"""Spokes are drawn for the longest vectors only, at most this many."""

SHORT = 0.05
"""Vectors shorter than this share of the longest have no spoke: the thousands of features at the origin."""


def extent(*sets: NDArray[np.float64]) -> float:
    """Half the side of a square that holds the vectors, with a margin; 1 when there is nothing to hold."""
    longest = max((float(np.abs(v[np.isfinite(v)]).max(initial=0.0)) for v in sets), default=0.0)
    return min(longest, LARGEST) * 1.12 if longest > 0 else 1.0


def plane(
    vectors: NDArray[np.float64], width: int, height: int, colour: str, limit: float | None = None, mark: str = "●"
) -> list[Row]:
    """Rows of a picture of (m, k) vectors; of m > 2 the first two dimensions, of m = 1 a line."""
    v = np.asarray(vectors, np.float64)
    x, y = v[0], v[1] if len(v) > 1 else np.zeros(v.shape[1])
    canvas = Canvas(width, height, limit if limit else extent(v[:2]))
    reach = canvas.limit * max(width, 2 * height) / max(1, min(width, 2 * height))
    canvas.segments(np.zeros(1), np.array([-reach]), np.zeros(1), np.array([reach]), "axis")
    if len(v) > 1:  # the vectors of m = 1 lie on the other axis, which would hide them
        canvas.segments(np.array([-reach]), np.zeros(1), np.array([reach]), np.zeros(1), "axis")
    with np.errstate(over="ignore"):
        length = np.hypot(x, y)
    length = np.where(np.isfinite(length), length, 0)
    tall = np.argsort(-length, kind="stable")[:MOST_SPOKES]
    tall = tall[length[tall] > SHORT * length.max(initial=0.0)]
    canvas.segments(np.zeros(len(tall)), np.zeros(len(tall)), x[tall], y[tall], colour)
    canvas.points(x, y, colour)
    if v.shape[1] <= MOST_MARKED or len(tall) <= MOST_MARKED:
        few = tall if v.shape[1] > MOST_MARKED else np.arange(v.shape[1])
        canvas.marks(x[few], y[few], mark, colour)
    return canvas.rows()

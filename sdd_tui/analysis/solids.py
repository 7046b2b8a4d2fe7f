"""Which regular solid stored examples stand on, for m = 3: what a regular polygon is for m = 2. Numpy only.

Examples that are memorised stand as far from each other as they can: four on a tetrahedron, six on an octahedron, eight
on a square antiprism (a cube has them closer), twelve on an icosahedron. Thresholds are ours and stand here, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.geometry import LENGTH_TOLERANCE

Floats = NDArray[np.float64]
Edges = NDArray[np.intp]

GOLDEN = (1 + 5**0.5) / 2

OFF_TOLERANCE = 10.0
"""Degrees by which vectors may miss their corners on average. Four or six random directions come so near in fewer than
one case of a thousand, more of them practically never; twelve trained examples miss an icosahedron's by 8°."""

ROUNDS = 4
"""Times that corners are given to vectors anew and turned to fit them."""


@dataclass(frozen=True)
class Solid:
    """A solid that fits hidden vectors."""

    name: str
    corners: Floats
    """(m, k), m = 3: the corner of each of the k vectors, at their mean length."""
    edges: Edges
    """(e, 2): which corners are joined."""
    off: float
    """Degrees between a vector and its corner, on average."""


def nearest_solid(vectors: Floats) -> Solid | None:
    """The solid whose corners k vectors (3, k) point to; None where there is none of k corners, or they miss it."""
    length = np.sqrt((vectors * vectors).sum(axis=0))
    mean = float(length.mean()) if len(length) else 0.0
    known = [(name, corners) for name, corners in SOLIDS.items() if corners.shape[1] == len(length)]
    if len(vectors) != 3 or not known or not 0 < mean < np.inf or np.abs(length / mean - 1).max() > LENGTH_TOLERANCE:
        return None
    unit = vectors / length
    found = []
    for name, corners in known:
        turned, off, order = _turned(corners, unit)
        if off <= OFF_TOLERANCE:
            place = np.argsort(order)  # from a corner to its vector
            found.append(Solid(name, mean * turned[:, order], place[_edges(name)], off))
    return min(found, key=lambda solid: solid.off, default=None)


def _turned(corners: Floats, unit: Floats) -> tuple[Floats, float, NDArray[np.intp]]:
    """Corners (3, k) turned to fit unit vectors (3, k), the mean angle left, ∞ where two vectors have the same corner,
    and the corner of each vector.

    A corner and its neighbour are laid on a vector and the one nearest to it, for every such pair of corners; the
    best of these is then turned by least squares.
    """
    cosine = unit.T @ unit
    second = 1 + int(np.argmax(cosine[0, 1:]))
    there = _frame(unit[:, 0], unit[:, second])
    near = corners.T @ corners
    best = np.sort(near - 2 * np.eye(len(near)), axis=1)[:, -1:]
    tried = []
    for a, b in np.argwhere(near > best - 1e-6):
        if a != b:
            turn = there @ _frame(corners[:, a], corners[:, b]).T
            tried.append((float((unit.T @ turn @ corners).max(axis=1).sum()), turn))
    turn = max(tried, key=lambda one: one[0])[1]
    for _ in range(ROUNDS):
        order = np.argmax(unit.T @ turn @ corners, axis=1)
        u, _, v = np.linalg.svd(unit @ corners[:, order].T)
        turn = u @ np.diag([1, 1, np.linalg.det(u @ v)]) @ v
    if len(set(order.tolist())) < len(order):
        return corners, np.inf, order
    off = np.degrees(np.arccos(np.clip((unit * (turn @ corners[:, order])).sum(axis=0), -1, 1)))
    return turn @ corners, float(off.mean()), order


def _frame(first: Floats, second: Floats) -> Floats:
    """(3, 3): right-handed axes along a direction, across to another, and upright on both."""
    across = second - (first @ second) * first
    across = across / max(float(np.sqrt(across @ across)), 1e-300)
    return np.stack([first, across, np.cross(first, across)], axis=1)


def _signs(*pattern: float) -> Iterator[tuple[float, ...]]:
    """A point and its mirror images."""
    return (tuple(s * p for s, p in zip(signs, pattern, strict=True)) for signs in product((1, -1), repeat=3))


def _corners(points: Iterator[tuple[float, ...]] | list[tuple[float, ...]]) -> Floats:
    """(3, k) unit vectors to the different ones of these points and of their coordinates turned in a circle."""
    different = np.unique(np.array([np.roll(p, turn) for p in points for turn in range(3)]) + 0.0, axis=0)
    return np.asarray((different / np.linalg.norm(different, axis=1, keepdims=True)).T)


def _antiprism() -> Floats:
    """(3, 8): two squares an eighth of a turn apart, at the height where all edges have the same length."""
    angle, up = np.pi / 4 * np.arange(8), np.where(np.arange(8) % 2, 1, -1)
    height = 8**-0.25  # for squares whose corners are 1 from the axis: (2 - 2 cos 45°) + 4 h² = 2
    points = np.stack([np.cos(angle), np.sin(angle), height * up])
    return np.asarray(points / np.linalg.norm(points, axis=0))


SOLIDS: dict[str, Floats] = {
    "tetrahedron": _corners([p for p in _signs(1, 1, 1) if np.prod(p) > 0]),
    "octahedron": _corners([(1, 0, 0), (-1, 0, 0)]),
    "cube": _corners(_signs(1, 1, 1)),
    "square antiprism": _antiprism(),
    "icosahedron": _corners(_signs(0, 1, GOLDEN)),
    "dodecahedron": _corners([*_signs(1, 1, 1), *_signs(0, 1 / GOLDEN, GOLDEN)]),
}
"""Name -> (3, k) its corners, as unit vectors."""


@cache
def _edges(name: str) -> Edges:
    """(e, 2): the pairs of corners that are nearest to each other."""
    near = np.triu(SOLIDS[name].T @ SOLIDS[name], 1) - 2 * np.tri(SOLIDS[name].shape[1])
    return np.argwhere(near > near.max() - 1e-6)

"""A canvas of braille dots: 2 × 4 in a character cell, square to the eye, one colour a cell.

Numpy only. 10,000 points take well under a millisecond. `python -m sdd_tui.draw.canvas` draws a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""Bit of the dot at (row, column) of a cell, as Unicode numbers them from U+2800."""

BLANK = ""
"""The colour of cells that nothing was drawn in."""

LARGEST = 1e300
"""Numbers beyond are cut to it: they may still be multiplied by a picture's size."""

Row = list[tuple[str, str]]
"""Runs of (text, colour name); the texts of a row have the canvas's width together."""

Floats = NDArray[np.float64]


@dataclass
class Canvas:
    """Dots over [-limit_x, limit_x] × [-limit_y, limit_y] around a centre, where the shorter side spans `limit`.

    A side below 0, what is left of a pane with less room than its frame, is 0.
    """

    width: int
    height: int
    limit: float = 1.0
    centre: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        self.width, self.height = max(0, self.width), max(0, self.height)
        self._bits = np.zeros((self.height, self.width), np.uint8)
        self._colour = np.zeros((self.height, self.width), np.int16)
        self._mark = np.zeros((self.height, self.width), np.uint32)
        self._names = [BLANK]
        self.limit = self.limit if 0 < self.limit < np.inf else 1.0
        shorter = max(2, min(2 * self.width, 4 * self.height))
        self._scale = min((shorter - 1) / 2 / self.limit, LARGEST)

    def dots(self, column: NDArray[np.int64], row: NDArray[np.int64], colour: str) -> None:
        """Set dots by their place: 2 columns and 4 rows of them a cell; those outside are left out."""
        inside = (column >= 0) & (column < 2 * self.width) & (row >= 0) & (row < 4 * self.height)
        self._set(column[inside], row[inside], colour)

    def points(self, x: Floats, y: Floats, colour: str) -> None:
        """Set the dots nearest to the points; points outside and non-finite ones are left out."""
        column, row, inside = self._dots(x, y)
        self._set(column[inside], row[inside], colour)

    def counted(self, x: Floats, y: Floats, colours: Sequence[str], edges: Sequence[int], marks: str) -> None:
        """The same, with a cell's colour for how many points it has: the next one from each of the edges on. Of `marks`
        too; a space leaves the dots."""
        column, row, inside = self._dots(x, y)
        cell = (row[inside] // 4) * self.width + column[inside] // 2
        count = np.bincount(cell, minlength=self.width * self.height)
        found = np.flatnonzero(count)
        step = np.searchsorted(edges, count[found], side="right")
        self._set(column[inside], row[inside], colours[0])
        self._colour.reshape(-1)[found] = np.array([self._index(colour) for colour in colours])[step]
        code = np.array([0 if mark == " " else ord(mark) for mark in marks], np.uint32)[step]
        self._mark.reshape(-1)[found] = code

    def segments(self, x0: Floats, y0: Floats, x1: Floats, y1: Floats, colour: str) -> None:
        """Straight lines between points."""
        x0, y0, x1, y1 = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x0, y0, x1, y1)))
        with np.errstate(all="ignore"):  # what comes out infinite or NaN is left out
            x0, y0, x1, y1 = self._clipped(x0, y0, x1, y1)
            reach = np.maximum(np.abs(x1 - x0), np.abs(y1 - y0)) * self._scale
            finite = reach[np.isfinite(reach)]
            count = int(min(finite.max(initial=0.0), 4 * (2 * self.width + 4 * self.height))) + 2
            along = np.linspace(0, 1, count)[:, None]
            x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
        self.points(x.ravel(), y.ravel(), colour)

    def marks(self, x: Floats, y: Floats, mark: str, colour: str) -> None:
        """Put a character where each point falls, over the dots."""
        column, row, inside = self._dots(x, y)
        at = (row[inside] // 4, column[inside] // 2)
        self._mark[at] = ord(mark)
        self._colour[at] = self._index(colour)

    def nearest(self, x: Floats, y: Floats, column: int, row: int) -> int | None:
        """The point nearest to the middle of a cell, within two cells of it."""
        across, down, inside = self._dots(x, y)
        far = np.hypot(across - (2 * column + 0.5), down - (4 * row + 1.5))
        far[~inside] = np.inf
        if not len(far) or far.min() > 6:
            return None
        return int(far.argmin())

    def at(self, column: int, row: int) -> tuple[float, float]:
        """The point in the middle of a cell."""
        across, down = 2 * column + 1 - self.width, 2 * self.height - 2 - 4 * row
        return across / self._scale + self.centre[0], down / self._scale + self.centre[1]

    def rows(self) -> list[Row]:
        """The picture, row by row; blank cells are spaces, so that few colours change."""
        code = np.where(self._bits > 0, self._bits + np.uint32(0x2800), np.uint32(0x20))
        code = np.where(self._mark > 0, self._mark, code)
        return [joined(c, n, self._names) for c, n in zip(code, self._colour, strict=True)]

    def _dots(self, x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Dot column and row of each point, and which of them lie on the canvas."""
        x, y = np.asarray(x, np.float64).ravel(), np.asarray(y, np.float64).ravel()
        finite = np.isfinite(x) & np.isfinite(y)
        with np.errstate(over="ignore"):
            across = (np.where(finite, x, 0) - self.centre[0]) * self._scale + self.width - 0.5
            down = 2 * self.height - 0.5 - (np.where(finite, y, 0) - self.centre[1]) * self._scale
        inside = finite & (np.abs(across) < 1e6) & (np.abs(down) < 1e6)
        column = np.rint(np.where(inside, across, -1)).astype(np.int64)
        row = np.rint(np.where(inside, down, -1)).astype(np.int64)
        return column, row, inside & (column >= 0) & (column < 2 * self.width) & (row >= 0) & (row < 4 * self.height)

    def _clipped(self, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """The parts of lines that lie on the canvas or just beside it: far longer ones would come out dotted."""
        beside = 2.3  # dots; no whole number: half dots round to even ones, and lines of just so many would have gaps
        sides = (self.width + beside) / self._scale, (2 * self.height + beside) / self._scale
        far = [
            np.abs(v - middle) > side
            for v, middle, side in zip((x0, y0, x1, y1), 2 * self.centre, 2 * sides, strict=True)
        ]
        if not np.any(far):
            return x0, y0, x1, y1
        start, end = np.zeros(x0.shape), np.ones(x0.shape)
        dx, dy = x1 - x0, y1 - y0
        for first, way, middle, side in zip((x0, y0), (dx, dy), self.centre, sides, strict=True):
            shares = np.stack([(middle - side - first) / way, (middle + side - first) / way])
            crosses = np.isfinite(shares).all(axis=0)  # a line along the other axis never leaves this one
            start = np.where(crosses, np.maximum(start, shares.min(axis=0)), start)
            end = np.where(crosses, np.minimum(end, shares.max(axis=0)), end)
        cut, short = start > 0, end < 1  # ends that stay keep their bits: half a dot is rounded by the last one
        return (
            np.where(cut, x0 + start * dx, x0),
            np.where(cut, y0 + start * dy, y0),
            np.where(short, x0 + end * dx, x1),
            np.where(short, y0 + end * dy, y1),
        )

    def _set(self, column: NDArray[np.int64], row: NDArray[np.int64], colour: str) -> None:
        cell = (row // 4) * self.width + column // 2
        np.bitwise_or.at(self._bits.reshape(-1), cell, DOTS[row % 4, column % 2])
        self._colour.reshape(-1)[cell] = self._index(colour)

    def _index(self, colour: str) -> int:
        if colour not in self._names:
            self._names.append(colour)
        return self._names.index(colour)


def joined(code: NDArray[np.uint32], colour: NDArray[np.int16], names: list[str]) -> Row:
    """Code points and colour indices of a row as runs of (text, colour); a space takes the colour before it."""
    if not len(code):
        return []
    shown = code != 0x20
    shown[0] = True
    colour = colour[np.maximum.accumulate(np.where(shown, np.arange(len(code)), 0))]
    edges = [0, *(np.flatnonzero(colour[1:] != colour[:-1]) + 1).tolist(), len(code)]
    text = code.astype("<u4").tobytes().decode("utf-32-le")
    return [(text[a:b], names[colour[a]]) for a, b in pairwise(edges)]


def runs(text: list[str], colours: list[str]) -> Row:
    """Neighbouring cells of one colour joined; a space takes its neighbour's colour, as it shows none."""
    row: Row = []
    for character, colour in zip(text, colours, strict=True):
        if row and (colour == row[-1][1] or character == " "):
            row[-1] = (row[-1][0] + character, row[-1][1])
        else:
            row.append((character, colour))
    return row


if __name__ == "__main__":
    angle = 2 * np.pi * np.arange(5) / 5 + np.pi / 2
    sample = Canvas(40, 20, 1.1)
    sample.segments(np.zeros(5), np.zeros(5), np.cos(angle), np.sin(angle), "red")
    sample.marks(np.cos(angle), np.sin(angle), "●", "red")
    print("\n".join("".join(text for text, _ in row) for row in sample.rows()))  # noqa: T201

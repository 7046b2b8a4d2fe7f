"""Heat maps: a matrix in half blocks, two entries a cell, or as signed digits where there are no colours or no half
blocks."""

from __future__ import annotations

import numpy as np

from sdd_tui.draw.canvas import Floats, Row, joined

LEVELS = 5
"""Shades on either side of zero."""

SHADES = [f"heat{level:+d}" for level in range(-LEVELS, LEVELS + 1)]
"""Colour names from the most negative to the most positive."""


FAINTEST = 2
"""Shades below are too close to the ground for digits to be read in."""


def side(width: int, height: int, colours: bool) -> int:
    """How many rows and columns of a square matrix fit."""
    return max(1, min(width, 2 * height) if colours else min(width // 2, height))


def heat(matrix: Floats, width: int, height: int, limit: float, colours: bool = True) -> list[Row]:
    """Rows of a picture of a matrix no larger than `side`; small ones are magnified. Values are cut at ±limit."""
    level = np.nan_to_num(np.asarray(matrix, np.float64) / (limit if limit > 0 else 1.0))
    level = np.clip(level, -1, 1)
    if not level.size:
        return []
    if not colours:
        return [_digits(row) for row in level[:height, : width // 2]]
    times = _magnified(level.shape, width, height)
    shade = np.rint(level * LEVELS).astype(np.int64) + LEVELS
    shade = np.repeat(np.repeat(shade, times, axis=0), times, axis=1)[: 2 * height, :width]
    if len(shade) % 2:
        shade = np.concatenate([shade, np.full((1, shade.shape[1]), len(SHADES))])
    names = [f"{upper}/{lower}" for upper in [*SHADES, ""] for lower in [*SHADES, ""]]
    pair = (shade[::2] * (len(SHADES) + 1) + shade[1::2]).astype(np.int16)
    return [joined(np.full(shade.shape[1], ord("▀"), np.uint32), row, names) for row in pair]


def entry(
    shape: tuple[int, ...], width: int, height: int, column: int, row: int, colours: bool = True
) -> tuple[int, int] | None:
    """(row, column) of the matrix's entry that is drawn in a cell; of two the upper one."""
    if not shape[0] or not shape[1]:
        return None
    times = _magnified(shape, width, height)
    found = (2 * row // times, column // times) if colours else (row, column // 2)
    return found if found[0] < shape[0] and found[1] < shape[1] else None


def line(shape: tuple[int, ...], width: int, height: int, i: int, colours: bool = True) -> int:
    """The row of the picture in which row i of the matrix begins."""
    return i * _magnified(shape, width, height) // 2 if colours else i


def _magnified(shape: tuple[int, ...], width: int, height: int) -> int:
    """Half cells that an entry takes in either direction."""
    return max(1, min(width // shape[1], 2 * height // shape[0]))


def _digits(row: Floats) -> Row:
    """+9 … -9 for 1 … -1, a dot for about zero, each in its shade where there are colours after all."""
    return [
        (f"{value:+d}", _ink(value)) if value else (" .", "axis") for value in np.rint(row * 9).astype(int).tolist()
    ]


def _ink(ninths: int) -> str:
    """The shade of a digit."""
    level = FAINTEST + round((abs(ninths) - 1) / 8 * (LEVELS - FAINTEST))
    return f"heat{level if ninths > 0 else -level:+d}"

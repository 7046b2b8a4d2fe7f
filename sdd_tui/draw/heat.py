"""Heat maps: a matrix in half blocks, two entries a cell, or as signed digits where there are no colours."""

from __future__ import annotations

import numpy as np

from sdd_tui.draw.canvas import Floats, Row, joined

LEVELS = 5
"""Shades on either side of zero."""

SHADES = [f"heat{level:+d}" for level in range(-LEVELS, LEVELS + 1)]
"""Colour names from the most negative to the most positive."""


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
        return [[(_digits(row), "axis")] for row in level[:height, : width // 2]]
    times = max(1, min(width // level.shape[1], 2 * height // level.shape[0]))
    shade = np.rint(level * LEVELS).astype(np.int64) + LEVELS
    shade = np.repeat(np.repeat(shade, times, axis=0), times, axis=1)[: 2 * height, :width]
    if len(shade) % 2:
        shade = np.concatenate([shade, np.full((1, shade.shape[1]), len(SHADES))])
    names = [f"{upper}/{lower}" for upper in [*SHADES, ""] for lower in [*SHADES, ""]]
    pair = (shade[::2] * (len(SHADES) + 1) + shade[1::2]).astype(np.int16)
    return [joined(np.full(shade.shape[1], ord("▀"), np.uint32), row, names) for row in pair]


def entry(shape: tuple[int, int], width: int, height: int, column: int, row: int) -> tuple[int, int] | None:
    """(row, column) of the matrix's entry that is drawn in a cell, upper half."""
    if not shape[0] or not shape[1]:
        return None
    times = max(1, min(width // shape[1], 2 * height // shape[0]))
    found = (2 * row // times, column // times)
    return found if found[0] < shape[0] and found[1] < shape[1] else None


def _digits(row: Floats) -> str:
    """+9 … -9 for 1 … -1, a dot for about zero."""
    tenths = np.rint(row * 9).astype(int).tolist()
    return "".join(f"{value:+d}" if value else " ." for value in tenths)

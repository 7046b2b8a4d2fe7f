"""A strip: numbers in [0, 1] as dots from left to right, jittered upwards, as in the paper's dimensionality panes."""

from __future__ import annotations

import numpy as np

from sdd_tui.draw.canvas import Canvas, Floats, Row

GOLDEN = 0.6180339887498949
"""Jitter by multiples of the golden ratio, which neighbours share least."""


def strip(
    values: Floats,
    width: int,
    height: int,
    colour: str,
    line: float | None = None,
    top: float = 1.0,
    chosen: int | None = None,
) -> list[Row]:
    """Rows with a dot a value over [0, top], and upright lines at `line` and through the chosen value."""
    canvas = Canvas(width, height)
    v = np.asarray(values, np.float64)
    if line is not None:
        column = np.full(4 * height, _column(np.array([line]), width, top)[0])
        canvas.dots(column, np.arange(4 * height), "level")
    kept = np.flatnonzero(np.isfinite(v))
    rows = ((kept * GOLDEN) % 1 * 4 * height).astype(np.int64)
    canvas.dots(_column(v[kept], width, top), rows, colour)
    if chosen is not None and np.isfinite(v[chosen]):
        canvas.dots(np.full(4 * height, _column(v[[chosen]], width, top)[0]), np.arange(4 * height), "chosen")
    return canvas.rows()


def ruler(width: int, top: float = 1.0) -> list[Row]:
    """The axis of such a strip, in one row."""
    text = [" "] * width
    step = next((s for s in (0.05, 0.1, 0.2) if top / s <= 5), 0.25)
    for k in range(int(top / step + 1e-9) + 1):
        label = f"{step * k:.3g}"
        at = min(width - len(label), max(0, round(step * k / top * (width - 1)) - len(label) // 2))
        if at >= 0 and all(c == " " for c in text[max(0, at - 1) : at + len(label) + 1]):
            text[at : at + len(label)] = label
    return [[("".join(text), "axis")]]


def _column(values: Floats, width: int, top: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.rint(np.clip(values / top, 0, 1) * (2 * width - 1)).astype(np.int64)

"""Drawn rows on stdout: in colours on a terminal that has them, in ASCII where stdout can't write anything else."""

from __future__ import annotations

import os
import shutil
import sys

from sdd_tui.draw.canvas import Row
from sdd_tui.draw.marks import drawable, plain_text
from sdd_tui.draw.palette import colour


def has_colours() -> bool:
    """Whether stdout is a terminal with colours that are wanted."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def has_blocks() -> bool:
    """Whether a cell can hold two colours, one above the other."""
    return has_colours() and drawable(sys.stdout.encoding)


def size() -> tuple[int, int]:
    """Columns and rows for a picture: the terminal's, or 80 × 24; two rows stay for words and the prompt."""
    columns, rows = shutil.get_terminal_size()
    return max(20, columns), max(8, rows - 2)


def show(rows: list[Row]) -> None:
    """Print rows."""
    unicode = drawable(sys.stdout.encoding)
    coloured = has_colours()
    for row in rows:
        parts = [(text if unicode else plain_text(text, "ascii"), name) for text, name in row]
        line = "".join(_painted(text, name) if coloured else text for text, name in parts)
        print(line if coloured else line.rstrip())


def _painted(text: str, name: str) -> str:
    upper, _, lower = name.partition("/")
    codes = [
        f"{layer};2;{int(found[1:3], 16)};{int(found[3:5], 16)};{int(found[5:7], 16)}"
        for layer, found in ((38, colour(upper)), (48, colour(lower)))
        if found
    ]
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text

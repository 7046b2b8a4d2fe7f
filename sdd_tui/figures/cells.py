"""The character cells of a screen as PNG or PDF, as a terminal would draw them: dots of braille and blocks as shapes,
the rest as text. The app starts `python -m sdd_tui.figures.cells FILE` for it and gives it the cells on stdin, so that
it never imports matplotlib itself.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sdd_tui.streams import answer

WIDE, HIGH, BASE = 12, 23, 18
"""Pixels of a cell, and from its top down to the line that letters stand on: in this shape DejaVu Sans Mono's lines of
boxes meet those of the next cell."""

DPI = 200
POINTS = WIDE / 0.60205 * 72 / DPI
"""Size of the type, of which a letter is so wide."""

DOTS = (0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80)
"""Bits of a braille character's dots, down the first column, then down the second."""

EIGHTHS = {
    **{chr(0x2580 + k): (0, 1 - k / 8, 1, 1) for k in range(1, 9)},
    **{chr(0x2590 - k): (0, 0, k / 8, 1) for k in range(1, 8)},
    "▀": (0, 0, 1, 0.5), "▐": (0.5, 0, 1, 1), "▔": (0, 0, 1, 0.125), "▕": (0.875, 0, 1, 1),
}  # fmt: skip
"""Block -> left, top, right and bottom of what is filled, as shares of a cell."""

WORD = re.compile(r"[^ \u2800-\u28ff▀-▐▔▕]+")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """Characters of a cell each, in one style."""

    x: int
    y: int
    text: str
    ink: str
    ground: str
    style: str
    """Of the letters b (bold), i (italic) and u (underlined)."""


@dataclass(frozen=True)
class Shot:
    """A screen, or a part of it."""

    columns: int
    rows: int
    ground: str
    """The colour around it."""
    pieces: list[Piece]

    def as_json(self) -> bytes:
        """For the process that draws it."""
        pieces = [[r.x, r.y, r.text, r.ink, r.ground, r.style] for r in self.pieces]
        return json.dumps([self.columns, self.rows, self.ground, pieces]).encode()


def from_json(raw: bytes) -> Shot:
    """What `as_json` wrote."""
    columns, rows, ground, pieces = json.loads(raw)
    return Shot(columns, rows, ground, [Piece(*piece) for piece in pieces])


def picture(shot: Shot, ending: str) -> bytes:
    """The cells as `png` or `pdf`, with a margin of one cell."""
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

    from sdd_tui.figures.save import UNDATED
    from sdd_tui.figures.style import styled

    wide, high = (shot.columns + 2) * WIDE, shot.rows * HIGH + 2 * WIDE
    with styled(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font has not is drawn as a box
        figure = Figure(figsize=(wide / DPI, high / DPI), facecolor=shot.ground)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        ax.set(xlim=(-WIDE, wide - WIDE), ylim=(high - WIDE, -WIDE))
        boxes = list(_boxes(shot))
        corners = [[(left, top), (right, top), (right, low), (left, low)] for _, (left, top, right, low) in boxes]
        colours = [colour for colour, _ in boxes]
        ax.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="none", antialiaseds=False))
        for colour, dots in _dots(shot).items():
            ax.plot(*zip(*dots, strict=True), "o", color=colour, ms=4.2 * 72 / DPI, mew=0)
        for piece in shot.pieces:
            for word in WORD.finditer(piece.text):
                text = ax.text(
                    (piece.x + word.start()) * WIDE, piece.y * HIGH + BASE, word[0], color=piece.ink, fontsize=POINTS,
                    family="DejaVu Sans Mono", weight="bold" if "b" in piece.style else "normal",
                    style="italic" if "i" in piece.style else "normal", va="baseline", zorder=3,
                )  # fmt: skip
                text.set_parse_math(False)
        out = BytesIO()
        figure.savefig(out, format=ending, dpi=DPI, facecolor=shot.ground, metadata=UNDATED[ending])
    return out.getvalue()


def _boxes(shot: Shot) -> Iterator[tuple[str, Box]]:
    """(colour, left, top, right and bottom in pixels) of grounds, blocks and lines under words, in this order."""
    for piece in shot.pieces:
        if piece.ground != shot.ground:
            yield (
                piece.ground,
                (piece.x * WIDE, piece.y * HIGH, (piece.x + len(piece.text)) * WIDE, (piece.y + 1) * HIGH),
            )
    for piece in shot.pieces:
        for x, character in enumerate(piece.text, piece.x):
            if (found := EIGHTHS.get(character)) is not None:
                left, top, right, low = found
                yield piece.ink, ((x + left) * WIDE, (piece.y + top) * HIGH, (x + right) * WIDE, (piece.y + low) * HIGH)
        if "u" in piece.style:
            low = piece.y * HIGH + BASE + 3
            yield piece.ink, (piece.x * WIDE, low, (piece.x + len(piece.text)) * WIDE, low + 1)


def _dots(shot: Shot) -> dict[str, list[tuple[float, float]]]:
    """Colour -> where the dots of braille are, in pixels."""
    found = defaultdict(list)
    for piece in shot.pieces:
        for x, character in enumerate(piece.text, piece.x):
            if "\u2800" < character <= "\u28ff":
                for k, bit in enumerate(DOTS):
                    if (ord(character) - 0x2800) & bit:
                        across, down = divmod(k, 4)
                        found[piece.ink].append(((x + across / 2 + 0.25) * WIDE, (piece.y + down / 4 + 0.125) * HIGH))
    return found


def main() -> None:
    """Draw what comes in on stdin into the file that is named. Raises NoRoomError."""
    from sdd_tui.figures.save import write

    target = Path(sys.argv[1])
    write(target, picture(from_json(sys.stdin.buffer.read()), target.suffix[1:].lower()), over=False)


if __name__ == "__main__":
    answer("sdd", main)

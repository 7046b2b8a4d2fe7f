"""The marks pictures are made of: braille, half blocks, or plain ASCII for terminals and fonts that know no better.

Everything is drawn with braille and box characters; a table of one character to one turns it into the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

Marks = Literal["braille", "half", "ascii"]

SYMBOLS = {
    "●": "o", "•": "o", "◆": "#", "◇": "%", "○": ".", "▸": ">", "▶": ">", "◀": "<", "‖": "|", "∞": "~", "·": ".",
    "…": "~", "—": "-", "–": "-", "−": "-", "×": "x", "±": "~", "≤": "<", "≥": ">", "≈": "~", "²": "2", "ᵀ": "T",
    "ᵢ": "i", "ⱼ": "j", "Ĥ": "H", "ĥ": "h", "α": "a", "β": "b", "λ": "l", "Σ": "S", "σ": "s", "π": "p", "°": "d",
    "µ": "u", "✓": "x", "′": "'", "‹": "<", "›": ">",
    "↑": "^", "↓": "v", "←": "<", "→": ">", "↔": "-", "█": "#", "▉": "#", "▊": "#", "▋": "#", "▌": "|", "▍": "|",
    "▎": "|", "▏": "|", "▐": "|", "▀": "^", "▄": "_", "░": ".", "▒": "%", "▓": "@", "■": "#", "□": ".", "▼": "v",
    "▲": "^", "⏸": "=", "⏵": ">", "⭘": "O", "╱": "/", "╲": "\\", "━": "-", "─": "-", "│": "|", "┃": "|",
}  # fmt: skip
"""What stands for our own symbols in ASCII, one character for one."""

LOWER = {"▁": "_", "▂": "_", "▃": "_", "▅": "=", "▆": "=", "▇": "#", "▔": "-", "▕": "|"}


def drawable(encoding: str | None) -> bool:
    """Whether text in an encoding can hold what pictures are made of: UTF-8 can, Latin-1 and ASCII can't."""
    try:
        "⣿▀─●∞".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@cache
def table(marks: Marks) -> Mapping[int, str]:
    """For str.translate: what each character becomes."""
    if marks == "braille":
        return {}
    found = {0x2800 + bits: (_half if marks == "half" else _plain)(bits) for bits in range(256)}
    if marks == "ascii":
        found |= {ord(k): v for k, v in (SYMBOLS | LOWER).items()}
        found |= {c: "+" for c in range(0x2500, 0x2580) if c not in found}  # the other lines of boxes
        found |= {c: "#" for c in range(0x2580, 0x25A0) if c not in found}
    return found


def plain_text(text: str, marks: Marks) -> str:
    """A text in these marks; in ASCII, what has no other sign becomes `?`."""
    shown = text.translate(table(marks))
    return shown if marks != "ascii" or shown.isascii() else shown.encode("ascii", "replace").decode()


def _rows(bits: int) -> list[bool]:
    """Whether each of the four rows of a braille cell has a dot."""
    return [bool(bits & mask) for mask in (0x09, 0x12, 0x24, 0xC0)]


def _half(bits: int) -> str:
    first, second, third, fourth = _rows(bits)
    return " ▀▄█"[(first or second) + 2 * (third or fourth)]


def _plain(bits: int) -> str:
    """The ASCII character that looks most like a braille cell."""
    first, second, third, fourth = _rows(bits)
    if bits.bit_count() >= 6:
        return "#"
    if sum((first, second, third, fourth)) >= 3:
        return ":" if bits.bit_count() > 4 else "|"
    if fourth:
        return "_" if not (first or second) else ":"
    if second or third:
        return "-" if not first else "'"
    return "'" if first else " "

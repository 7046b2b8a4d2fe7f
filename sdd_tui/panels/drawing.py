"""What a panel returns: rows, words for its edge, and what lies under a cell; and several of them put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from unicodedata import combining, east_asian_width

from sdd_tui.draw.canvas import BLANK, Row


@dataclass(frozen=True)
class Hit:
    """What lies under a cell: a step, an example or a feature; of a sweep a point, or one of the unfinished cells."""

    kind: Literal["step", "example", "feature", "point", "cell"]
    value: int


@dataclass(frozen=True)
class Spot:
    """Where a cell lies on what can be moved and zoomed, and how far its neighbours are from it."""

    kind: Literal["steps", "plane"]
    x: float
    """Share of the steps shown, or half sides of a plane that is not zoomed, from the origin."""
    y: float = 0.0
    across: float = 0.0
    """From a column to the next."""
    down: float = 0.0
    """From a row to the next."""


def _nothing(column: int, row: int) -> None:
    return None


@dataclass(frozen=True)
class Drawing:
    """A drawn panel; every row has the same width."""

    rows: list[Row]
    note: str = ""
    """Parts with two spaces between them, the most important first: where there is no room the last go first."""
    brief: str = ""
    """The note where there is no room for it."""
    hit: Callable[[int, int], Hit | None] = _nothing
    spot: Callable[[int, int], Spot | None] = _nothing
    above: int = 0
    beyond: int = 0
    """Lines that a panel can be scrolled by still, up and down."""


Part = Callable[[int, int], Drawing]
"""Draws at (width, height)."""


def words(lines: Sequence[str | Row], width: int, height: int, note: str = "") -> Drawing:
    """Lines of text, cut to the size."""
    rows = [[(line, "text")] if isinstance(line, str) else line for line in lines[:height]]
    return Drawing([fitted(row, width) for row in rows], note)


def scrolled(
    lines: Sequence[str | Row], start: int, width: int, height: int, note: str = "", brief: str = ""
) -> Drawing:
    """The lines from `start` on, as many as fit; the notes say so where not all do."""
    height = max(1, height)
    first = min(start, max(0, len(lines) - height))
    beyond = max(0, len(lines) - height - first)
    if first or beyond:
        note += f"  {first + 1}-{min(len(lines), first + height)} of {len(lines)} lines, {{ }}"
        brief += " { }"
    return replace(words(lines[first:], width, height, note), brief=brief, above=first, beyond=beyond)


def narrow(text: str) -> str:
    """A text with `?` for what takes no cell or two: a row is as wide as it has characters."""
    if text.isascii():
        return text
    return "".join("?" if c > "\u02ff" and (combining(c) or east_asian_width(c) in "WF") else c for c in text)


def fitted(row: Row, width: int) -> Row:
    """A row cut or filled to a width."""
    found: Row = []
    left = width
    for wide, colour in row:
        text = narrow(wide)
        if left <= 0:
            break
        piece = text if len(text) <= left else text[: max(0, left - 1)] + "…"
        found.append((piece, colour))
        left -= len(piece)
    return [*found, (" " * left, BLANK)] if left > 0 else found


def arranged(
    parts: Sequence[Part], page: int, size: tuple[int, int], smallest: tuple[int, int], square: bool = False
) -> Drawing:
    """The parts side by side or one above the other where each gets its smallest size, else as many as fit, from the
    page's on. Square ones stand side by side where they can."""
    width, height = size
    count = len(parts)
    wide, high = smallest
    beside = width >= count * wide and (square or width >= 4 * height)
    if height >= count * high and not beside:
        each = height // count
        drawn = [part(width, each if i < count - 1 else height - each * (count - 1)) for i, part in enumerate(parts)]
        return _stacked(drawn, each, width)
    fit = min(count, max(1, width // wide))
    each = width // fit
    some = [parts[(page + i) % count] for i in range(fit)]
    drawn = [part(each if i < fit - 1 else width - each * (fit - 1), height) for i, part in enumerate(some)]
    found = _beside(drawn, each, height)
    more = "" if fit == count else f"  {page % count + 1}/{count}, v"
    return Drawing(found.rows, found.note + more, more.strip(), found.hit, found.spot)


def _beside(drawn: Sequence[Drawing], each: int, height: int) -> Drawing:
    rows: list[Row] = []
    for y in range(height):
        rows.append([run for d in drawn for run in (d.rows[y] if y < len(d.rows) else [(" " * each, BLANK)])])

    def at(column: int) -> tuple[Drawing, int]:
        which = min(column // each, len(drawn) - 1)
        return drawn[which], column - which * each

    def hit(column: int, row: int) -> Hit | None:
        part, x = at(column)
        return part.hit(x, row)

    def spot(column: int, row: int) -> Spot | None:
        part, x = at(column)
        return part.spot(x, row)

    return Drawing(rows, "   ".join(d.note for d in drawn if d.note), hit=hit, spot=spot)


def _stacked(drawn: Sequence[Drawing], each: int, width: int) -> Drawing:
    rows: list[Row] = []
    for i, d in enumerate(drawn):
        part = d.rows if i == len(drawn) - 1 else d.rows[:each]
        rows += part + [[(" " * width, BLANK)]] * (each - len(part) if i < len(drawn) - 1 else 0)

    def at(row: int) -> tuple[Drawing, int]:
        which = min(row // each, len(drawn) - 1)
        return drawn[which], row - which * each

    def hit(column: int, row: int) -> Hit | None:
        part, y = at(row)
        return part.hit(column, y)

    def spot(column: int, row: int) -> Spot | None:
        part, y = at(row)
        return part.spot(column, y)

    note, brief = ("   ".join(d.note for d in drawn if d.note), "  ".join(d.brief for d in drawn if d.brief))
    return Drawing(rows, note, brief, hit, spot)

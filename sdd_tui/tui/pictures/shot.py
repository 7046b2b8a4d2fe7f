"""What stands on the screen: as an SVG, and as cells for the process that draws PNG and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Any

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from textual.app import App
from textual.strip import Strip

from sdd_tui.figures.cells import Piece, Shot
from sdd_tui.tui.textual_workarounds import strips_of
from sdd_tui.tui.widgets.panel_view import PanelView

INK, GROUND = ColorTriplet(0xD7, 0xDA, 0xE0), ColorTriplet(0x16, 0x18, 0x1C)
"""Where a terminal's own colours are meant, which the app doesn't know."""

DIM = 0.4
"""How far dim words are towards the ground."""


def taken(app: App[Any], part: PanelView | None) -> list[Strip]:
    """The lines of the screen, or of a part of it: none where that isn't shown."""
    strips = strips_of(app)
    if part is None:
        return strips
    x, y, width, height = part.region
    return [strip.crop(x, x + width) for strip in strips[y : y + height]]


def as_svg(strips: Sequence[Strip], title: str) -> str:
    """As Textual has it: a window with a title."""
    console = Console(
        width=strips[0].cell_length, height=len(strips), file=StringIO(), force_terminal=True,
        color_system="truecolor", record=True, legacy_windows=False, safe_box=False,
    )  # fmt: skip
    console.print(Segments([s for strip in strips for s in (*strip.simplify(), Segment.line())]), end="")
    return console.export_svg(title=title)


def as_shot(strips: Sequence[Strip]) -> Shot:
    """Every cell with its colours."""
    pieces = []
    for y, strip in enumerate(strips):
        x = 0
        for text, style, _ in strip.simplify():
            ink, ground, marks = _looks(style or Style.null())
            for piece in [text] if cell_len(text) == len(text) else text:  # letters of two cells by themselves
                pieces.append(Piece(x, y, piece, ink, ground, marks))
                x += cell_len(piece)
    return Shot(strips[0].cell_length, len(strips), pieces[0].ground if pieces else GROUND.hex, pieces)


def _looks(style: Style) -> tuple[str, str, str]:
    ink, ground = _known(style.color, INK), _known(style.bgcolor, GROUND)
    if style.reverse:
        ink, ground = ground, ink
    if style.dim:
        ink = blend_rgb(ink, ground, DIM)
    marks = (("b", style.bold), ("i", style.italic), ("u", style.underline))
    return ink.hex, ground.hex, "".join(letter for letter, on in marks if on)


def _known(colour: Color | None, usual: ColorTriplet) -> ColorTriplet:
    return usual if colour is None or colour.is_default else colour.get_truecolor()

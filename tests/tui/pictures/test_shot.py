"""A screen as cells and as an SVG."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sdd_tui.figures.cells import Piece
from sdd_tui.tui.pictures.shot import GROUND, INK, as_shot, as_svg

LINES = [
    Strip(
        [Segment("ab", Style.parse("bold #ff0000 on #00ff00")), Segment("c", Style.parse("reverse #ff0000 on #00ff00"))]
    ),
    Strip([Segment("中x"), Segment(" ", Style.parse("dim #000000 on #ffffff"))]),
]


def test_cells_have_their_places_and_colours() -> None:
    shot = as_shot(LINES)
    assert (shot.columns, shot.rows, shot.ground) == (3, 2, "#00ff00")
    assert shot.pieces[:2] == [Piece(0, 0, "ab", "#ff0000", "#00ff00", "b"), Piece(2, 0, "c", "#00ff00", "#ff0000", "")]
    assert shot.pieces[2:4] == [Piece(0, 1, "中", INK.hex, GROUND.hex, ""), Piece(2, 1, "x", INK.hex, GROUND.hex, "")]
    assert shot.pieces[4].ink == "#666666"


def test_an_svg_holds_words_and_nothing_of_them_as_markup() -> None:
    svg = as_svg([Strip([Segment("<b>&[red]")])], "<title>")
    assert "&lt;b&gt;&amp;[red]" in svg and "<b>" not in svg and "<title>" not in svg

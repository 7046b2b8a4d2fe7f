"""The cells of a screen as pictures."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from sdd_tui.figures.cells import HIGH, WIDE, Piece, Shot, from_json, picture

RED, GREEN, BLACK = "#ff0000", "#00ff00", "#000000"


def cell(x: int, y: int, image: Image.Image) -> list[tuple[int, ...]]:
    """The pixels of a cell."""
    left, top = (x + 1) * WIDE, WIDE + y * HIGH
    part = image.crop((left, top, left + WIDE, top + HIGH))
    return [part.getpixel((i, j)) for j in range(HIGH) for i in range(WIDE)]  # type: ignore[misc]


def drawn(*pieces: Piece, columns: int = 4, rows: int = 2) -> Image.Image:
    return Image.open(BytesIO(picture(Shot(columns, rows, BLACK, list(pieces)), "png"))).convert("RGB")


def test_a_picture_has_a_cell_for_each_and_a_margin() -> None:
    assert drawn(columns=7, rows=3).size == (9 * WIDE, 3 * HIGH + 2 * WIDE)


@pytest.mark.parametrize(
    ("block", "left", "top", "right", "low"),
    [("█", 0, 0, 1, 1), ("▀", 0, 0, 1, 0.5), ("▄", 0, 0.5, 1, 1), ("▌", 0, 0, 0.5, 1), ("▐", 0.5, 0, 1, 1)],
)
def test_blocks_fill_their_part_of_a_cell(block: str, left: float, top: float, right: float, low: float) -> None:
    image = drawn(Piece(1, 1, block, RED, GREEN, ""))
    red = cell(1, 1, image).count((255, 0, 0)) / (WIDE * HIGH)
    assert red == pytest.approx((right - left) * (low - top), abs=0.06)
    assert cell(1, 1, image).count((255, 0, 0)) + cell(1, 1, image).count((0, 255, 0)) >= (WIDE - 1) * (HIGH - 1)
    for x, y in ((0, 1), (2, 1), (1, 0)):
        assert set(cell(x, y, image)) == {(0, 0, 0)}


def test_dots_of_braille_stand_where_they_are_in_the_cell() -> None:
    pixels = cell(0, 0, drawn(Piece(0, 0, "⠁", RED, BLACK, "")))  # the first dot alone
    lit = [(i % WIDE, i // WIDE) for i, pixel in enumerate(pixels) if pixel[0] > 128]
    assert lit and all(x < WIDE / 2 and y < HIGH / 4 for x, y in lit)
    whole = [p for p in cell(0, 0, drawn(Piece(0, 0, "⣿", RED, BLACK, ""))) if p[0] > 128]
    assert len(whole) == pytest.approx(8 * len(lit), rel=0.2)
    assert set(cell(0, 0, drawn(Piece(0, 0, "⠀", RED, BLACK, "")))) == {(0, 0, 0)}


def test_letters_stay_in_their_cells_however_long_a_word_is() -> None:
    image = drawn(Piece(0, 0, "i" * 99 + "M", RED, BLACK, ""), columns=102, rows=1)
    assert any(pixel[0] > 128 for pixel in cell(99, 0, image))
    assert set(cell(100, 0, image)) == {(0, 0, 0)}


def test_lines_of_boxes_meet() -> None:
    image = drawn(Piece(0, 0, "─│", RED, BLACK, ""), Piece(0, 1, " │", RED, BLACK, ""))
    for j in range(2 * HIGH):
        assert max(image.getpixel((2 * WIDE + i, WIDE + j))[0] for i in range(WIDE)) > 100  # type: ignore[index]


def test_words_of_a_pdf_are_words() -> None:
    content = picture(Shot(4, 1, BLACK, [Piece(0, 0, "$a_b", RED, BLACK, "bi")]), "pdf")
    assert content.startswith(b"%PDF") and b"/FontFile2" in content
    assert content == picture(Shot(4, 1, BLACK, [Piece(0, 0, "$a_b", RED, BLACK, "bi")]), "pdf")


def test_cells_are_read_as_they_were_sent() -> None:
    shot = Shot(2, 1, BLACK, [Piece(0, 0, "‖∞", RED, GREEN, "u")])
    assert from_json(shot.as_json()) == shot

"""Braille pictures, dot by dot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.canvas import BLANK, DOTS, Canvas, Row, runs

ANY = st.floats(allow_nan=True, allow_infinity=True)
POINTS = st.lists(st.tuples(ANY, ANY), max_size=12)


def xy(points: Sequence[tuple[float, ...]]) -> tuple[Any, Any]:
    """The coordinates of points, an array each."""
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    return x, y


def ends(lines: Sequence[tuple[float, ...]]) -> tuple[Any, Any, Any, Any]:
    """The coordinates of segments' ends, an array each."""
    x0, y0, x1, y1 = np.array(lines, np.float64).reshape(-1, 4).T
    return x0, y0, x1, y1


def text(rows: list[Row]) -> list[str]:
    return ["".join(part for part, _ in row) for row in rows]


def test_each_dot_has_unicodes_bit() -> None:
    """U+2801 is dot 1 at the top left, U+2880 dot 8 at the bottom right."""
    drawn = [[chr(0x2800 + bit) for bit in row] for row in DOTS.tolist()]
    assert drawn == [["⠁", "⠈"], ["⠂", "⠐"], ["⠄", "⠠"], ["⡀", "⢀"]]


def test_the_corners_of_the_square_are_the_corners_of_the_picture() -> None:
    canvas = Canvas(4, 2)
    canvas.points(*xy([(-1, 1), (1, 1), (-1, -1), (1, -1)]), "blue")
    assert text(canvas.rows()) == ["⠁  ⠈", "⡀  ⢀"]


def test_up_is_up_and_right_is_right() -> None:
    canvas = Canvas(4, 2)
    canvas.points(*xy([(0.9, 0.9)]), "blue")
    assert text(canvas.rows()) == ["   ⠈", "    "]


def test_a_wide_picture_keeps_circles_round() -> None:
    canvas = Canvas(9, 2)
    canvas.points(*xy([(-1, 0.05), (1, 0.05), (0.05, 1), (0.05, -1)]), "blue")
    assert text(canvas.rows()) == ["  ⢀ ⠈ ⡀  ", "    ⢀    "]  # 8 dots wide, as it is high


def test_segments_are_straight_and_closed() -> None:
    canvas = Canvas(4, 2)
    canvas.segments(*ends([(-1, 1, 1, -1)]), "blue")
    assert text(canvas.rows()) == ["⠑⢄  ", "  ⠑⢄"]


def test_a_mark_lies_over_the_dots() -> None:
    canvas = Canvas(4, 2)
    canvas.segments(*ends([(-1, 1, 1, -1)]), "blue")
    canvas.marks(*xy([(1, -1)]), "●", "red")
    assert canvas.rows() == [[("⠑⢄  ", "blue")], [("  ", BLANK), ("⠑", "blue"), ("●", "red")]]


def test_the_last_colour_drawn_in_a_cell_is_the_cells() -> None:
    canvas = Canvas(2, 1)
    canvas.points(*xy([(-1, 1), (1, 1)]), "blue")
    canvas.points(*xy([(-1, -1)]), "red")
    assert canvas.rows() == [[("⡁", "red"), ("⠈", "blue")]]


def test_points_outside_are_left_out() -> None:
    canvas = Canvas(4, 2)
    canvas.points(*xy([(3, 0), (0, -3), (1e300, 0), (0, -1e300)]), "blue")
    assert text(canvas.rows()) == ["    "] * 2


def test_a_segment_from_outside_shows_where_it_crosses() -> None:
    canvas = Canvas(4, 2)
    canvas.segments(*ends([(-5, 5, 5, -5)]), "blue")
    assert text(canvas.rows()) == ["⠑⢄  ", "  ⠑⢄"]


def test_neighbours_of_one_colour_are_one_run_and_a_space_takes_any() -> None:
    assert runs(list("ab cd "), ["r", "r", "", "r", "g", ""]) == [("ab c", "r"), ("d ", "g")]
    assert runs([" ", "a"], ["", "r"]) == [(" ", ""), ("a", "r")]
    assert runs([], []) == []


@pytest.mark.parametrize("empty", [np.zeros(0), np.full(3, np.nan), np.full(3, np.inf)])
def test_nothing_to_draw_is_a_blank_picture(empty: np.ndarray) -> None:
    canvas = Canvas(5, 2)
    canvas.points(empty, empty, "blue")
    canvas.segments(empty, empty, empty, empty, "blue")
    canvas.marks(empty, empty, "●", "blue")
    assert canvas.rows() == [[("     ", BLANK)]] * 2


@given(
    st.integers(0, 30),
    st.integers(0, 12),
    ANY,
    POINTS,
    st.lists(st.tuples(ANY, ANY, ANY, ANY), max_size=6),
)
def test_any_numbers_draw_a_picture_of_exactly_its_size(
    width: int,
    height: int,
    limit: float,
    points: list[tuple[float, ...]],
    lines: list[tuple[float, ...]],
) -> None:
    canvas = Canvas(width, height, limit)
    canvas.points(*xy(points), "blue")
    canvas.segments(*ends(lines), "red")
    canvas.marks(*xy(points), "●", "green")
    rows = canvas.rows()
    assert len(rows) == height
    for row in rows:
        assert sum(len(part) for part, _ in row) == width
        assert {colour for _, colour in row} <= {BLANK, "blue", "red", "green"}


def test_cells_have_the_colour_for_how_many_points_they_have_and_a_mark_where_there_is_one() -> None:
    x, y = np.repeat([-0.9, 0.0, 0.9], [1, 3, 9]), np.zeros(13)
    for marks in ("   ", " ab"):
        canvas = Canvas(9, 3)
        canvas.counted(x, y, ["few", "some", "many"], (2, 5), marks)
        cells = [(c, name) for row in canvas.rows() for text, name in row for c in text if c != " "]
        assert [name for _, name in cells] == ["few", "some", "many"]
        assert [c for c, _ in cells][1:] == (["a", "b"] if marks.strip() else [cells[1][0], cells[2][0]])
        assert 0x2800 < ord(cells[0][0]) < 0x2900


@given(POINTS, st.integers(0, 12), st.integers(0, 6))
def test_any_points_can_be_counted(points: list[tuple[float, float]], width: int, height: int) -> None:
    canvas, same = Canvas(width, height), Canvas(width, height)
    canvas.counted(*xy(points), ["few", "many"], (2,), "  ")
    same.points(*xy(points), "few")
    assert text(canvas.rows()) == text(same.rows())

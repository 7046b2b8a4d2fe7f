"""Strips: dots from 0 to the right, a line, an axis."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.strip import ruler, strip


def text(rows: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(piece for piece, _ in row) for row in rows]


def test_zero_is_at_the_left_and_the_top_at_the_right() -> None:
    assert text(strip(np.array([0.0]), 10, 1, "feature"))[0][1:].strip() == ""
    assert text(strip(np.array([1.0]), 10, 1, "feature"))[0][:-1].strip() == ""
    assert text(strip(np.array([0.5]), 10, 1, "feature", top=0.5)) == text(strip(np.array([1.0]), 10, 1, "feature"))


def test_the_line_stands_at_its_place_in_its_colour() -> None:
    rows = strip(np.zeros(0), 11, 2, "feature", line=0.5)
    assert text(rows)[0].index("⡇" if "⡇" in text(rows)[0] else "⢸") == 5
    assert {colour for row in rows for piece, colour in row if piece.strip()} == {"level"}


def test_the_axis_has_round_numbers() -> None:
    assert "".join(text(ruler(60, 0.48))).split() == ["0", "0.1", "0.2", "0.3", "0.4"]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=50), st.integers(1, 60), st.integers(1, 9))
def test_any_numbers_at_any_size(values: list[float], width: int, height: int) -> None:
    rows = text(strip(np.array(values), width, height, "feature", 0.3))
    assert [len(row) for row in rows] == [width] * height
    assert len(text(ruler(width))[0]) == width

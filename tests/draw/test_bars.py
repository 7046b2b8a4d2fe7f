"""Pairs of bars in one row."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.bars import pair

NAMES = "upper", "lower"


def test_the_upper_half_is_the_first_number_and_the_lower_half_the_second() -> None:
    assert pair(1.0, 0.5, 1.0, 8, NAMES) == [("▀▀▀▀", "upper/lower"), ("▀▀▀▀", "upper")]
    assert pair(0.25, 0.5, 1.0, 8, NAMES) == [("▀▀", "upper/lower"), ("▄▄", "lower"), ("    ", "")]
    assert pair(0.0, 0.5, 1.0, 4, NAMES) == [("▄▄", "lower"), ("  ", "")]


def test_without_colours_whole_cells_are_both() -> None:
    assert "".join(text for text, _ in pair(1.0, 0.5, 1.0, 8, NAMES, colours=False)) == "████▀▀▀▀"


def test_what_is_negative_or_no_number_has_no_bar() -> None:
    for value in (-1.0, math.nan, math.inf, 0.0):
        assert pair(value, 0.5, 1.0, 4, NAMES) == [("▄▄", "lower"), ("  ", "")]


@given(st.floats(), st.floats(), st.floats(), st.integers(0, 40), st.booleans())
def test_any_two_numbers_fill_a_row(upper: float, lower: float, top: float, width: int, colours: bool) -> None:
    assert sum(len(text) for text, _ in pair(upper, lower, top, width, NAMES, colours)) == width

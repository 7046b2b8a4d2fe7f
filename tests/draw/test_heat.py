"""Heat maps: two entries a cell, digits without colours."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.heat import LEVELS, entry, heat, side


def test_a_cell_holds_an_upper_and_a_lower_entry() -> None:
    rows = heat(np.array([[1.0, -1.0], [0.0, 1.0]]), 2, 1, 1.0)
    assert rows == [[("▀", f"heat+{LEVELS}/heat+0"), ("▀", f"heat-{LEVELS}/heat+{LEVELS}")]]


def test_small_matrices_are_magnified_to_fill_the_picture() -> None:
    rows = heat(np.eye(2), 8, 4, 1.0)
    assert len(rows) == 4
    assert [len(text) for text, _ in rows[0]] == [4, 4]


def test_without_colours_there_are_signed_digits() -> None:
    rows = heat(np.array([[1.0, -0.5], [0.02, np.nan]]), 4, 2, 1.0, colours=False)
    assert ["".join(text for text, _ in row) for row in rows] == ["+9-4", " . ."]


def test_digits_have_their_shades_for_terminals_whose_marks_are_ascii() -> None:
    (row,) = heat(np.array([[1.0, -1.0, 0.5, -0.1, 0.0]]), 10, 1, 1.0, colours=False)
    shades = [f"heat+{LEVELS}", f"heat-{LEVELS}", "heat+3", "heat-2", "axis"]
    assert row == list(zip(["+9", "-9", "+4", "-1", " ."], shades, strict=True))


def test_a_digit_knows_its_entry() -> None:
    assert entry((2, 2), 8, 4, 1, 0, colours=False) == (0, 0)
    assert entry((2, 2), 8, 4, 2, 1, colours=False) == (1, 1)
    assert entry((2, 2), 8, 4, 4, 0, colours=False) is None
    assert entry((2, 2), 8, 4, 0, 2, colours=False) is None


def test_a_cell_knows_its_entry() -> None:
    assert entry((2, 2), 8, 4, 0, 0) == (0, 0)
    assert entry((2, 2), 8, 4, 7, 3) == (1, 1)
    assert entry((3, 3), 4, 4, 3, 0) is None


@given(st.integers(0, 30), st.integers(1, 50), st.integers(1, 20), st.booleans())
def test_what_fits_is_drawn_within_the_size(k: int, width: int, height: int, colours: bool) -> None:
    k = min(k, side(width, height, colours))
    rows = heat(np.random.default_rng(k).normal(size=(k, k)), width, height, 1.0, colours)
    assert len(rows) <= height
    assert all(sum(len(text) for text, _ in row) <= width for row in rows)

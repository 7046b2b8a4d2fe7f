"""Numbers as blocks: on a log axis, flat where little changes, and nothing for what has no logarithm."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.draw.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([1, 0.1, 0.01], "█▅▁"),
        ([1, None, 1e-8], "█ ▁"),
        ([1.0, 0.9987], "▁▁"),
        ([0.0, -1.0, math.nan, math.inf, 2.0], "    ▁"),
        ([None, None], ""),
        ([], ""),
    ],
)
def test_values_are_blocks(values: Sequence[float | None], line: str) -> None:
    assert sparkline(values) == line


@given(st.lists(st.none() | st.floats()))
def test_any_numbers_have_a_place_each(values: list[float | None]) -> None:
    assert len(sparkline(values)) in (0, len(values))

"""Charts: whatever the numbers are, plotext gets what it can draw, and every row has the width asked for."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.draw.canvas import Row
from sdd_tui.draw.chart import Series, line_chart, thinned

anything = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, width=64),
    st.sampled_from([0.0, -0.0, 1.0, float("nan"), float("inf"), -float("inf"), 1e-320, 1e308, -1e308]),
)


def text(rows: list[Row]) -> list[str]:
    return ["".join(piece for piece, _ in row) for row in rows]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.tuples(anything, anything), max_size=30), max_size=3),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), st.floats(-1, 2)),
    st.integers(1, 90),
    st.integers(1, 30),
)
def test_any_numbers_at_any_size_give_rows_of_that_size(
    lines: list[list[tuple[float, float]]], log_x: bool, log_y: bool, level: float | None, width: int, height: int
) -> None:
    series = [Series(np.array([x for x, _ in p]), np.array([y for _, y in p]), "train") for p in lines]
    rows = text(line_chart(series, width, height, log_x, log_y, level))
    assert len(rows) == height
    assert {len(row) for row in rows} == {width}


def test_constants_and_single_points_are_drawn() -> None:
    for x, y in (([1.0], [5.0]), ([1.0, 2.0], [5.0, 5.0])):
        rows = line_chart([Series(np.array(x), np.array(y), "train")], 40, 10, log_y=True)
        assert any(colour == "train" for row in rows for _, colour in row)


def test_decades_are_labelled_on_a_log_axis() -> None:
    x = np.arange(1.0, 101.0)
    rows = "\n".join(text(line_chart([Series(x, 10.0 ** -(x / 10), "train")], 60, 20, log_y=True)))
    assert "0.1┤" in rows or "0.01┤" in rows
    assert "1e-" in rows


def test_the_level_line_is_inside_the_limits_even_when_no_data_reaches_it() -> None:
    x = np.arange(1.0, 50.0)
    rows = line_chart([Series(x, np.full(49, 0.1) + x / 1e3, "test")], 60, 12, log_y=True, level=1.0)
    assert any(colour == "level" for row in rows for _, colour in row)


def test_thinning_keeps_every_extreme_and_the_ends() -> None:
    x = np.arange(10_000.0)
    y = np.zeros(10_000)
    y[1234], y[7777] = 5.0, -5.0
    tx, ty = thinned(x, y, 100)
    assert len(tx) <= 202
    assert (tx[0], tx[-1]) == (0.0, 9999.0)
    assert {5.0, -5.0} <= set(ty)

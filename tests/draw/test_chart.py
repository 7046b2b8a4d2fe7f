"""Charts: whatever the numbers are, plotext gets what it can draw, and every row has the width asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.draw.axis import drawn_span, ticks, written
from sdd_tui.draw.canvas import Row
from sdd_tui.draw.chart import Axes, Chart, beneath, line_chart
from sdd_tui.draw.series import Series, finite, mean_around, scaled, smoothed, thinned, within

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
    st.one_of(st.none(), st.tuples(anything, anything)),
    st.booleans(),
    st.one_of(st.none(), anything),
    st.integers(0, 9),
    st.integers(1, 90),
    st.integers(1, 30),
)
def test_any_numbers_at_any_size_give_rows_of_that_size(
    lines: list[list[tuple[float, float]]],
    log_x: bool,
    log_y: bool,
    level: float | None,
    shown: tuple[float, float] | None,
    hold: bool,
    cross: float | None,
    smooth: int,
    width: int,
    height: int,
) -> None:
    series = [Series(np.array([x for x, _ in p]), np.array([y for _, y in p]), "train", "name") for p in lines]
    axes = Axes(log_x, log_y, level, hold, None if cross is None or not np.isfinite(cross) else cross, smooth, shown)
    rows = text(line_chart(series, width, height, axes).rows)
    assert len(rows) == height
    assert {len(row) for row in rows} == {width}


def test_constants_and_single_points_are_drawn() -> None:
    for x, y in (([1.0], [5.0]), ([1.0, 2.0], [5.0, 5.0])):
        rows = line_chart([Series(np.array(x), np.array(y), "train")], 40, 10, Axes(log_y=True)).rows
        assert any(colour == "train" for row in rows for _, colour in row)


def test_decades_are_labelled_on_a_log_axis() -> None:
    x = np.arange(1.0, 101.0)
    rows = "\n".join(text(line_chart([Series(x, 10.0 ** -(x / 10), "train")], 60, 20, Axes(log_y=True)).rows))
    assert "0.1┤" in rows or "0.01┤" in rows
    assert "1e-" in rows


def test_ticks_from_1000_on_are_written_in_full() -> None:
    at = ticks(math.log10(1500), math.log10(15_000), True, 10)
    assert written(at, True, True) == ["2,000", "4,000", "6,000", "8,000", "10,000", "12,000", "14,000"]
    for steps in (True, False):
        assert written([3.0, 4.0, 5.0], True, steps) == ["1,000", "10,000", "100,000"]
    assert written([-5.0, -3.0, -1.0], True, False) == ["1e-5", "1e-3", "0.1"]


@pytest.mark.parametrize("upper", [5e-324, 1e-310])
def test_a_part_too_short_for_round_numbers_is_not_shown_alone(upper: float) -> None:
    assert drawn_span((0.0, upper), False) is None and drawn_span((0.0, 1e-290), False) == (0.0, 1e-290)


def test_an_axis_of_whole_numbers_has_whole_ticks() -> None:
    assert ticks(1.0, 3.0, False, 6, whole=True) == [1.0, 2.0, 3.0]
    assert ticks(1.0, 3.0, False, 6) == [1.0, 1.5, 2.0, 2.5, 3.0]
    x = np.array([1.0, 2.0, 3.0])
    axes = Axes(x_span=(1.0, 3.0), x_whole=True)
    assert "".join(text(line_chart([Series(x, x, "train")], 80, 12, axes).rows)[-1:]).split() == ["1", "2", "3"]


def test_the_level_line_is_inside_the_limits_even_when_no_data_reaches_it() -> None:
    x = np.arange(1.0, 50.0)
    rows = line_chart([Series(x, np.full(49, 0.1) + x / 1e3, "test")], 60, 12, Axes(log_y=True, level=1.0)).rows
    assert any(colour == "level" for row in rows for _, colour in row)


def test_the_level_line_is_there_whenever_it_lies_on_the_chart() -> None:
    x = np.arange(1.0, 50.0)
    for y, seen in ((x / 25, True), (0.5 + 0.48 * x / 49, True), (0.1 + x / 1e3, False)):
        for log_y in (True, False):
            rows = line_chart([Series(x, y, "test")], 60, 12, Axes(log_y=log_y, level=1.0, hold_level=False)).rows
            assert any(colour == "level" for row in rows for _, colour in row) == seen


def test_labels_of_a_narrow_axis_differ() -> None:
    x = np.arange(1.0, 50.0)
    rows = text(line_chart([Series(x, 0.998701 + x / 1e8, "test")], 60, 12, Axes(log_y=True)).rows)
    labels = [row.split("┤")[0].strip() for row in rows if "┤" in row]
    assert len(labels) > 1 and len(set(labels)) == len(labels)


def test_single_points_beyond_the_span_of_x_are_left_out() -> None:
    x = np.array([1.0, 2, 3])
    rows = line_chart([Series(x, x, "test", dots=True)], 60, 12, Axes(x_span=(1.5, 2.5), y_span=(0, 4))).rows
    assert sum(len(t.strip()) for row in rows for t, c in row if c == "test") == 1


def test_thinning_keeps_every_extreme_and_the_ends() -> None:
    x = np.arange(10_000.0)
    y = np.zeros(10_000)
    y[1234], y[7777] = 5.0, -5.0
    thin = thinned(Series(x, y, "train"), 100)
    assert len(thin.x) <= 202
    assert (thin.x[0], thin.x[-1]) == (0.0, 9999.0)
    assert {5.0, -5.0} <= set(thin.y)


def test_a_window_shows_its_part_of_the_axis_and_scales_to_what_is_there() -> None:
    x = np.arange(0.0, 101.0)
    whole = line_chart([Series(x, x, "train")], 60, 12)
    part = line_chart([Series(x, x, "train")], 60, 12, Axes(x_span=(50, 75)))
    assert (whole.x_at(whole.left), whole.x_at(59)) == (0, 100)
    assert (part.x_at(part.left), part.x_at(59)) == (50, 75)
    assert "60┤" in "".join(text(part.rows)) and "20┤" not in "".join(text(part.rows))
    assert part.column_of(10) is None
    assert all(part.column_of(part.x_at(c)) == c for c in range(part.left, 60))


def test_a_line_into_a_window_comes_from_where_it_would() -> None:
    cut = within(Series(np.array([0.0, 10.0]), np.array([0.0, 10.0]), "train"), 4, 6)
    assert (cut.x.tolist(), cut.y.tolist()) == ([4.0, 6.0], [4.0, 6.0])


def test_columns_and_x_agree_on_a_log_axis() -> None:
    x = np.geomspace(1, 1e4, 50)
    chart = line_chart([Series(x, x, "train")], 70, 12, Axes(log_x=True))
    assert chart.x_at(69) == 10_000
    assert chart.column_of(100.0) == chart.left + round((69 - chart.left) / 2)
    assert chart.column_of(0) == chart.left


def test_a_cross_stands_at_its_x_and_hides_no_data() -> None:
    x = np.arange(0.0, 101.0)
    chart = line_chart([Series(x, 0 * x, "train")], 60, 12, Axes(cross=50))
    column = chart.column_of(50)
    assert column is not None
    shown = [row[column] for row in text(chart.rows)[:-2]]
    assert shown.count("│") == len(shown) - 1


def test_smoothing_is_a_centred_mean_that_keeps_the_ends() -> None:
    y = np.array([0.0, 3.0, 0.0, 3.0, 0.0])
    found = smoothed(Series(np.arange(5.0), y, "train"), 3)
    np.testing.assert_allclose(found.y, [0, 1, 2, 1, 0])
    assert smoothed(found, 0) is found


def test_smoothing_keeps_what_is_tiny_behind_what_is_large() -> None:
    y = np.concatenate([np.full(50_000, 1.0), np.full(1_000, 1e-13)])
    found = smoothed(Series(np.arange(51_000.0), y, "train"), 51)
    np.testing.assert_allclose(found.y[50_025:], 1e-13, rtol=1e-12)
    assert len(found.y) == 51_000


@pytest.mark.parametrize("count", [1, 2, 3, 4, 9, 10, 11, 60])
@pytest.mark.parametrize("rows", [2, 5, 15, 51])
def test_a_smoothed_value_is_the_mean_of_as_many_rows_on_both_sides(count: int, rows: int) -> None:
    y = np.random.default_rng(0).random(count)
    found = smoothed(Series(np.arange(float(count)), y, "train"), rows).y
    reach = [min(i, count - 1 - i, rows // 2) for i in range(count)]
    np.testing.assert_allclose(found, [y[i - r : i + r + 1].mean() for i, r in enumerate(reach)])
    np.testing.assert_allclose(found, [mean_around(y, i, rows) for i in range(count)])


def heights(chart: Chart, x: float) -> set[int]:
    """The rows in which the line train stands at an x."""
    column = chart.column_of(x)
    cells = [[(character, c) for t, c in row for character in t] for row in chart.rows]
    return {y for y, row in enumerate(cells) if row[column or 0][1] == "train" and row[column or 0][0] != " "}


def test_a_smoothed_line_is_the_same_whatever_part_of_it_is_shown() -> None:
    x = np.arange(0.0, 200)
    line = Series(x, 1 + np.sin(x), "train")
    at_edge, inside = (
        line_chart([line], 108, 14, Axes(smooth=51, x_span=span, y_span=(0, 2))) for span in ((51, 151), (1, 101))
    )
    assert heights(at_edge, 51) == heights(inside, 51) != set()


def test_the_mean_is_of_the_losses_and_not_of_their_logarithms() -> None:
    x, y = np.arange(101.0), np.where(np.arange(101) % 2, 1.0, 1e-4)
    chart = line_chart([Series(x, y, "train")], 60, 22, Axes(log_y=True, smooth=51, y_span=(1e-4, 1)))
    assert heights(chart, 50) in ({1}, {1, 2}), "the mean is 0.5; a geometric one would lie at 1e-2, in the middle"


def test_smoothed_lines_have_what_they_were_behind_them() -> None:
    x = np.arange(0.0, 50.0)
    rows = line_chart([Series(x, np.sin(x), "train")], 60, 12, Axes(smooth=9)).rows
    assert {"train", "train-raw"} <= {colour for row in rows for _, colour in row}


def test_a_line_is_named_at_its_end() -> None:
    x = np.arange(0.0, 50.0)
    rows = line_chart([Series(x, x, "train", "train"), Series(x, 0 * x, "test", "test")], 60, 12).rows
    shown = "".join(text(rows))
    assert "train" in shown and "test" in shown


def test_only_positive_values_are_drawable_on_a_log_axis() -> None:
    found = scaled(finite(Series(np.array([1.0, 2, 3]), np.array([-1.0, 0, 100]), "train")), False, True)
    assert (found.x.tolist(), found.y.tolist()) == ([3.0], [2.0])


def test_what_lies_beyond_a_given_span_is_marked_at_the_edge() -> None:
    x = np.array([1.0, 2, 3, 4])
    y = np.array([1.0, 5, 1, -5])
    for dots in (False, True):
        chart = line_chart([Series(x, y, "test", dots=dots)], 60, 12, Axes(y_span=(0, 2)))
        rows = text(chart.rows)
        assert rows[0][chart.column_of(2.0) or 0] == "▲"
        assert rows[9][chart.column_of(4.0) or 0] == "▼"


def test_charts_with_the_same_span_and_label_width_line_up() -> None:
    x = np.array([3.0, 100])
    charts = [
        line_chart([Series(x, y, "test")], 60, 12, Axes(log_x=True, x_span=(3, 1e5), label_width=6))
        for y in (np.array([0.0, 1]), np.array([1000.0, 12345]))
    ]
    assert charts[0].left == charts[1].left
    assert charts[0].limits == charts[1].limits
    assert charts[0].x_at(59) == pytest.approx(1e5)


def test_dots_are_not_joined() -> None:
    x = np.array([0.0, 10])
    count = [
        sum(
            c not in " │┤└┬─" for row in text(line_chart([Series(x, x, "test", dots=d)], 60, 12).rows)[:-2] for c in row
        )
        for d in (True, False)
    ]
    assert count[0] < 10 < count[1]


def test_a_slope_beyond_what_a_float_holds_is_drawn() -> None:
    steep = Series(np.array([0.0, 3.5e-130]), np.array([0.0, 6.4e178]), "train")
    assert len(line_chart([steep], 16, 5, Axes(x_span=(1.9e-135, 1.0))).rows) == 5


def test_of_two_lines_that_end_side_by_side_the_upper_one_has_the_upper_name() -> None:
    x = np.linspace(0, 1, 50)
    lower, upper = Series(x, 0.97 + 0.0286 * x, "train", "train"), Series(x, 1.0288 - 0.03 * x, "test", "test")
    for series in ([lower, upper], [upper, lower]):
        rows = text(line_chart(series, 80, 20, Axes(y_span=(0.97, 1.03))).rows)
        at = {name: next(i for i, row in enumerate(rows) if name in row) for name in ("train", "test")}
        assert at["test"] < at["train"]


def test_a_second_line_of_labels_stands_below_the_ticks_of_the_first() -> None:
    x = np.array([3.0, 1e5])
    for last, end in ((None, 1e5), (1e5, 1e6)):
        axes = Axes(log_x=True, x_span=(3, end), x_last=last, label_width=6)
        chart = line_chart([Series(x, x, "test")], 80, 12, axes)
        beneath(chart, "T(1-S)", lambda T: "∞" if math.inf == T else f"{T / 1000:g}")
        first, second = text(chart.rows)[-2:]
        assert len(chart.rows) == 13 and len(second) == 80
        assert second.split() == ["T(1-S)", "0.01", "0.1", "1", "10", "100", *(["∞"] if last else [])]
        for upper, lower in (("1,000", "1"), ("10,000", "10"), ("100", "0.1")):
            pairs = ((first, upper), (second, lower))
            middles = [line.index(f" {label} ") + 1 + (len(label) - 1) // 2 for line, label in pairs]
            assert middles[0] == middles[1] == chart.column_of(float(upper.replace(",", "")))


def test_a_second_line_of_a_chart_too_small_to_be_drawn_is_blank() -> None:
    chart = line_chart([], 10, 3)
    beneath(chart, "T(1-S)", str)
    assert {len(row) for row in text(chart.rows)} == {10}

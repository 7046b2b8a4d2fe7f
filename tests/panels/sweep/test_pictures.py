"""Pictures of sweeps."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sdd_tui.draw.canvas import Row
from sdd_tui.panels.sweep.axes import scale, ways
from sdd_tui.panels.sweep.pictures import across, curve, heat_table, table
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.reduce import Point, points
from sdd_tui.sweep.results import CellResult
from tests.sweep.helpers import tiny


def made(
    axes: dict[str, Any], how: str = "mean", most: int = 1_000, losses: dict[Any, float] | None = None
) -> tuple[Sweep, list[Point]]:
    """A sweep whose test loss is its T where `losses` has no other, of which so many cells are finished."""
    sweep = tiny(axes, how=how)
    cells = sweep.cells()
    tests = {c.name: (losses or {}).get(T := c.at.get("T", 1)) or float(T) for c in cells[:most]}
    finished = {
        name: CellResult(name, "finished", train_loss=0.5, test_loss=test, solution="memorising")
        for name, test in tests.items()
    }
    return sweep, points(sweep, cells, finished)


def plain_rows(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


def test_the_table_has_a_line_a_point() -> None:
    assert table(*made({"T": [3, 5000], "seed": [0, 1]}, most=3)) == [
        "    T  runs  train loss  test loss  solutions",
        "    3     2      0.5000  3.0000 ±0  2 memorising",
        "5,000   1/2      0.5000    5,000.0  1 memorising",
    ]


def test_the_loss_of_repeated_examples_stands_in_the_table_where_some_are() -> None:
    sweep = tiny({"repeats": [1, 5]})
    cells = sweep.cells()
    losses = {"repeats=1": None, "repeats=5": 0.03}
    found = points(sweep, cells, {c.name: CellResult(c.name, "finished", repeated_loss=losses[c.name]) for c in cells})
    assert table(sweep, found) == [
        "repeats  runs  repeated  solutions",
        "      1     1         —",
        "      5     1    0.0300",
    ]


def test_a_curve_goes_along_the_longest_axis_with_a_line_for_each_other_value() -> None:
    sweep, found = made({"T": [10, 100, 1000], "m": [2, 3], "seed": [0]})
    rows = plain_rows(curve(sweep, found, (60, 12)))
    assert len(rows) == 12 and all(len(row) == 60 for row in rows)
    assert any("m=2" in row for row in rows) and any("m=3" in row for row in rows)
    assert "100" in rows[-1]


def test_sparsities_that_go_with_sizes_are_drawn_over_occurrences() -> None:
    tables = {"axes": {"S": [0.9, 0.9, 0.99, 0.99], "T": [10, 50, 500, 100], "seed": [0]}, "zip": [["T", "S"]]}
    sweep = parse(tables | {"settings": {"n": 1000}, "reduce": {"over": ["seed"]}}, "x", "x")
    cells = sweep.cells()
    found = points(sweep, cells, {c.name: CellResult(c.name, "finished", test_loss=float(c.at["T"])) for c in cells})
    assert across(sweep, found) == "T(1-S)"
    rows = plain_rows(curve(sweep, found, (60, 12)))
    assert any("S=0.9" in row for row in rows) and any("S=0.99" in row for row in rows)
    assert [line.split()[:3] for line in table(sweep, found)][1:] == [
        ["0.9", "10", "1"],
        ["0.9", "50", "5"],
        ["0.99", "500", "5"],
        ["0.99", "100", "1"],
    ]


@pytest.mark.parametrize("T", ["T", "n_examples", "data.n_examples"])
def test_what_an_axis_sets_counts_not_how_it_is_written(T: str) -> None:
    tables = {"axes": {"S": [0.9, 0.9, 0.99, 0.99], T: [10, 50, 500, 100], "seed": [0]}, "zip": [[T, "S"]]}
    sweep = parse(tables | {"settings": {"n": 1000}, "reduce": {"over": ["seed"]}}, "x", "x")
    cells = sweep.cells()
    found = points(sweep, cells, {c.name: CellResult(c.name, "finished", test_loss=1.0) for c in cells})
    assert across(sweep, found) == "T(1-S)"
    assert [way.key for way in ways(sweep, found)] == ["T(1-S)", "S"]


def test_lines_share_the_columns_of_a_map_where_they_nearly_agree() -> None:
    axes = {"S": [0.99, 0.99, 0.997, 0.997], "T": [100, 200, 333, 667]}
    sweep = parse({"axes": axes, "zip": [["T", "S"]], "settings": {"n": 1000}}, "x", "x")
    found = points(sweep, sweep.cells(), {})
    way = ways(sweep, found)[0]
    assert [way.of(p) for p in found] == [1.0, 2.0, 1.0, 2.0]
    assert [way.x(p) for p in found] == [1.0, 2.0, 0.999, 2.001]


def test_endless_data_stands_at_the_right_end_apart_from_the_last_number() -> None:
    sweep, found = made({"T": [10, 100, 1000, "inf"], "seed": [0]}, losses={"inf": 500.0})
    at = scale(ways(sweep, found)[0].x(p) for p in found)
    assert at.log and at.last == 1000 and at.place(math.inf) > 1500
    rows = plain_rows(curve(sweep, found, (60, 12)))
    assert rows[-1].rstrip().endswith("∞") and "1,000" in rows[-1]
    assert rows[-1].index("∞") - rows[-1].index("1,000") > 6
    drawn = [len(row) - len(row.rstrip("⠀ ")) for row in rows[:-2]]
    assert min(drawn) == 0, "the line reaches the right end"


@pytest.mark.parametrize("values", [["inf"], [10, "inf"], ["inf", 0.5, 2.0]])
def test_endless_data_with_few_numbers_is_drawn_too(values: list[Any]) -> None:
    at = scale(math.inf if v == "inf" else v for v in values)
    assert (at.span is None) == (values == ["inf"])
    sweep, found = made({"T": [v for v in values if v != 0.5 and v != 2.0] + [3], "seed": [0]}, losses={"inf": 1.0})
    assert any("∞" in row for row in plain_rows(curve(sweep, found, (60, 12))))


def test_a_sweep_without_numbers_on_its_axes_has_no_curve() -> None:
    sweep, found = made({"reduction": ["mean", "sum"], "seed": [0]})
    assert curve(sweep, found, (60, 12)) == []


def test_a_sweep_of_which_nothing_is_finished_is_drawn_all_the_same() -> None:
    sweep, found = made({"T": [3, 5, "inf"], "m": [1, 2], "seed": [0]}, most=0)
    assert len(plain_rows(curve(sweep, found, (60, 12)))) == 12
    assert len(table(sweep, found)) == 7
    assert plain_rows(heat_table(sweep, found))[1].split() == ["3", "—", "—"]


def test_a_map_has_a_number_for_each_pair_shaded_from_low_to_high() -> None:
    sweep, found = made({"T": [3, 5, 8], "m": [1, 2], "seed": [0, 1]})
    rows = heat_table(sweep, found)
    assert plain_rows(rows) == [
        "T \\ m       1       2",
        "    3  3.0000  3.0000",
        "    5  5.0000  5.0000",
        "    8  8.0000  8.0000",
    ]
    assert rows[1][1][1] == "heat-5" and rows[3][1][1] in ("heat+3", "heat+4", "heat+5")
    assert heat_table(*made({"T": [3, 5]})) == []


def test_the_best_run_is_named() -> None:
    lines = table(*made({"T": [3], "seed": [0, 1]}, how="best"))
    assert lines[0].endswith("the best of")
    assert lines[1].endswith("memorising (T=3,seed=0) of 2 memorising")

"""Pictures of sweeps."""

from __future__ import annotations

from typing import Any

from sdd_tui.draw.canvas import Row
from sdd_tui.panels.sweep import across, curve, heat_table, table
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.reduce import Point, points
from sdd_tui.sweep.results import Result
from tests.sweep.helpers import tiny


def made(axes: dict[str, Any], how: str = "mean", most: int = 1_000) -> tuple[Sweep, list[Point]]:
    """A sweep whose test loss is its T, of which so many cells are finished."""
    sweep = tiny(axes, how=how)
    cells = sweep.cells()
    finished = {
        c.name: Result(c.name, "finished", train_loss=0.5, test_loss=float(c.at.get("T", 1)), solution="memorising")
        for c in cells[:most]
    }
    return sweep, points(sweep, cells, finished)


def plain_rows(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


def test_the_table_has_a_line_a_point() -> None:
    assert table(*made({"T": [3, 5000], "seed": [0, 1]}, most=3)) == [
        "    T  runs  train loss  test loss  solutions",
        "    3     2      0.5000  3.0000 ±0  2 memorising",
        "5,000   1/2      0.5000  5000.0000  1 memorising",
    ]


def test_the_loss_of_repeated_examples_stands_in_the_table_where_some_are() -> None:
    sweep = tiny({"repeats": [1, 5]})
    cells = sweep.cells()
    losses = {"repeats=1": None, "repeats=5": 0.03}
    found = points(sweep, cells, {c.name: Result(c.name, "finished", repeated_loss=losses[c.name]) for c in cells})
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
    found = points(sweep, cells, {c.name: Result(c.name, "finished", test_loss=float(c.at["T"])) for c in cells})
    assert across(sweep, found) == "T(1-S)"
    rows = plain_rows(curve(sweep, found, (60, 12)))
    assert any("S=0.9" in row for row in rows) and any("S=0.99" in row for row in rows)
    assert [line.split()[:3] for line in table(sweep, found)][1:] == [
        ["0.9", "10", "1"],
        ["0.9", "50", "5"],
        ["0.99", "500", "5"],
        ["0.99", "100", "1"],
    ]


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

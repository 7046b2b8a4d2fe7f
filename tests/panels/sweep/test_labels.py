"""What stands in a sweep's map."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sdd_tui.panels.sweep.labels import brief, number, sign, window, won
from sdd_tui.sweep.reduce import points
from sdd_tui.sweep.results import CellResult
from tests.sweep.helpers import tiny


@pytest.mark.parametrize(("how", "winner"), [("mean", "memorising"), ("best", "middle")])
def test_the_chosen_run_wins_a_point_else_the_most_frequent_solution(how: Any, winner: str) -> None:
    sweep = tiny({"T": [5], "seed": [0, 1, 2]}, how=how)
    found = {0: (0.1, "middle"), 1: (0.5, "memorising"), 2: (0.6, "memorising")}
    cells = sweep.cells()
    results = {
        c.name: CellResult(c.name, "finished", train_loss=found[c.number][0], solution=found[c.number][1])
        for c in cells
    }
    assert won(points(sweep, cells, results)[0]) == winner
    assert won(points(sweep, cells, {})[0]) == ""


def test_signs_numbers_and_coordinates_are_short() -> None:
    assert [sign(s) for s in ("memorising", "middle", "generalising", "", "\x1b[31mx")] == ["M", "-", "G", " ", "?"]
    assert [number(v) for v in (0.99, 1e-6, 123.4, 12_345.6, 5e5, 0.0, math.nan)] == [
        "0.990",
        "1e-6",
        "123",
        "12,346",
        "5e5",
        "0.000",
        "—",
    ]
    assert [brief(v) for v in (30, 20_000, 1_500, 1_234, 0.01, "inf", True)] == [
        "30", "20k", "1.5k", "1,234", "0.01", "∞", "true",
    ]  # fmt: skip
    assert [window(10, 4, at) for at in (0, 5, 9)] == [range(4), range(3, 7), range(6, 10)]

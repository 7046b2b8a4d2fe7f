"""Putting seeds together."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.reduce import Point, points
from sdd_tui.sweep.results import CellResult
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import synthetic


def reduced(sweep: Sweep, losses: dict[str, tuple[float, float, str]]) -> list[Point]:
    finished = {
        name: CellResult(name, "finished", train_loss=train, test_loss=test, solution=solution)
        for name, (train, test, solution) in losses.items()
    }
    return points(sweep, sweep.cells(), finished)


LOSSES = {
    "T=3,seed=0": (0.5, 1.0, "memorising"),
    "T=3,seed=1": (0.1, 3.0, "middle"),
    "T=5,seed=0": (0.2, 1.5, "memorising"),
}


def test_the_mean_over_seeds_comes_with_its_spread_and_the_solutions() -> None:
    three, five = reduced(tiny({"T": [3, 5], "seed": [0, 1]}), LOSSES)
    assert (three.at, len(three.runs), three.cells) == ({"T": 3}, 2, 2)
    spread = three.values["test_loss"]
    assert (spread.mean, spread.lowest, spread.highest, spread.median) == (2.0, 1.0, 3.0, 2.0)
    assert spread.sd == pytest.approx(2**0.5)
    assert three.solutions == {"memorising": 1, "middle": 1}
    assert (len(five.runs), five.cells, five.values["test_loss"].sd) == (1, 2, 0.0)
    assert "D_f" not in five.values


def test_the_best_run_is_the_one_with_the_lowest_training_loss_and_every_run_is_kept() -> None:
    three, _ = reduced(tiny({"T": [3, 5], "seed": [0, 1]}, how="best"), LOSSES)
    assert three.chosen is not None and three.chosen.cell == "T=3,seed=1"
    assert three.mean("test_loss") == 3.0
    assert {run.cell for run in three.runs} == {"T=3,seed=0", "T=3,seed=1"}
    assert three.as_json()["chosen"] == "T=3,seed=1"


def test_points_come_in_the_order_of_the_axes_finished_or_not() -> None:
    found = reduced(tiny({"T": [100, 3], "lr": [0.1, 0.01], "seed": [0]}), {})
    assert [tuple(p.at.values()) for p in found] == [(100, 0.1), (100, 0.01), (3, 0.1), (3, 0.01)]
    assert all(p.values == {} and p.solutions == {} for p in found)


def test_a_point_knows_how_often_a_feature_occurs() -> None:
    tables = {"axes": {"T": [10, 100], "S": [0.9, 0.99]}, "zip": [["T", "S"]], "settings": {"n": 1000}}
    sweep = parse(tables, "x", "x")
    assert [p.occurrences for p in points(sweep, sweep.cells(), {})] == [1.0, 1.0]


def test_two_thousand_finished_cells_are_collected_from_a_few_files(runs: Path, touched: list[str]) -> None:
    folder = synthetic(runs, 100, 20)
    touched.clear()
    reader = SweepReader(folder)
    progress = reader.poll()
    found = points(reader.sweep, reader.cells.values(), reader.finished)
    assert 1 <= len([path for path in touched if path.startswith(str(runs))]) < 20
    assert (progress.done, progress.state, len(found)) == (2_000, "finished", 100)
    assert found[0].at == {"T": 3} and found[0].mean("test_loss") == pytest.approx(1 + 9.5 / 3)

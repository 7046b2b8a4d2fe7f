"""What a sweep is expected to cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdd_tui.config import RunConfig
from sdd_tui.presets import load, with_overrides
from sdd_tui.run.create import create
from sdd_tui.sweep.estimate import bytes_of, calibration, core_seconds
from sdd_tui.sweep.presets import RECORDING
from sdd_tui.training.recorder import record


def cost(*overrides: str) -> float:
    return core_seconds(with_overrides(RunConfig(), overrides).model_dump())


def test_more_work_costs_more() -> None:
    assert cost("T=10") < cost("T=100") < cost("T=100", "m=8") < cost("T=100", "m=8", "steps=100000")
    assert cost("T=100", "repeats=901") == cost("T=1000")
    assert cost("T=inf") > cost("T=1000")
    assert cost("T=100") < cost("T=100", "engine=reference")


def test_the_constants_are_of_this_engine() -> None:
    assert cost("n=1000", "S=0.99", "T=1000", "steps=20000") == pytest.approx(2.6, rel=0.5)  # 129 µs a step
    assert cost("n=1000", "S=0.99", "T=5", "steps=20000", "recording.rows=2") == pytest.approx(0.16, rel=0.5)


def test_pairs_whose_outcome_is_known_cost_little() -> None:
    dense = 50_000 * 1e-9 * 0.13 * 1e4 * 1e5  # 130 ms a step at n = 10,000, T = 100,000, and 22 where they are left out
    assert 0.1 < cost("n=10000", "T=100000", "steps=50000", "recording.rows=2") / dense < 0.25
    assert cost("T=10000", "m=3") < cost("T=10000", "m=4") / 1.5


def test_finished_cells_say_how_much_slower_a_machine_is() -> None:
    assert calibration([]) == 1.0
    assert calibration([(0.1, 5.0), (10, 20), (11, 22), (0.0, 3.0)]) == 2.0


@pytest.mark.parametrize("n", ["n=100", "n=1000"])
def test_a_cell_takes_the_room_that_was_expected_and_stays_in_its_budget(runs: Path, n: str) -> None:
    config = with_overrides(load("quick"), [n, "S=0.9", "T=5", "steps=300"]).model_copy(update={"recording": RECORDING})
    run = create(config, runs, "a")
    record(run)
    taken = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
    assert 0.5 * taken < bytes_of(config) < 2 * taken
    assert taken < 2e6

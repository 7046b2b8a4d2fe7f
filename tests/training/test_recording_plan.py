from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.training.recording_plan import ROW_BYTES, make_plan, spaced
from tests.run.helpers import small, trained


@given(st.integers(1, 10**8), st.integers(2, 5000))
def test_steps_are_spread_in_order_from_the_first_to_the_last(steps: int, count: int) -> None:
    found = spaced(steps, count)
    assert found[0] == 0
    assert found[-1] == steps
    assert all(a < b for a, b in pairwise(found))
    assert len(found) <= max(4, count)


@pytest.mark.parametrize("budget", [0.2, 0.5, 1.0, 2.0, 50.0])
def test_the_plan_is_a_function_of_the_configuration(budget: float) -> None:
    config = small(f"recording.budget_mb={budget}", "n=2000", "recording.rows=150", "recording.frames=100")
    plan = make_plan(config)
    assert plan == make_plan(config)
    assert plan.row_steps[0] == plan.frame_steps[0] == 0
    assert plan.row_steps[-1] == plan.frame_steps[-1] == 200
    assert set(plan.frame_steps) <= set(plan.row_steps)
    assert len(plan.frame_steps) <= 100
    assert len(plan.checkpoint_steps) <= 8


@pytest.mark.parametrize("start", [0, 1, 150, 199])
@pytest.mark.parametrize("checkpoints", [0, 8])
def test_a_branch_s_plan_begins_at_its_first_step_densely(start: int, checkpoints: int) -> None:
    config = small("recording.rows=60", f"recording.checkpoints={checkpoints}")
    plan = make_plan(config, start)
    assert plan.start == plan.row_steps[0] == plan.frame_steps[0] == plan.checkpoint_steps[0] == start
    assert plan.row_steps[-1] == plan.frame_steps[-1] == 200
    assert plan.row_steps[1] == start + 1
    assert set(plan.frame_steps) <= set(plan.row_steps)
    assert len(plan.checkpoint_steps) == min(checkpoints, 200 - start) + 1


def test_a_small_budget_means_half_precision_pictures_and_fewer_of_them() -> None:
    rich = make_plan(small("n=2000", "recording.frames=100"))
    poor = make_plan(small("n=2000", "recording.frames=100", "recording.budget_mb=0.5"))
    assert (rich.frame_dtype, poor.frame_dtype) == ("f4", "f2")
    assert len(poor.frame_steps) < len(rich.frame_steps)
    assert len(poor.checkpoint_steps) < len(rich.checkpoint_steps)


@pytest.mark.parametrize("budget", [0.3, 0.6, 2.0])
def test_a_run_stays_within_its_budget(runs: Path, budget: float) -> None:
    config = small("n=1000", f"recording.budget_mb={budget}", "recording.frames=100", "optim.steps=400")
    run = trained(config, runs)
    assert sum(p.stat().st_size for p in run.rglob("*") if p.is_file()) <= budget * 1e6


def test_no_line_of_metrics_is_longer_than_planned(runs: Path) -> None:
    lines = (trained(small(), runs) / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    assert max(map(len, lines)) <= ROW_BYTES

from __future__ import annotations

import math

import pytest

from sdd_tui.config import RunConfig
from sdd_tui.presets import load
from sdd_tui.run import data as run_data
from sdd_tui.training.events.losses import LossWatch, spiked
from tests.run.helpers import small

FLAT = [(step, 0.9) for step in range(0, 201, 2)]


def found(losses: list[tuple[int, float]], config: RunConfig | None = None, lr: float = 0.01) -> list[tuple[int, str]]:
    """(step, kind) of what a watch says about these rows of a run of 200 steps."""
    watch = LossWatch(config or small(), 0)
    return [(step, kind) for step, loss in losses for kind, _ in watch.row(step, loss, lr)]


@pytest.mark.parametrize(
    ("losses", "jump"),
    [
        ([], False),
        ([1.0], False),
        ([0.9, 2.0], True),
        ([0.9, 1.7], False),
        ([0.1, 0.9, 0.9, 0.9, 0.9, 0.9], True),
        ([0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9], False),
        ([1e-9, 1e-3], False),
        ([1e-9, 0.06], True),
        ([0.9, math.nan], False),
    ],
)
def test_a_jump_is_to_twice_the_lowest_of_five_rows_and_a_twentieth_more(losses: list[float], jump: bool) -> None:
    assert spiked(losses) == jump


def test_a_jump_is_told_once_and_the_next_one_again() -> None:
    losses = [0.5, 0.5, 3.0, 4.0, 5.0, *[0.5] * 6, 9.0]
    assert found(list(enumerate(losses))) == [(2, "spike"), (11, "spike")]


def test_losses_that_are_not_finite_are_left_to_others() -> None:
    assert found([(0, 1.0), (1, math.nan), (2, math.inf), (3, 1.0)]) == []


def test_a_loss_that_stays_where_it_is_stands_still_after_a_quarter_beyond_warm_up() -> None:
    steps = [step for step, kind in found(FLAT) if kind == "stall"]
    assert steps[0] in range(60, 70)  # warm-up is 10 steps, a quarter 50


@pytest.mark.parametrize(
    "losses",
    [
        pytest.param([(s, 0.9 - 0.001 * s) for s, _ in FLAT], id="it falls"),
        pytest.param([(s, math.exp(-s / 4)) for s, _ in FLAT], id="it falls towards 0"),
        pytest.param([(s, max(1e-7, math.exp(-s))) for s, _ in FLAT], id="it is 0"),
        pytest.param([(s, 1 - 1e-5 * s) for s, _ in FLAT], id="there is little to gain and it goes on"),
        pytest.param(FLAT[:20], id="it is early"),
    ],
)
def test_what_goes_on_or_has_arrived_does_not_stand_still(losses: list[tuple[int, float]]) -> None:
    assert found(losses) == []


def test_nothing_stands_still_when_the_learning_rate_is_over_or_every_batch_is_another() -> None:
    assert found(FLAT, lr=0.0009) == []
    assert found(FLAT, small("T=inf")) == []


def test_a_branch_s_quarter_is_of_its_own_steps() -> None:
    watch = LossWatch(small(), 100)
    steps = [step for step in range(100, 201) for _ in watch.row(step, 0.9, 0.01)]
    assert 125 <= steps[0] <= 130


@pytest.mark.parametrize(("preset", "steps"), [("quick", 20_000), ("pentagon", 4_000)])
def test_ordinary_runs_are_silent(preset: str, steps: int) -> None:
    from sdd_tui.engine import setup
    from sdd_tui.engine.trainer import Problem, Recording, Row, train
    from sdd_tui.training.recording_plan import make_plan

    config = load(preset, [f"steps={steps}", "n_test=10", "threads=1"])
    engine, watch = setup.make_engine(config), LossWatch(config, 0)
    problem = Problem(run_data.training_data(config), run_data.test_data(config), setup.schedule(config))
    recording = Recording(frozenset(make_plan(config).row_steps), frozenset())
    rows = [
        e for e in train(engine, engine.place(setup.initial_state(config)), problem, recording) if isinstance(e, Row)
    ]
    assert [watch.row(row.step, row.train_loss, row.lr) for row in rows] == [[]] * len(rows)

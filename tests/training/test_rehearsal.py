"""The newest model that is asked for is trained, as `sdd run` trains it, and nothing else is."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from sdd_tui.config import RunConfig
from sdd_tui.errors import SddError
from sdd_tui.notebook.train import train
from sdd_tui.presets import with_overrides
from sdd_tui.training.rehearsal import Rehearsal, Rehearsed
from tests.waiting import wait_until


def small(*more: str) -> RunConfig:
    return with_overrides(RunConfig(), ["n=60", "S=0.9", "T=5", "steps=400", "n_test=50", "threads=1", *more])


class Shown:
    """What a rehearsal showed."""

    def __init__(self) -> None:
        self.found: list[Rehearsed] = []
        self.errors: list[SddError] = []
        self.rehearsal = Rehearsal(self.found.append, self.errors.append)

    def over(self, config: RunConfig) -> Rehearsed:
        """Ask for a model, and wait until it is trained."""
        self.rehearsal.ask(config)
        wait_until(lambda: self.found and self.found[-1].config is config and self.found[-1].finished)
        return self.found[-1]


@pytest.fixture
def shown():  # type: ignore[no-untyped-def]
    found = Shown()
    yield found
    found.rehearsal.close()
    assert not any(thread.name == "rehearsal" for thread in threading.enumerate())


def test_its_numbers_are_those_of_the_run_it_would_be(shown: Shown) -> None:
    config = small()
    found, run = shown.over(config), train(config)
    assert found.snapshot.step == 400 and np.array_equal(found.snapshot.W, run.parameters.W)
    assert found.train_loss[-1] == run.metrics["train_loss"][-1]
    assert found.regime.name == run.outcome["solution"]
    assert list(found.steps) == sorted(set(found.steps)) and found.steps[0] == 0


def test_a_change_replaces_what_trains(shown: Shown) -> None:
    endless = small("steps=100000000", "T=100")
    shown.rehearsal.ask(endless)
    wait_until(lambda: shown.found)
    for seed in range(5):
        shown.rehearsal.ask(small(f"seed={seed}", "steps=100000000"))
    assert shown.over(small("seed=9")).config.data.seed == 9
    assert not any(found.finished for found in shown.found[:-1])


def test_closing_ends_a_training_that_would_take_for_ever(shown: Shown) -> None:
    shown.rehearsal.ask(small("steps=100000000"))
    wait_until(lambda: shown.found)


def test_a_training_that_diverges_is_shown_with_the_reason_and_the_next_one_goes_on(shown: Shown) -> None:
    found = shown.over(small("lr=1e30"))
    assert "NaN" in found.problem or "finite" in found.problem
    assert shown.over(small()).problem == "" and not shown.errors

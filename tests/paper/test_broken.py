"""An engine that is broken on purpose is told by a verdict; the same claims hold when it isn't.

In this process, so that the engine can be broken: a few small models each time, at most ten seconds of training. What
weight decay does takes the longest, and is for `make science`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.setup import schedule
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims import chosen
from sdd_tui.paper.inventory import take_inventory, verdicts, work
from sdd_tui.paper.needed import Need
from sdd_tui.run import data as run_data
from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.worker import Worker
from sdd_tui.training import recorder

Broken = pytest.MonkeyPatch

FEWER: dict[str, dict[str, Any]] = {
    "quick-units": {},
    "quick-memorised": {"T": (5,), "seed": tuple(range(6))},
    "quick-closed-form": {"T": (3,), "seed": tuple(range(4))},
    "quick-decay": {"seed": (0,)},
}
"""Cells that are trained here: some of the claims' own."""

QUICKEST = ("quick-memorised", "quick-closed-form")
"""The claims that the ordinary tests train for; the others take a quarter of a minute each."""


def judged(runs: Path, *keys: str) -> dict[str, str]:
    """Claim -> verdict, trained in this process."""
    claims: list[Claim] = [replace(c, need=Need(c.need.plan, FEWER[c.key])) for c in chosen("quick", keys)]
    for sweep in work(claims, take_inventory(runs, claims)).new:
        Worker(create_sweep(sweep, runs), Session("here", "", 1, 1, 1), tied=False).work()
    return {v.claim.key: v.word for v in verdicts(claims, take_inventory(runs, claims))}


def freeze_the_bias(monkeypatch: Broken) -> None:
    advance = FusedCPU.advance

    def frozen(self: FusedCPU, state: Any, data: Any, schedule: Any, k: int) -> None:
        for begin in range(0, k, 20):  # fewer steps at a time would take too long; in twenty it hardly moves
            advance(self, state, data, schedule, min(20, k - begin))
            state.params.b[:] = 0

    monkeypatch.setattr(FusedCPU, "advance", frozen)


def decay_by(value: float) -> Callable[[Broken], None]:
    def break_it(monkeypatch: Broken) -> None:
        monkeypatch.setattr(recorder, "schedule", lambda c: replace(schedule(c), weight_decay=np.array([value])))

    return break_it


def leave_examples_as_they_are(monkeypatch: Broken) -> None:
    source = run_data.data_source
    monkeypatch.setattr(run_data, "data_source", lambda config: replace(source(config), normalise=False))


@pytest.mark.parametrize("keys", [QUICKEST, pytest.param(tuple(FEWER), marks=pytest.mark.science)], ids=["some", "all"])
def test_unbroken_the_claims_hold(runs: Path, keys: tuple[str, ...]) -> None:
    assert judged(runs, *keys) == dict.fromkeys(keys, "holds")


@pytest.mark.parametrize(
    ("break_it", "told_by"),
    [
        (freeze_the_bias, ["quick-memorised"]),
        pytest.param(decay_by(0.0), ["quick-units", "quick-decay"], marks=pytest.mark.science),
        pytest.param(decay_by(1.0), ["quick-units", "quick-decay"], marks=pytest.mark.science),
        (leave_examples_as_they_are, ["quick-units", "quick-closed-form"]),
    ],
    ids=["bias frozen", "no weight decay", "weight decay 1", "data not normalised"],
)
def test_a_broken_engine_fails(
    runs: Path, monkeypatch: Broken, break_it: Callable[[Broken], None], told_by: list[str]
) -> None:
    break_it(monkeypatch)
    assert judged(runs, *told_by) == dict.fromkeys(told_by, "fails")

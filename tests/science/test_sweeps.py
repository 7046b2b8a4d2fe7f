"""What the sweep presets must show; each trains a whole sweep."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.presets import load
from sdd_tui.sweep.progress import Look
from sdd_tui.sweep.reduce import Point, points
from sdd_tui.sweep.session import begin


def swept(runs: Path, preset: str, overrides: Sequence[str] = ()) -> list[Point]:
    """The points of a sweep, trained here."""
    folder = create_sweep(load(preset, overrides), runs)
    session, look = begin(folder), Look(folder)
    began = time.monotonic()
    assert LocalRunner().run(folder, session, lambda: look.left(session.id))
    print(f"{preset}: {time.monotonic() - began:.0f} s")
    assert look.poll().state == "finished"
    found = points(look.sweep, look.cells.values(), look.finished)
    for point in found:
        print(point.at, {name: round(point.mean(name), 4) for name in ("train_loss", "test_loss", "D_f", "D_X")})
    return found


@pytest.mark.science
def test_double_descent_is_there_in_minutes(runs: Path) -> None:
    began = time.monotonic()
    by_T = {point.at["T"]: point for point in swept(runs, "double-descent-quick")}
    took = time.monotonic() - began
    assert took * min(2, len(os.sched_getaffinity(0))) / 2 <= 180
    assert max(by_T[T].mean("test_loss") for T in (200, 300, 500)) > 1.5
    for T in (2_000, 5_000):
        assert by_T[T].mean("test_loss") < 0.991
        for run in by_T[T].runs:
            assert sum(D_f > 0.15 for D_f in run.D_f) == 5, run
    assert max(by_T[T].mean("test_loss") for T in (3, 5, 6, 8, 10, 15, 30, 50)) < 1.2


@pytest.mark.science
def test_examples_of_polygons_have_a_dimensionality_of_m_over_T(runs: Path) -> None:
    for point in swept(runs, "polygons", ["T=5,6,8"]):
        T = int(point.at["T"])
        D_X = np.concatenate([run.D_X_all for run in point.runs])
        print(T, len(D_X), float(np.median(D_X)), 2 / T)
        assert len(D_X) == 20 * T
        assert float(np.median(D_X)) == pytest.approx(2 / T, abs=0.02)


@pytest.mark.science
def test_less_weight_decay_makes_a_bigger_bump_and_much_of_it_none(runs: Path) -> None:
    found = swept(runs, "weight-decay-quick")
    bump = {
        decay: max(p.mean("test_loss") for p in found if p.at["weight_decay"] == decay)
        for decay in (1e-3, 1e-2, 1e-1, 1.0)
    }
    print(bump)
    assert bump[1e-2] > bump[1.0]
    assert bump[1.0] < 1.1


@pytest.mark.science
def test_generalisation_begins_at_the_same_number_of_occurrences_for_every_sparsity(runs: Path) -> None:
    found = swept(runs, "occurrences-quick")
    begins: dict[object, float] = {}
    for point in found:
        if point.mean("test_loss") < 1 and point.mean("D_f") > 0.15 and point.occurrences is not None:
            begins.setdefault(point.at["S"], point.occurrences)
    print(begins)
    assert len(begins) == 4
    assert all(5 <= occurrences <= 15 for occurrences in begins.values())

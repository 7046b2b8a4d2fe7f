"""What claims measure, of results that are made up: both what should hold and what should not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sdd_tui.paper import measures as m
from sdd_tui.paper import run_measures
from tests.paper.helpers import evidence, value

Rows = list[tuple[dict[str, Any], dict[str, Any]]]


def losses(**at: float) -> tuple[dict[str, float], dict[str, float]]:
    loss = at.pop("loss")
    return at, {"test_loss": loss}


def test_means_and_medians_are_of_the_runs_of_a_kind_and_know_their_spread() -> None:
    rows: Rows = [({}, {"train_loss": 1e-9, "test_loss": 1.0}), ({}, {"train_loss": 1e-9, "test_loss": 1.2})]
    rows += [({}, {"train_loss": 0.1, "test_loss": 5.0})]
    measured = m.mean(run_measures.TEST, run_measures.memorised)(evidence(rows))
    assert measured.value == pytest.approx(1.1)
    assert measured.spread is not None and (measured.spread.lowest, measured.spread.highest) == (1.0, 1.2)
    assert value(m.mean(run_measures.TEST, run_measures.failed), rows) == 5.0
    assert value(m.median(run_measures.TEST), rows) == 1.2
    assert value(m.worst(run_measures.TEST), rows) == 5.0
    assert value(m.share(run_measures.memorised), rows) == pytest.approx(2 / 3)


def test_no_run_of_a_kind_and_no_finite_value_are_nan() -> None:
    assert math.isnan(
        value(m.mean(run_measures.TEST, run_measures.memorised), [({}, {"train_loss": 0.1, "test_loss": 1.0})])
    )
    assert math.isnan(value(m.mean(run_measures.TEST), [({}, {"test_loss": 1.0}), ({}, {"test_loss": None})]))


def test_the_bump_and_the_ridge_are_where_the_mean_over_seeds_is_highest() -> None:
    rows = [losses(T=10, seed=0, loss=9.0), losses(T=10, seed=1, loss=0.9), losses(T=100, seed=0, loss=6.0)]
    rows += [losses(T=100, seed=1, loss=6.0), losses(T=1_000, seed=0, loss=0.99), losses(T=1_000, seed=1, loss=0.99)]
    assert m.bump(evidence(rows)) == pytest.approx(5.0)
    assert m.ridge(evidence(rows)) == 100
    assert value(m.ridge_of(0.01), rows) == pytest.approx(1.0)
    assert value(m.peak(run_measures.TEST), rows) == 100
    assert value(m.highest(run_measures.TEST), rows) == 6.0


def test_a_ridge_that_moves_back_is_counted_and_one_that_stands_still_is_not() -> None:
    def map_of(*ridges: int) -> Rows:
        return [
            losses(m=k, T=T, loss=5.0 if ridge == T else 1.0)
            for k, ridge in enumerate(ridges)
            for T in (10, 100, 1_000)
        ]

    measure = m.steps_back(m.ridge, "m", equal=True)
    assert value(measure, map_of(10, 100, 100, 1_000)) == 0
    assert value(measure, map_of(10, 100, 10, 1_000)) == 1
    assert value(m.quotient(m.ridge, "m", 2, 0), map_of(10, 100, 1_000)) == 100


def test_a_bump_that_does_not_shrink_with_the_decay_is_counted() -> None:
    def bumps(*heights: float) -> Rows:
        return [losses(weight_decay=0.1**k, T=10, loss=height) for k, height in enumerate(reversed(heights))]

    measure = m.steps_back(m.bump, "weight_decay", rising=False)
    assert value(measure, bumps(4.0, 3.0, 2.0, 1.0)) == 0
    assert value(measure, bumps(4.0, 4.0, 2.0, 1.0)) == 1
    assert value(m.times(run_measures.TEST, "weight_decay", 1.0, 0.1), bumps(4.0, 1.0)) == pytest.approx(0.25)


def test_bumps_are_not_compared_with_one_that_is_not_there() -> None:
    measure = m.quotient(m.bump, "weight_decay", 1.0, 0.01)

    def found(with_much: float, with_little: float) -> float:
        rows = [({"T": 500, "weight_decay": 1.0}, with_much), ({"T": 500, "weight_decay": 0.01}, with_little)]
        return value(measure, [(at, {"test_loss": loss}) for at, loss in rows])

    assert found(1.01, 1.5) == pytest.approx(0.02) and found(0.99, 1.5) < 0
    assert math.isnan(found(1.4, 0.99)) and math.isnan(found(1.4, 1.0))


def test_the_largest_D_X_is_the_upper_end_where_only_quartiles_are_kept() -> None:
    rows: Rows = [({}, {"D_X": (0.0, 0.1, 0.2, 0.3, 0.4)})]
    rows += [({}, {"D_X": (0.0, 0.1, 0.2, 0.3, 0.6), "D_X_all": (0.1, 0.6)})]
    assert value(m.mean(run_measures.largest_D_X), rows) == pytest.approx(0.5)


def test_a_bump_that_is_not_a_number_is_no_order() -> None:
    rows: Rows = [({"steps": 1, "T": 10}, {"test_loss": 2.0}), ({"steps": 2, "T": 10}, {"test_loss": None})]
    assert value(m.steps_back(m.bump, "steps"), rows) == 1


def test_stored_examples_on_a_circle_have_m_over_their_number() -> None:
    on_circle = {"stored": 4, "D_X_all": (0.5, 0.5, 0.0, 0.5, 0.5)}
    assert value(m.mean(run_measures.polygon_share), [({"T": 5}, on_circle)]) == 1.0
    assert value(m.mean(run_measures.median_D_X), [({"T": 5}, on_circle)]) == 0.5
    assert math.isnan(value(m.mean(run_measures.polygon_share), [({"T": 5}, {"stored": 0, "D_X_all": (0.0,) * 5})]))


def test_exactly_five_features_generalise() -> None:
    for large, share in ((5, 1.0), (4, 0.0), (6, 0.0)):
        D_f = (0.25,) * large + (0.01,) * (8 - large)
        assert value(m.mean(run_measures.generalises), [({}, {"D_f": D_f})]) == share
        assert value(m.mean(run_measures.dedicated), [({}, {"D_f": D_f})]) == large
    assert value(m.mean(run_measures.five_D_f), [({}, {"D_f": (0.3, 0.3, 0.2, 0.2, 0.25, 0.0)})]) == pytest.approx(0.25)


def test_the_onset_is_the_first_number_of_occurrences_with_features_and_a_loss_below_one() -> None:
    def at(T: int, D_f: float, loss: float) -> tuple[dict[str, float], dict[str, object]]:
        return {"S": 0.8, "T": T}, {"D_f": (D_f,), "test_loss": loss}

    rows = [at(10, 0.01, 0.9), at(25, 0.3, 1.1), at(50, 0.3, 0.99), at(100, 0.3, 0.98)]
    assert m.onset(evidence(rows)) == pytest.approx(10)
    assert value(m.farthest_onset(10), rows) == pytest.approx(10)
    assert math.isnan(value(m.farthest_onset(10), rows[:2]))


def test_the_best_of_all_rates_is_held_against_the_best_seed_at_one() -> None:
    def at(T: int, lr: float, loss: float, test: float = 1.0) -> tuple[dict[str, float], dict[str, object]]:
        return {"T": T, "lr": lr}, {"train_loss": loss, "test_loss": test}

    rows = [at(10, 1e-3, 0.5), at(10, 1e-2, 0.4), at(100, 1e-3, 0.8, 0.84), at(100, 1e-2, 0.6)]
    assert value(m.least_gain(1e-3), rows) == pytest.approx(0.2)
    assert value(m.farther_memorised(1e-3), rows) == 10
    rows[-1] = at(100, 1e-2, 0.9)
    assert value(m.least_gain(1e-3), rows) == 0.0
    assert value(m.farther_memorised(1e-3), rows) == 1


def test_a_run_stores_examples_where_its_training_loss_is_a_memoriser_s_and_no_features_have_directions() -> None:
    for train, test, D_f, stores in (
        (0.6, 1.0, (0.01,), True),
        (0.96, 1.0, (0.01,), False),
        (0.9, 0.99, (0.2, 0.2, 0.2), False),
        (0.9, 1.02, (0.2, 0.2, 0.2), True),
    ):
        (run,) = evidence([({}, {"train_loss": train, "test_loss": test, "D_f": D_f})]).runs
        assert m.stores(run) is stores


def test_the_best_of_several_rates_is_compared_with_each_of_them_over_all_seeds_and_T() -> None:
    losses = {(10, 0): (0.5, 0.4), (10, 1): (0.3, 0.4), (100, 0): (0.8, 0.6), (100, 1): (0.8, 0.6)}
    rows = [
        ({"T": T, "seed": seed, "lr": lr}, {"train_loss": loss})
        for (T, seed), both in losses.items()
        for lr, loss in zip((1e-3, 1e-2), both, strict=True)
    ]
    assert value(m.best_of_all("lr"), rows) == pytest.approx((0.4 + 0.3 + 0.6 + 0.6) / (0.4 + 0.4 + 0.6 + 0.6))
    alone = [row for row in rows if row[0]["lr"] == 1e-2]
    assert value(m.best_of_all("lr"), alone) == 1.0


def test_a_circle_around_the_origin_is_not_off_and_one_that_touches_the_axes_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    angles = np.arange(12) * np.pi / 6
    circle = np.stack([np.cos(angles), np.sin(angles)])
    for H, off, even in ((circle, 0.0, True), (circle + 1, math.sqrt(2), False)):
        found = evidence([({"T": 12}, {})]).runs[0]
        monkeypatch.setattr(type(found), "hidden", H)
        assert run_measures.offset(found) == pytest.approx(off, abs=0.1)
        assert run_measures.is_even(found) is even

"""Options of data and model as the panels show them: what is drawn is what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors, maximal_dimensionality
from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.panels.view import View
from sdd_tui.run.arrays import read_frames
from sdd_tui.run.data import some_training_data
from sdd_tui.run.reader import open_run
from tests.run.helpers import small, trained

OPTIONS = {
    "nothing": (),
    "a hidden ReLU": ("hidden=relu",),
    "a hidden ReLU, untied": ("hidden=relu", "tied=false"),
    "groups": ("group_size=5", "group_kind=anticorrelated"),
    "importance": ("data.importance=0.9",),
}


def last_snapshot(run: Path) -> tuple[View, Snapshot]:
    view = View(open_run(run))
    view.poll(10)
    view.go(None)
    assert view.snapshot is not None, view.problem
    return view, view.snapshot


@pytest.mark.parametrize("option", OPTIONS)
def test_the_losses_of_the_examples_add_up_to_the_recorded_one(tmp_path: Path, option: str) -> None:
    view, snapshot = last_snapshot(trained(small(*OPTIONS[option]), tmp_path))
    losses = [snapshot.reconstruction(i).loss for i in range(20)]
    assert np.mean(losses) == pytest.approx(view.rows["train_loss"][-1], rel=1e-6)


def test_hidden_vectors_are_cut_off_at_zero_everywhere(tmp_path: Path) -> None:
    run = trained(small("hidden=relu"), tmp_path)
    view, snapshot = last_snapshot(run)
    X = snapshot.examples.dense().astype(np.float64)
    H = np.maximum(snapshot.W @ X.T, 0)
    assert (H == 0).any()
    np.testing.assert_allclose(snapshot.H, H, atol=1e-12)
    assert snapshot.overlay(view.run.test_examples).min() == 0
    assert view.run.status["outcome"]["lost"] == snapshot.geometry.lost


def test_repeated_examples_are_shown_once(tmp_path: Path) -> None:
    view, snapshot = last_snapshot(trained(small("data.repeats=6", "data.repeated=2"), tmp_path))
    assert snapshot.H.shape == (2, 20)
    losses = np.array([snapshot.reconstruction(i).loss for i in range(20)])
    weight = np.where(np.arange(20) < 2, 6, 1)
    assert (weight @ losses) / weight.sum() == pytest.approx(view.rows["train_loss"][-1], rel=1e-6)


def test_examples_are_shown_by_their_share_among_all_and_not_among_those_shown(tmp_path: Path) -> None:
    view, snapshot = last_snapshot(trained(small("T=5000", "hidden=relu"), tmp_path))
    H = hidden_vectors(snapshot.W, some_training_data(view.run.config, 5_000), "relu")
    among_all = dimensionality(H)[:2_000]
    np.testing.assert_allclose(snapshot.D_X, among_all, rtol=1e-9)
    np.testing.assert_allclose(snapshot.D_star, maximal_dimensionality(H)[:2_000], rtol=1e-9)
    np.testing.assert_allclose(read_frames(view.run).D_X[-1], among_all, rtol=1e-9)
    view.history.extend(view.run, view.steps, 10)
    quantiles = view.history.columns[2][-1]
    np.testing.assert_allclose(quantiles, np.quantile(among_all, [0, 0.25, 0.5, 0.75, 1]), rtol=1e-9)

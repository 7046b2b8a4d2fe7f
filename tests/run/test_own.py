"""Runs on a user's own examples: self-contained as long as the file is there, readable when it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdd_tui.analysis.dimensionality import dimensionality
from sdd_tui.errors import ConfigError, DamagedError, NotFoundError
from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.create import create
from sdd_tui.run.data import training_data
from sdd_tui.run.reader import open_run
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from tests.run.helpers import asking, assert_same_results, small, trained

X = np.where(np.random.default_rng(0).random((30, 50)) < 0.2, 1.0, 0.0)
X[:, 7] = 0.5

FROM_FRAMES = ("features", "hidden", "dimensionality", "norms", "gram", "inspector")
"""Panels that draw a frame, and with it examples."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    np.savez(tmp_path / "x.npz", X=X, X_test=X[20:])
    return tmp_path / "x.npz"


def test_a_relative_path_becomes_absolute_and_another_directory_gives_the_same_run(
    file: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    run = create(small("data.file=x.npz"), runs, "a")
    assert open_run(run).config.data.file == str(file)
    monkeypatch.chdir("/")
    assert record(run).state == "finished"
    opened = open_run(run)
    assert opened.meta["data_sha256"] == training_data(opened.config).sha256()  # type: ignore[union-attr]
    lengths = np.sqrt((X**2).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(opened.frame().H, opened.frame().W @ (X / lengths)[:20].T, atol=1e-6)


def test_examples_of_a_file_have_their_share_among_all_of_it_even_once_it_is_gone(
    file: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdd_tui.run.reader.MOST_EXAMPLES", 8)
    opened = open_run(trained(small(f"data.file={file}"), runs))
    frame = opened.frame()
    file.unlink()
    H = frame.W @ (X / np.sqrt((X**2).sum(axis=1, keepdims=True)))[:20].T
    assert frame.H.shape == (2, 8)
    np.testing.assert_allclose(frame.D_X, dimensionality(H)[:8], rtol=1e-5)


def test_a_file_that_does_not_fit_makes_no_run(file: Path, runs: Path) -> None:
    for wrong in ("T=31", "n=49", "data.file=none.npz"):
        with pytest.raises((ConfigError, NotFoundError), match=r"^data\.file: "):
            create(small(f"data.file={file}", wrong), runs, "a")
    assert not (runs / "a").exists()


def test_a_stopped_run_is_resumed_to_the_same_bits_and_a_branch_goes_on(file: Path, runs: Path) -> None:
    config = small(f"data.file={file}")
    whole = trained(config, runs, "whole")
    cut = create(config, runs, "cut")
    record(cut, on_event=asking(cut, 90, "stop"))
    assert record(cut).state == "finished"
    assert_same_results(whole, cut)
    assert record(branch(whole, 50, ["optim.lr=0.02"], runs, "branch")).state == "finished"


def test_a_changed_file_is_neither_trained_on_nor_shown(file: Path, runs: Path) -> None:
    config = small(f"data.file={file}")
    run = create(config, runs, "a")
    record(run, on_event=asking(run, 90, "stop"))
    np.savez(file, X=X[::-1])
    with pytest.raises(DamagedError, match="not what this run began with"):
        record(run)
    with pytest.raises(DamagedError, match=r"the file that data\.file names"):
        open_run(run).frame()


def test_other_test_examples_are_not_mixed_into_a_resumed_run(file: Path, runs: Path) -> None:
    config = small(f"data.file={file}")
    run = create(config, runs, "a")
    record(run, on_event=asking(run, 90, "stop"))
    np.savez(file, X=X, X_test=X[:5])
    with pytest.raises(DamagedError, match="the test data drawn here is not what this run began with"):
        record(run)


def test_without_its_file_a_run_says_so_and_stays_readable(file: Path, runs: Path) -> None:
    run = trained(small(f"data.file={file}"), runs)
    away = file.rename(file.with_name("away.npz"))
    view = View(open_run(run))
    view.poll(10)
    view.history.extend(view.run, view.steps, 10)
    view.go(None)
    assert view.snapshot is None and view.problem == f"{file} is not there. Put it back, or choose another."
    for name, panel in PANELS.items():
        said = "".join(t for row in drawn(panel, view, ViewOptions(), 200, 20).rows for t, _ in row)
        assert ("is not there" in said) == (name in FROM_FRAMES), name
    assert view.rows["train_loss"][-1] > 0 and view.status["outcome"]["solution"]
    away.rename(file)
    assert open_run(run).frame().H.shape == (2, 20)


def test_the_planes_do_without_a_test_set_that_is_gone(file: Path, runs: Path) -> None:
    view = View(open_run(trained(small(f"data.file={file}"), runs)))
    view.poll(10)
    view.go(None)
    file.unlink()
    assert drawn(PANELS["hidden"], view, ViewOptions(overlay=True), 60, 20).rows

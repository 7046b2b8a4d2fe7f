"""The small print: what is shown, as far as it was trained, and what planes and D_X are of large models and data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.run import example_moments
from sdd_tui.run.create import create
from sdd_tui.run.data import some_training_data
from sdd_tui.run.reader import open_run
from sdd_tui.training.recorder import record
from tests.figures.conftest import SETTINGS, train
from tests.figures.looking import line, said
from tests.run.helpers import asking, small
from tests.run.helpers import trained as run_of

Draw = Callable[..., Figure]

PROJECTED = "planes: projections on the first two principal components"


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A run that was stopped between two of its frames and rows."""
    run = create(small("steps=2000"), tmp_path, "a")
    record(run, on_event=asking(run, 1_100, "stop"))
    return run


@pytest.mark.parametrize("name", ["loss", "planes", "dimensionality", "animation", "two-circles"])
def test_a_run_that_was_stopped_says_how_far_it_came(draw: Draw, stopped: Path, name: str) -> None:
    run = open_run(stopped)
    last = run.metrics["step"][-1] if name == "loss" else run.frame_steps[-1]
    assert 1_000 < last < 2_000
    assert f"  ·  step {int(last):,} of 2,000 (stopped)  ·  seed 0" in said(draw(name, stopped))


def test_a_finished_run_says_its_steps(draw: Draw, tmp_path: Path) -> None:
    words = said(draw("planes", run_of(small(), tmp_path)))
    assert words == "a  ·  n = 50  ·  m = 2  ·  S = 0.9  ·  T = 20  ·  200 steps  ·  seed 0"


@pytest.mark.parametrize("name", ["planes", "animation"])
def test_planes_of_many_dimensions_are_said_to_be_projections(draw: Draw, tmp_path: Path, name: str) -> None:
    assert PROJECTED in said(draw(name, run_of(small("m=3"), tmp_path)))
    assert PROJECTED not in said(draw(name, run_of(small(), tmp_path, "b")))


@pytest.mark.parametrize("name", ["double-descent", "polygons"])
def test_so_are_planes_of_sweeps(draw: Draw, trained: dict[str, Path], tmp_path: Path, name: str) -> None:
    folder = train(tmp_path, "a", {"axes": {"T": [3, 5]}, "settings": SETTINGS | {"model": {"n_hidden": 3}}})
    assert PROJECTED in said(draw(name, folder)) and PROJECTED not in said(draw(name))


def test_examples_are_drawn_with_their_share_among_all(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = run_of(small("T=5000"), tmp_path)
    run = open_run(path)
    H = hidden_vectors(run.frame().W, some_training_data(run.config, 5_000))
    figure = draw("dimensionality", path)
    median = np.median(dimensionality(H)[:2_000])
    assert np.asarray(line(figure.axes[1], "median").get_ydata())[-1] == pytest.approx(median)
    assert figure.axes[1].get_ylim()[1] < 0.05  # they fill their axis, however small they are
    assert "D_X of the first 2,000 examples among all 5,000" in said(figure)
    assert "estimated" not in said(figure)
    monkeypatch.setattr(example_moments, "MOST_TERMS", 30_000)
    figure = draw("dimensionality", path)
    assert np.asarray(line(figure.axes[1], "median").get_ydata())[-1] == pytest.approx(median, rel=0.1)
    assert "among all 5,000 (estimated from 3,000)" in said(figure)


def test_nothing_is_said_of_examples_that_are_all_shown(draw: Draw, tmp_path: Path) -> None:
    assert "D_X" not in said(draw("dimensionality", run_of(small(), tmp_path)))

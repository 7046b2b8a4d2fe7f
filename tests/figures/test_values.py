"""What is drawn is the measure that the axis names: every curve, band and dot against the results and the frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdd_tui.analysis.dimensionality import dimensionality
from sdd_tui.figures import animation
from sdd_tui.figures.catalogue import entry_of
from sdd_tui.figures.repeats import measured
from sdd_tui.figures.sources import opened
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_value
from sdd_tui.panels.view import View
from sdd_tui.run.reader import open_run
from sdd_tui.sweep.reduce import MEASURES, Point
from tests.figures.looking import along, band, by_gid, dots, labels, line, said

Draw = Callable[..., Figure]

TEST_LOSS, BIAS_NORM = "test loss (zero output = 1)", "bias norm, $\\Vert b \\Vert$"
T, S = "data.n_examples", "data.sparsity"


def assert_course(ax: Axes, label: str, points: list[Point], measure: str) -> None:
    """A line is the means of a measure, and the faint dots beside it are its values in every run."""
    assert np.allclose(line(ax, label).get_ydata(), [p.mean(measure) for p in points])
    every = [MEASURES[measure](run) for p in points for run in p.runs]
    assert np.allclose(by_gid(ax, f"runs-{label}")[0].get_ydata(), every)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "setting", "panes"),
    [
        ("weight-decay", "optim.weight_decay", [("test_loss", TEST_LOSS)]),
        ("training-length", "optim.steps", [("test_loss", TEST_LOSS)]),
        ("reduction", "optim.reduction", [("test_loss", TEST_LOSS), ("bias_norm", BIAS_NORM)]),
    ],
)
def test_families_are_of_the_measure_that_the_axis_names(
    draw: Draw, trained: dict[str, Path], name: str, setting: str, panes: list[tuple[str, str]]
) -> None:
    lines = Swept([trained[name]]).lines(setting, T)
    for ax, (measure, words) in zip(draw(name).axes, panes, strict=True):
        assert ax.get_ylabel() == words
        assert len(labels(ax)) == len(lines)
        for value, points in lines:
            assert_course(ax, of_value(setting, value), points, measure)


def test_the_losses_of_the_main_figure_are_those_of_its_runs(draw: Draw, trained: dict[str, Path]) -> None:
    losses, strip = draw("double-descent").axes[:2]
    points = along(trained, "double-descent")
    for measure, label in (("train_loss", "train"), ("test_loss", "test")):
        assert np.allclose(line(losses, label).get_ydata(), [p.mean(measure) for p in points[:-1]])  # ∞ stands apart
    runs = [run for p in points for run in p.runs]
    assert np.allclose(by_gid(strip, "D_f")[0].get_ydata(), [v for run in runs for v in run.D_f])
    shares = [v for run in runs for v in run.D_X_all or run.D_X]
    assert np.allclose(by_gid(strip, "D_X")[0].get_ydata(), shares)


def test_the_collapse_is_of_the_largest_feature_in_both_panes(draw: Draw, trained: dict[str, Path]) -> None:
    for ax in draw("occurrences").axes:
        assert ax.get_ylabel() == "largest dimensionality, $D_f$"
        for value, points in Swept([trained["occurrences"]]).lines(S, T):
            assert_course(ax, of_value(S, value), points, "D_f")


def test_the_best_are_of_the_loss_that_the_axis_names(draw: Draw, trained: dict[str, Path]) -> None:
    points = along(trained, "best-of-lr")
    for ax, measure in zip(draw("best-of-lr").axes, ("test_loss", "train_loss"), strict=True):
        assert ax.get_ylabel() == f"{measure.replace('_', ' ')} (zero output = 1)"
        for kind, runs in (("runs", [r for p in points for r in p.runs]), ("won", [p.chosen for p in points])):
            shown = [found for found in ax.get_lines() if str(found.get_gid()).startswith(f"{kind}-")]
            y = np.concatenate([np.asarray(found.get_ydata(), float) for found in shown])
            assert np.allclose(np.sort(y), np.sort([getattr(run, measure) for run in runs]))


def test_the_loss_of_repeated_examples_is_each_runs_and_their_mean(draw: Draw, trained: dict[str, Path]) -> None:
    collapse = draw("repeats").axes[1]
    found = measured(Swept([trained["repeats"]]))
    assert collapse.get_ylabel() == "loss of the repeated example"
    for i, (size, label) in enumerate(((1, "$T$ = 60"), (4, "$T$ = 240"))):
        group = [r for r in found if r.size == size]
        assert np.allclose(line(collapse, label).get_ydata(), [np.mean(r.losses) for r in group])
        every = by_gid(collapse, "runs")[i]
        assert np.allclose(every.get_xdata(), [r.times / size for r in group for _ in r.losses])
        assert np.allclose(every.get_ydata(), [loss for r in group for loss in r.losses])


def test_dimensionalities_are_those_of_every_frame(draw: Draw, trained: dict[str, Path]) -> None:
    features, examples = draw("dimensionality").axes
    run = open_run(trained["dimensionality"])
    frames = [run.frame(step) for step in run.frame_steps.tolist()]
    largest = np.array([np.sort(dimensionality(frame.W))[::-1][:8] for frame in frames])
    courses = [np.asarray(c.get_ydata(), float) for c in features.get_lines() if len(np.asarray(c.get_ydata())) > 2]
    assert np.allclose(np.array(courses).T, largest)
    D_X = [dimensionality(frame.H) for frame in frames]
    lowest, first, median, third, highest = np.quantile(D_X, [0, 0.25, 0.5, 0.75, 1], axis=1)
    assert np.allclose(line(examples, "median").get_ydata(), median)
    assert np.allclose(band(examples, "quartiles"), [first, third])
    assert np.allclose(band(examples, "all"), [lowest, highest])
    assert features.get_ylabel() == "largest feature dimensionalities, $D_f$"
    assert examples.get_ylabel() == "example dimensionality, $D_X$"


def test_every_frame_of_the_animation_shows_its_own_step(draw: Draw, trained: dict[str, Path]) -> None:
    source = opened(entry_of("animation"), [trained["animation"]])
    assert isinstance(source, View)
    run = open_run(trained["animation"])
    done: list[tuple[int, int]] = []
    figures = list(animation.frames(source, 3.35, lambda *progress: done.append(progress)))
    assert len(figures) == len(run.frame_steps)
    assert done == [(i, len(figures)) for i in range(len(figures) + 1)]
    for step, figure in zip(run.frame_steps.tolist(), figures, strict=True):
        features, hidden, course = figure.axes
        frame = run.frame(step)
        assert np.allclose(dots(features), frame.W) and np.allclose(dots(hidden), frame.H)
        assert (features.get_title(), hidden.get_title()) == ("features $W_j$", "hidden vectors $h_i$")
        assert list(by_gid(course, "now")[0].get_xdata()) == [step, step]  # type: ignore[arg-type]
        assert said(figure, "step") == f"step {step:,}"
        for name in ("train", "test"):
            assert np.allclose(by_gid(course, name)[0].get_ydata(), run.metrics[f"{name}_loss"])

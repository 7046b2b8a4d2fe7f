"""What figures show is what the sweeps hold: marks, lines, cells, scales, labels, looked at before they are saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sdd_tui.analysis.geometry import describe
from sdd_tui.figures.circles import circles, widest
from sdd_tui.figures.repeats import STORED, measured
from sdd_tui.figures.swept import Swept
from sdd_tui.paper.published import REPEATS_TO_STORE
from sdd_tui.run.reader import open_run
from sdd_tui.sweep.directory import RESULTS, create_sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.results import CellResult
from tests.figures.looking import along, by_gid, dots, labels, line, ticks, xy
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import made_up

Draw = Callable[..., Figure]


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    """A sweep of known results: test losses 1 + seed/T + 0.5 at T = 100, train losses 1 - 1/T; no frames."""
    sweep = tiny({"T": [3, 10, 100, 1_000, 10_000], "seed": [0, 1, 2]})
    folder = create_sweep(sweep, tmp_path, "invented")
    results = [made_up(cell) for cell in sweep.cells()]
    results = [replace(r, test_loss=(r.test_loss or 0) + 0.5 * ("T=100," in r.cell)) for r in results]
    (folder / RESULTS).write_text("".join(json.dumps(asdict(r)) + "\n" for r in results))
    return folder


def test_the_main_figure_has_losses_a_strip_and_planes(draw: Draw, trained: dict[str, Path]) -> None:
    figure = draw("double-descent")
    losses, strip, *planes = figure.axes
    points = along(trained, "double-descent")
    low = min(p.mean("test_loss") for p in points)
    assert (losses.get_xscale(), losses.get_ylim()[1]) == ("log", 1.03)
    assert low - 0.02 <= losses.get_ylim()[0] <= min(0.97, low)
    assert losses.get_ylabel() == "loss per example" and strip.get_xlabel() == "training examples, $T$"
    assert ticks(strip)[-1] == "∞" and "100" in ticks(strip)
    assert strip.get_xlim() == losses.get_xlim()
    assert len(planes) == 2 * len(points)
    assert [ax.get_title() for ax in planes[::2]] == [f"$T$ = {t}" for t in (3, 5, 10, 40, 400, "∞")]
    assert xy(by_gid(strip, "D_f")[0]).shape == (2, 6 * 2 * 8)
    assert xy(by_gid(strip, "D_X")[0]).shape == (2, 2 * (3 + 5 + 10 + 40 + 5))


def test_means_and_every_run_are_where_the_results_are(draw: Draw, invented: Path) -> None:
    losses = draw("double-descent", invented).axes[0]
    assert losses.get_ylim() == (0.97, 1.03)
    test = line(losses, "test")
    assert np.allclose(test.get_xdata(), [3, 10, 100, 1_000, 10_000])
    assert np.allclose(test.get_ydata(), [4 / 3, 1.1, 1.51, 1.001, 1.0001])
    runs = by_gid(losses, "runs-test")[0]
    assert sorted(xy(runs)[0]) == sorted([3, 10, 100, 1_000, 10_000] * 3)
    assert runs.get_color() == test.get_color()


def test_what_lies_beyond_the_cut_is_marked_at_its_edge(draw: Draw, invented: Path) -> None:
    losses = draw("double-descent", invented).axes[0]
    above, below = (xy(by_gid(losses, f"beyond-{end}")[0]) for end in ("test-above", "train-below"))
    assert list(above[0]) == [3, 10, 100] and set(above[1]) == {1.03}
    assert list(below[0]) == [3, 10] and set(below[1]) == {0.97}
    highest = next(text for text in losses.texts if text.get_gid() == "highest")
    assert (highest.get_text(), highest.xy[0]) == ("1.51", 100)  # type: ignore[attr-defined]


def test_the_papers_numbers_lie_behind_a_sweep_of_its_data_and_model(draw: Draw, tmp_path: Path) -> None:
    sweep = parse({"axes": {"T": [5, 10, 100, 10_000, "inf"], "seed": [0]}, "reduce": {"over": ["seed"]}}, "a", "a")
    folder = create_sweep(sweep, tmp_path, "as-there")
    results = [CellResult(cell.name, "finished", test_loss=1.0, D_f=(0.2,) * 8) for cell in sweep.cells()]
    (folder / RESULTS).write_text("".join(json.dumps(asdict(r)) + "\n" for r in results))
    losses, strip = draw("double-descent", folder).axes
    shown = dict(zip(*xy(by_gid(losses, "paper-losses")[0]), strict=True))
    assert shown[100.0] == 1.0031 and shown[10_000.0] == 0.9988 and shown[40_000.0] == 0.9986  # ∞
    assert all(5 <= T <= 40_000 for T in shown) and len(shown) == 14
    assert list(xy(by_gid(losses, "paper-bounds")[0])[1]) == [1.025]
    assert labels(losses) == ["test, the paper", "test"]
    bars = next(found for found in strip.collections if found.get_gid() == "paper-D_f")
    low, high = bars.get_segments()[1][:, 1]  # type: ignore[attr-defined]
    assert (low, high) == pytest.approx((0.223, 0.258))


def test_the_papers_numbers_are_not_shown_beside_others(draw: Draw, invented: Path) -> None:
    losses, strip = draw("double-descent", invented).axes
    assert not by_gid(losses, "paper-losses") and not strip.collections


def test_the_strip_has_the_curve_of_even_shares(draw: Draw, invented: Path) -> None:
    strip = draw("double-descent", invented).axes[1]
    x, y = by_gid(strip, "m/T")[0].get_data()
    assert np.allclose(np.asarray(x) * np.asarray(y), 2)
    quartiles = by_gid(strip, "D_X")[0]
    assert np.allclose(np.unique(quartiles.get_ydata()), [2e-4, 2e-3, 0.02, 0.2, 2 / 3])


def test_without_frames_there_are_no_planes(draw: Draw, invented: Path) -> None:
    assert len(draw("double-descent", invented).axes) == 2
    assert len(draw("double-descent", invented, width=3.35).axes) == 2


def test_above_the_losses_stands_how_often_a_feature_occurs(draw: Draw, invented: Path) -> None:
    figure = draw("double-descent", invented)
    figure.draw_without_rendering()
    losses = figure.axes[0]
    above = losses.child_axes[0]
    assert above.get_xlabel() == "occurrences of a feature, $T(1 - S)$"
    assert np.allclose(np.array(above.get_xlim()) / 0.2, losses.get_xlim())


def test_polygons_have_a_column_for_each_size(draw: Draw, trained: dict[str, Path]) -> None:
    *planes, strip = draw("polygons").axes
    assert [ax.get_title() for ax in planes[::2]] == ["$T$ = 3", "$T$ = 5", "$T$ = 6", "$T$ = 8"]
    assert strip.get_ylabel() == "dimensionality"
    for point, ax in zip(along(trained, "polygons"), planes[1::2], strict=True):
        corners = [run.polygon for run in point.runs if run.polygon]
        assert ("no polygon" in ax.get_xlabel()) == (not corners)
        assert len(by_gid(ax, "outline")) == bool(corners)
    assert len(draw("polygons", width=3.35).axes) == 9


def test_a_plane_has_a_dot_for_each_vector_and_its_scale(draw: Draw, trained: dict[str, Path]) -> None:
    figure = draw("planes")
    features, hidden = figure.axes
    frame = open_run(trained["planes"]).frame()
    for ax, vectors in ((features, np.asarray(frame.W, float)), (hidden, frame.H)):
        assert np.allclose(dots(ax), vectors)
        limit = ax.get_xlim()[1]
        assert limit > np.abs(vectors).max()
        assert ax.get_ylim() == (-limit, limit)
        assert ax.texts[-1].get_text() == f"±{limit:.2g}"
    assert len(hidden.findobj(LineCollection)[0].get_segments()) <= 8


def test_norms_are_the_means_on_a_logarithmic_axis(draw: Draw, invented: Path, trained: dict[str, Path]) -> None:
    ax = draw("norms").axes[0]
    points = along(trained, "norms")
    for measure, label in (("weight_norm", "$\\Vert W \\Vert_F$"), ("bias_norm", "$\\Vert b \\Vert$")):
        assert np.allclose(line(ax, label).get_ydata(), [p.mean(measure) for p in points[:-1]])  # ∞ stands apart
    assert draw("norms", invented).axes[0].get_yscale() == "linear"  # 1 and 2


def test_the_map_has_a_cell_for_each_pair_and_frames_the_ridge(draw: Draw, trained: dict[str, Path]) -> None:
    figure = draw("t-by-m")
    ax, bar = figure.axes
    shown = np.asarray(ax.images[0].get_array(), float)
    swept = Swept([trained["t-by-m"]])
    assert shown.shape == (4, 3)
    for point in swept.points:
        at = [1, 2, 3, 4].index(int(str(point.at["m"]))), [3, 30, 300].index(int(str(point.at["T"])))
        assert np.sign(shown[at]) == np.sign(point.mean("test_loss") - 1)
        assert f"{point.mean('test_loss'):.3f}" in [text.get_text() for text in ax.texts]
    ridge = [patch for patch in ax.patches if patch.get_gid() == "ridge"]
    assert len(ridge) == (shown.max(axis=1) > 0).sum() > 0
    assert ticks(ax) == ["3", "30", "300"] and ax.get_ylabel() == "hidden dimensions, $m$"
    assert bar.get_ylabel() == "test loss (zero output = 1)"
    assert "1" in [tick.get_text() for tick in bar.get_yticklabels()]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("weight-decay", ["weight decay 0.01", "weight decay 1"]),
        ("training-length", ["40 steps", "120 steps", "200 steps"]),
        ("reduction", ["mean over features", "sum over features"]),
    ],
)
def test_families_have_a_line_for_each_value_in_its_order(draw: Draw, name: str, words: list[str]) -> None:
    figure = draw(name)
    assert labels(figure.axes[0]) == words
    strokes = {str(line(figure.axes[0], word)._unscaled_dash_pattern) for word in words}  # type: ignore[attr-defined]
    colours = {line(figure.axes[0], word).get_color() for word in words}
    assert len(strokes) == len(colours) == len(words)
    assert len(figure.axes) == (2 if name == "reduction" else 1)


def test_the_collapse_is_drawn_over_occurrences(draw: Draw, trained: dict[str, Path]) -> None:
    over_sizes, over_occurrences = draw("occurrences").axes
    assert labels(over_sizes) == ["$S$ = 0.8", "$S$ = 0.9"]
    first, second = (line(over_occurrences, label) for label in labels(over_sizes))
    assert np.allclose(first.get_xdata(), [1, 10, 20]) and np.allclose(second.get_xdata(), [1, 10, 20])
    assert np.allclose(line(over_sizes, "$S$ = 0.9").get_xdata(), [10, 100, 200])
    expected = [p.mean("D_f") for p in along(trained, "occurrences") if p.at["S"] == 0.9]
    assert np.allclose(second.get_ydata(), expected)
    assert over_occurrences.get_xlabel() == "occurrences of a feature, $T(1 - S)$"


def test_repeated_examples_are_judged_by_their_loss(draw: Draw, trained: dict[str, Path]) -> None:
    swept = Swept([trained["repeats"]])
    found = measured(swept)
    assert [(r.size, r.times) for r in found] == [(1, 1), (1, 2), (1, 8), (4, 1), (4, 2), (4, 8)]
    assert all(len(r.losses) == 2 and r.stored == sum(v < STORED for v in r.losses) / 2 for r in found)
    plane, collapse = draw("repeats").axes
    points = plane.collections[0]
    assert np.allclose(points.get_offsets(), [(r.size, r.times) for r in found])
    assert np.allclose(points.get_array(), [r.stored for r in found])  # type: ignore[arg-type]
    x, y = by_gid(plane, "threshold")[0].get_data()
    assert np.allclose(np.asarray(y) / np.asarray(x), REPEATS_TO_STORE)
    assert labels(collapse) == ["$T$ = 60", "$T$ = 240"]
    assert np.allclose(line(collapse, "$T$ = 240").get_xdata(), [0.25, 0.5, 2])


def test_the_loss_of_a_repeated_example_is_that_of_the_frames_model(trained: dict[str, Path]) -> None:
    for r in measured(Swept([trained["repeats"]])):
        for run, loss in zip(r.point.runs, r.losses, strict=True):
            frame = open_run(trained["repeats"] / "cells" / run.cell).frame()
            x = frame.examples.dense()[0]
            out = np.maximum(np.asarray(frame.W, float).T @ frame.H[:, 0] + frame.b, 0)
            assert loss == pytest.approx(float(((out - x) ** 2).sum()), rel=2e-2, abs=1e-6)


def test_of_the_best_every_point_has_one_that_won(draw: Draw, trained: dict[str, Path]) -> None:
    test, train = draw("best-of-lr").axes
    points = along(trained, "best-of-lr")
    for ax, measure in ((test, "test_loss"), (train, "train_loss")):
        won = [found for found in ax.get_lines() if str(found.get_gid()).startswith("won-")]
        every = [found for found in ax.get_lines() if str(found.get_gid()).startswith("runs-")]
        assert sum(len(np.asarray(found.get_xdata())) for found in won) == len(points) == 2
        assert sum(len(np.asarray(found.get_xdata())) for found in every) == 8
        chosen = [getattr(p.chosen, measure) for p in points]
        assert np.allclose(by_gid(ax, "best")[0].get_ydata(), chosen)


def test_two_circles_and_the_gap_are_found() -> None:
    outer = 3 * np.exp(1j * np.radians([10, 40, 70, 100, 130]))
    inner = np.exp(1j * np.radians([190, 260]))
    H = np.array([[*outer.real, *inner.real, 1e-3], [*outer.imag, *inner.imag, 0]])
    g = describe(H)
    small, large = circles(g)
    assert small.tolist() == [False] * 5 + [True] * 2 + [False] and large.tolist() == [True] * 5 + [False] * 3
    assert widest(g) == pytest.approx((260, 110))
    assert len(circles(describe(H[:, :5]))) == 1


def test_two_circles_show_every_length_against_its_angle(draw: Draw, trained: dict[str, Path]) -> None:
    plane, angles = draw("two-circles").axes
    H = open_run(trained["two-circles"]).frame().H
    assert np.allclose(by_gid(angles, "radii")[0].get_ydata(), np.hypot(*H))
    assert len(by_gid(plane, "circle")) == len(circles(describe(H)))
    assert angles.get_xlim() == (0, 360)


def test_losses_are_the_recorded_ones(draw: Draw, trained: dict[str, Path]) -> None:
    ax = draw("loss").axes[0]
    metrics = open_run(trained["loss"]).metrics
    for name in ("train", "test"):
        assert np.allclose(xy(by_gid(ax, name)[0]), (metrics["step"], metrics[f"{name}_loss"]))
    assert ax.get_xlabel() == "training steps" and labels(ax) == ["train", "test"]


def test_dimensionalities_have_the_eight_largest_and_the_even_share(draw: Draw, trained: dict[str, Path]) -> None:
    features, examples = draw("dimensionality").axes
    steps = open_run(trained["dimensionality"]).frame_steps
    courses = [found for found in features.get_lines() if len(np.asarray(found.get_xdata())) == len(steps)]
    assert len(courses) == 8
    assert xy(by_gid(examples, "m/T")[0])[1, 0] == 2 / 8
    assert labels(examples) == ["all", "quartiles", "median"]


def test_a_column_of_text_stacks_what_a_page_has_side_by_side(draw: Draw) -> None:
    for name in ("reduction", "occurrences", "repeats", "best-of-lr", "dimensionality", "two-circles"):
        for width, beside in ((6.75, True), (3.35, False)):
            first, second = (ax.get_position() for ax in draw(name, width=width).axes[:2])
            assert (first.y0 == pytest.approx(second.y0)) == beside, name


def test_nothing_stands_outside_the_figure(draw: Draw) -> None:
    for name in ("double-descent", "polygons", "t-by-m", "repeats", "best-of-lr", "animation", "loss"):
        for width in (6.75, 3.35):
            figure = draw(name, width=width)
            figure.draw_without_rendering()
            tight = figure.get_tightbbox()
            assert tight.x0 > -0.01 and tight.x1 < figure.get_figwidth() + 0.01, name
            assert tight.y0 > -0.01 and tight.y1 < figure.get_figheight() + 0.01, name

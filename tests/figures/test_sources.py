"""What figures are drawn from: the newest that fits, several as one, and what doesn't fit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from sdd_tui.errors import ConfigError, NotFoundError
from sdd_tui.figures.catalogue import ENTRIES, entry_of
from sdd_tui.figures.checks import fitting
from sdd_tui.figures.sources import newest, opened
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep
from sdd_tui.sweep.directory import RESULTS, SWEEP, create_sweep, read_sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.presets import presets as sweep_presets
from sdd_tui.sweep.results import CellResult
from tests.sweep.helpers import TINY

Draw = Callable[..., Figure]


def made(
    runs: Path, name: str, axes: dict[str, Any], preset: str = "double-descent", most: int = 1_000, **more: Any
) -> Path:
    """A sweep whose test losses are its T's inverse, of which so many cells are finished."""
    tables = {"settings": TINY, "axes": axes, "reduce": {"over": [k for k in axes if k == "seed"]}} | more
    sweep = parse(tables, name, preset)
    folder = create_sweep(sweep, runs, name)
    results = [
        CellResult(cell.name, "finished", train_loss=0.5, test_loss=1 / float(str(cell.at.get("T", 1))))
        for cell in sweep.cells()[:most]
    ]
    (folder / RESULTS).write_text("".join(json.dumps(asdict(r)) + "\n" for r in results))
    return folder


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"dobule-descent is not a figure\. Did you mean 'double-descent'\?"):
        entry_of("dobule-descent")


def test_presets_that_figures_are_drawn_from_have_the_axes_they_need() -> None:
    known = {preset.name for preset in sweep_presets()}
    named = {name for entry in ENTRIES.values() for name in entry.presets}
    assert named <= known


def test_the_figures_that_fit_a_sweep_are_those_that_it_may_be_drawn_as(tmp_path: Path) -> None:
    alone = {"double-descent", "polygons", "norms", "best-of-lr"}
    for number, (axes, fit) in enumerate(
        (({"T": [3, 5], "seed": [0, 1]}, alone), ({"T": [3, 5], "m": [1, 2]}, {"t-by-m"}), ({"m": [1, 2]}, set[str]()))
    ):
        folder = made(tmp_path, f"a{number}", axes)
        assert {entry.name for entry in fitting(read_sweep(folder))} == fit
        for entry in (entry for entry in ENTRIES.values() if entry.source == "sweep"):
            if entry.name in fit:
                assert isinstance(opened(entry, [folder]), Swept)
            else:
                with pytest.raises(ConfigError):
                    opened(entry, [folder])


def test_a_run_is_not_a_sweep_nor_the_other_way_round(trained: dict[str, Path]) -> None:
    with pytest.raises(ConfigError, match="T=8,seed=0 is a run, and norms is drawn from a sweep"):
        opened(entry_of("norms"), [trained["loss"]])
    with pytest.raises(ConfigError, match="polygons is a sweep, and loss is drawn from a run"):
        opened(entry_of("loss"), [trained["polygons"]])
    with pytest.raises(ConfigError, match="is drawn from one run, and these are 2"):
        opened(entry_of("loss"), [trained["loss"]] * 2)


def test_a_directory_that_is_neither_is_not_found(tmp_path: Path) -> None:
    for name in ("norms", "loss"):
        with pytest.raises(NotFoundError, match=r"there is no (sweep|run) here"):
            opened(entry_of(name), [tmp_path])


def test_a_sweep_without_the_axis_needed_is_refused(trained: dict[str, Path]) -> None:
    with pytest.raises(ConfigError, match=r"double-descent: model\.n_hidden does not vary in this sweep"):
        opened(entry_of("t-by-m"), [trained["double-descent"]])


def test_a_sweep_with_an_axis_too_many_is_refused(trained: dict[str, Path]) -> None:
    with pytest.raises(ConfigError, match=r"t-by-m: varies model\.n_hidden as well"):
        opened(entry_of("double-descent"), [trained["t-by-m"]])


def test_seeds_are_put_together_even_where_the_sweep_does_not_say_so(tmp_path: Path, draw: Draw) -> None:
    folder = made(tmp_path, "a", {"T": [3, 30, 300], "seed": [0, 1, 2]}, reduce={"over": []})
    swept = Swept([folder])
    assert [len(point.runs) for point in swept.points] == [3, 3, 3]
    assert swept.varied == {"data.n_examples"}
    assert "mean of 3 seeds" in of_sweep(swept)
    assert draw("double-descent", folder).axes


def test_several_sweeps_count_as_one_and_the_first_has_the_say(tmp_path: Path) -> None:
    first = made(tmp_path, "a", {"T": [3, 30], "seed": [0, 1]})
    second = made(tmp_path, "b", {"T": [30, 300], "seed": [0]})
    swept = Swept([first, second])
    assert [swept.number(p, "data.n_examples") for p in swept.along("data.n_examples")] == [3, 30, 300]
    assert [len(p.runs) for p in swept.along("data.n_examples")] == [2, 2, 1]
    assert of_sweep(swept).startswith("a + b  ·  n = 20  ·  m = 2  ·  S = 0.8  ·  40 steps  ·  mean of 1–2 seeds")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"data": TINY["data"] | {"n_features": 1_000}}, r"data\.n_features \(20 and 1,000\)"),
        ({"data": TINY["data"] | {"sparsity": 0.9}}, r"data\.sparsity \(0\.8 and 0\.9\)"),
        ({"model": {"tied": False}}, r"model\.tied \(true and false\)"),
        ({"optim": {"steps": 50}}, r"optim\.steps \(40 and 50\)"),
        ({"engine": "reference"}, r"engine \(fused and reference\)"),
    ],
)
def test_sweeps_of_different_settings_are_not_joined(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    first = made(tmp_path, "a", {"T": [3, 30]})
    second = made(tmp_path, "b", {"T": [300, 3_000]}, settings=TINY | changed)
    with pytest.raises(ConfigError, match=f"a and b have different settings of {said}, so one figure can't be drawn"):
        opened(entry_of("norms"), [first, second])


def test_an_axis_of_one_value_is_a_setting_too(tmp_path: Path) -> None:
    first = made(tmp_path, "a", {"T": [3, 30], "m": [2]})
    second = made(tmp_path, "b", {"T": [3, 30], "m": [3]})
    with pytest.raises(ConfigError, match=r"different settings of model\.n_hidden \(2 and 3\)"):
        opened(entry_of("norms"), [first, second])
    opened(entry_of("norms"), [first, made(tmp_path, "c", {"T": [300]})])


def test_sweeps_that_differ_in_what_is_an_axis_or_by_the_way_are_joined(tmp_path: Path) -> None:
    by_the_way = {
        "recording": {"rows": 9},
        "threads": 2,
        "device": "cpu",
        "title": "b",
        "data": TINY["data"] | {"seed": 7},
    }
    first = made(tmp_path, "a", {"T": [3, 30], "seed": [0, 1]})
    second = made(tmp_path, "b", {"T": [300]}, "other", settings=TINY | by_the_way)
    fresh = made(tmp_path, "e", {"T": ["inf"]}, settings=TINY | {"data": TINY["data"] | {"batch_size": 7}})
    assert isinstance(opened(entry_of("double-descent"), [first, second, fresh]), Swept)
    decays = made(tmp_path, "c", {"T": [3, 30], "weight_decay": [0.1, 1.0]})
    one = made(tmp_path, "d", {"T": [3, 30]}, settings=TINY | {"optim": {"steps": 40, "weight_decay": 0.5}})
    swept = opened(entry_of("weight-decay"), [decays, one])
    assert isinstance(swept, Swept)
    assert [value for value, _ in swept.lines("optim.weight_decay", "data.n_examples")] == [0.1, 0.5, 1.0]


def test_what_goes_together_with_an_axis_is_no_axis_too_many(tmp_path: Path) -> None:
    folder = made(tmp_path, "a", {"T": [3, 30], "steps": [40, 50]}, zip=[["T", "steps"]])
    opened(entry_of("double-descent"), [folder])


def test_nothing_finished_is_nothing_to_draw(tmp_path: Path) -> None:
    folder = made(tmp_path, "a", {"T": [3, 30]}, most=0)
    with pytest.raises(NotFoundError, match="a: no cell of it is finished yet"):
        opened(entry_of("double-descent"), [folder])


def test_a_sweep_half_done_is_drawn_and_says_so(tmp_path: Path, draw: Draw) -> None:
    folder = made(tmp_path, "a", {"T": [3, 30, 300, 3_000]}, most=3)
    assert "3 of 4 cells" in of_sweep(Swept([folder]))
    assert draw("double-descent", folder).axes
    one = made(tmp_path, "b", {"T": [3, 30, 300, 3_000]}, most=1)
    for name in ("double-descent", "norms"):
        assert draw(name, one).axes


def test_the_newest_finished_sweep_of_the_figures_presets_is_taken(tmp_path: Path) -> None:
    entry = entry_of("double-descent")
    old = made(tmp_path, "old", {"T": [3, 30]})
    new = made(tmp_path, "new", {"T": [3, 30]}, "double-descent-quick")
    half = made(tmp_path, "half", {"T": [3, 30]}, most=1)
    other = made(tmp_path, "other", {"T": [3, 30]}, "polygons")
    for age, folder in enumerate((other, half, new, old)):
        os.utime(folder / SWEEP, (1e9 - age, 1e9 - age))
    assert newest(entry, tmp_path) == new
    assert newest(entry_of("norms"), tmp_path) == new
    (new / SWEEP).write_text("damaged")
    assert newest(entry, tmp_path) == old


def test_where_there_is_none_the_sweep_to_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="`sdd sweep run weight-decay-quick` makes one") as error:
        newest(entry_of("weight-decay"), tmp_path)
    assert "--from" not in str(error.value)
    made(tmp_path, "half", {"T": [3, 30], "weight_decay": [0.1, 1]}, "weight-decay", most=1)
    with pytest.raises(NotFoundError, match="and --from NAME draws one that is not finished"):
        newest(entry_of("weight-decay"), tmp_path)


def test_of_runs_the_newest_finished_one_is_taken(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="`sdd run pentagon` makes one"):
        newest(entry_of("loss"), tmp_path)
    with pytest.raises(NotFoundError, match="no finished run has its hidden vectors on two circles"):
        newest(entry_of("two-circles"), tmp_path)

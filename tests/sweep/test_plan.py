"""Which cells a sweep has."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.errors import ConfigError, SddError
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import added, load, parse, to_toml, with_overrides
from tests.sweep.helpers import tiny


def names(sweep: Sweep) -> list[str]:
    return [cell.name for cell in sweep.cells()]


def test_a_grid_is_the_product_of_its_axes_cheap_cells_first() -> None:
    sweep = tiny({"T": [100, 3], "seed": [0, 1]})
    assert names(sweep) == ["T=3,seed=0", "T=3,seed=1", "T=100,seed=0", "T=100,seed=1"]
    cell = sweep.cells()[1]
    assert cell.at == {"T": 3, "seed": 1}
    assert (cell.config.data.n_examples, cell.config.data.seed, cell.config.model.seed) == (3, 1, 1)
    assert (cell.config.preset, cell.config.title) == ("tiny", "Tiny: T=3,seed=1")


def test_tied_axes_go_together() -> None:
    sweep = parse({"axes": {"T": [3, 5], "steps": [10, 20], "seed": [0, 1]}, "zip": [["T", "steps"]]}, "x", "x")
    assert len(sweep) == 4
    assert names(sweep)[::2] == ["T=3,steps=10,seed=0", "T=5,steps=20,seed=0"]


def test_tied_axes_may_repeat_a_value() -> None:
    sweep = parse({"axes": {"T": [3, 5, 3, 3], "steps": [10, 10, 20, 10]}, "zip": [["T", "steps"]]}, "x", "x")
    assert set(names(sweep)) == {"T=3,steps=10", "T=5,steps=10", "T=3,steps=20"}
    assert len(sweep) == 3


def test_an_override_gives_an_axis_its_values_makes_one_or_changes_the_base() -> None:
    sweep = with_overrides(tiny({"T": [3, 5], "seed": [0]}), ["data.n_examples=8,9", "m=1,2", "steps=7"])
    assert names(sweep) == [f"T={T},seed=0,m={m}" for T, m in ((8, 1), (9, 1), (8, 2), (9, 2))]
    assert sweep.base.optim.steps == 7


def test_values_are_named_so_that_directories_can_be_called_so() -> None:
    assert names(tiny({"lr": [1e-5, 0.1], "reduction": ["mean"]})) == [
        "lr=1e-05,reduction=mean",
        "lr=0.1,reduction=mean",
    ]
    assert set(names(tiny({"device": ["cpu", "cuda:1", "cuda-1"]}))) == {
        "device=cpu",
        "device=cuda-1",
        "device=cuda-1+",
    }


def test_cells_record_little_unless_they_are_told_to() -> None:
    base = parse({"base": "pentagon", "axes": {"T": [3]}}, "x", "x").base
    assert (base.recording.budget_mb, base.recording.checkpoints) == (2.0, 0)
    assert (base.data.n_examples, base.data.seed, base.optim.warmup) == (5, 3, 0.05)
    told = parse({"settings": {"recording": {"rows": 50}}, "axes": {"T": [3]}}, "x", "x").base
    assert (told.recording.rows, told.recording.budget_mb) == (50, 2.0)


def test_a_sweep_s_file_gives_the_sweep_back() -> None:
    axes = {"T": "logspace(3, 1e3, 6)", "lr": [0.001, 1.0], "seed": "range(0, 4)"}
    sweep = tiny(axes, over=["seed", "lr"], how="best")
    assert parse(tomllib.loads(to_toml(sweep)), "x", "sweep") == sweep


def test_added_values_keep_the_cells_that_are_there() -> None:
    sweep = tiny({"T": [3, 5], "seed": [0]})
    more = sweep.with_added(added(["T=4,5", "seed=1"]))
    assert set(names(sweep)) < set(names(more))
    assert len(more) == 6
    assert more.axes[0].values == (3, 4, 5)  # in their places
    assert sweep.with_added(added(["T=inf,1"])).axes[0].values == (1, 3, 5, "inf")
    falling = tiny({"T": [5, 3], "seed": [0]})
    assert falling.with_added(added(["T=4"])).axes[0].values == (5, 3, 4)  # whoever wrote them wants them so
    with pytest.raises(ConfigError, match=r"^m is not an axis of this sweep \(T, seed\)"):
        sweep.with_added(added(["m=2"]))


def test_values_are_added_to_axes_that_go_together_pair_by_pair() -> None:
    sweep = parse({"axes": {"T": [3, 5], "steps": [10, 20]}, "zip": [["T", "steps"]]}, "x", "x")
    more = sweep.with_added(added(["T=3,8", "steps=20,20"]))
    more.check()
    assert set(names(more)) == {"T=3,steps=10", "T=5,steps=20", "T=3,steps=20", "T=8,steps=20"}
    with pytest.raises(ConfigError, match="as many values as each other"):
        sweep.with_added(added(["T=8"])).check()


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "x: has no axes."),
        ({"axes": {"T": [0, 5]}}, "x: cell T=0: data.n_examples = 0 can't be used"),
        ({"axes": {"T": [3], "m": [20_000]}}, "x: cell T=3,m=20000: model.n_hidden = 20000 can't be used"),
        ({"axes": {"T": [3], "data.n_examples": [4]}}, "x: the axes T and data.n_examples both set data.n_examples."),
        ({"axes": {"seed": [3], "data.seed": [4]}}, "x: the axes seed and data.seed both set data.seed."),
        ({"axes": {"T": [3]}, "reduce": {"over": ["sed"]}}, "x: reduce.over: sed is not an axis of this sweep."),
        ({"axes": {"T": [3]}, "reduce": {"how": "worst"}}, "x: reduce.how = 'worst': it is mean or best."),
        ({"axes": {"T": [3]}, "reduce": {"ovr": []}}, "x: reduce.ovr is not a part of a sweep. Did you mean 'over'?"),
        ({"axes": {"T": [3]}, "reduce": {"over": "seed"}}, "x: reduce.over: write the axes as a list"),
        ({"axes": {"T": [3, 4], "m": [1]}, "zip": [["T", "m"]]}, "x: zip: these axes must have as many values"),
        ({"axes": {"T": [3]}, "zip": [["T", "T"]]}, "x: zip: an axis can go together with others only once."),
        ({"axis": {}}, "x: axis is not a part of a sweep. Did you mean 'axes'?"),
        ({"axes": [3]}, "x: axes has to be a table."),
        ({"settings": {"optim": {"stepz": 3}}}, "x: optim.stepz is not a setting. Did you mean 'optim.steps'?"),
        ({"axes": {"T": "range(1, 200)", "seed": "range(0, 100)"}}, "x: has 19,900 cells, more than 10,000."),
    ],
)
def test_a_wrong_sweep_is_one_sentence(tables: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(tables, "x", "x").check()
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("T", "T: an override is written KEY=VALUE"),
        ("T=", "T=: axis T: has no values."),
        ("stepz=3,4", "stepz is not a setting. Did you mean 'steps'?"),
        ("data.seed=3", "data.seed=3: the axis seed sets data.seed. Write seed=…."),
    ],
)
def test_a_wrong_override_of_a_sweep_is_one_sentence(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        with_overrides(tiny({"T": [3], "seed": [1]}), [override])
    assert str(error.value).startswith(message)


def test_more_cells_than_ten_thousand_need_a_yes() -> None:
    sweep = tiny({"T": "range(1, 102)", "seed": "range(0, 100)"})
    with pytest.raises(ConfigError, match="has 10,100 cells"):
        sweep.check()
    sweep.check(confirmed=True)


def test_a_mistake_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[axes]\nn_exmples = [3]\n")
    with pytest.raises(ConfigError) as error:
        load(str(path))
    assert str(error.value) == f"{path}: n_exmples is not a setting. Did you mean 'n_examples'?"


numbers = st.lists(st.integers(1, 1000), min_size=1, max_size=5)


@given(T=numbers, seeds=numbers, lr=st.lists(st.floats(1e-6, 1), min_size=1, max_size=3))
def test_every_point_of_the_grid_is_one_cell_with_a_name_of_its_own(
    T: list[int], seeds: list[int], lr: list[float]
) -> None:
    sweep = tiny({"T": T, "seed": seeds, "lr": lr})
    cells = sweep.cells()
    points = {tuple(cell.at.values()) for cell in cells}
    assert points == {(t, s, x) for t in T for s in seeds for x in lr}
    assert len(cells) == len(sweep) == len(points) == len({cell.name for cell in cells})
    costs = [cell.core_seconds for cell in cells]
    assert costs == sorted(costs)
    assert math.isfinite(sum(costs))


@given(st.lists(st.text(max_size=20) | st.builds("{}={}".format, st.sampled_from(["T", "lr", "q"]), st.text())))
def test_any_words_are_overrides_or_a_plain_error(words: list[str]) -> None:
    try:
        with_overrides(tiny({"T": [3]}), words)
    except SddError as error:
        assert str(error).isprintable()

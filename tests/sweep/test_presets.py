"""The sweeps that come with the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError, NotFoundError
from sdd_tui.numerals import NO_POINT
from sdd_tui.presets import Preset
from sdd_tui.presets import load as load_run
from sdd_tui.sweep.presets import find, load, presets

NAMES = [preset.name for preset in presets()]
HEAVY = [name for name in NAMES if not name.endswith("-quick")]


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_every_sweep_preset_can_be_trained_and_says_what_it_shows(preset: Preset) -> None:
    sweep = load(preset.name)
    sweep.check()
    first, *rest = preset.comment().splitlines()
    assert sweep.preset == preset.name and sweep.title
    assert first.startswith("Figure: ") and preset.figure == first
    assert "About" in " ".join(rest)  # how long it takes
    assert sweep.base.optim.warmup == 0.05
    assert sweep.over, "seeds are put together"


@pytest.mark.parametrize("name", HEAVY)
def test_every_heavy_preset_has_a_twin_of_at_most_five_minutes_on_two_cores(name: str) -> None:
    twin, heavy = load(f"{name}-quick"), load(name)
    assert {axis.key for axis in twin.axes} == {axis.key for axis in heavy.axes}
    assert (twin.over, twin.how) == (heavy.over, heavy.how)
    assert sum(cell.core_seconds for cell in twin.cells()) / 2 < 0.5 * 300  # a busy machine takes twice as long


def test_the_main_figure_has_every_training_set_of_the_papers() -> None:
    sweep = load("double-descent")
    (T,) = (axis.values for axis in sweep.axes if axis.key == "T")
    assert {3, 5, 6, 8, 10, 15, 30, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 500_000, "inf"} <= set(T)
    assert len(next(axis.values for axis in sweep.axes if axis.key == "seed")) == 4
    assert sweep.base.data.batch_size == 200_000


def test_an_unknown_sweep_gets_a_suggestion_or_the_list() -> None:
    with pytest.raises(NotFoundError, match=r"^polygns is not a sweep preset\. Did you mean 'polygons'\?$"):
        find("polygns")
    with pytest.raises(NotFoundError, match="There are best-of-lr"):
        find("zzz")
    with pytest.raises(NotFoundError, match=r"^nowhere/x\.toml: there is no such file\.$"):
        find("nowhere/x.toml")


@pytest.mark.parametrize("setting", ["data.n_features = 10.000", "data.n_examples = 5.000", "optim.steps = 1.000"])
def test_a_file_s_count_with_a_decimal_point_is_refused(tmp_path: Path, setting: str) -> None:
    path, count = tmp_path / "x.toml", setting.partition(".")[2].partition("= ")[2]
    for text, read in ((f"settings.{setting}\n[axes]\nseed = [0]\n", load), (f"{setting}\n", load_run)):
        path.write_text(text)
        with pytest.raises(ConfigError, match=rf"{count} can't be used: {re.escape(NO_POINT)}\.$"):
            read(str(path))


def test_a_file_s_count_may_have_a_power_of_ten(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("settings.optim.steps = 1e3\n[axes]\nseed = [0]\n")
    assert load(str(path)).base.optim.steps == 1_000
    path.write_text("optim.steps = 1e3\noptim.lr = 1e0\noptim.eps = 1.000\n")
    optim = load_run(str(path)).optim
    assert (optim.steps, optim.lr, optim.eps) == (1_000, 1.0, 1.0)


@pytest.mark.parametrize("text", ["T=1e400", "steps=1e400", "lr=1e400"])
def test_a_number_that_is_too_large_is_not_taken_for_infinity(text: str) -> None:
    with pytest.raises(ConfigError, match="1e400 can't be used"):
        load_run("quick", [text])

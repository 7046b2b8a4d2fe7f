"""Presets and `KEY=VALUE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui import presets
from sdd_tui.config import RunConfig, field_help
from sdd_tui.errors import ConfigError, NotFoundError, SddError
from sdd_tui.notation import ALIASES

NAMES = [preset.name for preset in presets.presets()]


def setting(config: RunConfig, name: str) -> Any:
    value: Any = config
    for part in name.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_loads_and_is_titled(name: str) -> None:
    config = presets.load(name)
    assert config.preset == name and config.title


@pytest.mark.parametrize("preset", presets.presets(), ids=lambda preset: preset.name)
def test_every_presets_head_comment_begins_with_its_figure(preset: presets.Preset) -> None:
    first, *rest = preset.comment().splitlines()
    assert first.startswith("Figure: ") and preset.figure == first
    assert "About" in " ".join(rest) or "about" in " ".join(rest)  # how long it takes
    assert preset.title


def test_presets_go_from_the_smallest_training_set_to_the_largest() -> None:
    assert NAMES[:4] == ["quick", "triangle", "pentagon", "hexagon"] and NAMES[-1] == "infinite"


@pytest.mark.parametrize("name", NAMES)
def test_presets_differ_from_the_paper_in_what_they_show_alone(name: str) -> None:
    config = presets.load(name)
    assert config.optim.reduction == "mean" and config.model.n_hidden == 2
    scale = (config.data.n_features, config.data.sparsity, config.optim.steps)
    assert scale == ((1_000, 0.99, 20_000) if name in ("quick", "infinite") else (10_000, 0.999, 50_000))


def test_an_unknown_preset_gets_a_suggestion_or_the_list() -> None:
    with pytest.raises(NotFoundError, match=r"^pentagn is not a preset\. Did you mean 'pentagon'\?$"):
        presets.load("pentagn")
    with pytest.raises(NotFoundError, match=r"There are quick, triangle, pentagon"):
        presets.load("zzz")
    with pytest.raises(NotFoundError, match=r"^nowhere/mine\.toml: there is no such file\.$"):
        presets.load("nowhere/mine.toml")


def test_a_file_is_a_preset_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\nseed = 3\n[data]\nn_examples = 12\n')
    config = presets.load(str(path), ["m=3"])
    assert (config.preset, config.data.n_examples, config.data.seed, config.model.n_hidden) == ("mine", 12, 3, 3)


def test_a_mistake_in_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[data]\nn_exmples = 12\n")
    with pytest.raises(ConfigError) as error:
        presets.load(str(path))
    assert str(error.value) == f"{path}: data.n_exmples is not a setting. Did you mean 'n_examples'?"


@pytest.mark.parametrize(
    ("override", "name", "value"),
    [
        ("T=6", "data.n_examples", 6),
        ("T=inf", "data.n_examples", "inf"),
        ("T=∞", "data.n_examples", "inf"),
        ("T=2e3", "data.n_examples", 2_000),
        ("T=20_000", "data.n_examples", 20_000),
        ("T=20,000", "data.n_examples", 20_000),
        ("T=+3", "data.n_examples", 3),
        ("T=1.5e3", "data.n_examples", 1_500),
        ("T=INF", "data.n_examples", "inf"),
        ("T=Infinity", "data.n_examples", "inf"),
        ("S=.99", "data.sparsity", 0.99),
        ("warmup=0.", "optim.warmup", 0.0),
        ("title=1,000", "title", "1,000"),
        ("n=500", "data.n_features", 500),
        ("m=5", "model.n_hidden", 5),
        ("S=0.99", "data.sparsity", 0.99),
        ("S=0", "data.sparsity", 0.0),
        ("steps=2e4", "optim.steps", 20_000),
        ("lr=1", "optim.lr", 1.0),
        ("lr=1e-2", "optim.lr", 0.01),
        ("optim.lr=0.5", "optim.lr", 0.5),
        ("reduction=sum", "optim.reduction", "sum"),
        ('reduction="sum"', "optim.reduction", "sum"),
        ("tied=false", "model.tied", False),
        ("data.seed=4", "data.seed", 4),
        ("model.seed=4", "model.seed", 4),
        ("device=cuda:1", "device", "cuda:1"),
        (" T = 6 ", "data.n_examples", 6),
        ("title=a=b", "title", "a=b"),
    ],
)
def test_overrides_go_by_symbol_last_name_or_dotted_name(override: str, name: str, value: object) -> None:
    found = setting(presets.with_overrides(RunConfig(), [override]), name)
    assert found == value and type(found) is type(value)


def test_one_seed_sets_data_and_model() -> None:
    config = presets.with_overrides(RunConfig(), ["seed=7"])
    assert (config.data.seed, config.model.seed, config.data.test_seed) == (7, 7, 0)
    config = presets.with_overrides(RunConfig(), ["seed=7", "data.seed=8"])
    assert (config.data.seed, config.model.seed) == (8, 7)


def test_later_overrides_win_and_others_stay() -> None:
    config = presets.load("pentagon", ["T=6", "T=7"])
    assert config.data.n_examples == 7 and config.data.seed == 3 and config.preset == "pentagon"
    assert presets.with_overrides(config, []) is config


def test_an_endless_training_set_can_become_finite_again() -> None:
    assert presets.load("infinite", ["T=1e3"]).data.n_examples == 1_000


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("T", "T: an override is written KEY=VALUE, for example T=6."),
        ("stepz=5", "stepz is not a setting. Did you mean 'steps'?"),
        ("data.n_exmples=5", "data.n_exmples is not a setting. Did you mean 'data.n_examples'?"),
        ("zzzz=5", "zzzz is not a setting."),
        (
            "T=0",
            'T=0: data.n_examples = 0 can\'t be used: input should be a whole number from 1 to 100,000,000 or "inf".',
        ),
        ("T=1.000", "T=1.000: data.n_examples = '1.000' can't be used: it has a decimal point, and whole numbers"),
        ("steps=20.", "steps=20.: optim.steps = '20.' can't be used: it has a decimal point, and whole numbers"),
        ("lr=1,5", "lr=1,5: optim.lr = '1,5' can't be used: input should be a valid number."),
        ("T=1,5", "T=1,5: data.n_examples = '1,5' can't be used: input should be a whole number"),
        ("T=10k", "T=10k: data.n_examples = '10k' can't be used: input should be a whole number"),
        ("T=2.5", "T=2.5: data.n_examples = 2.5 can't be used: input should be a whole number from 1 to"),
        ("lr=nan", "lr=nan: optim.lr = nan is not a number."),
        ("lr=fast", "lr=fast: optim.lr = 'fast' can't be used: input should be a valid number."),
        ("seed=-1", "seed=-1: data.seed = -1 can't be used:"),
        ("seed=x", "seed=x: data.seed = 'x' can't be used: input should be a valid integer."),
        ("lr=" + "9" * 400, "lr=9999"),
        ("T=" + "9" * 5_000, "T=9999"),
        ("T=" + "[" * 5_000, "T=[[[["),
        ("T=0x" + "f" * 5_000, "T=0xff"),
        ("m=20000", "m=20000: model.n_hidden = 20000 can't be used: input should be less than or equal to 10000."),
        ("n=8", "n=8: sparsity 0.999 leaves almost every example of 8 features empty."),
    ],
)
def test_a_wrong_override_is_explained(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        presets.with_overrides(RunConfig(), [override])
    assert str(error.value).startswith(message)


@given(
    st.lists(st.text(max_size=12) | st.builds("{}={}".format, st.sampled_from([*field_help(), *ALIASES]), st.text()))
)
def test_any_text_is_an_override_or_a_plain_error(overrides: list[str]) -> None:
    try:
        presets.with_overrides(RunConfig(), overrides)
    except SddError as error:
        assert "\x1b" not in str(error) and "\n" not in str(error)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ((), "Six examples on a regular hexagon"),
        (("seed=2", "lr=3e-4"), "Six examples on a regular hexagon, changed: seed=2 lr=3e-4"),
        (("T=7",), "hexagon with T=7"),
        (("lr=3e-4", "m=3"), "hexagon with lr=3e-4 m=3"),
    ],
)
def test_a_title_says_nothing_that_was_changed(changes: tuple[str, ...], title: str) -> None:
    assert presets.load("hexagon", changes).title == title


def test_a_title_is_true_after_the_next_change_too() -> None:
    seven = presets.load("hexagon", ["T=7"])
    assert presets.with_overrides(seven, ["lr=3e-4"]).title == "hexagon with T=7, changed: lr=3e-4"
    assert presets.with_overrides(seven, ["T=8"]).title == "hexagon with T=8"

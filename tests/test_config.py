"""Settings: TOML out and in, docstrings, and what is said about a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from sdd_tui.config import (
    DataConfig,
    ModelConfig,
    OptimConfig,
    RecordingConfig,
    RunConfig,
    field_help,
    parse_config,
    read_config,
    to_toml,
)
from sdd_tui.errors import ConfigError, NotFoundError

SEEDS = st.integers(0, 2**63 - 1)
POSITIVE = st.floats(0, 1e300, exclude_min=True)

DATA = st.builds(
    DataConfig,
    n_features=st.integers(1_000, 1_000_000),
    sparsity=st.floats(0, 0.9999),
    n_examples=st.integers(1, 100_000_000) | st.just("inf"),
    batch_size=st.integers(1, 1_000_000),
    normalise=st.booleans(),
    seed=SEEDS,
    n_test=st.integers(1, 10_000_000),
    test_seed=SEEDS,
    importance=st.floats(0, 1, exclude_min=True),
    group_size=st.integers(1, 10),
    group_kind=st.just("correlated"),
) | st.builds(
    DataConfig,
    n_features=st.integers(1_000, 1_000_000),
    n_examples=st.integers(1_000, 10_000),
    repeats=st.integers(1, 100_000),
    repeated=st.integers(1, 900),
    group_size=st.integers(1, 900),
    group_kind=st.just("anticorrelated"),
    file=st.text(max_size=20),
)
MODEL = st.builds(
    ModelConfig,
    n_hidden=st.integers(1, 1_000),
    tied=st.booleans(),
    output=st.sampled_from(["relu", "linear"]),
    hidden=st.sampled_from(["relu", "linear"]),
    init=st.sampled_from(["xavier", "kaiming"]),
    init_flavour=st.sampled_from(["normal", "uniform"]),
    seed=SEEDS,
)
OPTIM = st.builds(
    OptimConfig,
    lr=st.floats(0, 1e300),
    weight_decay=st.floats(0, 1e300),
    beta1=st.floats(0, 1, exclude_max=True),
    beta2=st.floats(0, 1, exclude_max=True),
    eps=POSITIVE,
    steps=st.integers(1, 100_000_000),
    warmup=st.floats(0, 1),
    schedule=st.sampled_from(["cosine", "linear", "constant"]),
    reduction=st.sampled_from(["mean", "sum"]),
)
RECORDING = st.builds(
    RecordingConfig,
    rows=st.integers(2, 1_000_000),
    frames=st.integers(2, 100_000),
    checkpoints=st.integers(0, 1_000),
    budget_mb=st.floats(0, 1e6, exclude_min=True),
)
CONFIGS = st.builds(
    RunConfig,
    preset=st.text(max_size=20),
    title=st.text(max_size=60),
    data=DATA,
    model=MODEL,
    optim=OPTIM,
    recording=RECORDING,
    engine=st.sampled_from(["fused", "reference"]),
    device=st.sampled_from(["auto", "cpu", "mps", "cuda", "cuda:3"]),
    precision=st.sampled_from(["float32", "float64"]),
    threads=st.integers(0, 1024),
)


WHOLE = 'input should be a whole number from 1 to 100,000,000 or "inf".'


@given(CONFIGS)
def test_toml_out_and_in_again_is_the_same_configuration(config: RunConfig) -> None:
    assert parse_config(tomllib.loads(to_toml(config)), "here") == config


def test_the_defaults_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(to_toml(RunConfig()))
    assert read_config(path) == RunConfig()


def test_the_defaults_are_the_papers() -> None:
    c = RunConfig()
    assert (c.data.n_features, c.data.sparsity, c.data.normalise, c.model.n_hidden) == (10_000, 0.999, True, 2)
    assert (c.model.tied, c.model.output, c.model.init) == (True, "relu", "xavier")
    assert (c.optim.lr, c.optim.weight_decay, c.optim.steps, c.optim.reduction) == (1e-3, 1e-2, 50_000, "mean")
    assert c.optim.warmup * c.optim.steps == 2_500 and c.optim.schedule == "cosine"


def test_every_setting_has_a_docstring() -> None:
    missing = [name for name, text in field_help().items() if not text.endswith(".") or len(text) < 10]
    assert not missing
    sections = [name for name, info in RunConfig.model_fields.items() if not info.description]
    assert not sections


def test_help_names_every_leaf_of_the_configuration() -> None:
    def leaves(settings: dict[str, Any], prefix: str = "") -> list[str]:
        return [
            leaf
            for name, value in settings.items()
            for leaf in (leaves(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name])
        ]

    assert list(field_help()) == leaves(RunConfig().model_dump())


def test_a_configuration_cannot_be_changed() -> None:
    sections: list[BaseModel] = [RunConfig(), RunConfig().data, RunConfig().optim]
    for section in sections:
        with pytest.raises(ValidationError):
            setattr(section, next(iter(type(section).model_fields)), 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"data": {"n_exmples": 5}}, "mine.toml: data.n_exmples is not a setting. Did you mean 'n_examples'?"),
        ({"optim": {"learnrate": 1}}, "mine.toml: optim.learnrate is not a setting."),
        ({"optim": {"n_examples": 5}}, "mine.toml: optim.n_examples is not a setting. Did you mean 'data.n_examples'?"),
        ({"n_examples": 5}, "mine.toml: n_examples is not a setting. Did you mean 'data.n_examples'?"),
        ({"engin": "fused"}, "mine.toml: engin is not a setting. Did you mean 'engine'?"),
        (
            {"data": {"n_examples": 0}},
            "mine.toml: data.n_examples = 0 can't be used: " + WHOLE,
        ),
        (
            {"data": {"n_examples": float("inf")}},
            "mine.toml: data.n_examples = inf can't be used: " + WHOLE,
        ),
        ({"optim": {"lr": float("nan")}}, "mine.toml: optim.lr = nan is not a number."),
        (
            {"optim": {"lr": -1.0}},
            "mine.toml: optim.lr = -1.0 can't be used: input should be greater than or equal to 0.",
        ),
        (
            {"optim": {"steps": "many"}},
            "mine.toml: optim.steps = 'many' can't be used: input should be a valid integer.",
        ),
        ({"model": {"tied": 1}}, "mine.toml: model.tied = 1 can't be used: input should be a valid boolean."),
        (
            {"data": {"n_features": 10, "sparsity": 0.9999}},
            "mine.toml: sparsity 0.9999 leaves almost every example of 10 features empty.",
        ),
        (
            {"data": {"n_features": 10, "sparsity": 0.5}, "model": {"n_hidden": 11}},
            "mine.toml: n_hidden (m = 11) is larger than n_features (n = 10).",
        ),
        (
            {"data": {"n_features": 100, "sparsity": 0.999, "group_size": 50}},
            "mine.toml: sparsity 0.999 leaves almost every example of 100 features in groups of 50 empty.",
        ),
        (
            {"data": {"n_features": 100, "sparsity": 0.5, "group_size": 101}},
            "mine.toml: group_size = 101 is more than there are features (n = 100).",
        ),
        (
            {"data": {"n_features": 100, "sparsity": 0.9, "group_size": 11, "group_kind": "anticorrelated"}},
            "mine.toml: group_size = 11 is too large: when features are active with probability 0.1, one at a time,"
            " a group can't have more than 10.",
        ),
        (
            {"data": {"file": "x.npz", "n_examples": "inf"}},
            'mine.toml: file holds a training set, and n_examples = "inf" asks for fresh examples instead.',
        ),
        (
            {"data": {"repeats": 2, "n_examples": "inf"}},
            'mine.toml: repeats = 2 needs a training set, and n_examples = "inf" has none.',
        ),
        (
            {"data": {"repeats": 2, "repeated": 6, "n_examples": 5}},
            "mine.toml: repeated = 6 is more than there are examples (T = 5).",
        ),
        (
            {"data": {"repeats": 100_000, "repeated": 1_001, "n_examples": 2_000}},
            "mine.toml: repeats = 100000 of 1001 examples makes a training set of more than 100,000,000 rows.",
        ),
    ],
)
def test_an_error_says_what_where_and_what_to_do(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(settings, "mine.toml")
    assert str(error.value) == message


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(ConfigError) as error:
        parse_config({"optim": {"schedule": "x" * 500}}, "mine.toml")
    assert len(str(error.value)) < 200


def test_a_section_must_be_a_table() -> None:
    for value in (3, "text", [1]):
        with pytest.raises(ConfigError, match=r"mine\.toml: data = "):
            parse_config({"data": value}, "mine.toml")
        with pytest.raises(ConfigError, match=r"mine\.toml: data = "):
            parse_config({"data": value, "seed": 1}, "mine.toml")


def test_one_seed_sets_data_and_model_and_leaves_the_given_settings_alone() -> None:
    settings: dict[str, Any] = {"seed": 5, "data": {"n_examples": 7}}
    config = parse_config(settings, "here")
    assert (config.data.seed, config.model.seed, config.data.test_seed) == (5, 5, 0)
    assert settings == {"seed": 5, "data": {"n_examples": 7}}


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"none\.toml: there is no such file\."):
        read_config(tmp_path / "none.toml")


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"[data\nn = 3", b"x = 1\nx = 2", b"a = " + b"[" * 5_000])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"bad\.toml: this is not TOML \("):
        read_config(path)


def test_a_directory_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read_config(tmp_path)

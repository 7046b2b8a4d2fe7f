"""The configuration of a run: frozen, validated, TOML in and TOML out.

The docstring under a field is its help text everywhere. Invariant: writing a configuration as TOML and reading it
back gives an equal one, and an equal one gives the same bits. Any floor above the engine may import it.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sdd_tui.errors import ConfigError, plain
from sdd_tui.numerals import NO_POINT, Written, has_point, loads, number
from sdd_tui.tables import read_toml

Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, lt=1)]

Text = Annotated[str, Field(min_length=0)]
"""A limit of any kind lets pydantic refuse bytes that aren't UTF-8 and could not be written to config.toml."""

MOST_ROWS = 100_000_000
"""Rows of a training set, repeats included."""


class Section(BaseModel):
    """One table of the TOML file; unknown keys are refused, values are not coerced from other types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class DataConfig(Section):
    """The training and test examples."""

    n_features: Annotated[int, Field(ge=2, le=1_000_000)] = 10_000
    """Number of input features, n."""
    sparsity: Annotated[float, Field(ge=0, lt=1)] = 0.999
    """Probability that a feature is zero, S."""
    n_examples: Annotated[int, Field(ge=1, le=MOST_ROWS)] | Literal["inf"] = 1_000
    """Training-set size, T. The same T examples are seen at every step; "inf" draws fresh ones."""
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000
    """Examples a step when n_examples is "inf" (not in the paper; at n = 10,000 few leave biases negative for good)."""
    normalise: bool = True
    """Rescale every example to length 1, as the paper does."""
    seed: Seed = 0
    """Which training set is drawn."""
    n_test: Annotated[int, Field(ge=1, le=10_000_000)] = 10_000
    """Number of test examples (the paper does not give it)."""
    test_seed: Seed = 0
    """Which test set is drawn."""
    repeats: Annotated[int, Field(ge=1, le=100_000)] = 1
    """How often the first examples occur in the training set, R; the loss is the mean over all occurrences."""
    repeated: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 1
    """How many examples occur `repeats` times: the first ones. Without effect when repeats is 1."""
    importance: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Weight of a feature's squared error in the loss against that of the feature before it: I_i goes as importance**i
    (Toy Models of Superposition). The weights' mean is 1, so the zero output still scores 1 on average."""
    group_size: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Features in a group: 0 to group_size - 1, then the next as many; 1 makes every feature independent."""
    group_kind: Literal["correlated", "anticorrelated"] = "correlated"
    """What binds a group: its features are active together or not at all, or at most one of them is (Toy Models of
    Superposition). A feature is active as often as without groups. Without effect when group_size is 1."""
    file: Annotated[str, Field(max_length=4_000)] = ""
    """An .npz file of your own examples; empty draws them. X (T, n), or indptr, indices and values: the first
    n_examples are trained on. X_test, if it is there, is the test set. In a TOML file, relative to that file."""

    @model_validator(mode="after")
    def _file_fits(self) -> DataConfig:
        if self.file and self.n_examples == "inf":
            raise ValueError('file holds a training set, and n_examples = "inf" asks for fresh examples instead')
        return self

    @model_validator(mode="after")
    def _repeats_fit(self) -> DataConfig:
        if self.repeats == 1:
            return self
        if self.n_examples == "inf":
            raise ValueError(f'repeats = {self.repeats} needs a training set, and n_examples = "inf" has none')
        if self.repeated > self.n_examples:
            raise ValueError(f"repeated = {self.repeated} is more than there are examples (T = {self.n_examples})")
        if self.n_examples + (self.repeats - 1) * self.repeated > MOST_ROWS:
            raise ValueError(
                f"repeats = {self.repeats} of {self.repeated} examples makes a training set of more than"
                f" {MOST_ROWS:,} rows"
            )
        return self

    @model_validator(mode="after")
    def _examples_are_not_empty(self) -> DataConfig:
        together = self.group_size if self.group_kind == "correlated" else 1
        if -(-self.n_features // together) * (1 - self.sparsity) < 0.01:
            groups = f" in groups of {together}" if together > 1 else ""
            raise ValueError(
                f"sparsity {self.sparsity} leaves almost every example of {self.n_features} features{groups} empty"
            )
        return self

    @model_validator(mode="after")
    def _groups_fit(self) -> DataConfig:
        if self.group_size > self.n_features:
            raise ValueError(f"group_size = {self.group_size} is more than there are features (n = {self.n_features})")
        active = 1 - self.sparsity
        if self.group_kind == "anticorrelated" and self.group_size * active > 1 + 1e-9:
            raise ValueError(
                f"group_size = {self.group_size} is too large: when features are active with probability {active:g},"
                f" one at a time, a group can't have more than {int(1 / active + 1e-6)}"
            )
        return self


class ModelConfig(Section):
    """The model h = hidden(W x), x' = output(Vᵀ h + b), with V = W when tied."""

    n_hidden: Annotated[int, Field(ge=1, le=10_000)] = 2
    """Hidden dimensions, m."""
    tied: bool = True
    """Decode with the encoder's transpose, as the paper does; false trains a decoder of its own."""
    output: Literal["relu", "linear"] = "relu"
    """What the output passes through."""
    hidden: Literal["linear", "relu"] = "linear"
    """What hidden vectors pass through: nothing, as in the paper, or a ReLU, which shifts the circle off the origin."""
    init: Literal["xavier", "kaiming"] = "xavier"
    """Scale of the initial W: variance 2/(n + m) (xavier) or 2/n (kaiming); b starts at 0."""
    init_flavour: Literal["normal", "uniform"] = "normal"
    """Distribution of the initial W (the paper does not say which)."""
    seed: Seed = 0
    """Which initial W is drawn."""


class OptimConfig(Section):
    """AdamW on the full batch."""

    lr: NonNegative = 1e-3
    """Peak learning rate."""
    weight_decay: NonNegative = 1e-2
    """Decoupled weight decay, on W and b alike."""
    beta1: Fraction = 0.9
    """Decay of Adam's first moment."""
    beta2: Fraction = 0.999
    """Decay of Adam's second moment."""
    eps: Positive = 1e-8
    """Adam's epsilon. With the mean reduction gradients are small enough for it to matter."""
    steps: Annotated[int, Field(ge=1, le=100_000_000)] = 50_000
    """Number of optimiser steps."""
    warmup: Annotated[float, Field(ge=0, le=1)] = 0.05
    """Share of the steps over which the learning rate rises linearly from 0 (2,500 of 50,000 in the paper)."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """What the learning rate does after warm-up: fall to 0 along a cosine or a line, or stay."""
    reduction: Literal["mean", "sum"] = "mean"
    """Optimise the mean or the sum of the squared error over features (mean over examples either way). Reported
    losses are always sums. With "mean" the gradients are so small that eps matters: that gives the paper's curve."""


class RecordingConfig(Section):
    """What a run keeps."""

    rows: Annotated[int, Field(ge=2, le=1_000_000)] = 150
    """Recorded losses and norms, half spaced evenly and half evenly in log step."""
    frames: Annotated[int, Field(ge=2, le=100_000)] = 100
    """Recorded parameters (for the planes and everything drawn from them), spaced likewise."""
    checkpoints: Annotated[int, Field(ge=0, le=1_000)] = 8
    """Checkpoints kept over the run, beside the newest."""
    budget_mb: Annotated[float, Field(gt=0, le=1e6)] = 50.0
    """Upper limit of the run directory in MB (10^6 bytes); recording thins out to fit."""


class RunConfig(Section):
    """Everything that decides a run's bits, and where it is computed."""

    preset: Text = "run"
    """Name of the experiment; part of the run's name."""
    title: Text = ""
    """One line: what the run shows."""
    data: DataConfig = DataConfig()
    """The data."""
    model: ModelConfig = ModelConfig()
    """The model."""
    optim: OptimConfig = OptimConfig()
    """The optimiser."""
    recording: RecordingConfig = RecordingConfig()
    """What is kept."""
    engine: Literal["fused", "reference"] = "fused"
    """What computes: the fused kernel, or plain dense torch autograd."""
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = "auto"
    """Where: auto, cpu, cuda, cuda:1 or mps."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic of training; recorded losses are evaluated in float64 either way."""
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    """Threads on a CPU; 0 uses every core this process may run on, and more than those are never used. The bits do
    not depend on it."""

    @model_validator(mode="after")
    def _hidden_fits(self) -> RunConfig:
        if self.model.n_hidden > self.data.n_features:
            raise ValueError(
                f"n_hidden (m = {self.model.n_hidden}) is larger than n_features (n = {self.data.n_features})"
            )
        return self


def parse_config(settings: dict[str, Any], source: str) -> RunConfig:
    """A validated configuration from nested settings; `source` says where they were written.

    A top-level `seed` sets data.seed and model.seed together. Raises ConfigError.
    """
    settings = {k: dict(v) if isinstance(v, dict) else v for k, v in settings.items()}
    if "seed" in settings:
        seed = settings.pop("seed")
        for table in ("data", "model"):
            section = settings.setdefault(table, {})
            if isinstance(section, dict):
                section["seed"] = seed
    try:
        return RunConfig.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(f"{source}: {_explain(error)}") from None


def read_config(path: Path) -> RunConfig:
    """The configuration in a TOML file. Raises NotFoundError and ConfigError."""
    return parse_config(read_toml(path, loads), plain(str(path), 200))


def to_toml(config: RunConfig) -> str:
    """The configuration as TOML, every setting written out."""
    import tomli_w

    return tomli_w.dumps(config.model_dump())


def field_help(section: type[BaseModel] = RunConfig, prefix: str = "") -> dict[str, str]:
    """Dotted name of every setting -> its docstring."""
    found: dict[str, str] = {}
    for name, info in section.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= field_help(kind, f"{prefix}{name}.")
        else:
            found[prefix + name] = " ".join((info.description or "").split())
    return found


def differing(configs: Sequence[RunConfig]) -> list[tuple[str, tuple[Any, ...]]]:
    """(dotted name, its value in each) of every setting that is not the same in all; titles are no settings."""
    found = []
    for name in field_help():
        values = tuple(reduce(getattr, name.split("."), config) for config in configs)
        if name != "title" and any(v != values[0] for v in values):
            found.append((name, values))
    return found


def suggest(word: str, known: list[str]) -> str:
    """` Did you mean 'x'?`, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""


def _explain(error: ValidationError) -> str:
    """The first thing wrong with a configuration, as one sentence."""
    first = error.errors()[0]
    path = [str(p) for p in first["loc"] if not str(p).startswith(("constrained", "literal", "function"))]
    path = [p for p in path if p not in ("int", "float", "str")]
    where = ".".join(path)
    if first["type"] == "extra_forbidden":
        known = list(field_help())
        leaf = [k for k in known if k.split(".")[-1] == _closest_leaf(path[-1], known)]
        same_table = [k for k in leaf if k.split(".")[:-1] == path[:-1]]
        best = same_table or leaf
        hint = f" Did you mean '{best[0].split('.')[-1] if same_table else best[0]}'?" if best else ""
        return f"{where} is not a setting.{hint}"
    if first["type"] == "value_error":
        return f"{str(first['ctx']['error']) if 'ctx' in first else first['msg']}."
    value = first.get("input")
    if isinstance(value, float) and math.isnan(value):
        return f"{where} = nan is not a number."
    shown = _shown(value)
    if first["type"] == "string_unicode":
        return f"{where} = {shown} can't be used: it has a byte that is not UTF-8."
    wanted = first["msg"][0].lower() + first["msg"][1:]
    written = value.text if isinstance(value, Written) else value
    if first["type"] == "int_type" and isinstance(written, str) and has_point(written) and number(written) is not None:
        wanted = NO_POINT
    elif where == "data.n_examples":
        wanted = 'input should be a whole number from 1 to 100,000,000 or "inf"'
    return f"{where} = {shown} can't be used: {wanted}."


def _shown(value: Any) -> str:
    """A value as it is written in a message, cut at 60 characters."""
    try:
        text = value.text if isinstance(value, Written) else repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "…"


def _closest_leaf(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, [k.split(".")[-1] for k in known], n=1, cutoff=0.6)
    return near[0] if near else ""

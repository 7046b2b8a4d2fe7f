"""The playground's dials: settings with values to step through. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sdd_tui.config import RunConfig
from sdd_tui.presets import with_overrides

Value = int | float


@dataclass(frozen=True)
class Dial:
    """A setting that arrows change."""

    key: str
    """As on the command line: T, seed, lr."""
    name: str
    """What it is called on the screen."""
    values: Sequence[Value]

    def turned(self, value: Value, by: int) -> Value:
        """The value so many places on; one that is none of the dial's is between two of them."""
        if value in self.values:
            at = list(self.values).index(value) + by
        else:
            above = sum(v < value for v in self.values)
            at = above if by > 0 else above - 1
        return self.values[min(max(0, at), len(self.values) - 1)]


T = (*range(3, 31), 35, 40, 45, 50, 60, 70, 80, 90, 100, 120, 150, 200, 250, 300, 400, 500, 700, 1_000, 1_500, 2_000)

DIALS = (
    Dial("T", "examples T", T),
    Dial("seed", "seed", range(100)),
    Dial("m", "hidden dims m", range(1, 7)),
    Dial("S", "sparsity S", (0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998)),
    Dial("lr", "learning rate", (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2)),
    Dial("weight_decay", "weight decay", (0.0, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)),
    Dial("steps", "steps", (2_000, 5_000, 10_000, 20_000, 50_000)),
)

SCALED_DOWN = ("n=1000", "S=0.99", "steps=20000", "n_test=1000")
"""What makes a model small enough to be trained while one looks (PAPER: ten active features an example, as there)."""

LARGEST = 2_000_000
"""Pairs of examples and features up to which a model is small enough as it is."""


def values_of(config: RunConfig) -> dict[str, Value]:
    """Where the dials stand."""
    d, o = config.data, config.optim
    examples = 2_000 if d.n_examples == "inf" else d.n_examples
    return {"T": examples, "seed": d.seed, "m": config.model.n_hidden, "S": d.sparsity, "lr": o.lr,
            "weight_decay": o.weight_decay, "steps": o.steps}  # fmt: skip


def small(config: RunConfig) -> RunConfig:
    """A run's configuration for the playground: scaled down where its model is large."""
    values = values_of(config)
    fresh = config.data.n_examples == "inf"
    if not fresh and config.data.n_features <= 1_000 and values["T"] <= max(T):
        return config
    kept = [f"{key}={values[key]}" for key in ("seed", "m", "lr", "weight_decay")]
    return with_overrides(config, [*SCALED_DOWN, f"T={min(int(values['T']), max(T))}", *kept])


def turned(config: RunConfig, dial: Dial, by: int) -> RunConfig:
    """The configuration with a dial turned. Raises ConfigError."""
    value = dial.turned(values_of(config)[dial.key], by)
    return with_overrides(config, [f"{dial.key}={value}"])

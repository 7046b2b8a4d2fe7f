"""The paper's notation, once: symbol, name in code, setting, meaning.

Help texts, the app's panels and the docs read it from here. Numbers only: it imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """One symbol of the paper and where it lives in this program."""

    symbol: str
    name: str
    setting: str | None
    """Dotted name of the setting it is short for, or None for a measured quantity."""
    meaning: str


SYMBOLS: tuple[Symbol, ...] = (
    Symbol("n", "n_features", "data.n_features", "input features"),
    Symbol("m", "n_hidden", "model.n_hidden", "hidden dimensions"),
    Symbol("S", "sparsity", "data.sparsity", "probability that a feature is zero"),
    Symbol("T", "n_examples", "data.n_examples", "training-set size, or inf for fresh data every step"),
    Symbol("X_i", "example", None, "a training example, scaled to length 1"),
    Symbol("h_i", "hidden vector", None, "W X_i, the image of an example in the hidden space"),
    Symbol("W_j", "feature vector", None, "column j of W, the direction of feature j"),
    Symbol("b", "bias", None, "output bias, one number a feature"),
    Symbol("D_f", "feature dimensionality", None, "share of a hidden dimension a feature has to itself"),
    Symbol("D_X", "example dimensionality", None, "share of a hidden dimension an example has to itself"),
    Symbol("D*", "maximal data dimensionality", None, "the largest D_X any direction could give the example"),
)

ALIASES: dict[str, str] = {s.symbol: s.setting for s in SYMBOLS if s.setting is not None}
"""The symbols usable as `KEY` in `KEY=VALUE`, with the setting each is short for."""

"""The figures by name: what each shows, and what it is drawn from. Light: nothing here imports matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sdd_tui.config import suggest
from sdd_tui.errors import ConfigError, plain

T = "data.n_examples"
S = "data.sparsity"
M = "model.n_hidden"
N = "data.n_features"
LR = "optim.lr"
DECAY = "optim.weight_decay"
STEPS = "optim.steps"
REDUCTION = "optim.reduction"
REPEATS = "data.repeats"
REPEATED = "data.repeated"
SEEDS = ("data.seed", "model.seed", "data.test_seed")
"""Axes that are always put together: no figure has a line for each seed."""


@dataclass(frozen=True)
class Entry:
    """A figure."""

    name: str
    shows: str
    source: Literal["sweep", "run"]
    presets: tuple[str, ...] = ()
    """Sweep presets that it is drawn from; a run may be of any preset."""
    needs: tuple[str, ...] = ()
    """Settings that have to vary in the sweep; no others may, but seeds and what goes together with one of them."""
    of_a_step: bool = False
    """Whether it shows one step of a run: the last one, or another that is named."""


def _sweep(name: str, shows: str, *needs: str, preset: str = "") -> Entry:
    preset = preset or name
    return Entry(name, shows, "sweep", (preset, f"{preset}-quick"), needs)


ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        _sweep(
            "double-descent",
            "the paper's main figure: losses and dimensionality against T, and the planes at some T",
            T,
        ),
        _sweep("polygons", "the planes at small T with the polygons found, and D_X against T with m/T", T),
        _sweep("norms", "‖W‖ and ‖b‖ against T", T, preset="double-descent"),
        _sweep("t-by-m", "a map of the test loss over T and m, with its ridge", T, M),
        _sweep("weight-decay", "test loss against T for several weight decays (the appendix)", T, DECAY),
        _sweep("training-length", "test loss against T for several training lengths (the appendix)", T, STEPS),
        _sweep("occurrences", "D_f against T and against T(1 − S) for several S: the curves collapse", T, S),
        _sweep("repeats", "whether an example repeated R times is stored, against T/n", T, REPEATS),
        _sweep("best-of-lr", "the lowest training loss of several learning rates and seeds, and what won", T),
        _sweep("reduction", "test loss and ‖b‖ against T when the mean or the sum is optimised", T, REDUCTION),
        Entry(
            "two-circles",
            "hidden vectors on two circles: a failure of optimisation in two dimensions",
            "run",
            of_a_step=True,
        ),
        Entry("loss", "train and test loss over training", "run"),
        Entry("planes", "features and hidden vectors at the last step, or another one", "run", of_a_step=True),
        Entry("dimensionality", "the largest D_f and the spread of D_X over training", "run"),
        Entry("animation", "the planes over training, moving (.gif)", "run"),
    )
}

NAMES: dict[str, str] = {name: entry.shows for name, entry in ENTRIES.items()}
"""Name -> what it shows."""


def entry_of(name: str) -> Entry:
    """The figure of a name. Raises ConfigError."""
    if name not in ENTRIES:
        hint = suggest(name, list(ENTRIES)) or f" There are {', '.join(ENTRIES)}."
        raise ConfigError(f"{plain(name)} is not a figure.{hint}")
    return ENTRIES[name]

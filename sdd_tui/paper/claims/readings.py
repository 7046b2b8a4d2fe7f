"""Claims about single numbers of the paper's figures: each lies where our runs say that such a number lies."""

from __future__ import annotations

import math

from sdd_tui.paper.accepted import Prediction
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.measures import mean
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import D_X, FEATURES, LARGEST_D_F, LARGEST_D_X, MEAN_D_F, TEST_LOSS, Reading, reading
from sdd_tui.paper.run_measures import TEST, Number, dedicated, five_D_f, largest_D_X, median_D_X, number


def loss_at(T: float, plan: NeededSweep) -> Claim:
    """The test loss at T, a mean of four."""
    return _shown(T, plan, reading(TEST_LOSS, T), "loss", "The test loss is the paper's", "mean test loss", TEST, ".4f")


def five_at(T: float, plan: NeededSweep) -> Claim:
    """The dimensionality of the five largest features at T."""
    says = "Five features share the plane as the paper's do"
    return _shown(T, plan, reading(MEAN_D_F, T), "D_f", says, "mean D_f of the five largest features", five_D_f)


def features_at(T: float, plan: NeededSweep) -> Claim:
    """How many features have directions of their own at T."""
    says = "As many features have directions of their own"
    quantity = "number of features of D_f ≥ 0.15"
    return _shown(T, plan, reading(FEATURES, T), "features", says, quantity, dedicated, ".1f")


def unstored_at(T: float, plan: NeededSweep) -> Claim:
    """The largest dimensionality of an example at T, where none is stored by itself."""
    says = "No example has a direction of its own"
    return _shown(T, plan, reading(LARGEST_D_X, T), "D_X", says, "the largest D_X", largest_D_X, ".4f")


def largest_at(T: float, plan: NeededSweep) -> Claim:
    """The dimensionality of the largest feature at T."""
    says = "The largest feature is as far from a direction of its own as the paper's"
    return _shown(T, plan, reading(LARGEST_D_F, T), "D_f", says, "the largest D_f", number("D_f"))


def stored_at(T: float, plan: NeededSweep, prefix: str = "") -> Claim:
    """The dimensionality of the stored examples at T."""
    says = "Stored examples have the paper's dimensionality"
    return _shown(T, plan, reading(D_X, T), "D_X", says, "median D_X of the stored examples", median_D_X, prefix=prefix)


def _shown(
    T: float, plan: NeededSweep, shown: Reading, name: str, says: str, quantity: str, of: Number, form: str = ".3f",
    prefix: str = "",
) -> Claim:  # fmt: skip
    words = "∞" if math.isinf(T) else f"{T:,.0f}"
    return Claim(
        key=f"{prefix}T{'inf' if math.isinf(T) else f'{T:.0f}'}-{name}",
        says=f"{says}, T = {words}",
        source=shown.source,
        quantity=f"{quantity}, T = {words}",
        paper=shown.text,
        accepts=Prediction(shown),
        need=Need(plan, {"T": ("inf" if math.isinf(T) else int(T),)}),
        measure=mean(of),
        form=form,
    )

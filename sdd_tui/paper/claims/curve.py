"""Claims about single points of the figure of test loss against T."""

from __future__ import annotations

import math

from sdd_tui.paper.claim import Claim
from sdd_tui.paper.measures import mean
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import CURVE, LOSS, TEST_LOSS, reading
from sdd_tui.paper.run_measures import TEST

SCATTER = "the figure is read to 0.0003; two standard errors of its mean of four seeds, with our scatter,"


def loss_at(T: float, plan: NeededSweep, below: float, above: float, reason: str) -> Claim:
    """The mean test loss at T may lie so far below and above what the figure shows; of a bound only that it holds."""
    shown = reading(TEST_LOSS, T)
    words = "∞" if math.isinf(T) else f"{T:,.0f}"
    return Claim(
        f"T{'inf' if math.isinf(T) else f'{T:.0f}'}-loss",
        f"The test loss at T = {words} is the paper's",
        CURVE,
        f"mean test loss over seeds, T = {words}",
        shown.text,
        shown.low - LOSS if shown.is_bound else shown.value - below,
        math.inf if math.isinf(shown.high) else shown.value + above,
        reason,
        Need(plan, {"T": ("inf" if math.isinf(T) else int(T),)}),
        mean(TEST),
    )

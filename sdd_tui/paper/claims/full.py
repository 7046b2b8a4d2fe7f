"""Claims that take another night or a GPU: the map, the appendix and the comments at the paper's n."""

from __future__ import annotations

from sdd_tui.paper.accepted import Range
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims.comparisons import (
    BEST_LOWER,
    BEST_MEMORISES,
    DECAY_REMOVES,
    LESS_DECAY,
    LONGER,
    REPEATED,
    REPEATED_PLACE,
    RIDGE,
    SAME_ONSET,
    SHIFTED,
)
from sdd_tui.paper.measures import highest
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import REPLICATIONS, SUM_MIDDLE
from sdd_tui.paper.run_measures import TEST

SUM = NeededSweep("reduction", ("T=1000,2000,5000,10000", "seed=1,2"), ("reduction",))

FULL: tuple[Claim, ...] = (
    RIDGE,
    LESS_DECAY,
    DECAY_REMOVES,
    LONGER,
    BEST_LOWER,
    BEST_MEMORISES,
    SAME_ONSET,
    REPEATED,
    REPEATED_PLACE,
    SHIFTED,
    Claim(
        key="sum-middle",
        says="With the sum over features the middle regime is another one",
        source=REPLICATIONS,
        quantity="highest mean test loss with the sum, T = 1,000 to 10,000",
        paper=f"{SUM_MIDDLE[0]:g} to {SUM_MIDDLE[1]:g}",
        accepts=Range(*SUM_MIDDLE, "what the replications saw in this range of T"),
        need=Need(SUM, {"reduction": ("sum",)}),
        measure=highest(TEST),
        form=".0f",
    ),
)
"""The quick, the scaled-down and the paper's claims come with them in the full tier."""

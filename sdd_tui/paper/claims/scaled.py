"""Claims of the scaled-down sweeps: every comparison between curves; n = 1,000, S = 0.99 unless S varies."""

from __future__ import annotations

import math
from dataclasses import replace

from sdd_tui.paper.accepted import Range
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims.comparisons import (
    BEST_LOWER,
    BEST_MEMORISES,
    DECAY_REMOVES,
    LESS_DECAY,
    LONGER,
    NONE,
    REPEATED_PLACE,
    RIDGE,
    SAME_ONSET,
    SHIFTED,
)
from sdd_tui.paper.measures import (
    best_of_all,
    bump,
    mean,
    quotient,
    ridge,
    ridge_of,
    times,
)
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import CURVE, NORM_PLATEAU, NORMS, REGIMES, REPLICATIONS
from sdd_tui.paper.run_measures import TEST, WEIGHT, generalises, offset, repeated_is_first

DESCENT = NeededSweep("double-descent-quick", figures=("double-descent", "norms"))
MAP = NeededSweep("t-by-m-quick", figures=("t-by-m",))
DECAY = NeededSweep("weight-decay-quick", figures=("weight-decay",))
LENGTH = NeededSweep("training-length-quick", figures=("training-length",))
BEST = NeededSweep("best-of-lr-quick", figures=("best-of-lr",))
OCCURRENCES = NeededSweep("occurrences-quick", figures=("occurrences",))
SUM = NeededSweep("reduction-quick", figures=("reduction",))
REPEATS = NeededSweep("double-descent-quick", ("T=3000", "repeats=5,30", "seed=range(0,4)"))
RECTIFIED = NeededSweep("double-descent-quick", ("T=30", "hidden=linear,relu", "seed=range(0,4)"))

SCALED: tuple[Claim, ...] = (
    Claim(
        key="scaled-ridge",
        says="The bump stands between the two regimes",
        source=CURVE,
        quantity="T(1 - S) at the highest mean test loss",
        paper=f"{REGIMES[0] / 1_000:g} to {REGIMES[1] / 1_000:g}, the boundaries of the middle regime",
        accepts=Range(
            REGIMES[0] / 1_000, REGIMES[1] / 1_000, "the paper's boundaries at S = 0.999, in occurrences of a feature"
        ),
        need=Need(DESCENT),
        measure=ridge_of(0.01),
        form=".2f",
    ),
    Claim(
        key="scaled-features",
        says="With much data five features share the plane",
        source=CURVE,
        quantity="share of seeds with exactly five features of D_f ≥ 0.15, T = 2,000 and 5,000",
        paper="every seed",
        accepts=Range(1.0, 1.0, NONE),
        need=Need(DESCENT, {"T": (2_000, 5_000)}),
        measure=mean(generalises),
        form=".2f",
    ),
    Claim(
        key="scaled-plateau",
        says="The norm of W settles near √5 when the model generalises",
        source=NORMS,
        quantity="mean norm of W at T = 5,000",
        paper=f"{NORM_PLATEAU[0]:g} to {NORM_PLATEAU[1]:g}",
        accepts=Range(
            NORM_PLATEAU[0], NORM_PLATEAU[1], "the figure's plateau; five features of length 1 give √5 whatever n is"
        ),
        need=Need(DESCENT, {"T": (5_000,)}),
        measure=mean(WEIGHT),
        form=".2f",
    ),
    replace(RIDGE, key="scaled-map-ridge", need=Need(MAP)),
    Claim(
        key="scaled-map-reach",
        says="The ridge moves as far as the model grows",
        source="the figure of test loss over (T, m)",
        quantity="T of the ridge at m = 6 over that at m = 1",
        paper="about 6: capacity goes with m",
        accepts=Range(3, 12, "the sweep's T are a factor of up to 2 apart, at both ends"),
        need=Need(MAP),
        measure=quotient(ridge, "m", 6, 1),
        form=".1f",
    ),
    Claim(
        key="scaled-bigger-hurts",
        says="There are training sets for which a bigger model is worse",
        source="the figure of test loss over (T, m)",
        quantity="mean test loss at T = 1,000 with m = 4 over that with m = 2",
        paper="above 1",
        accepts=Range(1.001, math.inf, "the paper shows regions, not numbers; 0.001 is what test examples scatter by"),
        need=Need(MAP, {"T": (1_000,)}),
        measure=times(TEST, "m", 4, 2),
        form=".2f",
    ),
    replace(LESS_DECAY, key="scaled-decay", need=Need(DECAY)),
    replace(DECAY_REMOVES, key="scaled-decay-removes", need=Need(DECAY)),
    replace(LONGER, key="scaled-length", need=Need(LENGTH)),
    replace(
        BEST_LOWER,
        key="scaled-best-lower",
        quantity="least relative gain of the best of all rates and seeds over the best seed at 1e-3, T = 30 to 500",
        accepts=Range(0.005, math.inf, "the seeds' best losses scatter by up to 0.5 % of themselves"),
        need=Need(BEST, {"T": (30, 100, 300, 500)}),
        form=".3f",
    ),
    Claim(
        key="scaled-best-any",
        says="No single learning rate does as well as the best of several",
        source="the authors' correction, July 2023",
        quantity="mean lowest training loss over rates, by seed and T, over the best single rate's, T = 30 to 500",
        paper="below 1",
        accepts=Range(-math.inf, 0.995, "the seeds' best losses scatter by up to 0.5 % of themselves"),
        need=Need(BEST, {"T": (30, 100, 300, 500)}),
        measure=best_of_all("lr"),
        form=".3f",
    ),
    replace(BEST_MEMORISES, key="scaled-best-memorises", need=Need(BEST)),
    replace(SAME_ONSET, key="scaled-onset", need=Need(OCCURRENCES)),
    Claim(
        key="scaled-repeated",
        says="An example repeated often is stored among generalising features",
        source="Jermyn's comment: stored when R is above 0.4 T/n",
        quantity="share of seeds whose repeated example has the largest D_X of all, T = 3,000, R = 5 and 30",
        paper="every seed (T = 30,000, R = 5)",
        accepts=Range(1.0, 1.0, "0.4 T/n = 1.2; by chance it would be one seed in 3,000"),
        need=Need(REPEATS, {"repeats": (5, 30)}),
        measure=mean(repeated_is_first),
        form=".2f",
    ),
    replace(
        REPEATED_PLACE,
        key="scaled-repeated-place",
        quantity="mean number of features of D_f ≥ 0.15, T = 3,000, R = 30",
        accepts=Range(4, 4, "a whole number; R = 30 is far beyond the near misses of the comment"),
        need=Need(REPEATS, {"repeats": (30,)}),
    ),
    replace(SHIFTED, key="scaled-hidden-relu", need=Need(RECTIFIED, {"hidden": ("relu",)})),
    Claim(
        key="scaled-hidden-linear",
        says="Without it the circle lies around the origin",
        source="the planes at T = 30",
        quantity="mean distance of the stored examples' centre from the origin, in radii, T = 30",
        paper="0",
        accepts=Range(
            -math.inf,
            0.2,
            "three of thirty missing on one side move the centre by a tenth, and their neighbours' gaps as much again",
        ),
        need=Need(RECTIFIED, {"hidden": ("linear",)}),
        measure=mean(offset),
        form=".2f",
    ),
    Claim(
        key="scaled-sum",
        says="Optimising the sum over features makes the bump larger",
        source=REPLICATIONS,
        quantity="the bump with the sum over that with the mean",
        paper="far above 1",
        accepts=Range(1.5, math.inf, "the seeds of a bump scatter by 25 %, twice"),
        need=Need(SUM),
        measure=quotient(bump, "reduction", "sum", "mean"),
        form=".2f",
    ),
)

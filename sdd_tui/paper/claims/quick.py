"""Claims that take minutes: n = 1,000, S = 0.99 with ten active features an example, and the paper's own n for a few
examples."""

from __future__ import annotations

import math

from sdd_tui.paper.claim import Claim
from sdd_tui.paper.measures import bump, mean, median, quotient, share, times, worst
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import CURVE, D_X, DIMENSIONALITY, DOTS, LOSS, REPLICATIONS, reading
from sdd_tui.paper.run_measures import TEST, excess_error, generalises, median_D_X, memorised, polygon_share

SMALL = ("n=1000", "S=0.99", "steps=20000")
POLYGONS = NeededSweep("polygons-quick", (*SMALL, "T=3,4,5", "seed=range(0,20)"))
FEW = NeededSweep("polygons-quick", ("T=5,6,30", "seed=range(0,8)"), ("polygons",))
NOTHING = NeededSweep("polygons-quick", ("n=1000", "S=0.99", "steps=5000", "weight_decay=1000", "T=3", "seed=0,1"))
DESCENT = NeededSweep("double-descent-quick", ("T=300,1000,5000", "seed=range(0,4)"), ("double-descent",))
SUM = NeededSweep("reduction-quick", ("T=300",))
DECAY = NeededSweep("weight-decay-quick", ("T=500", "weight_decay=0.01,1.0"))

SCALED_DOWN = "measured at n = 1,000, S = 0.99, where the bump is larger than the paper's"
FIVE, SIX = reading(D_X, 5), reading(D_X, 6)

QUICK: tuple[Claim, ...] = (
    Claim(
        "quick-units",
        "The all-zero output scores exactly 1",
        "the set-up: sum over features, mean over examples of length 1",
        "test loss when weight decay leaves nothing of the model",
        "1",
        0.999,
        1.001,
        "Adam's steps keep each active bias near 1 / decay = 0.001; thirty of them change the loss by 2e-4",
        Need(NOTHING),
        mean(TEST),
        ".5f",
    ),
    Claim(
        "quick-memorised",
        "Five examples are memorised: the training loss falls to 0",
        CURVE,
        "share of seeds with a training loss below 1e-6 (n = 1,000)",
        "every seed, at n = 10,000",
        0.5,
        1.0,
        "at n = 1,000 two of five examples share a feature in two seeds of three, and some of those seeds fail",
        Need(POLYGONS, {"T": (5,)}),
        share(memorised),
        ".2f",
    ),
    Claim(
        "quick-closed-form",
        "A few examples' test loss is 1 + ‖max(b, 0)‖²",
        "the closed form of a memoriser",
        "largest difference between test loss and closed form, T = 3 to 5 (n = 1,000)",
        "0",
        0.0,
        0.015,
        "the form leaves out 2 E[x] Σ max(b, 0), up to 0.012 here as E[x] = 2.8 / n, and the test set's scatter, 0.003",
        Need(POLYGONS),
        worst(excess_error, memorised),
    ),
    Claim(
        "quick-pentagon",
        "Five examples form a pentagon: D_X = m/T",
        DOTS,
        "median D_X of the stored examples at T = 5",
        FIVE.text,
        FIVE.low - DIMENSIONALITY,
        FIVE.high + DIMENSIONALITY,
        "the range of the figure's dots, read to 0.005",
        Need(FEW, {"T": (5,)}),
        median(median_D_X, memorised),
        ".3f",
    ),
    Claim(
        "quick-hexagon",
        "Six examples form a hexagon: D_X = m/T",
        DOTS,
        "median D_X of the stored examples at T = 6",
        SIX.text,
        SIX.low - DIMENSIONALITY,
        SIX.high + DIMENSIONALITY,
        "the range of the figure's dots, read to 0.005",
        Need(FEW, {"T": (6,)}),
        median(median_D_X, memorised),
        ".3f",
    ),
    Claim(
        "quick-solution-loss",
        "A perfect memoriser of five or six examples scores 1",
        CURVE,
        "mean test loss of the seeds that memorise, T = 5 and 6",
        "1.0000",
        1 - LOSS - 0.0002,
        1 + LOSS + 0.0002,
        "the figure is read to 0.0003, and 10,000 test examples scatter by 0.0002",
        Need(FEW, {"T": (5, 6)}),
        mean(TEST, memorised),
    ),
    Claim(
        "quick-circle",
        "Thirty examples lie on a circle: the stored ones have D_X = m / stored",
        DOTS,
        "median D_X of the stored examples times their number over m, T = 30",
        "1 (0.094 for 21 stored)",
        0.9,
        1.1,
        "0.094 is read to 5 %, and one example more or fewer at the origin is another 5 %",
        Need(FEW, {"T": (30,), "seed": (0, 1, 2, 3)}),
        mean(polygon_share),
        ".2f",
    ),
    Claim(
        "quick-bump",
        "Between memorisation and generalisation the test loss is worse than doing nothing",
        CURVE,
        "mean test loss at T = 300 (n = 1,000)",
        "1.0148 at its own scale; 3.7 to 12.7 here",
        3.7,
        12.7,
        f"the range of four seeds {SCALED_DOWN}",
        Need(DESCENT, {"T": (300,)}),
        mean(TEST),
        ".2f",
    ),
    Claim(
        "quick-transition",
        "Ten occurrences of a feature are enough to generalise",
        "Jermyn's comment: T(1 - S) ≈ 10",
        "mean test loss at T = 1,000, T(1 - S) = 10",
        "0.990 here",
        0.9876,
        0.9915,
        "between five perfect features, 0.9876, and 0.990 as given to three digits with the seeds' scatter, 0.001",
        Need(DESCENT, {"T": (1_000,)}),
        mean(TEST),
    ),
    Claim(
        "quick-features",
        "With much data five features share the plane",
        DOTS,
        "share of seeds with exactly five features of D_f ≥ 0.15, T = 5,000",
        "every seed",
        1.0,
        1.0,
        "the paper shows no exception, and ours has none by design",
        Need(DESCENT, {"T": (5_000,)}),
        mean(generalises),
        ".2f",
    ),
    Claim(
        "quick-generalised-loss",
        "Five features are what the test loss says, too",
        CURVE,
        "mean test loss at T = 5,000 (n = 1,000)",
        "0.988 here",
        0.9876,
        0.9890,
        "not below five perfect features, 0.9876; 0.988 is given to three digits, test examples scatter by 0.0005",
        Need(DESCENT, {"T": (5_000,)}),
        mean(TEST),
    ),
    Claim(
        "quick-sum",
        "Optimising the sum over features instead of the mean makes the middle regime worse",
        REPLICATIONS,
        "mean test loss at T = 300 with the sum over that with the mean (n = 1,000)",
        "2 to 3 here; 200 at n = 10,000, T = 1,000",
        1.5,
        math.inf,
        "the smallest factor seen, less the 25 % by which seeds scatter; there is no upper limit to keep",
        Need(SUM),
        times(TEST, "reduction", "sum", "mean"),
        ".2f",
    ),
    Claim(
        "quick-decay",
        "A weight decay of 1 removes the bump",
        "the appendix, m = 4",
        "excess of the test loss over 1 at T = 500 with decay 1 over that with 0.01 (n = 1,000)",
        "0",
        -math.inf,
        0.05,
        "a rise of a twentieth of the tallest curve's is flat to the eye on the figure's linear axis",
        Need(DECAY),
        quotient(bump, "weight_decay", 1.0, 0.01),
        ".3f",
    ),
)

"""Claims that take minutes: n = 1,000, S = 0.99 with ten active features an example, and the paper's own n for a few
examples."""

from __future__ import annotations

import math

from sdd_tui.paper.accepted import Range
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims.readings import stored_at
from sdd_tui.paper.measures import bump, mean, quotient, share, times, worst
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import CURVE, DOTS, LOSS, REPLICATIONS
from sdd_tui.paper.run_measures import TEST, excess_error, generalises, memorised, polygon_share

SMALL = ("n=1000", "S=0.99", "steps=20000")
POLYGONS = NeededSweep("polygons-quick", (*SMALL, "T=3,4,5", "seed=range(0,20)"))
FEW = NeededSweep("polygons-quick", ("T=5,6,30", "seed=range(0,8)"), ("polygons",))
NOTHING = NeededSweep("polygons-quick", ("n=1000", "S=0.99", "steps=5000", "weight_decay=1000", "T=3", "seed=0,1"))
DESCENT = NeededSweep("double-descent-quick", ("T=300,1000,5000", "seed=range(0,4)"), ("double-descent",))
SUM = NeededSweep("reduction-quick", ("T=300",))
DECAY = NeededSweep("weight-decay-quick", ("T=500", "weight_decay=0.01,1.0"))

SCALED_DOWN = "measured at n = 1,000, S = 0.99, where the bump is larger than the paper's"

QUICK: tuple[Claim, ...] = (
    Claim(
        key="quick-units",
        says="The all-zero output scores exactly 1",
        source="the set-up: sum over features, mean over examples of length 1",
        quantity="test loss when weight decay leaves nothing of the model",
        paper="1",
        accepts=Range(
            0.999,
            1.001,
            "Adam's steps keep each active bias near 1 / decay = 0.001; thirty of them change the loss by 2e-4",
        ),
        need=Need(NOTHING),
        measure=mean(TEST),
        form=".5f",
    ),
    Claim(
        key="quick-memorised",
        says="Five examples are memorised: the training loss falls to 0",
        source=CURVE,
        quantity="share of seeds with a training loss below 1e-6 (n = 1,000)",
        paper="every seed, at n = 10,000",
        accepts=Range(
            0.5,
            1.0,
            "at n = 1,000 two of five examples share a feature in two seeds of three, and some of those seeds fail",
        ),
        need=Need(POLYGONS, {"T": (5,)}),
        measure=share(memorised),
        form=".2f",
    ),
    Claim(
        key="quick-closed-form",
        says="A few examples' test loss is 1 + ‖max(b, 0)‖²",
        source="the closed form of a memoriser",
        quantity="largest difference between test loss and closed form, T = 3 to 5 (n = 1,000)",
        paper="0",
        accepts=Range(
            0.0,
            0.015,
            "the form leaves out 2 E[x] Σ max(b, 0), up to 0.012 as E[x] = 2.8 / n, and the test set's scatter, 0.003",
        ),
        need=Need(POLYGONS),
        measure=worst(excess_error, memorised),
    ),
    *(stored_at(T, FEW, "quick-") for T in (5, 6)),
    Claim(
        key="quick-solution-loss",
        says="A perfect memoriser of five or six examples scores 1",
        source=CURVE,
        quantity="mean test loss of the seeds that memorise, T = 5 and 6",
        paper="1.0000",
        accepts=Range(
            1 - LOSS - 0.0002,
            1 + LOSS + 0.0002,
            "the figure is read to 0.0003, and 10,000 test examples scatter by 0.0002",
        ),
        need=Need(FEW, {"T": (5, 6)}),
        measure=mean(TEST, memorised),
    ),
    Claim(
        key="quick-circle",
        says="Thirty examples lie on a circle: the stored ones have D_X = m / stored",
        source=DOTS,
        quantity="median D_X of the stored examples times their number over m, T = 30",
        paper="1 (0.094 for 21 stored)",
        accepts=Range(0.9, 1.1, "0.094 is read to 5 %, and one example more or fewer at the origin is another 5 %"),
        need=Need(FEW, {"T": (30,), "seed": (0, 1, 2, 3)}),
        measure=mean(polygon_share),
        form=".2f",
    ),
    Claim(
        key="quick-bump",
        says="Between memorisation and generalisation the test loss is worse than doing nothing",
        source=CURVE,
        quantity="mean test loss at T = 300 (n = 1,000)",
        paper="1.0148 at its own scale; 3.7 to 12.7 here",
        accepts=Range(3.7, 12.7, f"the range of four seeds {SCALED_DOWN}"),
        need=Need(DESCENT, {"T": (300,)}),
        measure=mean(TEST),
        form=".2f",
    ),
    Claim(
        key="quick-transition",
        says="Ten occurrences of a feature are enough to generalise",
        source="Jermyn's comment: T(1 - S) ≈ 10",
        quantity="mean test loss at T = 1,000, T(1 - S) = 10",
        paper="0.990 here",
        accepts=Range(
            0.9876,
            0.9915,
            "between five perfect features, 0.9876, and 0.990 as given to three digits with the seeds' scatter, 0.001",
        ),
        need=Need(DESCENT, {"T": (1_000,)}),
        measure=mean(TEST),
    ),
    Claim(
        key="quick-features",
        says="With much data five features share the plane",
        source=DOTS,
        quantity="share of seeds with exactly five features of D_f ≥ 0.15, T = 5,000",
        paper="every seed",
        accepts=Range(1.0, 1.0, "the paper shows no exception, and ours has none by design"),
        need=Need(DESCENT, {"T": (5_000,)}),
        measure=mean(generalises),
        form=".2f",
    ),
    Claim(
        key="quick-generalised-loss",
        says="Five features are what the test loss says, too",
        source=CURVE,
        quantity="mean test loss at T = 5,000 (n = 1,000)",
        paper="0.988 here",
        accepts=Range(
            0.9876,
            0.9890,
            "not below five perfect features, 0.9876; 0.988 is given to three digits, test examples scatter by 0.0005",
        ),
        need=Need(DESCENT, {"T": (5_000,)}),
        measure=mean(TEST),
    ),
    Claim(
        key="quick-sum",
        says="Optimising the sum over features instead of the mean makes the middle regime worse",
        source=REPLICATIONS,
        quantity="mean test loss at T = 300 with the sum over that with the mean (n = 1,000)",
        paper="2 to 3 here; 200 at n = 10,000, T = 1,000",
        accepts=Range(
            1.5,
            math.inf,
            "the smallest factor seen, less the 25 % by which seeds scatter; there is no upper limit to keep",
        ),
        need=Need(SUM),
        measure=times(TEST, "reduction", "sum", "mean"),
        form=".2f",
    ),
    Claim(
        key="quick-decay",
        says="A weight decay of 1 removes the bump",
        source="the appendix, m = 4",
        quantity="excess of the test loss over 1 at T = 500 with decay 1 over that with 0.01 (n = 1,000)",
        paper="0",
        accepts=Range(
            -math.inf,
            0.05,
            "a rise of a twentieth of the tallest curve's is flat to the eye on the figure's linear axis",
        ),
        need=Need(DECAY),
        measure=quotient(bump, "weight_decay", 1.0, 0.01),
        form=".3f",
    ),
)

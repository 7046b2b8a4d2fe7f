"""Claims that need a night or a GPU: the curve's right end, the map, the appendix and the comments at the paper's n."""

from __future__ import annotations

import math

from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims.curve import loss_at
from sdd_tui.paper.measures import (
    bump,
    farther_memorised,
    farthest_onset,
    highest,
    least_gain,
    mean,
    quotient,
    ridge,
    steps_back,
)
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import (
    D_F,
    DIMENSIONALITY,
    DOTS,
    INFINITE,
    NORM_PLATEAU,
    NORMS,
    ONSET,
    REPLICATIONS,
    SUM_MIDDLE,
    reading,
)
from sdd_tui.paper.run_measures import TEST, WEIGHT, dedicated, five_D_f, offset, repeated_is_first

TAIL = NeededSweep("double-descent", ("T=20000,50000,100000,200000,500000", "seed=1,2"), ("double-descent", "norms"))
FRESH = NeededSweep("double-descent", ("T=inf", "seed=1"))
"""Batches so large that their noise leaves the biases at their best value, 2.6e-4: Adam's steps are 1e-3. After 3,500
steps, 2,500 of them warm-up, 3 % of the biases are negative for good and the test loss is 0.9989; 91 % and 0.9995 with
batches of 20,000."""

MAP = NeededSweep("t-by-m", figures=("t-by-m",))
DECAY = NeededSweep("weight-decay", figures=("weight-decay",))
LENGTH = NeededSweep("training-length", figures=("training-length",))
BEST = NeededSweep("best-of-lr", figures=("best-of-lr",))
OCCURRENCES = NeededSweep("occurrences", figures=("occurrences",))
SUM = NeededSweep("reduction", ("T=1000,2000,5000,10000", "seed=1,2"), ("reduction",))
REPEATS = NeededSweep("double-descent", ("T=30000", "repeats=5", "seed=1,2,3"))
RECTIFIED = NeededSweep("double-descent", ("T=30", "hidden=relu", "seed=range(1,5)"))

READ = "the figure is read to 0.0003, and 10,000 test examples scatter by 0.0002"
NONE = "the paper's figure has no exception; an order needs no tolerance"

FULL: tuple[Claim, ...] = (
    *(loss_at(T, TAIL, 0.0005, 0.0005, READ) for T in (20_000, 50_000, 100_000, 200_000, 500_000)),
    loss_at(INFINITE, FRESH, 0.0005, 0.0005, READ),
    *(
        Claim(
            f"T{'inf' if math.isinf(T) else f'{T:.0f}'}-D_f",
            "Five features share the plane",
            DOTS,
            f"mean D_f of the five largest features, T = {'∞' if math.isinf(T) else f'{T:,}'}",
            reading(D_F, T).text,
            reading(D_F, T).low - DIMENSIONALITY,
            reading(D_F, T).high + DIMENSIONALITY,
            "the range of the figure's dots, read to 0.005",
            Need(FRESH if math.isinf(T) else TAIL, {"T": ("inf" if math.isinf(T) else int(T),)}),
            mean(five_D_f),
            ".3f",
        )
        for T in (50_000, 200_000, INFINITE)
    ),
    Claim(
        "norms-tail",
        "The norm of W stays near √5 from 20,000 examples on",
        NORMS,
        "highest mean norm of W, T = 20,000 to 500,000",
        f"{NORM_PLATEAU[0]:g} to {NORM_PLATEAU[1]:g}",
        *NORM_PLATEAU,
        "the figure's plateau",
        Need(TAIL),
        highest(WEIGHT),
        ".2f",
    ),
    Claim(
        "map-ridge",
        "The ridge of the map moves to larger T as m grows",
        "the figure of test loss over (T, m)",
        "times that the ridge moves back from an m to the next",
        "0",
        0,
        0,
        NONE,
        Need(MAP),
        steps_back(ridge, "m", equal=True),
        ".0f",
    ),
    Claim(
        "decay",
        "The less weight decay, the bigger the bump",
        "the appendix, m = 4",
        "times that the bump does not shrink from a decay to the next",
        "0",
        0,
        0,
        NONE,
        Need(DECAY),
        steps_back(bump, "weight_decay", rising=False),
        ".0f",
    ),
    Claim(
        "decay-removes",
        "A weight decay of 1 removes the bump",
        "the appendix, m = 4",
        "the bump with decay 1 over that with 0.01",
        "0",
        -math.inf,
        0.05,
        "a rise of a twentieth of the tallest curve's is flat to the eye on the figure's linear axis",
        Need(DECAY),
        quotient(bump, "weight_decay", 1.0, 0.01),
        ".3f",
    ),
    Claim(
        "length",
        "The longer the training, the bigger the bump",
        "the appendix, m = 4",
        "times that the bump does not grow from a length to the next",
        "0",
        0,
        0,
        NONE,
        Need(LENGTH),
        steps_back(bump, "steps"),
        ".0f",
    ),
    Claim(
        "best-lower",
        "In the middle regime other learning rates find a lower training loss",
        "the authors' correction, July 2023",
        "least relative gain of the best of all rates and seeds over the best seed at 1e-3, T = 1,000 to 5,000",
        "above 0",
        0.0005,
        math.inf,
        "the seeds' best losses scatter by less; the size of the gain isn't published",
        Need(BEST, {"T": (1_000, 2_000, 5_000)}),
        least_gain(1e-3),
        ".4f",
    ),
    Claim(
        "best-memorises",
        "Chosen by training loss, the memoriser wins up to larger T",
        "the authors' correction, July 2023",
        "largest T that the best of all rates stores over the largest that most seeds at 1e-3 store",
        "about 500: 500,000 instead of 1,000",
        1.01,
        math.inf,
        "the sweep ends at T = 20,000; any step farther is the effect",
        Need(BEST),
        farther_memorised(1e-3),
        ".2f",
    ),
    Claim(
        "onset",
        "Features get directions of their own at the same number of occurrences, for every S",
        "Jermyn's comment: T(1 - S) ≈ 10",
        "T(1 - S) at the onset, of the S where it is farthest from 10",
        "about 10",
        3,
        20,
        "the comment's curves jump between 3 and 20",
        Need(OCCURRENCES),
        farthest_onset(ONSET),
        ".1f",
    ),
    Claim(
        "repeated",
        "One example of 30,000, five times, is stored among the features",
        "Jermyn's comment: stored when R is above 0.4 T/n",
        "share of seeds whose repeated example has the largest D_X of all, T = 30,000, R = 5",
        "stored in the comment's run; near misses occur",
        0.5,
        1.0,
        "the comment shows runs that nearly store it, too; by chance it would be one seed in 30,000",
        Need(REPEATS),
        mean(repeated_is_first),
        ".2f",
    ),
    Claim(
        "repeated-place",
        "It is stored in the place of one of the five features",
        "Jermyn's comment",
        "mean number of features of D_f ≥ 0.15, T = 30,000, R = 5",
        "4",
        4,
        4.5,
        "near misses occur: at most half of the seeds keep the fifth feature",
        Need(REPEATS),
        mean(dedicated),
        ".2f",
    ),
    Claim(
        "hidden-relu",
        "A ReLU in the hidden layer shifts the circle away from the origin",
        "Hobbhahn's comment: shifted superposition",
        "mean distance of the stored examples' centre from the origin, in radii, T = 30",
        "1 or more: the origin is not inside",
        1.0,
        math.inf,
        "at 1 the origin lies on the circle, no longer inside; how far it moves isn't published",
        Need(RECTIFIED),
        mean(offset),
        ".2f",
    ),
    Claim(
        "sum-middle",
        "With the sum over features the middle regime is another one",
        REPLICATIONS,
        "highest mean test loss with the sum, T = 1,000 to 10,000",
        f"{SUM_MIDDLE[0]:g} to {SUM_MIDDLE[1]:g}",
        *SUM_MIDDLE,
        "what the replications saw in this range of T",
        Need(SUM, {"reduction": ("sum",)}),
        highest(TEST),
        ".0f",
    ),
)
"""The quick, the scaled-down and the paper's claims come with them in the full tier."""

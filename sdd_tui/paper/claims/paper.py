"""Claims at the paper's own scale, up to T = 10,000: n = 10,000, S = 0.999, m = 2, 50,000 steps."""

from __future__ import annotations

import math

from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims.curve import SCATTER, loss_at
from sdd_tui.paper.claims.small_T import FEW
from sdd_tui.paper.measures import mean, median, peak, times
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import (
    CURVE,
    D_F,
    DIMENSIONALITY,
    DOTS,
    NORM_PEAK_T,
    NORM_PLATEAU,
    NORMS,
    REPLICATIONS,
    SUM_BIAS_FACTORS,
    SUM_LOSSES,
    reading,
)
from sdd_tui.paper.run_measures import BIAS, TEST, TRAIN, WEIGHT, dedicated, five_D_f, largest_D_X, number

CURVES = ("double-descent", "norms")
MIDDLE = NeededSweep("double-descent", ("T=100,200,500,1000,2000", "seed=range(1,9)"), CURVES)
LARGE = NeededSweep("double-descent", ("T=5000,10000", "seed=range(1,5)"), CURVES)
SUM = NeededSweep("reduction", ("T=100,1000,5000", "seed=1"), ("reduction",))

PAPER: tuple[Claim, ...] = (
    *FEW,
    loss_at(100, MIDDLE, 0.0008, 0.0008, f"{SCATTER} 0.0005"),
    loss_at(200, MIDDLE, 0.0005, 0.0005, f"{SCATTER} 0.0002"),
    loss_at(500, MIDDLE, 0.0009, 0.0016, f"{SCATTER} 0.0006 (upwards 0.0013: some seeds begin the bump)"),
    Claim(
        "T1000-loss",
        "A thousand examples score just above 1 for most seeds",
        CURVE,
        "median test loss of eight seeds, T = 1,000",
        "1.0007",
        1.0000,
        1.0015,
        "single seeds have heavy tails here, 1.000 to 1.03, so the median; the figure is read to 0.0003",
        Need(MIDDLE, {"T": (1_000,)}),
        median(TEST),
    ),
    Claim(
        "T2000-bump",
        "The bump of double descent stands at T = 2,000",
        CURVE,
        "mean test loss of eight seeds, T = 2,000",
        "1.0148",
        1.005,
        1.03,
        "single seeds have heavy tails, 1.000 to 1.03 and more: a mean of four differs by a factor of two or three",
        Need(MIDDLE, {"T": (2_000,)}),
        mean(TEST),
    ),
    Claim(
        "ridge",
        "Nothing from 100 to 2,000 is worse",
        CURVE,
        "T at the highest mean test loss, T = 100 to 2,000",
        "2,000",
        2_000,
        2_000,
        "the sweep's T are the paper's",
        Need(MIDDLE),
        peak(TEST),
        ".0f",
    ),
    loss_at(5_000, LARGE, 0.0004, 0.0004, "the figure is read to 0.0003, and 10,000 test examples scatter by 0.0002"),
    loss_at(10_000, LARGE, 0.0004, 0.0004, "the figure is read to 0.0003, and 10,000 test examples scatter by 0.0002"),
    Claim(
        "T5000-D_f",
        "At 5,000 no feature has a direction of its own yet",
        DOTS,
        "mean over seeds of the largest D_f, T = 5,000",
        reading(D_F, 5_000).text,
        -math.inf,
        reading(D_F, 5_000).high + DIMENSIONALITY,
        "the figure's highest dot, read to 0.005",
        Need(LARGE, {"T": (5_000,)}),
        mean(number("D_f")),
        ".3f",
    ),
    Claim(
        "T10000-D_f",
        "At 10,000 five features share the plane",
        DOTS,
        "mean D_f of the five largest features, T = 10,000",
        reading(D_F, 10_000).text,
        reading(D_F, 10_000).low - DIMENSIONALITY,
        reading(D_F, 10_000).high + DIMENSIONALITY,
        "the range of the figure's dots, read to 0.005",
        Need(LARGE, {"T": (10_000,)}),
        mean(five_D_f),
        ".3f",
    ),
    Claim(
        "T10000-features",
        "They are exactly five",
        DOTS,
        "mean number of features of D_f ≥ 0.15, T = 10,000",
        "5",
        5,
        5,
        "a whole number; the paper shows no exception",
        Need(LARGE, {"T": (10_000,)}),
        mean(dedicated),
        ".2f",
    ),
    Claim(
        "T500-D_X",
        "Of 500 examples none has a direction of its own",
        DOTS,
        "mean over seeds of the largest D_X, T = 500",
        "about 0",
        0.0,
        2 * DIMENSIONALITY,
        "a dot is as high as twice what the figure can be read to",
        Need(MIDDLE, {"T": (500,)}),
        mean(largest_D_X),
        ".4f",
    ),
    Claim(
        "norms-peak",
        "The norm of W is largest when a few hundred examples are stored badly",
        NORMS,
        "T at the largest mean norm of W, T = 100 to 2,000",
        f"between {NORM_PEAK_T[0]} and {NORM_PEAK_T[1]}",
        *NORM_PEAK_T,
        "the figure's peak is broad",
        Need(MIDDLE),
        peak(WEIGHT),
        ".0f",
    ),
    Claim(
        "norms-plateau",
        "It settles near √5 when the model generalises",
        NORMS,
        "mean norm of W, T = 10,000",
        f"{NORM_PLATEAU[0]:g} to {NORM_PLATEAU[1]:g}",
        *NORM_PLATEAU,
        "the figure's plateau",
        Need(LARGE, {"T": (10_000,)}),
        mean(WEIGHT),
        ".2f",
    ),
    *(
        Claim(
            f"sum-T{T}-bias",
            "With the sum over features the biases grow larger",
            REPLICATIONS,
            f"norm of b with the sum over that with the mean, T = {T:,}",
            f"{factor:g}",
            factor / 2,
            factor * 2,
            "the replications give one digit, for one seed",
            Need(SUM, {"T": (T,)}),
            times(BIAS, "reduction", "sum", "mean"),
            ".1f",
        )
        for T, factor in SUM_BIAS_FACTORS.items()
    ),
    *(
        Claim(
            f"sum-T{T}-loss",
            "With the sum over features the middle regime is another one",
            REPLICATIONS,
            f"test loss with the sum, T = {T:,}",
            f"{SUM_LOSSES[T]:g}",
            SUM_LOSSES[T] / 5,
            SUM_LOSSES[T] * 5,
            "one seed of a bump with heavy tails: its order of magnitude",
            Need(SUM, {"T": (T,), "reduction": ("sum",)}),
            mean(TEST),
            ".1f",
        )
        for T in (1_000, 5_000)
    ),
    Claim(
        "T100-not-memorised",
        "A hundred examples are more than two dimensions hold",
        "the planes at T = 30 and 200",
        "mean training loss, T = 100",
        "far from 0",
        0.3,
        1.0,
        "a memoriser would be at 0; two dimensions hold about eight examples exactly",
        Need(MIDDLE, {"T": (100,)}),
        mean(TRAIN),
        ".2f",
    ),
)
"""Those of a few examples first, then the curve."""

"""Claims at the paper's own scale: n = 10,000, S = 0.999, m = 2, 50,000 steps, every T of its figure."""

from __future__ import annotations

from sdd_tui.paper.accepted import Range
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.claims.readings import features_at, five_at, largest_at, loss_at, unstored_at
from sdd_tui.paper.claims.small_T import FEW
from sdd_tui.paper.measures import farthest, mean, peak, times
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.published import (
    CURVE,
    INFINITE,
    NORM_PEAK_T,
    NORM_PLATEAU,
    NORMS,
    REPLICATED,
    REPLICATIONS,
    SUM_BIAS_FACTORS,
    SUM_LOSSES,
)
from sdd_tui.paper.run_measures import BIAS, TEST, TRAIN, WEIGHT

CURVES = ("double-descent", "norms")
MIDDLE = NeededSweep("double-descent", ("T=100,200,500,1000,2000", "seed=range(1,9)"), CURVES)
LARGE = NeededSweep("double-descent", ("T=5000,10000", "seed=range(1,5)"), CURVES)
TAIL = NeededSweep("double-descent", ("T=20000,50000,100000,200000,500000", "seed=range(1,5)"), CURVES)
FRESH = NeededSweep("double-descent", ("T=inf", "seed=range(1,5)"), CURVES)
"""Batches so large that their noise leaves the biases at their best value, 2.6e-4: Adam's steps are 1e-3. After 3,500
steps, 2,500 of them warm-up, 3 % of the biases are negative for good and the test loss is 0.9989; 91 % and 0.9995 with
batches of 20,000."""

SUM = NeededSweep("reduction", ("T=100,1000,5000", "seed=1"), ("reduction",))

PAPER: tuple[Claim, ...] = (
    *FEW,
    *(loss_at(T, MIDDLE) for T in (100, 200, 500, 1_000, 2_000)),
    *(loss_at(T, LARGE) for T in (5_000, 10_000)),
    *(loss_at(T, TAIL) for T in (20_000, 50_000, 100_000, 200_000, 500_000)),
    loss_at(INFINITE, FRESH),
    largest_at(5_000, LARGE),
    five_at(10_000, LARGE),
    *(five_at(T, TAIL) for T in (20_000, 50_000, 100_000, 200_000, 500_000)),
    five_at(INFINITE, FRESH),
    *(features_at(T, LARGE if T == 10_000 else TAIL) for T in (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)),
    features_at(INFINITE, FRESH),
    unstored_at(500, MIDDLE),
    Claim(
        key="ridge",
        says="Nothing from 100 to 2,000 is worse",
        source=CURVE,
        quantity="T at the highest mean test loss, T = 100 to 2,000",
        paper="2,000",
        accepts=Range(2_000, 2_000, "the sweep's T are the paper's"),
        need=Need(MIDDLE),
        measure=peak(TEST),
        form=".0f",
    ),
    Claim(
        key="norms-peak",
        says="The norm of W is largest when a few hundred examples are stored badly",
        source=NORMS,
        quantity="T at the largest mean norm of W, T = 100 to 2,000",
        paper=f"between {NORM_PEAK_T[0]} and {NORM_PEAK_T[1]}",
        accepts=Range(*NORM_PEAK_T, "the figure's peak is broad"),
        need=Need(MIDDLE),
        measure=peak(WEIGHT),
        form=".0f",
    ),
    Claim(
        key="norms-plateau",
        says="The norm of W stays near √5 where the model generalises",
        source=REPLICATED,
        quantity="mean norm of W farthest from the middle of the range, T = 20,000 to 500,000",
        paper=f"{NORM_PLATEAU[0]:g} to {NORM_PLATEAU[1]:g}, T ≥ 20,000",
        accepts=Range(*NORM_PLATEAU, "what the replications have; the paper's figure has no number there"),
        need=Need(TAIL),
        measure=farthest(WEIGHT, *NORM_PLATEAU),
        form=".2f",
    ),
    *(
        Claim(
            key=f"sum-T{T}-bias",
            says="With the sum over features the biases grow larger",
            source=REPLICATIONS,
            quantity=f"norm of b with the sum over that with the mean, T = {T:,}",
            paper=f"{factor:g}",
            accepts=Range(factor / 2, factor * 2, "the replications give one digit, for one seed"),
            need=Need(SUM, {"T": (T,)}),
            measure=times(BIAS, "reduction", "sum", "mean"),
            form=".1f",
        )
        for T, factor in SUM_BIAS_FACTORS.items()
    ),
    *(
        Claim(
            key=f"sum-T{T}-loss",
            says="With the sum over features the middle regime is another one",
            source=REPLICATIONS,
            quantity=f"test loss with the sum, T = {T:,}",
            paper=f"{SUM_LOSSES[T]:g}",
            accepts=Range(
                SUM_LOSSES[T] / 5, SUM_LOSSES[T] * 5, "one seed of a bump with heavy tails: its order of magnitude"
            ),
            need=Need(SUM, {"T": (T,), "reduction": ("sum",)}),
            measure=mean(TEST),
            form=".1f",
        )
        for T in (1_000, 5_000)
    ),
    Claim(
        key="T100-not-memorised",
        says="A hundred examples are more than two dimensions hold",
        source="the planes at T = 30 and 200",
        quantity="mean training loss, T = 100",
        paper="far from 0",
        accepts=Range(0.3, 1.0, "a memoriser would be at 0; two dimensions hold about eight examples exactly"),
        need=Need(MIDDLE, {"T": (100,)}),
        measure=mean(TRAIN),
        form=".2f",
    ),
)
"""Those of a few examples first, then the curve."""

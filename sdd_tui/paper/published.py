"""The numbers that others have published, each with its source; read off figures to within LOSS and DIMENSIONALITY.

Data alone. "The paper" is "Superposition, Memorization, and Double Descent" (Henighan et al., 2023), with n = 10,000,
S = 0.999 and m = 2 unless a source says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

LOSS = 0.0003
"""How exactly a loss can be read off the paper's figure."""

DIMENSIONALITY = 0.005
"""The same for a dimensionality."""

READ_TO = {"test_loss": LOSS, "D_f": DIMENSIONALITY, "D_X": DIMENSIONALITY, "features": 0.0}
"""Quantity -> how exactly it can be read."""

DECIMALS = {"test_loss": 4, "D_f": 3, "D_X": 3, "features": 1}
"""Quantity -> decimals that are written."""

INFINITE = math.inf
"""T when every step has fresh examples."""

CURVE = "the figure of test loss against T"
DOTS = "the figure of dimensionality against T"
NORMS = "the figure of the norms of W and b against T"
REPLICATIONS = "replications that optimise the sum over features"
REPLICATED = "the figure of the norms of W and b against T, and replications of its right half"


@dataclass(frozen=True)
class Reading:
    """A quantity at a training-set size, as a figure shows it."""

    quantity: str
    """test_loss, D_f (of the features that have one), D_X (of the stored examples), features (how many have one)."""
    T: float
    """Training-set size, or INFINITE."""
    low: float
    high: float
    """The range that is shown; the same number twice for a point, infinite where a figure is cut off."""
    source: str
    models: int
    """How many models it is of: the curve of losses is a mean of four dataset seeds, a column of dots one model's."""

    @property
    def value(self) -> float:
        """The middle of the range; its finite end where it has only one."""
        ends = [end for end in (self.low, self.high) if math.isfinite(end)]
        return sum(ends) / len(ends)

    @property
    def is_bound(self) -> bool:
        """Whether only one end is known."""
        return not (math.isfinite(self.low) and math.isfinite(self.high))

    @property
    def text(self) -> str:
        """As people write it: 1.0031, 0.23-0.25, > 1.025."""
        if math.isinf(self.high):
            return f"> {self.low:g}"
        if math.isinf(self.low):
            return f"≤ {self.high:g}"
        ends = list(dict.fromkeys(f"{end:.{DECIMALS[self.quantity]}f}" for end in (self.low, self.high)))
        return "–".join(ends)


MODELS = {CURVE: 4, DOTS: 1}
"""Figure -> how many models each of its numbers is of."""


def _points(quantity: str, source: str, values: Mapping[float, float]) -> tuple[Reading, ...]:
    return _ranges(quantity, source, {T: (value, value) for T, value in values.items()})


def _ranges(quantity: str, source: str, values: Mapping[float, tuple[float, float]]) -> tuple[Reading, ...]:
    return tuple(Reading(quantity, T, low, high, source, MODELS[source]) for T, (low, high) in values.items())


TEST_LOSS: tuple[Reading, ...] = (
    *_ranges("test_loss", CURVE, {3: (1.025, math.inf)}),
    *_points("test_loss", CURVE, {5: 1.0, 6: 1.0, 8: 1.018}),
    *_ranges("test_loss", CURVE, {10: (1.025, math.inf)}),
    *_points("test_loss", CURVE, {15: 1.022, 30: 1.0075, 50: 1.0047, 100: 1.0031, 200: 1.0014, 500: 1.0004}),
    *_points("test_loss", CURVE, {1_000: 1.0007, 2_000: 1.0148, 5_000: 0.9996, 10_000: 0.9988}),
    *_ranges("test_loss", CURVE, dict.fromkeys((20_000, 50_000, 100_000), (0.9987, 0.9988))),
    *_points("test_loss", CURVE, {200_000: 0.9987, 500_000: 0.9987, INFINITE: 0.9986}),
)
"""Mean of four dataset seeds at each T; the figure is cut off above 1.025."""

D_X: tuple[Reading, ...] = (
    *_ranges("D_X", DOTS, {5: (0.385, 0.41), 6: (0.24, 0.39), 10: (0.18, 0.21)}),
    *_points("D_X", DOTS, {15: 0.144, 30: 0.094, 50: 0.054}),
)
"""Of the stored examples. From T = 15 a few others stay at the origin, at 0; from T = NOT_STORED_FROM all of them."""

FIVE: dict[float, tuple[float, ...]] = {
    20_000: (0.264, 0.264, 0.241, 0.225, 0.207),
    50_000: (0.272, 0.272, 0.272, 0.239, 0.239),
    100_000: (0.271, 0.243, 0.243, 0.243, 0.182),
    200_000: (0.286, 0.271, 0.253, 0.227, 0.227),
    500_000: (0.258, 0.258, 0.258, 0.239, 0.239),
    INFINITE: (0.256, 0.256, 0.256, 0.256, 0.256),
}
"""The five largest D_f of the model at each T (DOTS). At 100,000 there is a sixth, 0.080; the others have about 0."""

D_F: tuple[Reading, ...] = (
    *_ranges("D_f", DOTS, {5_000: (0.064, 0.103), 10_000: (0.228, 0.253)}),
    *_ranges("D_f", DOTS, {T: (min(dots), max(dots)) for T, dots in FIVE.items()}),
)
"""Of the largest features; from T = 10,000 there are DEDICATED of them, and the rest have about 0."""

LARGEST_D_F: tuple[Reading, ...] = _points("D_f", DOTS, {5_000: 0.103})
"""The largest feature's."""

MEAN_D_F: tuple[Reading, ...] = (
    *_ranges("D_f", DOTS, {10_000: ((0.253 + 4 * 0.228) / 5, (0.253 + 4 * 0.241) / 5)}),
    *_points("D_f", DOTS, {T: math.fsum(dots) / 5 for T, dots in FIVE.items()}),
)
"""The mean of the five largest; at 10,000 one dot is at 0.253, and four lie between 0.228 and 0.241."""

NOT_STORED_FROM = 500

LARGEST_D_X: tuple[Reading, ...] = _ranges("D_X", DOTS, {NOT_STORED_FROM: (0.0, DIMENSIONALITY)})
"""No dot can be told from 0."""

DEDICATED = 5
"""Features in superposition when the model generalises (m = 2)."""

FEATURES: tuple[Reading, ...] = _points("features", DOTS, dict.fromkeys((10_000, *FIVE), DEDICATED))
"""Dots above 0.15, the bound of a direction of one's own."""

READINGS: tuple[Reading, ...] = (*TEST_LOSS, *D_X, *D_F)
"""Every reading of the paper's figures."""

NORM_PEAK_T = (30, 500)
"""The norms of W and b are largest somewhere between these T (NORMS)."""

NORM_PLATEAU = (2.2, 2.5)
"""The norm of W when the model generalises, near √5: what replications have from T = 20,000 on (REPLICATED). The paper
prints no number, and nobody says where the plateau begins."""

REGIMES = (690, 6_900)
"""T at which the paper draws the boundaries of its three regimes."""

POLYGON_T = (5, 6)
"""T at which four seeds of four memorise in the paper's figure (CURVE)."""

PLANES_T = (3, 5, 6, 8, 10, 15, 30, 200, 2_000, 50_000, INFINITE)
"""T of the planes that the paper shows: features and hidden vectors."""

REMOVING_DECAY = 1.0
"""The weight decay that removes the bump (the appendix, m = 4)."""

ONSET = 10.0
"""T(1 - S) at which generalisation sets in for every S, roughly (Jermyn's comment on the page)."""

REPEATS_TO_STORE = 0.4
"""An example is stored among features when it occurs more than about this times T/n times (Jermyn's comment)."""

MEAN_LOSSES: dict[int, float] = {100: 1.0033, 1_000: 1.0003, 5_000: 0.9996}
"""Test loss with the mean over features, for comparison with the next (one seed; this project's finding)."""

SUM_LOSSES: dict[int, float] = {100: 1.0020, 1_000: 70.0, 5_000: 83.0}
"""Test loss when the sum over features is optimised, as the formula reads (REPLICATIONS)."""

SUM_BIAS_FACTORS: dict[int, float] = {100: 3.0, 1_000: 10.0}
"""How many times larger the norm of b is with the sum than with the mean (REPLICATIONS)."""

SUM_MIDDLE = (70.0, 5_000.0)
"""Test losses with the sum between T = 1,000 and 10,000 (REPLICATIONS)."""


def reading(readings: tuple[Reading, ...], T: float) -> Reading:
    """The reading at a training-set size."""
    return next(r for r in readings if r.T == T)

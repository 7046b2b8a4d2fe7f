"""The rule by which a number of the paper's is compared with ours: a prediction interval of Student's t.

Our runs differ only by their seeds, and so does the paper's model from them, or the four behind one of its means. With
n runs of mean x̄ and standard deviation s, the mean of k more lies with 95 % within x̄ ± t s √(1/k + 1/n), t the 97.5 %
quantile of Student's distribution with n − 1 degrees of freedom (exact for normal scatter, rough where a few seeds
are far out). What the paper shows must lie in there, give or take how exactly it can be read.
"""

from __future__ import annotations

import math
from functools import cache

from sdd_tui.sweep.reduce import Spread

CONFIDENCE = 0.95


def interval(spread: Spread, n: int, k: int) -> tuple[float, float]:
    """Where the mean of k more models lies, from n of ours; everywhere where one model of ours knows no scatter."""
    if n < 2:
        return -math.inf, math.inf
    half = quantile((1 + CONFIDENCE) / 2, n - 1) * spread.sd * math.sqrt(1 / k + 1 / n)
    return spread.mean - half, spread.mean + half


@cache
def quantile(probability: float, degrees: int) -> float:
    """The quantile of Student's distribution above the median, by halving: to 1e-9."""
    low, high = 0.0, 1.0
    while below(high, degrees) < probability:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def below(t: float, degrees: int) -> float:
    """The probability of a value below t ≥ 0: the finite sums for whole degrees of freedom (Abramowitz and Stegun 1964,
    equations 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(degrees))
    cosine = math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = term if degrees > 1 or not odd else 0.0
    for k in range(2 if odd else 1, degrees - 1, 2):
        term *= cosine * cosine * k / (k + 1)
        total += term
    within = (angle + math.sin(angle) * total) * 2 / math.pi if odd else math.sin(angle) * total
    return (1 + within) / 2

"""The prediction interval: Student's quantiles as tables have them, and as many further means inside as it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdd_tui.paper.prediction import below, interval, quantile
from sdd_tui.sweep.reduce import Spread


@pytest.mark.parametrize(
    ("degrees", "table"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (7, 2.365), (19, 2.093), (30, 2.042), (59, 2.001)],
)
def test_quantiles_are_those_of_printed_tables(degrees: int, table: float) -> None:
    assert quantile(0.975, degrees) == pytest.approx(table, abs=5e-4)


@pytest.mark.parametrize("degrees", [1, 2, 3, 8, 19])
def test_the_probability_is_the_integral_of_the_density(degrees: int) -> None:
    t = np.linspace(0, 2, 20_001)
    scale = math.gamma((degrees + 1) / 2) / math.gamma(degrees / 2) / math.sqrt(degrees * math.pi)
    density = scale * (1 + t**2 / degrees) ** (-(degrees + 1) / 2)
    assert below(2.0, degrees) == pytest.approx(0.5 + np.trapezoid(density, t), abs=1e-8)


@pytest.mark.parametrize(("n", "k"), [(4, 1), (4, 4), (8, 4), (20, 1)])
def test_of_further_means_nineteen_in_twenty_lie_inside(n: int, k: int) -> None:
    """10,000 normal samples: the share inside scatters by 0.002."""
    random = np.random.default_rng(0)
    inside = 0
    for _ in range(10_000):
        low, high = interval(Spread.of(random.normal(2, 3, n).tolist()), n, k)
        inside += low <= random.normal(2, 3, k).mean() <= high
    assert inside / 10_000 == pytest.approx(0.95, abs=0.012)


def test_one_run_knows_no_scatter() -> None:
    assert interval(Spread.of([1.0]), 1, 4) == (-math.inf, math.inf)

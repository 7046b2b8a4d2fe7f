"""What theory says of a model that memorises: closed forms, to be drawn beside what was trained. Numpy only."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.interface import Real

Floats = NDArray[np.float64]

FEWEST, MOST = 4, 30
"""Stored examples that are compared with an ideal polygon. Three need no equal angles, as any directions more than 90°
apart do; of more than thirty no plane has room for all (trained on 200, 125 are stored, at a twelfth of the radius)."""


def polygon_radius(T: int) -> float:
    """The smallest radius at which T ≥ 3 hidden vectors on a regular polygon give a training loss of 0.

    With W = H Xᵀ for examples X of length 1 without a common feature, h_t = r (cos φt, sin φt), φ = 2π/T, and
    b_i = −(r² − 1) x_i, example t has the output x where it is active and at most max(0, x' (r² cos φ − r² + 1)) where
    another one, x', is: 0 from r² = 1 / (1 − cos φ) on. Weight decay keeps it near that.
    """
    return 1 / math.sqrt(1 - math.cos(2 * math.pi / T))


def ideal_polygon(hidden: Floats, stored: NDArray[np.bool_]) -> Floats | None:
    """(2, k): where the k stored hidden vectors of H (2, T) would stand, turned to fit them best; None for other m or
    k."""
    k = int(stored.sum())
    if len(hidden) != 2 or not FEWEST <= k <= MOST:
        return None
    return polygon(np.arctan2(hidden[1], hidden[0])[stored], k, polygon_radius(k))


def polygon(angles: Floats, corners: int, radius: float) -> Floats:
    """(2, corners): a regular polygon around the origin, turned so that it fits directions (k,), in radians, best."""
    turned = np.exp(1j * corners * angles).mean()
    placed = (np.angle(turned) + 2 * np.pi * np.arange(corners)) / corners
    return np.asarray(radius * np.stack([np.cos(placed), np.sin(placed)]))


def memoriser_test_loss(b: Real) -> float:
    """The test loss of a model that knows its few examples and nothing else: the output for any other example is
    ReLU(b), so 1 + ‖ReLU(b)‖², but for what ReLU(b) meets of it by chance."""
    return 1 + float((np.maximum(np.asarray(b, np.float64), 0) ** 2).sum())

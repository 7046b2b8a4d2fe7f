"""Which of the paper's three regimes a model is in: memorising, the middle, generalising; and the evidence for it.

Numpy only. The bounds are ours (the paper gives none) and stand here, once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MEMORISED = 0.5
"""An example whose own loss is below this is memorised: more than half of it is reproduced (zero output scores 1)."""

DEDICATED = 0.15
"""A feature with at least this D_f has a direction of its own; an ideal five features have 0.25."""

Name = Literal["memorising", "middle", "generalising"]


@dataclass(frozen=True)
class Regime:
    """A regime, with what says so."""

    name: Name
    memorised: float
    """Share of the training examples looked at that are memorised; NaN with fresh data at every step."""
    features: int
    """Features with a direction of their own."""


def regime(losses: Floats, D_f: Floats, test_loss: float, m: int) -> Regime:
    """The regime of a model with m hidden dimensions.

    Memorising: at least half of the training examples, whose own losses (T,) in the paper's units are given, are
    memorised. Generalising: more features than hidden dimensions have a direction of their own, by their
    dimensionalities D_f (n,), and the test loss is below the zero output's 1. The middle: neither, as where the
    examples are too many to be stored and too few to learn features from. The order matters for few examples alone,
    where active features may have directions of their own because an example has.
    """
    share = float((losses < MEMORISED).mean()) if len(losses) else math.nan
    features = int((D_f >= DEDICATED).sum())
    if share >= 0.5:
        return Regime("memorising", share, features)
    return Regime("generalising" if features > m and test_loss < 1 else "middle", share, features)

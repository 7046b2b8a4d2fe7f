"""What came out of a run, in the words of its outcome."""

from __future__ import annotations

from typing import Any

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.analysis.geometry import DEDICATED, describe, solution
from sdd_tui.config import RunConfig
from sdd_tui.engine.interface import Real
from sdd_tui.run.data import some_training_data

SUMMARISED = 2_000
"""Training examples looked at in the end."""


def summary(config: RunConfig, W: Real, train_loss: float, test_loss: float) -> dict[str, Any]:
    """What came out, for the status file and the last words; encoder weights W are (m, n)."""
    H = hidden_vectors(W, some_training_data(config, SUMMARISED), config.model.hidden)
    D_f = dimensionality(W)
    geometry = describe(H)
    return {
        "solution": solution(train_loss, test_loss, D_f, H),
        "polygon": geometry.polygon,
        "stored": geometry.stored,
        "lost": geometry.lost,
        "two_circles": geometry.two_circles,
        "largest_D_f": float(D_f.max()),
        "dedicated_features": int((D_f >= DEDICATED).sum()),
        "reason": "",
        "advice": "",
    }

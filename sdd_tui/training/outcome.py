"""What came out of a run, in the words of its outcome."""

from __future__ import annotations

import math
from typing import Any

from sdd_tui.analysis.dimensionality import dimensionality, example_losses, hidden_vectors
from sdd_tui.analysis.geometry import describe
from sdd_tui.analysis.regimes import regime
from sdd_tui.config import RunConfig
from sdd_tui.engine.interface import State, Tensors
from sdd_tui.run.data import some_training_data

SUMMARISED = 2_000
"""Training examples looked at in the end."""

JUDGED = 500
"""Of these the ones whose own losses say whether they are memorised: 20 ms at n = 10,000."""


def summary(config: RunConfig, params: Tensors, test_loss: float) -> dict[str, Any]:
    """What came out, for the status file and the last words, of the first model of some parameters."""
    W = params.W[0]
    examples = some_training_data(config, SUMMARISED)
    D_f = dimensionality(W)
    geometry = describe(hidden_vectors(W, examples, config.model.hidden))
    judged = examples.rows(0, 0 if config.data.n_examples == "inf" else min(JUDGED, examples.n_rows))
    losses = example_losses(State.start(params, config.model.output, config.model.hidden), judged)
    found = regime(losses, D_f, test_loss, len(W))
    return {
        "solution": found.name,
        "memorised": None if math.isnan(found.memorised) else round(found.memorised, 4),
        "polygon": geometry.polygon,
        "stored": geometry.stored,
        "lost": geometry.lost,
        "two_circles": geometry.two_circles,
        "largest_D_f": float(D_f.max()),
        "dedicated_features": found.features,
        "reason": "",
        "advice": "",
    }

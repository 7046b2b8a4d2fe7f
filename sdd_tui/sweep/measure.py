"""Describes a finished cell: its losses, and what its parameters and its training data say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sdd_tui.config import RunConfig
from sdd_tui.engine.metrics import dimensionality, hidden_vectors
from sdd_tui.engine.setup import some_training_data
from sdd_tui.store import checkpoint
from sdd_tui.store.status import read_status
from sdd_tui.sweep.results import LISTS, REALS, Result

LARGEST_D_F = 8
MOST_D_X = 64
"""Examples up to which every D_X is kept."""


def measured(run: Path, config: RunConfig, cell: str, attempts: int, threads: int, session: str) -> Result:
    """The result of a cell whose run is finished. Raises NotFoundError, DamagedError."""
    status = read_status(run)
    outcome = status.get("outcome", {})
    shape = (config.model.n_hidden, config.data.n_features)
    state, _ = checkpoint.load(run, checkpoint.steps(run)[-1], shape, config.model.tied)
    W = np.asarray(state.params.W[0], np.float64)
    found: dict[str, Any] = {"D_f": np.sort(dimensionality(W))[::-1][:LARGEST_D_F]}
    T = config.data.n_examples
    if T != "inf":
        D_X = dimensionality(hidden_vectors(W, some_training_data(config, T)))
        found["D_X"] = np.quantile(D_X, [0, 0.25, 0.5, 0.75, 1])
        found["D_X_all"] = D_X if T <= MOST_D_X else np.zeros(0)
    values: dict[str, Any] = {name: tuple(round(float(v), 6) for v in found.get(name, ())) for name in LISTS}
    values |= {name: status.get(name) for name in ("step", *REALS)}
    values |= {name: outcome.get(name) for name in ("solution", "polygon", "stored", "lost", "dedicated_features")}
    return Result(cell, "finished", **values, threads=threads, attempts=attempts, session=session)

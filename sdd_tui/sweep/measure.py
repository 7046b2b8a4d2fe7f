"""Describes a finished cell: its losses, and what its parameters and its training data say."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from sdd_tui.analysis.dimensionality import Floats, dimensionality, example_losses, hidden_vectors
from sdd_tui.analysis.geometry import off_centre
from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import State
from sdd_tui.run import checkpoint
from sdd_tui.run.data import some_training_data
from sdd_tui.run.status import read_status
from sdd_tui.sweep.results import LISTS, LOSSES, CellResult

LARGEST_D_F = 8
MOST_D_X = 64
"""Examples up to which every D_X is kept."""

FOUND = ("solution", "memorised", "polygon", "stored", "lost", "dedicated_features")
"""What a run's outcome says."""

MOST_REPEATED = 64
"""Repeated examples looked at."""


def measured(run: Path, config: RunConfig, cell: str, attempts: int, threads: int, session: str) -> CellResult:
    """The result of a cell whose run is finished. Raises NotFoundError, DamagedError."""
    status = read_status(run)
    outcome = status.get("outcome", {})
    shape = (config.model.n_hidden, config.data.n_features)
    state, _ = checkpoint.load(run, checkpoint.steps(run)[-1], shape, config.model.tied)
    found: dict[str, Any] = {"D_f": np.sort(dimensionality(state.params.W[0]))[::-1][:LARGEST_D_F]}
    numbers: dict[str, Any] = {}
    T = config.data.n_examples
    if T != "inf":
        examples = some_training_data(config, T)
        H = hidden_vectors(state.params.W[0], examples, state.hidden)
        D_X = dimensionality(H)
        found["D_X"] = np.quantile(D_X, [0, 0.25, 0.5, 0.75, 1])
        found["D_X_all"] = D_X if T <= MOST_D_X else np.zeros(0)
        numbers["off_centre"] = off_centre(H)
        if config.data.repeats > 1:
            numbers |= _of_repeated(state, examples.rows(0, min(config.data.repeated, MOST_REPEATED)), D_X)
    values: dict[str, Any] = {name: tuple(round(float(v), 6) for v in found.get(name, ())) for name in LISTS}
    values |= {name: status.get(name) for name in ("step", *LOSSES)}
    values |= {name: value if math.isfinite(value) else None for name, value in numbers.items()}
    values |= {name: outcome.get(name) for name in FOUND}
    return CellResult(cell, "finished", **values, threads=threads, attempts=attempts, session=session)


def _of_repeated(state: State, examples: Examples, D_X: Floats) -> dict[str, float]:
    """What became of the first examples, which occur several times."""
    loss, share = example_losses(state, examples), D_X[: examples.n_rows]
    return {"repeated_loss": float(loss.mean()), "repeated_D_X": float(share.mean())}

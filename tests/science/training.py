"""Train a configuration to its end with the fused engine, without a run directory."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdd_tui import presets
from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.analysis.geometry import Geometry, describe
from sdd_tui.engine import setup
from sdd_tui.engine.data import Examples
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.run import data as run_data


@dataclass(frozen=True)
class Trained:
    """What the tests look at after the last step."""

    train_loss: float
    test_loss: float
    W: NDArray[np.float64]
    """(m, n)."""
    hidden: NDArray[np.float64]
    """(m, T)."""

    @property
    def geometry(self) -> Geometry:
        return describe(self.hidden)

    @property
    def D_f(self) -> NDArray[np.float64]:
        return dimensionality(self.W)

    @property
    def D_X(self) -> NDArray[np.float64]:
        return dimensionality(self.hidden)


@functools.cache
def train(preset: str, *overrides: str) -> Trained:
    """The preset with its overrides, trained in full; the test loss is over n_test = 10,000 examples."""
    config = presets.load(preset, overrides)
    assert config.data.n_features == 10_000 and config.optim.steps == 50_000 and config.data.n_test == 10_000
    engine = FusedCPU(config.precision, config.threads)
    examples = run_data.training_data(config)
    assert isinstance(examples, Examples)
    state, data = engine.place(setup.initial_state(config)), engine.load(examples)
    engine.advance(state, data, setup.schedule(config), config.optim.steps)
    W = np.asarray(engine.fetch(state).params.W[0], np.float64)
    train_loss = float(engine.evaluate(state, data)[0])
    test_loss = float(engine.evaluate(state, engine.load(run_data.test_data(config)))[0])
    return Trained(train_loss, test_loss, W, hidden_vectors(W, examples))

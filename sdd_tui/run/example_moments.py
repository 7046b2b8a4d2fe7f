"""The training examples that the sums in D_X and D* are over: all T of them, where pictures show only the first.

Numpy only. Invariant: a sum is over the T different examples, or an estimate of that; never over those shown alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sdd_tui.analysis.dimensionality import Floats, hidden_vectors
from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import Real
from sdd_tui.run.data import some_training_data

MOST_TERMS = 1_000_000
"""Active features times m that a frame's sum has: about 10 ms, so that frames can be played. All of T = 50,000 examples
of 10 active features at m = 2; of more the first ones stand for the rest."""


@dataclass(frozen=True)
class ExampleMoments:
    """The training set of a run, of which the first examples are shown; drawn when first asked for."""

    config: RunConfig
    shown: Examples

    @property
    def size(self) -> int:
        """T; with T = ∞ how many are shown, as there is no set to sum over."""
        T = self.config.data.n_examples
        return self.shown.n_rows if T == "inf" else T

    @property
    def summed(self) -> int:
        """How many of the first examples a sum is computed of."""
        d, m = self.config.data, self.config.model.n_hidden
        active = d.n_features * (1.0 if d.file else 1 - d.sparsity)
        return min(self.size, max(self.shown.n_rows, int(MOST_TERMS / (active * m))))

    @cached_property
    def examples(self) -> Examples:
        """Those examples, X (T, n) sparse. Raises NotFoundError and ConfigError where they are a file's."""
        return self.shown if self.summed == self.shown.n_rows else some_training_data(self.config, self.summed)

    @cached_property
    def _weights(self) -> Floats:
        """(summed,) training examples that each one stands for. Those that training repeats are like no others."""
        d = self.config.data
        special = d.repeated if d.repeats > 1 and d.repeated < self.summed else 0
        weights = np.full(self.summed, (self.size - special) / (self.summed - special))
        weights[:special] = 1.0
        return weights

    def moment(self, W: Real, H: Floats) -> Floats:
        """(m, m) Σ_j h_j h_jᵀ over the training examples for W (m, n); H (m, shown) are the first hidden vectors."""
        h = H if self.examples is self.shown else hidden_vectors(W, self.examples, self.config.model.hidden)
        return np.asarray((h if self.summed == self.size else h * self._weights) @ h.T)

"""A recorded step as readers give it: the parameters, and the hidden vectors that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import Activation
from sdd_tui.run.example_moments import ExampleMoments


@dataclass(frozen=True)
class FrameView:
    """The parameters at a recorded step, and what follows from them."""

    step: int
    W: NDArray[np.float32]
    """(m, n): column j is feature j's vector."""
    b: NDArray[np.float32]
    """(n,)."""
    V: NDArray[np.float32] | None
    """(m, n) decoder of an untied model."""
    examples: Examples
    """The training examples of H: all of them, or the first 2,000."""
    moments: ExampleMoments
    """Those that the sums of D_X and D* are over."""
    hidden: Activation = "linear"
    """What hidden vectors pass through."""

    @cached_property
    def H(self) -> NDArray[np.float64]:
        """(m, T): column i is the hidden vector h_i = W X_i, or ReLU(W X_i)."""
        return hidden_vectors(self.W, self.examples, self.hidden)

    @cached_property
    def moment(self) -> NDArray[np.float64]:
        """(m, m) Σ_j h_j h_jᵀ over all training examples, not only those of H."""
        return self.moments.moment(self.W, self.H)

    @cached_property
    def D_X(self) -> NDArray[np.float64]:
        """(T,) dimensionality of the examples of H among all training examples, in [0, 1]."""
        return dimensionality(self.H, self.moment)

"""A model at a step, and what its parameters mean, each computed when first asked for.

The one object that panels, figures, exports, notebooks and verification take; numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import (
    dimensionality,
    example_losses,
    hidden_vectors,
    maximal_dimensionality,
    norms,
)
from sdd_tui.analysis.geometry import LOST, Geometry, describe
from sdd_tui.analysis.projection import principal
from sdd_tui.analysis.solids import Solid, nearest_solid
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import Activation, Real, State, Tensors

Floats = NDArray[np.float64]

MOST_ELSEWHERE = 16
"""Features told of that are not active and have an output all the same."""


@dataclass(frozen=True)
class Reconstruction:
    """What the model makes of one example."""

    features: NDArray[np.int32]
    """(k,) active features."""
    values: NDArray[np.float32]
    """(k,) their values, x_j."""
    output: Floats
    """(k,) x'_j there."""
    loss: float
    """‖x' − x‖², in the paper's units; features count by their importance."""
    loss_there: float
    """The part of it at the active features."""
    elsewhere: NDArray[np.int64]
    """(k,) features that are not active and have the largest outputs; those that are 0 are left out."""
    output_elsewhere: Floats
    """(k,) x'_j there."""


class TrainingSet(Protocol):
    """The training examples that the sums in D_X and D* are over."""

    @property
    def size(self) -> int:
        """T."""

    @property
    def summed(self) -> int:
        """How many of the first examples a sum is computed of; it is an estimate where these are fewer."""

    def moment(self, W: Real, H: Floats) -> Floats:
        """(m, m) Σ_j h_j h_jᵀ over all of them, for W (m, n); H (m, shown) are the first hidden vectors."""


@dataclass(frozen=True)
class Snapshot:
    """The parameters of a model at a step, the examples it is shown with, and what follows from them."""

    step: int
    W: Real
    """(m, n) encoder: column j is feature j's vector."""
    b: Real
    """(n,) output bias."""
    V: Real | None
    """(m, n) decoder of an untied model."""
    examples: Examples
    """The training examples of H: all of them, or the first 2,000."""
    training_set: TrainingSet
    """Those that the sums of D_X and D* are over."""
    hidden: Activation = "linear"
    """What hidden vectors pass through."""
    output: Activation = "relu"
    """What the reconstruction passes through."""

    @cached_property
    def features(self) -> Floats:
        """(m, n) W in float64."""
        return np.asarray(self.W, np.float64)

    @cached_property
    def H(self) -> Floats:
        """(m, T): column i is the hidden vector h_i = W X_i, or ReLU(W X_i)."""
        return hidden_vectors(self.W, self.examples, self.hidden)

    @cached_property
    def moment(self) -> Floats:
        """(m, m) Σ_j h_j h_jᵀ over all training examples, not only those of H."""
        return self.training_set.moment(self.W, self.H)

    @cached_property
    def feature_norms(self) -> Floats:
        """(n,) ‖W_j‖."""
        return norms(self.W)

    @cached_property
    def hidden_norms(self) -> Floats:
        """(T,) ‖h_i‖."""
        return norms(self.H)

    @cached_property
    def D_f(self) -> Floats:
        """(n,) feature dimensionality."""
        return dimensionality(self.W)

    @cached_property
    def D_X(self) -> Floats:
        """(T,) dimensionality of the examples of H among all training examples, in [0, 1]."""
        return dimensionality(self.H, self.moment)

    @cached_property
    def D_star(self) -> Floats:
        """(T,) maximal data dimensionality of the examples shown, among all training examples."""
        shown = self.training_set.size == self.H.shape[1]
        return maximal_dimensionality(self.H, None if shown else self.moment)

    @cached_property
    def geometry(self) -> Geometry:
        """Shape of the hidden vectors."""
        return describe(self.H)

    @cached_property
    def solid(self) -> Solid | None:
        """The solid that the hidden vectors away from the origin stand on, for m = 3."""
        radii = self.geometry.radii
        return nearest_solid(self.H[:, radii > LOST * radii.max(initial=0.0)])

    @cached_property
    def principal(self) -> Floats:
        """(k, m) principal axes of features and hidden vectors together; k is m, at most 3."""
        return principal(self.features, self.H, dimensions=min(3, len(self.W)))

    def active(self, i: int) -> NDArray[np.int32]:
        """(k,) features active in example i."""
        return self.examples.indices[int(self.examples.indptr[i]) : int(self.examples.indptr[i + 1])]

    def active_in(self, j: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(k,) examples of H that feature j is active in, and its value x_j in each."""
        at = np.flatnonzero(self.examples.indices == j)
        return np.searchsorted(self.examples.indptr, at, side="right") - 1, self.examples.values[at]

    def overlay(self, examples: Examples) -> Floats:
        """(m, k) hidden vectors of other examples."""
        return hidden_vectors(self.W, examples, self.hidden)

    def example_losses(self, count: int) -> Floats:
        """(k,) own loss of each of the first `count` training examples, in the paper's units."""
        params = Tensors(self.W[None], self.b[None], None if self.V is None else self.V[None])
        return example_losses(State.start(params, self.output, self.hidden), self.examples.rows(0, count))

    def reconstruction(self, i: int) -> Reconstruction:
        """What the model makes of training example i."""
        e = self.examples
        inside = slice(int(e.indptr[i]), int(e.indptr[i + 1]))
        j, x = e.indices[inside], e.values[inside]
        V = np.asarray(self.W if self.V is None else self.V, np.float64)
        out = V.T @ self.H[:, i] + self.b
        if self.output == "relu":
            out = np.maximum(out, 0)
        made = out[j]
        others = out.copy()
        others[j] = 0
        largest = np.argsort(-np.abs(others), kind="stable")[:MOST_ELSEWHERE]
        elsewhere = largest[others[largest] != 0]
        out[j] -= x  # the residuals: subtracting sums of squares loses every digit when the model memorises
        squared = out * out if e.importance is None else e.importance * out * out
        loss, there = float(squared.sum()), float(squared[j].sum())
        return Reconstruction(j, x, made, loss, there, elsewhere, others[elsewhere])

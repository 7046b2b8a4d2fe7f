"""One frame and what follows from it, each computed when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors, maximal_dimensionality, norms
from sdd_tui.analysis.geometry import Geometry, describe
from sdd_tui.analysis.projection import along_axes, principal, turning
from sdd_tui.engine.data import Examples
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.frame_view import FrameView

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


class Snapshot:
    """A run at one recorded step."""

    def __init__(self, frame: FrameView, relu: bool = True) -> None:
        self.frame = frame
        self._relu = relu

    @property
    def step(self) -> int:
        """Its step."""
        return self.frame.step

    @cached_property
    def W(self) -> Floats:
        """(m, n) in float64."""
        return np.asarray(self.frame.W, np.float64)

    @cached_property
    def H(self) -> Floats:
        """(m, T) hidden vectors of the training examples shown."""
        return self.frame.H

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
        """(T,) dimensionality of the examples shown, among all training examples."""
        return self.frame.D_X

    @cached_property
    def D_star(self) -> Floats:
        """(T,) maximal data dimensionality of the examples shown, among all training examples."""
        shown = self.frame.moments.size == self.H.shape[1]
        return maximal_dimensionality(self.H, None if shown else self.frame.moment)

    @cached_property
    def geometry(self) -> Geometry:
        """Shape of the hidden vectors."""
        return describe(self.H)

    @cached_property
    def _principal(self) -> Floats:
        return principal(self.W, self.H, dimensions=min(3, len(self.W)))

    def basis(self, look: ViewOptions) -> Floats:
        """(2, m): what the planes show of m hidden dimensions; all there is for m up to 2."""
        m = len(self.W)
        if m <= 2:
            return np.eye(2, m)
        if look.projection == "axes":
            return along_axes(m, *look.axes)
        return self._principal[:2] if look.projection == "principal" else turning(self._principal, look.turn)

    def overlay(self, examples: Examples) -> Floats:
        """(m, k) hidden vectors of other examples."""
        return hidden_vectors(self.frame.W, examples, self.frame.hidden)

    def reconstruction(self, i: int) -> Reconstruction:
        """What the model makes of training example i."""
        e = self.frame.examples
        inside = slice(int(e.indptr[i]), int(e.indptr[i + 1]))
        j, x = e.indices[inside], e.values[inside]
        V = self.W if self.frame.V is None else np.asarray(self.frame.V, np.float64)
        out = V.T @ self.H[:, i] + self.frame.b
        if self._relu:
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

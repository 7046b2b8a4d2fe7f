"""What is measured of a model, as functions on arrays. Numpy only; everything is O(n m²) or O(T m²).

Both dimensionalities reduce to m × m moments: Σ_j (v̂_i · v_j)² = v_iᵀ (Σ_j v_j v_jᵀ) v_i / ‖v_i‖².
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import Activation, Real, State

Floats = NDArray[np.float64]


def hidden_vectors(W: Real, examples: Examples, hidden: Activation = "linear") -> Floats:
    """H (m, T): column i is h_i = W X_i, for W (m, n), or ReLU(W X_i)."""
    if examples.n_rows == 0:
        return np.zeros((len(W), 0))
    products = np.asarray(W, np.float64)[:, examples.indices] * examples.values
    H = np.asarray(np.add.reduceat(products, examples.indptr[:-1], axis=1))
    return np.maximum(H, 0) if hidden == "relu" else H


def norms(vectors: Real | Floats) -> Floats:
    """(k,) lengths of the columns of an (m, k) array; of W they are the feature norms ‖W_j‖."""
    return np.asarray(np.sqrt((np.asarray(vectors, np.float64) ** 2).sum(axis=0)))


def dimensionality(vectors: Real | Floats, moment: Floats | None = None) -> Floats:
    """(k,) share of a hidden dimension that each column of an (m, k) array has to itself, in [0, 1].

    D_i = ‖v_i‖² / Σ_j (v̂_i · v_j)²; 0 for a zero vector. Of W it is feature dimensionality D_f, of H example
    dimensionality D_X. T vectors on a regular T-gon have m/T each. Toy Models of Superposition, "feature
    dimensionality"; Superposition, Memorization, and Double Descent, "example dimensionality".
    Where the columns are only some of the vectors, `moment` is Σ_j v_j v_jᵀ (m, m) over all of them.
    """
    v = np.asarray(vectors, np.float64)
    squared = (v * v).sum(axis=0)
    moments = v @ v.T if moment is None else moment  # (m, m)
    spread = (v * (moments @ v)).sum(axis=0)  # ‖v_i‖² Σ_j (v̂_i · v_j)²
    return np.asarray(np.divide(squared**2, spread, out=np.zeros_like(squared), where=spread > 0))


def maximal_dimensionality(hidden: Real | Floats, moment: Floats | None = None) -> Floats:
    """(T,) D*_i = sup_v (v·h_i)² / Σ_j (v·h_j)² = h_iᵀ (Σ_j h_j h_jᵀ)⁻¹ h_i for H (m, T); they sum to rank H.

    A leverage score. The page's footnote prints another exponent; this is the one that satisfies its definition.
    Where the columns are only some of the vectors, `moment` is Σ_j h_j h_jᵀ (m, m) over all of them. NaN where a vector
    or the moment is not finite: the sum then isn't either.
    """
    h = np.asarray(hidden, np.float64)
    if h.size == 0:
        return np.zeros(h.shape[1])
    if not (np.isfinite(h).all() and (moment is None or np.isfinite(moment).all())):
        return np.full(h.shape[1], np.nan)
    if moment is not None:
        return np.asarray((h * (np.linalg.pinv(moment, rcond=1e-12, hermitian=True) @ h)).sum(axis=0))
    _, s, vt = np.linalg.svd(h, full_matrices=False)
    rank = int((s > s[0] * 1e-12).sum()) if s[0] > 0 else 0
    return np.asarray((vt[:rank] ** 2).sum(axis=0))


def example_losses(state: State, examples: Examples) -> Floats:
    """(T,) loss of each example under the first model of a state, in the paper's units. O(T n m): for a few examples.

    Engines evaluate the whole set's mean faster; this one needs none.
    """
    params = state.params
    W, b = params.W[0], np.asarray(params.b[0], np.float64)
    V = np.asarray(W if params.V is None else params.V[0], np.float64)
    found = np.zeros(examples.n_rows)
    for i, h in enumerate(hidden_vectors(W, examples, state.hidden).T):
        inside = slice(int(examples.indptr[i]), int(examples.indptr[i + 1]))
        out = V.T @ h + b
        if state.output == "relu":
            out = np.maximum(out, 0)
        out[examples.indices[inside]] -= examples.values[inside]  # residuals, which keep their digits when it memorises
        squared = out * out
        found[i] = float((squared if examples.importance is None else examples.importance * squared).sum())
    return found

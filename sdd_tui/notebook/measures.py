"""The paper's measures, as functions on arrays: what a notebook computes of any model, ours or not.

Numpy only, float64 inside. Shapes: W (m, n) with feature j's vector in column j, b (n,), X (T, n) with an example in
each row, H (m, T) with a hidden vector in each column.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sdd_tui.analysis import dimensionality
from sdd_tui.analysis import geometry as shapes
from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.errors import ArrayError, plain

Floats = NDArray[np.float64]
Activation = Literal["relu", "linear"]

CHUNK = 512
"""Examples computed at once."""


def hidden_vectors(W: ArrayLike, X: ArrayLike | Examples, hidden: Activation = "linear") -> Floats:
    """h_i = W X_i of every example: H (m, T), for W (m, n) and X (T, n) or sparse `Examples`.

    `hidden="relu"` takes ReLU(W X_i). "Superposition, Memorization, and Double Descent", set-up.
    Raises ArrayError for shapes that do not fit, or numbers that are not finite.
    """
    weights = _matrix("W (m, n)", W)
    _activation("hidden", hidden)
    if isinstance(X, Examples):
        _same("n", weights.shape[1], "W (m, n)", X.n_features, "X (T, n)")
        return dimensionality.hidden_vectors(weights, X, hidden)
    examples = _matrix("X (T, n)", X)
    _same("n", weights.shape[1], "W (m, n)", examples.shape[1], "X (T, n)")
    H = weights @ examples.T
    return np.maximum(H, 0) if hidden == "relu" else H


def feature_norms(W: ArrayLike) -> Floats:
    """‖W_j‖ of every feature: (n,), for W (m, n). Raises ArrayError."""
    return dimensionality.norms(_matrix("W (m, n)", W))


def feature_dimensionality(W: ArrayLike) -> Floats:
    """D_f, the share of a hidden dimension that each feature has to itself: (n,) in [0, 1], for W (m, n).

    D_f[i] = ‖W_i‖² / Σ_j (Ŵ_i · W_j)², with Ŵ_i = W_i / ‖W_i‖; 0 for a feature with no embedding.
    Toy Models of Superposition, "feature dimensionality". Raises ArrayError.
    """
    return dimensionality.dimensionality(_matrix("W (m, n)", W))


def example_dimensionality(H: ArrayLike) -> Floats:
    """D_X, the share of a hidden dimension that each training example has to itself: (T,) in [0, 1], for H (m, T).

    D_X[i] = ‖h_i‖² / Σ_j (ĥ_i · h_j)², with ĥ_i = h_i / ‖h_i‖; 0 for an example at the origin. T examples on a regular
    T-gon have m/T each. "Superposition, Memorization, and Double Descent", "dimensionality". Raises ArrayError.
    """
    return dimensionality.dimensionality(_matrix("H (m, T)", H))


def maximal_data_dimensionality(H: ArrayLike) -> Floats:
    """D*, the largest dimensionality that any direction could give each example: (T,) in [0, 1], for H (m, T).

    D*[i] = sup_v (v·h_i)² / Σ_j (v·h_j)² = h_iᵀ (Σ_j h_j h_jᵀ)⁻¹ h_i, a leverage score; they sum to the rank of H.
    "Superposition, Memorization, and Double Descent", footnote (whose printed exponent does not satisfy its own
    definition; this does). Raises ArrayError.
    """
    return dimensionality.maximal_dimensionality(_matrix("H (m, T)", H))


def reconstruction(
    W: ArrayLike,
    b: ArrayLike,
    X: ArrayLike | Examples,
    V: ArrayLike | None = None,
    output: Activation = "relu",
    hidden: Activation = "linear",
) -> Floats:
    """x' = output(Vᵀ h + b) with h = hidden(W x) of every example: (T, n), for W and V (m, n), b (n,) and X (T, n).

    V is the decoder, W itself when left out; X may be sparse `Examples`. "Superposition, Memorization, and Double
    Descent", set-up: x' = ReLU(Wᵀ W x + b). Raises ArrayError.
    """
    weights = _matrix("W (m, n)", W)
    _activation("output", output)
    decoder = weights if V is None else _matrix("V (m, n)", V)
    bias = _finite("b (n,)", b, 1)
    _same("m", len(weights), "W (m, n)", len(decoder), "V (m, n)")
    for found, name in ((decoder.shape[1], "V (m, n)"), (len(bias), "b (n,)")):
        _same("n", weights.shape[1], "W (m, n)", found, name)
    z = hidden_vectors(weights, X, hidden).T @ decoder + bias
    return np.maximum(z, 0) if output == "relu" else z


def loss(
    W: ArrayLike,
    b: ArrayLike,
    X: ArrayLike | Examples,
    V: ArrayLike | None = None,
    output: Activation = "relu",
    hidden: Activation = "linear",
    importance: ArrayLike | None = None,
) -> float:
    """Mean over T examples of ‖x' − x‖², in the paper's units: the zero output scores 1 on examples of length 1.

    W and V (m, n), b (n,), X (T, n) or sparse `Examples`, importance (n,): the weights I_j of Σ_j I_j (x'_j − x_j)², 1
    when left out (then those of `Examples` count, where they have any). Computed from float64 residuals, so that losses
    of 1e-11 keep their digits. "Superposition, Memorization, and Double Descent", set-up. Raises ArrayError.
    """
    examples = X if isinstance(X, Examples) else _matrix("X (T, n)", X)
    T = examples.n_rows if isinstance(examples, Examples) else len(examples)
    weights = importance if importance is not None or not isinstance(X, Examples) else X.importance
    I = None if weights is None else _finite("importance (n,)", weights, 1)  # noqa: E741  # the paper's letter
    total = 0.0
    for start in range(0, T, CHUNK):
        if isinstance(examples, Examples):
            x = examples.rows(start, start + CHUNK).dense().astype(np.float64)
        else:
            x = examples[start : start + CHUNK]
        squared = (reconstruction(W, b, x, V, output, hidden) - x) ** 2
        if I is not None:
            _same("n", squared.shape[1], "X (T, n)", len(I), "importance (n,)")
            squared *= I
        total += float(squared.sum())
    if T == 0:
        raise ArrayError("X (T, n): has no examples.")
    return total / T


def geometry(H: ArrayLike) -> shapes.Geometry:
    """What the hidden vectors H (m, T) look like: lengths, angles and gaps in degrees, stored and lost ones, a polygon.

    An example shorter than 10 % of the longest is lost; a polygon's gaps differ from 360°/k by 6° at most for k up to
    6, in proportion beyond (our thresholds). Raises ArrayError.
    """
    return shapes.describe(_matrix("H (m, T)", H))


def _matrix(name: str, array: ArrayLike) -> Floats:
    return _finite(name, array, 2)


def _finite(name: str, array: ArrayLike, dimensions: int) -> Floats:
    if isinstance(array, FreshExamples):
        raise ArrayError(f"{name}: are fresh examples at every step, T = ∞. Take some: .steps(0, 1) is a batch.")
    if np.ma.is_masked(array):
        raise ArrayError(f"{name}: holds masked numbers.")
    try:
        given = np.asarray(array)
        if given.dtype.kind not in "biufO":
            raise TypeError(f"it has the type {given.dtype}")
        found = np.asarray(given, np.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # a tensor with a gradient says that it has to be detached
        raise ArrayError(f"{name}: is no array of real numbers: {plain(str(error).rstrip('.'), 200)}.") from None
    if found.ndim != dimensions:
        raise ArrayError(f"{name}: has the shape {found.shape}, and needs {dimensions} dimensions.")
    if not np.isfinite(found).all():
        raise ArrayError(f"{name}: holds numbers that are not finite.")
    return found


def _activation(name: str, given: str) -> None:
    if given not in get_args(Activation):
        raise ArrayError(f"{name}: {plain(repr(given))} is not one of {', '.join(get_args(Activation))}.")


def _same(what: str, one: int, first: str, other: int, second: str) -> None:
    if one != other:
        raise ArrayError(f"{second}: has {what} = {other:,}, and {first} has {what} = {one:,}.")

"""From m hidden dimensions to the two of a screen: two of the axes, principal components, or a turning view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TILT = np.radians(20.0)
"""How far a turning view looks down on the plane it turns in."""


def along_axes(m: int, first: int, second: int) -> Floats:
    """(2, m): the projection to two hidden dimensions, taken modulo m."""
    basis = np.zeros((2, m))
    basis[0, first % m] = basis[1, second % m] = 1
    return basis


def principal(*sets: Floats, dimensions: int = 2) -> Floats:
    """(dimensions, m): the principal axes of sets of vectors (m, k) around the origin, each set with the same weight.

    Signs are fixed by making each axis's largest entry positive, so that pictures of neighbouring steps agree. Vectors
    that are not finite count as none.
    """
    m = len(sets[0])
    moments = np.zeros((m, m))
    for v in sets:
        finite = v[:, np.isfinite(v).all(axis=0)]
        scaled = finite / max(float(np.abs(finite).max(initial=0.0)), 1e-300)  # squares of 1e300 would be infinite
        part = scaled @ scaled.T
        moments += part / max(float(np.trace(part)), 1e-300)
    _, vectors = np.linalg.eigh(moments)
    basis = vectors[:, ::-1][:, :dimensions].T
    sign = np.sign(basis[np.arange(len(basis)), np.abs(basis).argmax(axis=1)])
    return np.asarray(basis * np.where(sign == 0, 1, sign)[:, None])


def turning(basis: Floats, degrees: float) -> Floats:
    """(2, m): a view of three axes (3, m), turned about the upright one by `degrees` and tilted towards the eye."""
    a = np.radians(degrees)
    x = np.cos(a) * basis[0] + np.sin(a) * basis[2]
    depth = -np.sin(a) * basis[0] + np.cos(a) * basis[2]
    return np.stack([x, np.cos(TILT) * basis[1] + np.sin(TILT) * depth])


def towards_eye(basis: Floats, degrees: float) -> Floats:
    """(m,): the direction that a turning view is looked at from, which is upright on both of its own."""
    a = np.radians(degrees)
    depth = -np.sin(a) * basis[0] + np.cos(a) * basis[2]
    return np.asarray(np.sin(TILT) * basis[1] - np.cos(TILT) * depth)

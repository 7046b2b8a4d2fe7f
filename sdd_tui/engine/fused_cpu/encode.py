"""Hidden vectors: H = X Wᵀ, cut off at 0 where the hidden layer is a ReLU, and the way back through that."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.team import one_by_one


@kernel
def encode(dims, W, rows, H, row0, first, last):
    """H[t] = W x for examples first to last of the batch that starts at row `row0`."""
    indptr, indices, values = rows
    M = len(dims)
    zero = H.dtype.type(0)
    if M > 0:
        for t in range(first, last):
            h0 = h1 = h2 = zero
            for p in range(indptr[row0 + t], indptr[row0 + t + 1]):
                i, x = one_by_one(indices, p), values[p]
                h0 += x * W[0, i]
                if M > 1:
                    h1 += x * W[1, i]
                if M > 2:
                    h2 += x * W[2, i]
            H[t, 0] = h0
            if M > 1:
                H[t, 1] = h1
            if M > 2:
                H[t, 2] = h2
        return
    for k in range(W.shape[0]):
        w = W[k]
        for t in range(first, last):
            total = zero
            for p in range(indptr[row0 + t], indptr[row0 + t + 1]):
                total += values[p] * w[indices[p]]
            H[t, k] = total


@kernel
def stop_at(H, first, last, low):
    """H[t] = max(H[t], low) for examples first to last; -inf leaves it alone."""
    if low == -np.inf:
        return
    for t in range(first, last):
        for k in range(H.shape[1]):
            H[t, k] = max(H[t, k], low)


@kernel
def stop_gradient_at(dH, H, first, last, low):
    """dH = 0 where `stop_at` left the lowest value."""
    if low == -np.inf:
        return
    for t in range(first, last):
        for k in range(H.shape[1]):
            if H[t, k] <= low:
                dH[t, k] = 0

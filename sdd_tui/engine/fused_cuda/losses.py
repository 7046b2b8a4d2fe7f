"""Exact losses: float64 residuals summed example by example.

Subtracting the two large sums of the training kernels, or float32 residuals below 1e-11, would give nonsense when the
model memorises; here x is subtracted from z's activation before anything is squared.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import triton
import triton.language as tl

from sdd_tui.engine.fused_cuda.pairs import NAN


@triton.jit(do_not_specialize=["n_rows", "n", "m", "n_params"])
def losses(
    indptr, indices, values, models, theta, roots, H, out, n_rows, n, m, n_params, low,
    M: tl.constexpr, E: tl.constexpr, F: tl.constexpr, P: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """out[t] = Σ I (max(z, low) - x)² of E examples, in float64; H is float64, features of an example ascend."""
    t = tl.program_id(0) * E + tl.arange(0, E)
    inside = t < n_rows
    V = theta + tl.load(models + t, mask=inside, other=0).to(tl.int64) * n_params  # (E,)
    p = tl.load(indptr + t, mask=inside, other=0)
    last = tl.load(indptr + t + 1, mask=inside, other=0)
    total = tl.zeros((E,), tl.float64)
    for j0 in range(0, n, F):
        j = j0 + tl.arange(0, F)
        here = inside[:, None] & (j < n)[None, :]
        z = tl.load(V[:, None] + m * n + j[None, :], mask=here, other=0.0).to(tl.float64)  # (E, F)
        for k in range(0, m):
            h = tl.load(H + t.to(tl.int64) * M + k, mask=inside, other=0.0)
            z += h[:, None] * tl.load(V[:, None] + k * n + j[None, :], mask=here, other=0.0).to(tl.float64)
        r = tl.where(here, tl.maximum(z, low, propagate_nan=NAN), 0.0)
        # How many of an example's features lie in this tile, then these one by one.
        count = tl.zeros((E,), tl.int32)
        behind = tl.max(last - p)
        for q in range(0, behind, P):
            place = p[:, None] + (q + tl.arange(0, P))[None, :]
            i = tl.load(indices + place, mask=place < last[:, None], other=n + F)
            count += tl.sum((i < j0 + F).to(tl.int32), axis=1)
        for q in range(0, tl.max(count)):
            now = q < count
            i = tl.load(indices + p + q, mask=now, other=-1)
            x = tl.load(values + p + q, mask=now, other=0.0).to(tl.float64)
            r -= tl.where(i[:, None] == j[None, :], x[:, None], 0.0)
        p += count
        if WEIGHTED:
            r *= tl.load(roots + j, mask=j < n, other=0.0)[None, :]
        total += tl.sum(r * r, axis=1)
    tl.store(out + t, total, mask=inside)

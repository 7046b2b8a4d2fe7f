"""Exact losses: float64 residuals summed example by example.

Subtracting the two large sums of the training kernels, or float32 residuals below 1e-11, would give nonsense when the
model memorises; here x is subtracted from z's activation before anything is squared.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import triton
import triton.language as tl

TILE = tl.constexpr(3)
"""Numbers of a tile of examples: model, first row, last row."""


@triton.jit(do_not_specialize=["n_rows", "n"])
def losses(
    tiles, indptr, indices, values, theta, roots, H, out, n_rows, n, low,
    m: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, E: tl.constexpr, F: tl.constexpr,
    WEIGHTED: tl.constexpr,
):  # fmt: skip
    """out[t] = Σ I (max(z, low) - x)² of a tile's examples, in float64; H is float64, features of an example ascend.

    With a second axis of programs the examples are those of that many models, one after another in H and out.
    """
    tile = tiles + tl.program_id(0) * TILE
    t = tl.load(tile + 1) + tl.arange(0, E)
    inside = t < tl.load(tile + 2)
    row = (tl.program_id(1) * n_rows + t).to(tl.int64)
    V = theta + (tl.load(tile) + tl.program_id(1)).to(tl.int64) * n * STRIDE
    p = tl.load(indptr + t, mask=inside, other=0)
    last = tl.load(indptr + t + 1, mask=inside, other=0)
    i = tl.load(indices + p, mask=p < last, other=n + F)  # each example's next active feature
    total = tl.zeros((E, F), tl.float64)
    for j0 in range(0, n, F):
        j = j0 + tl.arange(0, F)
        here = j < n
        z = tl.zeros((E, F), tl.float64) + tl.load(V + j * STRIDE + m, mask=here, other=0.0).to(tl.float64)[None, :]
        for k in range(0, m):
            h = tl.load(H + row[:, None] * ROW + k, mask=inside[:, None], other=0.0)  # (E, 1)
            z += h * tl.load(V + j * STRIDE + k, mask=here, other=0.0).to(tl.float64)[None, :]
        r = tl.where(here[None, :], tl.where(z <= low, low, z), 0.0)  # a NaN stays one
        while tl.max((i < j0 + F).to(tl.int32), axis=0) > 0:
            now = i < j0 + F
            x = tl.load(values + p, mask=now, other=0.0).to(tl.float64)
            r -= tl.where(i[:, None] == j[None, :], x[:, None], 0.0)
            p += now.to(p.dtype)
            i = tl.load(indices + p, mask=p < last, other=n + F)
        if WEIGHTED:
            r *= tl.load(roots + j, mask=here, other=0.0)[None, :]
        total += r * r
    tl.store(out + row, tl.sum(total, axis=1), mask=inside)

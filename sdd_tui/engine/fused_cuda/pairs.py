"""The sums over all (feature, example) pairs as if every x were zero: r = max(z, low), z = Vᵀ h + b.

Two passes, each of which computes r anew: `features_pass` keeps a tile of features in registers and walks along
examples, adding up Σ_t r h and Σ_t r; `examples_pass` keeps a tile of examples and walks along features, adding up
Σ_i r v. Neither has to exchange sums between threads, and nothing T × n is written. `low` is 0 for ReLU, else -inf.

Two forms. M ≤ 8 hidden dimensions: products and sums in registers. Triton would turn a product summed over 16 or more
into a matrix product in tf32, so no block of such a sum may reach 16. Larger M: matrix products in blocks, by `tl.dot`
with tf32x3, which is as exact as float32. M is m rounded up to a power of two; the columns beyond m are zero.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import triton
import triton.language as tl

ITEM = tl.constexpr(6)
"""Numbers an item of a work list: model, first row, last row, part, first feature, last feature."""

NAN = tl.constexpr(tl.PropagateNan.ALL)
"""A maximum of NaN is NaN: divergence must not hide behind ReLU."""


@triton.jit
def add_examples(sums, bias_sums, h, v, b, low, inside, M: tl.constexpr, MASKED: tl.constexpr):
    """One block of examples h (L, M) added to the sums (M, F) and (F,) of the features v (M, F), b (F,)."""
    if M <= 8:
        z = tl.sum(h[:, :, None] * v[None, :, :], axis=1) + b[None, :]  # (L, F)
        r = tl.maximum(z, low, propagate_nan=NAN)
        sums += tl.sum(r[:, None, :] * h[:, :, None], axis=0)
    else:
        z = tl.dot(h, v, input_precision="tf32x3", out_dtype=v.dtype) + b[None, :]
        r = tl.maximum(z, low, propagate_nan=NAN)
        sums = tl.dot(tl.trans(h), r, sums, input_precision="tf32x3", out_dtype=v.dtype)
    if MASKED:  # beyond the last example h is 0, and so is r h, but not r
        r = tl.where(inside[:, None], r, 0.0)
    return sums, bias_sums + tl.sum(r, axis=0)


@triton.jit(do_not_specialize=["m"])
def features_pass(
    items, theta, roots, H, parts, n, m, n_params, low,
    M: tl.constexpr, F: tl.constexpr, L: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """parts[item's part] (m + 1, n) = Σ r h and Σ r over the item's examples, for one tile of F features.

    `theta` holds a model's V in its first m rows and b in the next; `roots` √I where features differ in importance.
    """
    item = items + tl.program_id(0) * ITEM
    model, row0, row1 = tl.load(item), tl.load(item + 1), tl.load(item + 2)
    part = tl.load(item + 3).to(tl.int64)
    j = tl.program_id(1) * F + tl.arange(0, F)
    k = tl.arange(0, M)
    theta += model.to(tl.int64) * n_params
    here = (k < m)[:, None] & (j < n)[None, :]
    at = k[:, None] * n + j[None, :]
    v = tl.load(theta + at, mask=here, other=0.0)  # (M, F)
    b = tl.load(theta + m * n + j, mask=j < n, other=0.0)
    if WEIGHTED:
        root = tl.load(roots + j, mask=j < n, other=0.0)
        v, b = v * root[None, :], b * root
    sums, bias_sums = tl.zeros((M, F), v.dtype), tl.zeros((F,), v.dtype)
    whole = row0 + (row1 - row0) // L * L
    step = tl.arange(0, L)
    for first in range(row0, whole, L):
        t = (first + step).to(tl.int64)
        h = tl.load(H + t[:, None] * M + k[None, :])  # (L, M)
        sums, bias_sums = add_examples(sums, bias_sums, h, v, b, low, t < row1, M, False)
    if whole < row1:
        t = (whole + step).to(tl.int64)
        h = tl.load(H + t[:, None] * M + k[None, :], mask=(t < row1)[:, None], other=0.0)
        sums, bias_sums = add_examples(sums, bias_sums, h, v, b, low, t < row1, M, True)
    parts += part * (m + 1) * n
    tl.store(parts + at, sums, mask=here)
    tl.store(parts + m * n + j, bias_sums, mask=j < n)


@triton.jit(do_not_specialize=["n_rows", "m"])
def examples_pass(
    items, theta, roots, H, parts, n, m, n_params, n_rows, low,
    M: tl.constexpr, E: tl.constexpr, L: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """parts[item's part] (rows, M) = Σ r v over the item's features, for the item's examples, at most E.

    Features beyond the last count as v = b = 0, which gives r v = 0 whatever the output.
    """
    item = items + tl.program_id(0) * ITEM
    model, row0, row1 = tl.load(item), tl.load(item + 1), tl.load(item + 2)
    part = tl.load(item + 3).to(tl.int64)
    j0, j1 = tl.load(item + 4), tl.load(item + 5)
    theta += model.to(tl.int64) * n_params
    t = (row0 + tl.arange(0, E)).to(tl.int64)
    k = tl.arange(0, M)
    step = tl.arange(0, L)
    parts += part * n_rows * M
    if M <= 8:
        at = t[None, :] * M + k[:, None]
        h = tl.load(H + at, mask=(t < row1)[None, :], other=0.0)  # (M, E)
        sums = tl.zeros((M, E), h.dtype)
        for first in range(j0, j1, L):
            j = first + step
            here = (j < j1)[:, None] & (k < m)[None, :]
            v = tl.load(theta + k[None, :] * n + j[:, None], mask=here, other=0.0)  # (L, M)
            b = tl.load(theta + m * n + j, mask=j < j1, other=0.0)
            if WEIGHTED:
                root = tl.load(roots + j, mask=j < j1, other=0.0)
                v, b = v * root[:, None], b * root
            z = tl.sum(v[:, :, None] * h[None, :, :], axis=1) + b[:, None]  # (L, E)
            r = tl.maximum(z, low, propagate_nan=NAN)
            sums += tl.sum(r[:, None, :] * v[:, :, None], axis=0)
        tl.store(parts + at, sums, mask=(t < row1)[None, :])
    else:
        at = t[:, None] * M + k[None, :]
        h = tl.load(H + at, mask=(t < row1)[:, None], other=0.0)  # (E, M)
        sums = tl.zeros((E, M), h.dtype)
        for first in range(j0, j1, L):
            j = first + step
            here = (k < m)[:, None] & (j < j1)[None, :]
            v = tl.load(theta + k[:, None] * n + j[None, :], mask=here, other=0.0)  # (M, L)
            b = tl.load(theta + m * n + j, mask=j < j1, other=0.0)
            if WEIGHTED:
                root = tl.load(roots + j, mask=j < j1, other=0.0)
                v, b = v * root[None, :], b * root
            z = tl.dot(h, v, input_precision="tf32x3", out_dtype=v.dtype) + b[None, :]  # (E, L)
            r = tl.maximum(z, low, propagate_nan=NAN)
            sums = tl.dot(r, tl.trans(v), sums, input_precision="tf32x3", out_dtype=v.dtype)
        tl.store(parts + at, sums, mask=(t < row1)[:, None])

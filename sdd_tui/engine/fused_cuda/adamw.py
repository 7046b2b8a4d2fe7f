"""The gradient's last sums and AdamW on them, as torch's: decoupled decay, bias-corrected moments.

Denormal moments are set to zero. A program takes the rows of parameters of F features; what pads a row stays 0.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import triton
import triton.language as tl

from sdd_tui.engine.schedule import FLUSH

N_CONSTANTS = 6
"""Numbers of a model's line of constants: β1, 1 - β1, β2, 1 - β2, ε, and 2/T or 2/(T n)."""

TINY = tl.constexpr(FLUSH)

FEW = tl.constexpr(4)
"""Parts that are added in one go where a model has no more: many small models in a batch have so few."""


@triton.jit
def summed_parts(parts, at, here, first, last, size, S: tl.constexpr):
    """Σ of parts[first:last] at the places `at` (F, K), S of them at once; a part has `size` numbers."""
    part = (first + tl.arange(0, S)).to(tl.int64)[:, None, None]
    return tl.sum(
        tl.load(parts + part * size + at[None, :, :], mask=(part < last) & here[None, :, :], other=0.0), axis=0
    )


@triton.jit
def summed_gradient(
    parts, slabs, roots, sums, starts, segment_at, n, model, j, k,
    m: tl.constexpr, STRIDE: tl.constexpr, ENCODER: tl.constexpr, S: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """(F, K) a model's gradient, not yet scaled, at the numbers k of the rows of the features j: the dense pass's
    parts, then the segments.

    Parts slabs[model] to slabs[model + 1] and segments starts[feature] to starts[feature + 1] are this model's.
    """
    inside = j < n
    dense = inside[:, None] & (k <= m)[None, :]
    first, last = tl.load(slabs + model), tl.load(slabs + model + 1)
    s0 = tl.load(starts + segment_at + j, mask=inside, other=0)
    s1 = tl.load(starts + segment_at + j + 1, mask=inside, other=0)
    at, size = k[None, :] * n + j[:, None], n.to(tl.int64) * (m + 1)
    if last - first <= FEW:
        g = summed_parts(parts, at, dense, first, last, size, FEW)
    else:
        g = tl.zeros(at.shape, parts.dtype.element_ty)
        for some in range(first, last, S):
            g += summed_parts(parts, at, dense, some, last, size, S)
    if WEIGHTED:
        g = g * tl.load(roots + j, mask=inside, other=0.0)[:, None]
    summed = ((k <= m) | ((k >= ENCODER) & (k < ENCODER + m)))[None, :]
    for c in range(0, tl.max(s1 - s0)):
        row = (s0 + c).to(tl.int64) * STRIDE
        g += tl.load(sums + row[:, None] + k[None, :], mask=(s0 + c < s1)[:, None] & summed, other=0.0)
    return g


@triton.jit(do_not_specialize=["n"])
def gradient(
    out, parts, slabs, roots, sums, starts, constants, n,
    m: tl.constexpr, STRIDE: tl.constexpr, K: tl.constexpr, ENCODER: tl.constexpr, F: tl.constexpr, S: tl.constexpr,
    WEIGHTED: tl.constexpr, N_CONSTANTS: tl.constexpr,
):  # fmt: skip
    """out, an array like theta, = gradient of the optimised loss."""
    model = tl.program_id(1).to(tl.int64)
    j, k = tl.program_id(0) * F + tl.arange(0, F), tl.arange(0, K)
    g = summed_gradient(
        parts, slabs, roots, sums, starts, model * n, n, model, j, k, m, STRIDE, ENCODER, S, WEIGHTED
    )  # fmt: skip
    scale = tl.load(constants + model * N_CONSTANTS + 5)
    place = (model * n + j)[:, None] * STRIDE + k[None, :]
    tl.store(out + place, g * scale, mask=(j < n)[:, None] & (k < STRIDE)[None, :])


@triton.jit(do_not_specialize=["s", "start_stride", "capacity", "n"])
def update(
    theta, first, second, parts, slabs, roots, sums, starts, constants, table, clock, s, start_stride, capacity, n,
    m: tl.constexpr, STRIDE: tl.constexpr, K: tl.constexpr, ENCODER: tl.constexpr, F: tl.constexpr, S: tl.constexpr,
    WEIGHTED: tl.constexpr, N_CONSTANTS: tl.constexpr,
):  # fmt: skip
    """One optimiser step of the parameters of F features; table[model, turn] is the schedule's line."""
    model = tl.program_id(1).to(tl.int64)
    j, k = tl.program_id(0) * F + tl.arange(0, F), tl.arange(0, K)
    place = (model * n + j)[:, None] * STRIDE + k[None, :]
    here = (j < n)[:, None] & (k < STRIDE)[None, :]
    mj = tl.load(first + place, mask=here, other=0.0)
    vj = tl.load(second + place, mask=here, other=0.0)
    p = tl.load(theta + place, mask=here, other=0.0)
    turn = tl.load(clock) + s
    segment_at = model * n + turn.to(tl.int64) * start_stride
    g = summed_gradient(parts, slabs, roots, sums, starts, segment_at, n, model, j, k, m, STRIDE, ENCODER, S, WEIGHTED)
    own = constants + model * N_CONSTANTS
    beta1, rest1, beta2, rest2 = tl.load(own), tl.load(own + 1), tl.load(own + 2), tl.load(own + 3)
    eps, scale = tl.load(own + 4), tl.load(own + 5)
    line = table + (model * capacity + turn) * 3
    decay, size, root = tl.load(line), tl.load(line + 1), tl.load(line + 2)
    g = g * scale
    mj = beta1 * mj + rest1 * g
    vj = beta2 * vj + rest2 * g * g
    mj = tl.where(tl.abs(mj) < TINY, 0.0, mj)
    vj = tl.where(vj < TINY, 0.0, vj)
    p = p * decay - size * mj / (tl.sqrt(vj) / root + eps)
    tl.store(first + place, mj, mask=here)
    tl.store(second + place, vj, mask=here)
    tl.store(theta + place, p, mask=here)

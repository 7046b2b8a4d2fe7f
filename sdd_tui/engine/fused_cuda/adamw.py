"""The gradient's last sums and AdamW on them, as torch's: decoupled decay, bias-corrected moments.

Denormal moments are set to zero. One row of one model's parameters a program: V's m rows, b's one and, when untied,
W's m; all three lie in one array, in this order.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import triton
import triton.language as tl

from sdd_tui.engine.optimizer import FLUSH

BETA1, REST1, BETA2, REST2, EPS, SCALE = 0, 1, 2, 3, 4, 5
"""Places in a model's line of constants; REST1 is 1 - β1, SCALE is 2/T or 2/(T n)."""

N_CONSTANTS = 6

TINY = tl.constexpr(FLUSH)


@triton.jit
def summed_gradient(
    parts, slabs, roots, sums, starts, segment_at, n, m, n_grad, k, model, j,
    F: tl.constexpr, S: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """Row k of a model's gradient at the features j, not yet scaled: the dense pass's parts, then the segments.

    Parts slabs[model] to slabs[model + 1] and segments starts[feature] to starts[feature + 1] are this model's.
    """
    inside = j < n
    g = tl.zeros((F,), parts.dtype.element_ty)
    if k <= m:
        last = tl.load(slabs + model + 1)
        for first in range(tl.load(slabs + model), last, S):
            part = (first + tl.arange(0, S)).to(tl.int64)
            at = part[:, None] * (m + 1) * n + k * n + j[None, :]
            g += tl.sum(tl.load(parts + at, mask=(part < last)[:, None] & inside[None, :], other=0.0), axis=0)
        if WEIGHTED:
            g = g * tl.load(roots + j, mask=inside, other=0.0)
    s0 = tl.load(starts + segment_at + j, mask=inside, other=0)
    s1 = tl.load(starts + segment_at + j + 1, mask=inside, other=0)
    for c in range(0, tl.max(s1 - s0)):
        g += tl.load(sums + (s0 + c).to(tl.int64) * n_grad + k, mask=s0 + c < s1, other=0.0)
    return g


@triton.jit(do_not_specialize=["m", "n_grad"])
def gradient(
    theta, parts, slabs, roots, sums, starts, constants, n, m, n_grad,
    F: tl.constexpr, S: tl.constexpr, WEIGHTED: tl.constexpr, N_CONSTANTS: tl.constexpr,
):  # fmt: skip
    """theta = gradient of the optimised loss."""
    k, model = tl.program_id(1), tl.program_id(2)
    j = tl.program_id(0) * F + tl.arange(0, F)
    at = model.to(tl.int64)
    g = summed_gradient(
        parts, slabs, roots, sums, starts, at * n, n, m, n_grad, k, model, j, F, S, WEIGHTED
    )  # fmt: skip
    scale = tl.load(constants + at * N_CONSTANTS + 5)
    tl.store(theta + (at * n_grad + k) * n + j, g * scale, mask=j < n)


@triton.jit(do_not_specialize=["s", "start_stride", "m", "n_grad"])
def update(
    theta, first, second, parts, slabs, roots, sums, starts, constants, table, clock, s, start_stride, capacity,
    n, m, n_grad,
    F: tl.constexpr, S: tl.constexpr, WEIGHTED: tl.constexpr, N_CONSTANTS: tl.constexpr,
):  # fmt: skip
    """One optimiser step of row k of a model's parameters; table[model, turn] is the schedule's line."""
    k, model = tl.program_id(1), tl.program_id(2)
    j = tl.program_id(0) * F + tl.arange(0, F)
    at = model.to(tl.int64)
    turn = tl.load(clock) + s
    segment_at = at * n + turn.to(tl.int64) * start_stride
    g = summed_gradient(parts, slabs, roots, sums, starts, segment_at, n, m, n_grad, k, model, j, F, S, WEIGHTED)
    own = constants + at * N_CONSTANTS
    beta1, rest1, beta2, rest2 = tl.load(own), tl.load(own + 1), tl.load(own + 2), tl.load(own + 3)
    eps, scale = tl.load(own + 4), tl.load(own + 5)
    line = table + (at * capacity + turn) * 3
    decay, size, root = tl.load(line), tl.load(line + 1), tl.load(line + 2)
    place = (at * n_grad + k) * n + j
    inside = j < n
    g = g * scale
    mj = beta1 * tl.load(first + place, mask=inside, other=0.0) + rest1 * g
    vj = beta2 * tl.load(second + place, mask=inside, other=0.0) + rest2 * g * g
    mj = tl.where(tl.abs(mj) < TINY, 0.0, mj)
    vj = tl.where(vj < TINY, 0.0, vj)
    p = tl.load(theta + place, mask=inside, other=0.0)
    p = p * decay - size * mj / (tl.sqrt(vj) / root + eps)
    tl.store(first + place, mj, mask=inside)
    tl.store(second + place, vj, mask=inside)
    tl.store(theta + place, p, mask=inside)

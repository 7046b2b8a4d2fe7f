"""What is done at active features only: encoding, the correction of the dense pass, and the encoder's gradient.

The split: Σ (r - x)² = Σ_all r² + Σ_active [(r - x)² - r²], so half the gradient in z is r everywhere (where z > low),
and -x more at active features; both times their importance, where features differ in it. Examples are row-compressed
for `encode` and `hidden_gradient`; for `columns` their places are sorted by feature and cut into segments, so that a
feature which many examples share is the work of many programs. Every sum has a fixed order. An example's h and dH are
halves of one row (ROW numbers), which `columns` gathers in one go.

`turn` is the position in what is loaded on the device: fresh data lies there step by step, row_stride rows each;
finite data has row_stride = 0.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import triton
import triton.language as tl

from sdd_tui.engine.fused_cuda.pairs import NAN


@triton.jit(do_not_specialize=["s", "row_stride", "n_rows", "n"])
def encode(
    indptr, indices, values, models, theta, H, clock, s, row_stride, n_rows, n, low,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, ENCODER: tl.constexpr,
    E: tl.constexpr, P: tl.constexpr,
):  # fmt: skip
    """H[t] = max(W x, low) for E examples.

    With a second axis of programs the examples are encoded by that many models, one after another in H.
    """
    t = tl.program_id(0) * E + tl.arange(0, E)
    k = tl.arange(0, M)
    inside = t < n_rows
    at = ((tl.load(clock) + s) * row_stride).to(tl.int64) + t
    p0 = tl.load(indptr + at, mask=inside, other=0)
    p1 = tl.load(indptr + at + 1, mask=inside, other=0)
    model = tl.load(models + t, mask=inside, other=0) + tl.program_id(1)
    W = theta + model.to(tl.int64) * n * STRIDE + ENCODER  # (E,)
    h = tl.zeros((E, M), H.dtype.element_ty)
    for first in range(0, tl.max(p1 - p0), P):
        p = p0[:, None] + (first + tl.arange(0, P))[None, :]  # (E, P)
        active = p < p1[:, None]
        i = tl.load(indices + p, mask=active, other=0)
        x = tl.load(values + p, mask=active, other=0.0).to(H.dtype.element_ty)
        here = active[:, :, None] & (k < m)[None, None, :]
        w = tl.load(W[:, None, None] + i[:, :, None] * STRIDE + k[None, None, :], mask=here, other=0.0)
        h += tl.sum(x[:, :, None] * w.to(H.dtype.element_ty), axis=1)
    h = tl.maximum(h, low, propagate_nan=NAN)
    out = H + (tl.program_id(1) * n_rows + t).to(tl.int64)[:, None] * ROW + k[None, :]
    tl.store(out, h, mask=inside[:, None] & (k < m)[None, :])


@triton.jit(do_not_specialize=["s", "row_stride", "n_rows", "n"])
def hidden_gradient(
    indptr, indices, targets, models, runs, theta, H, dH, delta, parts, clock, s, row_stride, n_rows, n,
    low, low_hidden,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, HIDDEN: tl.constexpr, E: tl.constexpr,
    P: tl.constexpr, S: tl.constexpr,
):  # fmt: skip
    """dH of E examples: the dense pass's parts in order, then Σ_active delta v; delta = -target where z > low, else 0.

    runs[model] is the number of parts that the model's examples have.
    """
    t = tl.program_id(0) * E + tl.arange(0, E)
    k = tl.arange(0, M)
    inside = t < n_rows
    model = tl.load(models + t, mask=inside, other=0)
    count = tl.load(runs + model, mask=inside, other=0)
    place = t.to(tl.int64)[:, None] * ROW + k[None, :]
    own = inside[:, None] & (k < m)[None, :]
    at = ((tl.load(clock) + s) * row_stride).to(tl.int64) + t
    p0 = tl.load(indptr + at, mask=inside, other=0)
    p1 = tl.load(indptr + at + 1, mask=inside, other=0)
    h = tl.load(H + place, mask=own, other=0.0)  # (E, M)
    d = tl.zeros((E, M), h.dtype)
    for first in range(0, tl.max(count), S):
        part = (first + tl.arange(0, S)).to(tl.int64)
        here = (part[:, None] < count[None, :])[:, :, None] & (k < m)[None, None, :]
        row = part[:, None] * n_rows + t[None, :]  # (S, E)
        found = tl.load(parts + row[:, :, None] * HIDDEN + k[None, None, :], mask=here, other=0.0)
        d += tl.sum(found, axis=0)
    V = theta + model.to(tl.int64) * n * STRIDE
    for first in range(0, tl.max(p1 - p0), P):
        p = p0[:, None] + (first + tl.arange(0, P))[None, :]  # (E, P)
        active = p < p1[:, None]
        row = V[:, None] + tl.load(indices + p, mask=active, other=0) * STRIDE
        x = tl.load(targets + p, mask=active, other=0.0)
        here = active[:, :, None] & (k < m)[None, None, :]
        v = tl.load(row[:, :, None] + k[None, None, :], mask=here, other=0.0)  # (E, P, M)
        z = tl.load(row + m, mask=active, other=0.0) + tl.sum(h[:, None, :] * v, axis=2)
        correction = tl.where(z > low, -x, 0.0)
        tl.store(delta + p, correction, mask=active)
        d += tl.sum(correction[:, :, None] * v, axis=1)
    tl.store(dH + place, tl.where(h <= low_hidden, 0.0, d), mask=own)


@triton.jit(do_not_specialize=["s", "segment_stride", "n_segments"])
def columns(
    segments, row, pos, values, H, dH, delta, sums, clock, s, segment_stride, n_segments,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, ENCODER: tl.constexpr,
    G: tl.constexpr, Q: tl.constexpr,
):  # fmt: skip
    """sums[segment] (STRIDE,) = Σ delta h, Σ delta and Σ x dH over the segment's examples, for G segments, in the order
    of a feature's parameters.

    When tied (ENCODER = 0), the encoder's part is added to the decoder's. Segment g holds the examples row[q] and the
    places pos[q], where their values are values[q], for q from segments[g, 0] to segments[g, 1].
    """
    g = tl.program_id(0) * G + tl.arange(0, G)
    k = tl.arange(0, M)
    inside = g < n_segments
    at = (tl.load(clock) + s).to(tl.int64) * segment_stride + g
    q0 = tl.load(segments + 2 * at, mask=inside, other=0)
    q1 = tl.load(segments + 2 * at + 1, mask=inside, other=0)
    decoder = tl.zeros((G, M), H.dtype.element_ty)
    encoder = tl.zeros((G, M), H.dtype.element_ty)
    bias = tl.zeros((G,), H.dtype.element_ty)
    for first in range(0, tl.max(q1 - q0), Q):
        q = q0[:, None] + (first + tl.arange(0, Q))[None, :]  # (G, Q)
        active = q < q1[:, None]
        t = tl.load(row + q, mask=active, other=0).to(tl.int64)
        p = tl.load(pos + q, mask=active, other=0)
        d = tl.load(delta + p, mask=active, other=0.0)
        x = tl.load(values + q, mask=active, other=0.0)
        place = t[:, :, None] * ROW + k[None, None, :]
        here = active[:, :, None] & (k < m)[None, None, :]
        h = tl.load(H + place, mask=here, other=0.0)  # (G, Q, M)
        dh = tl.load(dH + place, mask=here, other=0.0)
        bias += tl.sum(d, axis=1)
        decoder += tl.sum(d[:, :, None] * h, axis=1)
        encoder += tl.sum(x[:, :, None] * dh, axis=1)
    out = sums + g.to(tl.int64) * STRIDE
    here = inside[:, None] & (k < m)[None, :]
    tl.store(out + m, bias, mask=inside)
    if ENCODER == 0:
        tl.store(out[:, None] + k[None, :], decoder + encoder, mask=here)
    else:
        tl.store(out[:, None] + k[None, :], decoder, mask=here)
        tl.store(out[:, None] + ENCODER + k[None, :], encoder, mask=here)

"""The sums over all (feature, example) pairs as if every x were zero: r = max(z, low), z = Vᵀ h + b.

Two passes in one launch, each of which computes r anew. The features' pass keeps a tile of features in registers and
walks along examples, adding up Σ_t r h and Σ_t r; the examples' pass keeps a tile of examples and walks along
features, adding up Σ_i r v. Neither exchanges sums between threads, and nothing T × n is written. `low` is 0 for ReLU,
else -inf.

Two forms. Up to REGISTERS hidden dimensions a program is one warp: what it walks along is read two numbers at a time,
the same for all its threads; vectors and sums are tuples with a tensor for each hidden dimension, so a pair takes
2 m + 2 instructions (2 m + 1 in the examples' pass) and little beside: `python -m tests.gpu.sass` counts them. Beyond,
reading takes longer than computing, and both sums are matrix products in blocks, by `tl.dot` with tf32x3, which is as
exact as float32.
"""

# mypy: disable-error-code="no-untyped-def,assignment,index"

from __future__ import annotations

import triton
import triton.language as tl

ITEM = tl.constexpr(6)
"""Numbers an item of a work list: model, first row, last row, part, first feature, last feature."""

NAN = tl.constexpr(tl.PropagateNan.ALL)
"""A maximum of NaN is NaN: divergence must not hide behind ReLU."""


@triton.jit
def numbers(row, COUNT: tl.constexpr):
    """The first numbers of a row, as scalars; rows of float32 begin at multiples of eight bytes."""
    found = ()
    if row.dtype.element_ty == tl.float32:
        words = row.to(tl.pointer_type(tl.int64))
        for k in tl.static_range(COUNT // 2):
            two = tl.load(words + k)
            low, high = two.to(tl.int32), (two >> 32).to(tl.int32)
            found = found + (low.to(tl.float32, bitcast=True), high.to(tl.float32, bitcast=True))
        if COUNT % 2:
            found = found + (tl.load(row + COUNT - 1),)
    else:
        for k in tl.static_range(COUNT):
            found = found + (tl.load(row + k),)
    return found


@triton.jit
def vectors(first, at, here, COUNT: tl.constexpr):
    """The first numbers of the rows that begin at first + at, a tensor for each place in a row; 0 where not `here`."""
    found = ()
    for k in tl.static_range(COUNT):
        found = found + (tl.load(first + at + k, mask=here, other=0.0),)
    return found


@triton.jit
def repeated(one, COUNT: tl.constexpr):
    """A tensor so many times."""
    found = ()
    for k in tl.static_range(COUNT):
        found = found + (one,)
    return found


@triton.jit
def times(vector, factor, COUNT: tl.constexpr):
    """factor vector."""
    found = ()
    for k in tl.static_range(COUNT):
        found = found + (vector[k] * factor,)
    return found


@triton.jit
def output(v, h, b, low, m: tl.constexpr):
    """max(v · h + b, low)."""
    z = b
    for k in tl.static_range(m):
        z += v[k] * h[k]
    return tl.maximum(z, low, propagate_nan=NAN)


@triton.jit
def plus(sums, r, vector, m: tl.constexpr):
    """sums + r vector."""
    found = ()
    for k in tl.static_range(m):
        found = found + (sums[k] + r * vector[k],)
    return found


@triton.jit
def features_in_registers(
    v, b, parts, j, here, n, row0, row1, H, low,
    m: tl.constexpr, ROW: tl.constexpr, L: tl.constexpr,
):  # fmt: skip
    """`features_pass` for few hidden dimensions; v is a tuple."""
    sums, bias = repeated(b * 0.0, m), b * 0.0
    whole = row0 + (row1 - row0) // L * L
    H += row0.to(tl.int64) * ROW
    for _ in range(row0, whole, L):
        for t in tl.static_range(L):
            h = numbers(H + t * ROW, m)
            r = output(v, h, b, low, m)
            sums, bias = plus(sums, r, h, m), bias + r
        H += L * ROW
    for _ in range(whole, row1):
        h = numbers(H, m)
        r = output(v, h, b, low, m)
        sums, bias = plus(sums, r, h, m), bias + r
        H += ROW
    for k in tl.static_range(m):
        tl.store(parts + k * n + j, sums[k], mask=here)
    tl.store(parts + m * n + j, bias, mask=here)


@triton.jit
def features_in_blocks(
    v, b, parts, j, here, n, row0, row1, H, low,
    m: tl.constexpr, M: tl.constexpr, ROW: tl.constexpr, F: tl.constexpr, L: tl.constexpr,
):  # fmt: skip
    """`features_pass` by matrix products; v is (M, F)."""
    k = tl.arange(0, M)
    sums, bias = tl.zeros((M, F), v.dtype), tl.zeros((F,), v.dtype)
    for first in range(row0, row1, L):
        t = (first + tl.arange(0, L)).to(tl.int64)
        inside = t < row1
        h = tl.load(H + t[:, None] * ROW + k[None, :], mask=inside[:, None] & (k < m)[None, :], other=0.0)  # (L, M)
        z = tl.dot(h, v, input_precision="tf32x3", out_dtype=v.dtype) + b[None, :]
        r = tl.maximum(z, low, propagate_nan=NAN)
        r = tl.where(inside[:, None], r, 0.0)  # beyond the last example h is 0, and so is r h, but not r
        sums = tl.dot(tl.trans(h), r, sums, input_precision="tf32x3", out_dtype=v.dtype)
        bias += tl.sum(r, axis=0)
    tl.store(parts + k[:, None] * n + j[None, :], sums, mask=(k < m)[:, None] & here[None, :])
    tl.store(parts + m * n + j, bias, mask=here)


@triton.jit
def features_pass(
    item, tile, theta, roots, H, parts, n, low,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, F: tl.constexpr, L: tl.constexpr,
    WEIGHTED: tl.constexpr,
):  # fmt: skip
    """parts[item's part] (m + 1, n) = Σ r h and Σ r over the item's examples, for one tile of F features.

    `roots` are √I where features differ in importance.
    """
    model, row0, row1 = tl.load(item), tl.load(item + 1), tl.load(item + 2)
    part = tl.load(item + 3).to(tl.int64)
    j = tile * F + tl.arange(0, F)
    here = j < n
    root = tl.load(roots + j, mask=here, other=0.0) if WEIGHTED else 1.0
    theta += model.to(tl.int64) * n * STRIDE
    parts += part * (m + 1) * n
    b = tl.load(theta + j * STRIDE + m, mask=here, other=0.0)
    if M <= 8:
        v = vectors(theta, j * STRIDE, here, m)
        if WEIGHTED:
            v, b = times(v, root, m), b * root
        features_in_registers(v, b, parts, j, here, n, row0, row1, H, low, m, ROW, L)
    else:
        k = tl.arange(0, M)
        v = tl.load(theta + j[None, :] * STRIDE + k[:, None], mask=(k < m)[:, None] & here[None, :], other=0.0)
        if WEIGHTED:
            v, b = v * root[None, :], b * root
        features_in_blocks(v, b, parts, j, here, n, row0, row1, H, low, m, M, ROW, F, L)


@triton.jit
def examples_in_registers(
    theta, roots, h, parts, at, here, j0, j1, low,
    m: tl.constexpr, STRIDE: tl.constexpr, L: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """`examples_pass` for few hidden dimensions; h is a tuple, and the examples' rows of parts begin at `at`."""
    sums = repeated(h[0] * 0.0, m)
    whole = j0 + (j1 - j0) // L * L
    theta += j0.to(tl.int64) * STRIDE
    for j in range(j0, whole, L):
        for i in tl.static_range(L):
            v = numbers(theta + i * STRIDE, m + 1)
            if WEIGHTED:
                v = times(v, tl.load(roots + j + i), m + 1)
            sums = plus(sums, output(h, v, v[m], low, m), v, m)
        theta += L * STRIDE
    for j in range(whole, j1):
        v = numbers(theta, m + 1)
        if WEIGHTED:
            v = times(v, tl.load(roots + j), m + 1)
        sums = plus(sums, output(h, v, v[m], low, m), v, m)
        theta += STRIDE
    for k in tl.static_range(m):
        tl.store(parts + at + k, sums[k], mask=here)


@triton.jit
def examples_in_blocks(
    theta, roots, h, parts, at, here, j0, j1, low,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, E: tl.constexpr, L: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """`examples_pass` by matrix products; h is (E, M). Features beyond the last count as v = b = 0, so r v = 0."""
    k = tl.arange(0, M)
    sums = tl.zeros((E, M), h.dtype)
    for first in range(j0, j1, L):
        j = first + tl.arange(0, L)
        inside = j < j1
        v = tl.load(theta + j[None, :] * STRIDE + k[:, None], mask=(k < m)[:, None] & inside[None, :], other=0.0)
        b = tl.load(theta + j * STRIDE + m, mask=inside, other=0.0)  # v is (M, L)
        if WEIGHTED:
            root = tl.load(roots + j, mask=inside, other=0.0)
            v, b = v * root[None, :], b * root
        z = tl.dot(h, v, input_precision="tf32x3", out_dtype=v.dtype) + b[None, :]  # (E, L)
        r = tl.maximum(z, low, propagate_nan=NAN)
        sums = tl.dot(r, tl.trans(v), sums, input_precision="tf32x3", out_dtype=v.dtype)
    tl.store(parts + at[:, None] + k[None, :], sums, mask=here[:, None] & (k < m)[None, :])


@triton.jit
def examples_pass(
    item, theta, roots, H, parts, n, n_rows, low,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, HIDDEN: tl.constexpr, E: tl.constexpr,
    L: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """parts[item's part] (rows, HIDDEN) = Σ r v over the item's features, for the item's examples, at most E."""
    model, row0, row1 = tl.load(item), tl.load(item + 1), tl.load(item + 2)
    part = tl.load(item + 3).to(tl.int64)
    j0, j1 = tl.load(item + 4), tl.load(item + 5)
    theta += model.to(tl.int64) * n * STRIDE
    t = (row0 + tl.arange(0, E)).to(tl.int64)
    here, at = t < row1, t * HIDDEN
    parts += part * n_rows * HIDDEN
    if M <= 8:
        h = vectors(H, t * ROW, here, m)
        examples_in_registers(theta, roots, h, parts, at, here, j0, j1, low, m, STRIDE, L, WEIGHTED)
    else:
        k = tl.arange(0, M)
        h = tl.load(H + t[:, None] * ROW + k[None, :], mask=here[:, None] & (k < m)[None, :], other=0.0)
        examples_in_blocks(theta, roots, h, parts, at, here, j0, j1, low, m, M, STRIDE, E, L, WEIGHTED)


@triton.jit(do_not_specialize=["n", "n_rows", "n_programs", "n_tiles"])
def pairs(
    feature_items, example_items, theta, roots, H, feature_parts, example_parts, n, n_rows, n_programs, n_tiles, low,
    m: tl.constexpr, M: tl.constexpr, STRIDE: tl.constexpr, ROW: tl.constexpr, HIDDEN: tl.constexpr,
    TILE: tl.constexpr, L: tl.constexpr, WEIGHTED: tl.constexpr,
):  # fmt: skip
    """Both passes: the first n_programs programs are the features' pass, n_tiles for each of its items.

    Those are the longer ones: what is left at the end is short, and no multiprocessor waits long for another.
    """
    program = tl.program_id(0)
    if program < n_programs:
        item, tile = feature_items + program // n_tiles * ITEM, program % n_tiles
        features_pass(item, tile, theta, roots, H, feature_parts, n, low, m, M, STRIDE, ROW, TILE, L, WEIGHTED)
    else:
        item = example_items + (program - n_programs) * ITEM
        examples_pass(
            item, theta, roots, H, example_parts, n, n_rows, low, m, M, STRIDE, ROW, HIDDEN, TILE, L, WEIGHTED
        )

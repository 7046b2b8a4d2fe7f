"""The dense pass without the pairs whose outcome is known: the same sums, most of them a box of examples at a time.

Over a box z = v h + b lies within reach of its middle. Where all of it is off, nothing is added; where all of it is on,
r = z is linear in h, and the sums are products of v and b with the box's moments (number N, mean c, second moments S):
Σ z = N z(c), Σ z h = N z(c) c + S v, and what the features that are on add to an example's dH is P + Q (h - c), with
P = Σ_i z_i(c) v_i and Q = Σ_i v_i v_iᵀ. A node is asked first, its leaves only of the features that it leaves open, and
what a leaf leaves open is computed pair by pair (at the end of T = 1,000, 7 % of all).

Columns (features) that stay open are packed side by side into the next level of one scratch array, as LLVM vectorises
only arrays at constant distances. That distance is no multiple of 4 KiB: loads would wait for stores whose low 12
address bits they share (a test took 0.70 ns a column instead of 0.44).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.order import AXIS, LEAF, MID, REACH, SECOND, C, N
from sdd_tui.engine.fused_cpu.team import intrinsic

GROUP = 5008
"""Features that go through the tree together, at most: the longer the lists of open columns, the less their vectors are
cut short. 1,024, 2,512 and 5,008 take 15.7, 11.1 and 9.9 ms (T = 100,000, one core)."""

ROW = 5264
"""Distance between rows of scratch: 576 bytes more than a multiple of 4 KiB in float32, 1,152 in float64."""

LANES = 16
"""Columns are packed in whole vectors of so many."""

P, Q, SUMS = 0, 3, 9
"""Places of what features that are on add to dH: Σ z(c) v, then Σ v vᵀ as 00, 01, 11, 02, 12, 22; and their number."""


@intrinsic
def open_columns(_: Any, array: Any, index: Any) -> Any:
    """Bit i of the result: whether array[index + i] is not 0, for 16 of them."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = sig.args[0]
        struct = context.make_array(kind)(context, builder, args[0])
        pointer = cgutils.get_item_pointer(context, builder, kind, struct, [args[1]], wraparound=False)
        vector = ir.VectorType(context.get_data_type(kind.dtype), LANES)
        values = builder.load(builder.bitcast(pointer, vector.as_pointer()))
        values.align = 4
        found = builder.fcmp_unordered("!=", values, ir.Constant(vector, [0.0] * LANES))
        return builder.zext(builder.bitcast(found, ir.IntType(LANES)), ir.IntType(64))

    return types.int64(array, types.intp), codegen


@intrinsic
def lowest_bit(_: Any, value: Any) -> Any:
    """The number of zeros below the lowest bit that is set."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), codegen


@kernel
def ask(dims, level, count, box, low, sums):
    """Sum up what a box decides for the first `count` columns, and mark those that stay open.

    Rows of `level`: v (m), b, the sums for V (m) and for b, and the mark.
    """
    M = len(dims)
    zero, one = level.dtype.type(0), level.dtype.type(1)
    B, G, GB, OPEN = M * ROW, (M + 1) * ROW, (2 * M + 1) * ROW, (2 * M + 2) * ROW
    n = box[N]
    c0, c1, c2 = box[C], box[C + 1], box[C + 2]
    m0, m1, m2 = box[MID], box[MID + 1], box[MID + 2]
    a0, a1 = box[AXIS], box[AXIS + 1]
    e0, e1, e2 = box[REACH], box[REACH + 1], box[REACH + 2]
    s00, s01, s11 = box[SECOND], box[SECOND + 1], box[SECOND + 2]
    s02, s12, s22 = box[SECOND + 3], box[SECOND + 4], box[SECOND + 5]
    p0 = p1 = p2 = q00 = q01 = q11 = q02 = q12 = q22 = zero
    for j in range(count):
        v0 = level[j]
        b = level[B + j]
        mid = b + v0 * m0
        z = b + v0 * c0
        if M > 1:
            v1 = level[ROW + j]
            mid += v1 * m1
            z += v1 * c1
        if M > 2:
            v2 = level[2 * ROW + j]
            mid += v2 * m2
            z += v2 * c2
        if M == 2:
            reach = abs(v0 * a0 + v1 * a1) * e0 + abs(v1 * a0 - v0 * a1) * e1
        else:
            reach = abs(v0) * e0
            if M > 2:
                reach += abs(v1) * e1 + abs(v2) * e2
        on = mid - reach > low
        off = mid + reach <= low
        level[OPEN + j] = zero if on or off else one
        z = z if on else zero
        nz = n * z
        level[GB + j] += nz
        w0 = v0 if on else zero
        p0 += z * v0
        q00 += w0 * v0
        if M == 1:
            level[G + j] += nz * c0 + s00 * w0
        if M > 1:
            w1 = v1 if on else zero
            p1 += z * v1
            q01 += w0 * v1
            q11 += w1 * v1
        if M == 2:
            level[G + j] += nz * c0 + s00 * w0 + s01 * w1
            level[G + ROW + j] += nz * c1 + s01 * w0 + s11 * w1
        if M > 2:
            w2 = v2 if on else zero
            p2 += z * v2
            q02 += w0 * v2
            q12 += w1 * v2
            q22 += w2 * v2
            level[G + j] += nz * c0 + s00 * w0 + s01 * w1 + s02 * w2
            level[G + ROW + j] += nz * c1 + s01 * w0 + s11 * w1 + s12 * w2
            level[G + 2 * ROW + j] += nz * c2 + s02 * w0 + s12 * w1 + s22 * w2
    sums[P], sums[P + 1], sums[P + 2] = p0, p1, p2
    sums[Q], sums[Q + 1], sums[Q + 2] = q00, q01, q11
    sums[Q + 3], sums[Q + 4], sums[Q + 5] = q02, q12, q22


@kernel
def pack(dims, level, count, index, below):
    """Copy the open columns into the level below, with sums of 0, and whole vectors filled up; their number."""
    M = len(dims)
    OPEN = (2 * M + 2) * ROW
    n = 0
    for first in range(0, count, LANES):
        columns = open_columns(level, OPEN + first)
        while columns != 0:
            j = first + lowest_bit(columns)
            columns &= columns - 1
            index[n] = j
            for k in range(M + 1):
                below[k * ROW + n] = level[k * ROW + j]
            n += 1
    filled = (n + LANES - 1) // LANES * LANES
    for k in range(M + 1):
        for i in range(n, filled):
            below[k * ROW + i] = 0
        for i in range(filled):
            below[(M + 1 + k) * ROW + i] = 0
    return n


@kernel
def unpack(dims, level, count, index, below):
    """Add the sums of the level below to the columns that they came from."""
    M = len(dims)
    for i in range(count):
        j = index[i]
        for k in range(M + 1, 2 * M + 2):
            level[k * ROW + j] += below[k * ROW + i]


@kernel
def four_examples(dims, level, count, H, dH, t, low):
    """Examples t to t + 3 with `count` packed columns, pair by pair."""
    M = len(dims)
    zero = level.dtype.type(0)
    B, G, GB = M * ROW, (M + 1) * ROW, (2 * M + 1) * ROW
    h00, h10, h20, h30 = H[t, 0], H[t + 1, 0], H[t + 2, 0], H[t + 3, 0]
    h01 = h11 = h21 = h31 = zero
    h02 = h12 = h22 = h32 = zero
    if M > 1:
        h01, h11, h21, h31 = H[t, 1], H[t + 1, 1], H[t + 2, 1], H[t + 3, 1]
    if M > 2:
        h02, h12, h22, h32 = H[t, 2], H[t + 1, 2], H[t + 2, 2], H[t + 3, 2]
    d00 = d10 = d20 = d30 = zero
    d01 = d11 = d21 = d31 = zero
    d02 = d12 = d22 = d32 = zero
    for j in range(count):
        v0 = level[j]
        r0 = r1 = r2 = r3 = level[B + j]
        r0 += h00 * v0
        r1 += h10 * v0
        r2 += h20 * v0
        r3 += h30 * v0
        if M > 1:
            v1 = level[ROW + j]
            r0 += h01 * v1
            r1 += h11 * v1
            r2 += h21 * v1
            r3 += h31 * v1
        if M > 2:
            v2 = level[2 * ROW + j]
            r0 += h02 * v2
            r1 += h12 * v2
            r2 += h22 * v2
            r3 += h32 * v2
        r0 = max(r0, low)
        r1 = max(r1, low)
        r2 = max(r2, low)
        r3 = max(r3, low)
        d00 += r0 * v0
        d10 += r1 * v0
        d20 += r2 * v0
        d30 += r3 * v0
        level[G + j] += r0 * h00 + r1 * h10 + r2 * h20 + r3 * h30
        if M > 1:
            d01 += r0 * v1
            d11 += r1 * v1
            d21 += r2 * v1
            d31 += r3 * v1
            level[G + ROW + j] += r0 * h01 + r1 * h11 + r2 * h21 + r3 * h31
        if M > 2:
            d02 += r0 * v2
            d12 += r1 * v2
            d22 += r2 * v2
            d32 += r3 * v2
            level[G + 2 * ROW + j] += r0 * h02 + r1 * h12 + r2 * h22 + r3 * h32
        level[GB + j] += r0 + r1 + r2 + r3
    dH[t, 0], dH[t + 1, 0], dH[t + 2, 0], dH[t + 3, 0] = d00, d10, d20, d30
    if M > 1:
        dH[t, 1], dH[t + 1, 1], dH[t + 2, 1], dH[t + 3, 1] = d01, d11, d21, d31
    if M > 2:
        dH[t, 2], dH[t + 1, 2], dH[t + 2, 2], dH[t + 3, 2] = d02, d12, d22, d32


@kernel
def one_example(dims, level, count, H, dH, t, low):
    """The same for a single example: what is left of the last leaf."""
    M = len(dims)
    zero = level.dtype.type(0)
    B, G, GB = M * ROW, (M + 1) * ROW, (2 * M + 1) * ROW
    h0 = H[t, 0]
    h1 = H[t, 1] if M > 1 else zero
    h2 = H[t, 2] if M > 2 else zero
    d0 = d1 = d2 = zero
    for j in range(count):
        r = level[B + j] + h0 * level[j]
        if M > 1:
            r += h1 * level[ROW + j]
        if M > 2:
            r += h2 * level[2 * ROW + j]
        r = max(r, low)
        d0 += r * level[j]
        level[G + j] += r * h0
        if M > 1:
            d1 += r * level[ROW + j]
            level[G + ROW + j] += r * h1
        if M > 2:
            d2 += r * level[2 * ROW + j]
            level[G + 2 * ROW + j] += r * h2
        level[GB + j] += r
    dH[t, 0] = d0
    if M > 1:
        dH[t, 1] = d1
    if M > 2:
        dH[t, 2] = d2


@kernel
def culled_group(dims, scratch, index, V, b, tree, added, group, first, width, node0, node1, low, grad, tally):
    """Features first to first + width against the examples of some nodes.

    grad (m + 1, features) gets Σ_t r h and Σ_t r; `added` (sums of leaves, of nodes, parts) what the group adds
    to dH. `tally` counts the pairs that were computed one by one.
    """
    rows, span, _, H, leaves, nodes = tree
    leaf_sums, node_sums, parts = added
    M = len(dims)
    size = (2 * M + 3) * ROW
    whole, middle, low_level = scratch[:size], scratch[size : 2 * size], scratch[2 * size : 3 * size]
    count = (width + LANES - 1) // LANES * LANES
    for k in range(2 * M + 2):
        for j in range(count):
            whole[k * ROW + j] = 0
    for k in range(M):
        for j in range(width):
            whole[k * ROW + j] = V[k, first + j]
    for j in range(width):
        whole[M * ROW + j] = b[first + j]
    pairs = 0
    for node in range(node0, node1):
        ask(dims, whole, count, nodes[node], low, node_sums[group, node])
        in_node = pack(dims, whole, count, index[0], middle)
        filled = (in_node + LANES - 1) // LANES * LANES
        for leaf in range(node * span, min((node + 1) * span, leaves.shape[0])):
            ask(dims, middle, filled, leaves[leaf], low, leaf_sums[group, leaf])
            in_leaf = pack(dims, middle, filled, index[1], low_level)
            open_count = (in_leaf + LANES - 1) // LANES * LANES
            t, last = leaf * LEAF, min((leaf + 1) * LEAF, rows)
            pairs += in_leaf * (last - t)
            while t + 4 <= last:
                four_examples(dims, low_level, open_count, H, parts[group], t, low)
                t += 4
            while t < last:
                one_example(dims, low_level, open_count, H, parts[group], t, low)
                t += 1
            unpack(dims, middle, in_leaf, index[1], low_level)
        unpack(dims, whole, in_node, index[0], middle)
    for k in range(M + 1):
        for j in range(width):
            grad[k, first + j] = whole[(M + 1 + k) * ROW + j]
    tally[0] += pairs


@kernel
def hidden_gradient(dims, tree, added, dH, leaf):
    """dH of a leaf's examples: the groups' parts in order, then what the features that are on add through boxes."""
    rows, span, order, H, leaves, nodes = tree
    leaf_sums, node_sums, parts = added
    M = len(dims)
    zero = H.dtype.type(0)
    node = leaf // span
    p0 = p1 = p2 = q00 = q01 = q11 = q02 = q12 = q22 = zero
    x0 = leaves[leaf, C] - nodes[node, C]
    x1 = leaves[leaf, C + 1] - nodes[node, C + 1]
    x2 = leaves[leaf, C + 2] - nodes[node, C + 2]
    for g in range(parts.shape[0]):
        s, u = leaf_sums[g, leaf], node_sums[g, node]
        p0 += s[P] + u[P] + u[Q] * x0
        q00 += s[Q] + u[Q]
        if M > 1:
            p0 += u[Q + 1] * x1
            p1 += s[P + 1] + u[P + 1] + u[Q + 1] * x0 + u[Q + 2] * x1
            q01 += s[Q + 1] + u[Q + 1]
            q11 += s[Q + 2] + u[Q + 2]
        if M > 2:
            p0 += u[Q + 3] * x2
            p1 += u[Q + 4] * x2
            p2 += s[P + 2] + u[P + 2] + u[Q + 3] * x0 + u[Q + 4] * x1 + u[Q + 5] * x2
            q02 += s[Q + 3] + u[Q + 3]
            q12 += s[Q + 4] + u[Q + 4]
            q22 += s[Q + 5] + u[Q + 5]
    for place in range(leaf * LEAF, min((leaf + 1) * LEAF, rows)):
        t = order[place]
        x0 = H[place, 0] - leaves[leaf, C]
        d0 = p0 + q00 * x0
        d1 = d2 = zero
        if M > 1:
            x1 = H[place, 1] - leaves[leaf, C + 1]
            d0 += q01 * x1
            d1 = p1 + q01 * x0 + q11 * x1
        if M > 2:
            x2 = H[place, 2] - leaves[leaf, C + 2]
            d0 += q02 * x2
            d1 += q12 * x2
            d2 = p2 + q02 * x0 + q12 * x1 + q22 * x2
        for g in range(parts.shape[0]):
            d0 += parts[g, place, 0]
            if M > 1:
                d1 += parts[g, place, 1]
            if M > 2:
                d2 += parts[g, place, 2]
        dH[t, 0] = d0
        if M > 1:
            dH[t, 1] = d1
        if M > 2:
            dH[t, 2] = d2

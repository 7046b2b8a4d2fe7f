"""Exact losses without the pairs whose outcome is known, for m ≤ 3 and enough examples; all in float64.

Where a box is all on for a feature, z² = (z(c) + v (h - c))² is a quadratic form of its examples: Σ z(c)², then
Σ z(c) v and Σ v vᵀ. The active features are corrected by x (x - 2 r), whose rounding is that of numbers around 1: so
many examples don't get memorised in three dimensions, and a loss of 1e-12 would still be right to 0.1 %.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.culled import GROUP, LANES, ROW, P, Q, pack
from sdd_tui.engine.fused_cpu.encode import encode, stop_at
from sdd_tui.engine.fused_cpu.order import AXIS, LEAF, MID, REACH, C, put_in_order
from sdd_tui.engine.fused_cpu.team import barrier, share

SQUARE = 9
"""Place of Σ z(c)² among a box's sums, behind P and Q; their number is one more."""


@kernel
def ask_squares(dims, level, count, box, low, sums):
    """`ask` for the loss: add up what a box decides for the first `count` columns, and mark those that stay open."""
    M = len(dims)
    zero, one = level.dtype.type(0), level.dtype.type(1)
    B, OPEN = M * ROW, (2 * M + 2) * ROW
    c0, c1, c2 = box[C], box[C + 1], box[C + 2]
    m0, m1, m2 = box[MID], box[MID + 1], box[MID + 2]
    a0, a1 = box[AXIS], box[AXIS + 1]
    e0, e1, e2 = box[REACH], box[REACH + 1], box[REACH + 2]
    square = p0 = p1 = p2 = q00 = q01 = q11 = q02 = q12 = q22 = zero
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
        w0 = v0 if on else zero
        square += z * z
        p0 += z * v0
        q00 += w0 * v0
        if M > 1:
            w1 = v1 if on else zero
            p1 += z * v1
            q01 += w0 * v1
            q11 += w1 * v1
        if M > 2:
            w2 = v2 if on else zero
            p2 += z * v2
            q02 += w0 * v2
            q12 += w1 * v2
            q22 += w2 * v2
    sums[SQUARE] = square
    sums[P], sums[P + 1], sums[P + 2] = p0, p1, p2
    sums[Q], sums[Q + 1], sums[Q + 2] = q00, q01, q11
    sums[Q + 3], sums[Q + 4], sums[Q + 5] = q02, q12, q22


@kernel
def form(dims, sums, box, H, place):
    """Σ z² of the features that are on, at one example of a box."""
    M = len(dims)
    x = H[place, 0] - box[C]
    total = sums[SQUARE] + x * (2 * sums[P] + x * sums[Q])
    if M > 1:
        y = H[place, 1] - box[C + 1]
        total += y * (2 * (sums[P + 1] + x * sums[Q + 1]) + y * sums[Q + 2])
    if M > 2:
        z = H[place, 2] - box[C + 2]
        total += z * (2 * (sums[P + 2] + x * sums[Q + 3] + y * sums[Q + 4]) + z * sums[Q + 5])
    return total


@kernel
def open_squares(dims, level, count, H, place, low):
    """Σ max(z, low)² of one example over `count` packed columns."""
    M = len(dims)
    total = 0.0
    h0 = H[place, 0]
    h1 = H[place, 1] if M > 1 else h0
    h2 = H[place, 2] if M > 2 else h0
    for j in range(count):
        r = level[M * ROW + j] + h0 * level[j]
        if M > 1:
            r += h1 * level[ROW + j]
        if M > 2:
            r += h2 * level[2 * ROW + j]
        r = max(r, low)
        total += r * r
    return total


@kernel
def group_squares(dims, scratch, index, V, b, roots, tree, first, width, node0, node1, low, squares):
    """Add Σ I r² over features first to first + width to `squares`, for the examples of some nodes in their order."""
    rows, span, _, H, leaves, nodes = tree
    M = len(dims)
    size = (2 * M + 3) * ROW
    whole, middle, below = scratch[:size], scratch[size : 2 * size], scratch[2 * size : 3 * size]
    of_node, of_leaf = scratch[3 * size : 3 * size + SQUARE + 1], scratch[3 * size + 16 : 3 * size + 17 + SQUARE]
    count = (width + LANES - 1) // LANES * LANES
    for k in range(M + 1):
        for j in range(width, count):
            whole[k * ROW + j] = 0
    for j in range(width):
        root = roots[first + j] if roots.shape[0] > 0 else 1.0
        for k in range(M):
            whole[k * ROW + j] = V[k, first + j] * root
        whole[M * ROW + j] = b[first + j] * root
    for node in range(node0, node1):
        ask_squares(dims, whole, count, nodes[node], low, of_node)
        in_node = pack(dims, whole, count, index[0], middle)
        filled = (in_node + LANES - 1) // LANES * LANES
        for leaf in range(node * span, min((node + 1) * span, leaves.shape[0])):
            ask_squares(dims, middle, filled, leaves[leaf], low, of_leaf)
            in_leaf = pack(dims, middle, filled, index[1], below)
            open_count = (in_leaf + LANES - 1) // LANES * LANES
            for place in range(leaf * LEAF, min((leaf + 1) * LEAF, rows)):
                squares[place] += (
                    form(dims, of_node, nodes[node], H, place)
                    + form(dims, of_leaf, leaves[leaf], H, place)
                    + open_squares(dims, below, open_count, H, place, low)
                )


@kernel
def culled_losses(dims, W, V, b, rows, roots, H, tree, cells, scratch, index, squares, out, lows, team):
    """out[t] = loss of example t, in the paper's units, by all threads of the team; all arrays float64."""
    indptr, indices, values = rows
    low = lows[0]
    sync, rank, n_threads = team
    M = len(dims)
    n = V.shape[1]
    n_rows, span, order, _, _, nodes = tree
    t0, t1 = share(n_rows, rank, n_threads)
    encode(dims, W, rows, H, 0, t0, t1)
    stop_at(H, t0, t1, lows[1])
    put_in_order(dims, H, tree, cells, team)
    node0, node1 = share(nodes.shape[0], rank, n_threads)
    place0, place1 = min(node0 * span * LEAF, n_rows), min(node1 * span * LEAF, n_rows)
    for place in range(place0, place1):
        squares[place] = 0
    for first in range(0, n, GROUP):
        width = min(GROUP, n - first)
        group_squares(dims, scratch[rank], index[rank], V, b, roots, tree, first, width, node0, node1, low, squares)
    for place in range(place0, place1):
        t = order[place]
        total = squares[place]
        for p in range(indptr[t], indptr[t + 1]):
            i = indices[p]
            z = b[i] + H[t, 0] * V[0, i]
            if M > 1:
                z += H[t, 1] * V[1, i]
            if M > 2:
                z += H[t, 2] * V[2, i]
            x = values[p]
            weight = roots[i] * roots[i] if roots.shape[0] > 0 else 1.0
            total += weight * x * (x - 2 * max(z, low))
        out[t] = 0.0 if total < 0.0 else total  # by rounding; NaN stays
    barrier(sync, n_threads)

"""Examples in an order that follows the geometry, cut into leaves and nodes with bounds: what culling looks at.

Hidden vectors are sorted along a Hilbert curve at every step, by a counting sort that all threads share: the order is a
function of H alone, so a resumed run has it too. 32 neighbours are a leaf, `span` leaves a node. A box has the mean and
the second moments of its examples, and how far they lie from its middle: along their principal axes for m = 2, where
examples on a circle would fill half an upright box.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.fused_cpu.aligned import zeros
from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.team import barrier, share

LEAF = 32
"""Examples in a leaf. Of 16, half as many pairs are left to compute, but each test and its bookkeeping saves half as
much: slower at every T (10,000 at step 3,700: 2.1 against 1.7 ms)."""

N, C, MID, AXIS, REACH, SECOND, BOX = 0, 1, 4, 7, 9, 12, 18
"""Places in a box: number, mean, middle, principal axis (m = 2), half extents, Σ (h - mean)(h - mean)ᵀ as 00, 01, 11,
02, 12, 22; and its length."""

SLACK = 1e-6
"""Of the largest |h|: how much further a box reaches for rounding, ten times float32's."""


def span_of(rows: int) -> int:
    """Leaves in a node."""
    return 8 if rows < 32_768 else 16


def tree_of(rows: int, m: int, dtype: Any, team: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Room for the tree (rows, span, order, sorted H, boxes of leaves and of nodes), and for what puts it in order."""
    bits, span = bits_of(rows, m), span_of(rows)
    n_leaves = -(-rows // LEAF)
    boxes = (zeros((n_leaves, BOX), dtype), zeros((-(-n_leaves // span), BOX), dtype))
    counts = (np.empty((team, 1 << bits * m), np.int32) for _ in range(2))
    cells = (curve(m, bits), bits, zeros((team, 2, m), dtype), np.empty(rows, np.int32), *counts)
    return (rows, span, np.empty(rows, np.uint32), zeros((rows, m), dtype), *boxes), cells


def bits_of(rows: int, m: int) -> int:
    """Bits of each coordinate on the curve's grid. Fine, as a few far examples stretch it: of T = 10,000 in the feature
    regime 15, 6.1 and 4.6 % of the pairs stay open with 5, 7 and 8 bits; but all threads go through all cells."""
    return min(16, rows.bit_length() + 2) // m


@cache
def curve(m: int, bits: int) -> NDArray[np.int32]:
    """Place along a Hilbert curve of each cell of a grid of 2^bits cells a side, row by row.

    Skilling, "Programming the Hilbert curve", AIP Conference Proceedings 707 (2004).
    """
    side = 1 << bits
    x = [axis.ravel().astype(np.int64) for axis in np.meshgrid(*[np.arange(side)] * m, indexing="ij")]
    q = side >> 1
    while q > 1:
        for i in range(m):
            inverted = (x[i] & q) > 0
            swapped = np.where(inverted, 0, (x[0] ^ x[i]) & (q - 1))
            x[0] ^= np.where(inverted, q - 1, swapped)
            x[i] ^= swapped
        q >>= 1
    for i in range(1, m):
        x[i] ^= x[i - 1]
    flip = np.zeros_like(x[0])
    q = side >> 1
    while q > 1:
        flip ^= np.where((x[m - 1] & q) > 0, q - 1, 0)
        q >>= 1
    place = np.zeros_like(x[0])
    for bit in reversed(range(bits)):
        for axis in x:
            place = place << 1 | ((axis ^ flip) >> bit & 1)
    return place.astype(np.int32)


@kernel
def extent(H, first, last, lowest, highest):
    """The least and the largest of each coordinate of some examples; infinities of none."""
    for k in range(lowest.shape[0]):
        low = H.dtype.type(np.inf)
        high = H.dtype.type(-np.inf)
        for t in range(first, last):
            low = min(low, H[t, k])
            high = max(high, H[t, k])
        lowest[k] = low
        highest[k] = high


@kernel
def count_cells(dims, H, first, last, extents, n_threads, curve, bits, key, count):
    """The cell of each of some examples, and how many are in each cell. What is not finite is in the first."""
    M = len(dims)
    zero = H.dtype.type(0)
    side = 1 << bits
    top = H.dtype.type(side - 1)
    count[:] = 0
    low0 = low1 = low2 = H.dtype.type(np.inf)
    high0 = high1 = high2 = H.dtype.type(-np.inf)
    for rank in range(n_threads):
        low0 = min(low0, extents[rank, 0, 0])
        high0 = max(high0, extents[rank, 1, 0])
        if M > 1:
            low1 = min(low1, extents[rank, 0, 1])
            high1 = max(high1, extents[rank, 1, 1])
        if M > 2:
            low2 = min(low2, extents[rank, 0, 2])
            high2 = max(high2, extents[rank, 1, 2])
    scale0 = H.dtype.type(side) / (high0 - low0) if high0 > low0 else zero
    scale1 = H.dtype.type(side) / (high1 - low1) if high1 > low1 else zero
    scale2 = H.dtype.type(side) / (high2 - low2) if high2 > low2 else zero
    for t in range(first, last):
        x = (H[t, 0] - low0) * scale0
        cell = np.int64(min(x, top)) if x > zero else np.int64(0)
        if M > 1:
            x = (H[t, 1] - low1) * scale1
            cell = (cell << bits) + (np.int64(min(x, top)) if x > zero else np.int64(0))
        if M > 2:
            x = (H[t, 2] - low2) * scale2
            cell = (cell << bits) + (np.int64(min(x, top)) if x > zero else np.int64(0))
        place = curve[cell]
        key[t] = place
        count[place] += 1


@kernel
def scatter(dims, H, first, last, key, counts, start, rank, n_threads, order, sorted_H):
    """Put some examples in their place: by cell, and within a cell as they come."""
    M = len(dims)
    total = 0
    for cell in range(start.shape[0]):
        before = total
        for other in range(n_threads):
            if other < rank:
                before += counts[other, cell]
            total += counts[other, cell]
        start[cell] = before
    for t in range(first, last):
        cell = key[t]
        place = start[cell]
        start[cell] = place + 1
        order[place] = t
        sorted_H[place, 0] = H[t, 0]
        if M > 1:
            sorted_H[place, 1] = H[t, 1]
        if M > 2:
            sorted_H[place, 2] = H[t, 2]


@kernel
def bound(dims, H, first, last, box):
    """The box of examples first to last."""
    M = len(dims)
    real = H.dtype.type
    c0 = c1 = c2 = real(0)
    for t in range(first, last):
        c0 += H[t, 0]
        if M > 1:
            c1 += H[t, 1]
        if M > 2:
            c2 += H[t, 2]
    share = real(1) / real(last - first)
    c0 *= share
    c1 *= share
    c2 *= share
    s00 = s01 = s11 = s02 = s12 = s22 = real(0)
    far = real(0)
    for t in range(first, last):
        x = H[t, 0] - c0
        s00 += x * x
        far = max(far, abs(H[t, 0]))
        if M > 1:
            y = H[t, 1] - c1
            s01 += x * y
            s11 += y * y
            far = max(far, abs(H[t, 1]))
        if M > 2:
            z = H[t, 2] - c2
            s02 += x * z
            s12 += y * z
            s22 += z * z
            far = max(far, abs(H[t, 2]))
    a0, a1 = real(1), real(0)
    if M == 2:
        twice = np.sqrt((s00 - s11) * (s00 - s11) + 4 * s01 * s01)
        if twice > 0:  # the half angle of (s00 - s11, 2 s01)
            a0 = np.sqrt(max(real(0), (twice + (s00 - s11)) / (2 * twice)))
            a1 = np.sqrt(max(real(0), (twice - (s00 - s11)) / (2 * twice)))
            a1 = -a1 if s01 < 0 else a1
    low0 = low1 = low2 = real(np.inf)
    high0 = high1 = high2 = real(-np.inf)
    for t in range(first, last):
        x = H[t, 0] - c0
        if M == 2:
            y = H[t, 1] - c1
            along = a0 * x + a1 * y
            y = a0 * y - a1 * x
            x = along
        low0 = min(low0, x)
        high0 = max(high0, x)
        if M == 3:
            y = H[t, 1] - c1
        if M > 1:
            low1 = min(low1, y)
            high1 = max(high1, y)
        if M > 2:
            z = H[t, 2] - c2
            low2 = min(low2, z)
            high2 = max(high2, z)
    slack = real(SLACK) * far + 0 * (s00 + s11 + s22)  # NaN where anything is, and the box then decides nothing
    box[N] = real(last - first)
    box[C], box[C + 1], box[C + 2] = c0, c1, c2
    x = (low0 + high0) / 2
    y = (low1 + high1) / 2 if M > 1 else real(0)
    z = (low2 + high2) / 2 if M > 2 else real(0)
    box[MID] = c0 + (a0 * x - a1 * y if M == 2 else x)
    box[MID + 1] = c1 + (a1 * x + a0 * y if M == 2 else y)
    box[MID + 2] = c2 + z
    box[AXIS], box[AXIS + 1] = a0, a1
    box[REACH] = (high0 - low0) / 2 * real(1 + 1e-5) + slack
    box[REACH + 1] = (high1 - low1) / 2 * real(1 + 1e-5) + slack if M > 1 else real(0)
    box[REACH + 2] = (high2 - low2) / 2 * real(1 + 1e-5) + slack if M > 2 else real(0)
    box[SECOND], box[SECOND + 1], box[SECOND + 2] = s00, s01, s11
    box[SECOND + 3], box[SECOND + 4], box[SECOND + 5] = s02, s12, s22


@kernel
def bound_nodes(dims, H, rows, span, leaves, nodes, first, last):
    """The boxes of some nodes and of their leaves."""
    for node in range(first, last):
        start = node * span * LEAF
        bound(dims, H, start, min(start + span * LEAF, rows), nodes[node])
        for leaf in range(node * span, min((node + 1) * span, leaves.shape[0])):
            bound(dims, H, leaf * LEAF, min((leaf + 1) * LEAF, rows), leaves[leaf])


@kernel
def put_in_order(dims, H, tree, cells, team):
    """The tree of the hidden vectors H, by all threads of a team, each of which has H of its share of the examples."""
    sync, rank, n_threads = team
    rows, span, order, sorted_H, leaves, nodes = tree
    curve, bits, extents, key, counts, starts = cells
    t0, t1 = share(rows, rank, n_threads)
    extent(H, t0, t1, extents[rank, 0], extents[rank, 1])
    barrier(sync, n_threads)
    count_cells(dims, H, t0, t1, extents, n_threads, curve, bits, key, counts[rank])
    barrier(sync, n_threads)
    scatter(dims, H, t0, t1, key, counts, starts[rank], rank, n_threads, order, sorted_H)
    barrier(sync, n_threads)
    node0, node1 = share(nodes.shape[0], rank, n_threads)
    bound_nodes(dims, sorted_H, rows, span, leaves, nodes, node0, node1)
    barrier(sync, n_threads)

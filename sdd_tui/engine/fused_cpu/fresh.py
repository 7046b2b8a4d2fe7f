"""Fresh data (T = ∞) drawn by all threads, by the rule in the head of data.py: the very examples that numpy draws.

Each thread draws rows of its own into a part of the memory; the parts are then joined. The one step of the rule that is
not arithmetic on whole numbers, floor(log u / log S), is looked up in a table that numpy itself made: so no other
logarithm can differ from it in the last bit. 200,000 examples take 42 ms on a core of Zen 4, 171 with numpy.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples, Stream
from sdd_tui.engine.fused_cpu.cache import exact_kernel, kernel
from sdd_tui.engine.fused_cpu.pool import Pool
from sdd_tui.engine.fused_cpu.team import intrinsic, share
from sdd_tui.engine.groups import INDEPENDENT

BITS = 40
"""Of a word that make u."""

FINE = 10
"""Bits of u below its leading one that say where a search for the gap begins: gaps differ by one there at S = 0.999."""

MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
ROUND_KEYS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
"""Philox-4x64 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3")."""

LONGEST = 129
"""Active features up to which squares are added up here as numpy's pairwise sum adds them."""

ROWS_A_THREAD = 512
"""Examples that are worth a thread."""

SPREAD = 8
"""Standard deviations of the number of active features that a thread has room for; beyond, numpy draws."""


@intrinsic
def high(_: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of a product."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), codegen


@intrinsic
def bits(_: Any, x: Any) -> Any:
    """The bits of a float64."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@kernel
def words(seed, stream, index, block, attempt):
    """The four words of a block of an example; numpy's generator counts one up before its first block."""
    c0, c1, c2, c3 = np.uint64(index + np.uint64(1)), np.uint64(block), np.uint64(attempt), np.uint64(0)
    k0, k1 = np.uint64(seed), np.uint64(stream)
    for _ in range(10):
        h0, l0 = high(np.uint64(MULTIPLIERS[0]), c0), np.uint64(MULTIPLIERS[0]) * c0
        h1, l1 = high(np.uint64(MULTIPLIERS[1]), c2), np.uint64(MULTIPLIERS[1]) * c2
        c0, c1, c2, c3 = h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0
        k0 += np.uint64(ROUND_KEYS[0])
        k1 += np.uint64(ROUND_KEYS[1])
    return c0, c1, c2, c3


@kernel
def gap(word, below, begin):
    """floor(log u / log S) of a word; as many as there are groups stands for that and more."""
    k = np.int64(word >> np.uint64(24))
    g = np.int64(begin[(bits(np.float64(k + 1)) >> (52 - FINE)) - (1023 << FINE)])
    while k < below[g + 1]:
        g += 1
    return g


@kernel
def draw(key, below, begin, counts, indices, values, ends, room, normalise, rank, team):
    """The active features of each example, their number and their values, a thread's examples one after another from
    where its part of `indices` begins; ends[rank] is where they end, or -1 where its part is too small.

    counts[t] is negative where the sum of squares is left to numpy.
    """
    n = below.shape[0] - 2
    first, last = share(counts.shape[0], rank, team)
    p, end = share(indices.shape[0], rank, team)
    x, squares = room[rank, 0], room[rank, 1]
    for t in range(first, last):
        if end - p < n:  # an example may have all n
            ends[rank] = -1
            return
        attempt = 0
        k = 0
        while k == 0:
            position = np.int64(-1)
            block = 0
            while position < n:
                for word in words(key[0], key[1], key[2] + np.uint64(t), block, attempt):
                    position += gap(word, below, begin) + 1
                    if position >= n:
                        break
                    indices[p + k] = position
                    x[k] = (np.float64(np.int64(word & np.uint64(0xFFFFFF))) + 0.5) * 2.0**-24
                    squares[k] = x[k] * x[k]
                    k += 1
                block += 1
            attempt += 1
        counts[t] = k if k <= LONGEST or not normalise else -k
        norm = np.sqrt(total(squares, k)) if normalise and k <= LONGEST else 1.0
        for i in range(k):
            values[p + i] = np.float32(x[i] / norm)
        p += k
    ends[rank] = p


@exact_kernel
def total(y, k):
    """y[0] + … + y[k - 1] in the order of numpy's add.reduceat: the first, and the pairwise sum of the others."""
    others = 0.0
    whole = (k - 1) // 8 * 8
    if whole > 0:
        a, b, c, d, e, f, g, h = y[1], y[2], y[3], y[4], y[5], y[6], y[7], y[8]
        for i in range(9, whole + 1, 8):
            a, b, c, d = a + y[i], b + y[i + 1], c + y[i + 2], d + y[i + 3]
            e, f, g, h = e + y[i + 4], f + y[i + 5], g + y[i + 6], h + y[i + 7]
        others = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for i in range(whole + 1, k):
        others = others + y[i]
    return y[0] + others


@lru_cache(maxsize=4)
def gaps(log_idle: float, groups: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """below[g] (groups + 2,): a gap is at least g where u 2^40 - 1 is less; and begin[i], the least gap where u begins
    with the bits i."""
    below = np.zeros(groups + 2, np.int64)
    below[0] = 1 << BITS
    reach = np.arange(1, groups + 1)
    with np.errstate(over="ignore"):
        near = np.clip(np.exp(reach * log_idle) * 2.0**BITS, 0, 2.0**BITS).astype(np.int64)
    room = 2 + near // 2**30
    low, top = np.maximum(near - room, 0), np.minimum(near + room, 1 << BITS)
    while (low < top).any():  # the first k whose gap, as numpy computes it, is smaller than g
        middle = (low + top) // 2
        reached = rule(middle, log_idle) >= reach
        low, top = np.where(reached, middle + 1, low), np.where(reached, top, middle)
    below[1:-1] = low
    starts = [(1 << e) * (1 + np.arange(1 << FINE) / (1 << FINE)) for e in range(BITS + 1)]
    ends = np.ceil(np.concatenate([*starts, [2.0 ** (BITS + 1)]])[1:]).astype(np.int64) - 2  # largest k of each
    begin = np.searchsorted(-below[1:-1], -np.clip(ends, 0, (1 << BITS) - 1), side="left")
    return below, np.minimum(begin, groups).astype(np.int32)


def rule(k: NDArray[np.int64], log_idle: float) -> NDArray[np.float64]:
    """floor(log u / log S) as data.py has it, for u = (k + 1) / 2^40."""
    u = (k.astype(np.float64) + 1.0) * 2.0**-BITS
    return np.floor(np.log(u) / log_idle)


def steps(fresh: FreshExamples, first: int, many: int, pool: Pool) -> Examples:
    """`FreshExamples.steps` on the threads of a pool; features in groups are drawn as there."""
    source, rows = fresh.source, many * fresh.batch_size
    if source.groups.size != INDEPENDENT.size:
        return fresh.steps(first, many)
    below, begin = gaps(source.log_idle(), source.n_features)
    n = source.n_features
    key = np.array([fresh.seed, Stream.STEP, first * fresh.batch_size], np.uint64)
    team = max(1, min(pool.threads, rows // ROWS_A_THREAD))
    counts, ends, room = np.empty(rows, np.int64), np.empty(team, np.int64), np.empty((team, 2, n))
    active = n * (1 - source.sparsity)
    size = int(rows * (active + 1) + team * (2 * n + SPREAD * math.sqrt(rows * (active + 1))))
    indices, values = np.empty(size, np.int32), np.empty(size, np.float32)
    pool.together(
        team,
        lambda rank: draw(key, below, begin, counts, indices, values, ends, room, source.normalise, rank, team),
    )
    if (ends < 0).any():
        return fresh.steps(first, many)
    begins = [size * rank // team for rank in range(team)]
    parts = [slice(begin_, end) for begin_, end in zip(begins, ends.tolist(), strict=True)]
    indptr = np.zeros(rows + 1, np.int64)
    np.cumsum(np.abs(counts), out=indptr[1:])
    if team == 1:
        joined = indices[parts[0]], values[parts[0]]
    else:
        joined = np.concatenate([indices[part] for part in parts]), np.concatenate([values[part] for part in parts])
    for t in np.flatnonzero(counts < 0):  # long examples, which are dense ones
        alone = source.draw(fresh.seed, Stream.STEP, int(key[2]) + int(t), 1)
        joined[1][indptr[t] : indptr[t + 1]] = alone.values
    offsets = np.arange(many + 1, dtype=np.int64) * fresh.batch_size
    return Examples(n, indptr, *joined, offsets, source.weights())

"""The data's identity: X is a function of (seed, stream, index), drawn from the words of a counter-based generator.

Numpy only; the front ends use it too. Invariant: an example's bits depend on nothing but (seed, stream, index, n, S,
normalise), so any example can be drawn by itself and the first T examples are the same for every larger T.

The rule, which is a contract. Words come from Philox-4x64-10 as numpy's bit generator addresses it (the raw words
are stable across versions; its Generator's distributions are not promised to be): key = (seed, stream), counter =
(index, block, attempt, 0), four words a block. Each 64-bit word w, in order, gives one active feature:

* its high 40 bits are u = (w >> 24 + 1) / 2^40 in (0, 1], and the gap to the next active feature is
  floor(log u / log S), so a feature is zero with probability S;
* its low 24 bits are the feature's value, (w mod 2^24 + 1/2) / 2^24, uniform on (0, 1).

Features past n end the example. An example with no active feature is drawn again with attempt + 1. Values are then
divided by their Euclidean norm (if `normalise`) in float64 and rounded to float32.

With features in groups of g the words say which groups are active instead; group k holds the features k g to
k g + g - 1 as far as they are below n. The last number of the counter is a layer, 0 above:

* correlated: a group is active with probability 1 - S, and with it all its features. Feature k g has the word's value,
  feature k g + j the value of the word at the same place of layer j.
* anticorrelated: a group is active with probability g (1 - S), and of it the feature k g + floor(g v / 2^32) alone, v
  being the high 32 bits of the word at the same place of layer 1. A feature past n is left out.

So every feature is active with probability 1 - S, as without groups, and g = 1 is the rule above.
"Superposition, Memorization, and Double Descent", set-up.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.groups import INDEPENDENT, Chunk, Groups, value_of

CHUNK = 8192
"""Examples drawn at once: four blocks of words of that many examples stay inside a level-2 cache."""


class Stream(IntEnum):
    """What the draws are for; the second half of the generator's key."""

    TRAIN = 1
    TEST = 2
    INIT = 3
    STEP = 4


@dataclass(frozen=True)
class Examples:
    """Sparse examples of one or several models, row-compressed; model b owns rows offsets[b] to offsets[b + 1]."""

    n_features: int
    indptr: NDArray[np.int64]
    """(rows + 1,): where each example's active features begin."""
    indices: NDArray[np.int32]
    """(nnz,): active features, ascending within an example."""
    values: NDArray[np.float32]
    """(nnz,): their values."""
    offsets: NDArray[np.int64]
    """(models + 1,): where each model's examples begin."""
    importance: NDArray[np.float64] | None = None
    """(n,): weight of each feature's squared error in the loss; None where all are 1. No part of X."""

    @property
    def n_rows(self) -> int:
        """Number of examples, over all models."""
        return len(self.indptr) - 1

    @property
    def n_models(self) -> int:
        """Number of models."""
        return len(self.offsets) - 1

    def rows(self, first: int, last: int) -> Examples:
        """Examples `first` to `last` (exclusive) as the data of one model, X (rows, n), as far as there are any."""
        first = min(max(first, 0), self.n_rows)
        last = max(first, min(last, self.n_rows))
        lo, hi = self.indptr[first], self.indptr[last]
        indptr = self.indptr[first : last + 1] - lo
        offsets = np.array([0, last - first], np.int64)
        return Examples(self.n_features, indptr, self.indices[lo:hi], self.values[lo:hi], offsets, self.importance)

    def model(self, b: int) -> Examples:
        """The examples of model `b` alone, X (T, n)."""
        return self.rows(int(self.offsets[b]), int(self.offsets[b + 1]))

    def dense(self) -> NDArray[np.float32]:
        """X as a dense (rows, n) array; for tests and small n only."""
        X = np.zeros((self.n_rows, self.n_features), np.float32)
        X[np.repeat(np.arange(self.n_rows), np.diff(self.indptr)), self.indices] = self.values
        return X

    def sha256(self) -> str:
        """Fingerprint of X: n, then indptr, indices and values, little-endian."""
        digest = hashlib.sha256(np.int64(self.n_features).astype("<i8").tobytes())
        for array, kind in ((self.indptr, "<i8"), (self.indices, "<i4"), (self.values, "<f4")):
            digest.update(np.ascontiguousarray(array, kind).data)
        return digest.hexdigest()


def stack(parts: Sequence[Examples]) -> Examples:
    """One batch from the examples of several models, in order; T may differ from model to model (ragged), n and the
    features' importance not."""
    starts = np.cumsum([0, *(len(p.indices) for p in parts)])
    return Examples(
        parts[0].n_features,
        np.concatenate([np.zeros(1, np.int64), *(p.indptr[1:] + s for p, s in zip(parts, starts, strict=False))]),
        np.concatenate([p.indices for p in parts]),
        np.concatenate([p.values for p in parts]),
        np.cumsum([0, *(p.n_rows for p in parts)]).astype(np.int64),
        parts[0].importance,
    )


def importances(n: int, decay: float) -> NDArray[np.float64] | None:
    """(n,) weights I_i that go as decay**i and have the mean 1; None for decay = 1, where all are 1.

    Geometric as in Toy Models of Superposition. Those below the smallest normal float32 are 0, for speed.
    """
    if decay == 1:
        return None
    falling = np.exp(np.log(decay) * np.arange(n))
    weights = falling * (n / falling.sum())
    return np.where(weights < np.finfo(np.float32).tiny, 0.0, weights)


def repeat(examples: Examples, count: int, times: int) -> Examples:
    """The examples of one model, then the first `count` of them again and again until they occur `times` times.

    Rows are repeated, not weighted: the kernels need no factor an example, and X with its fingerprint is what is
    trained on. The distinct examples come first, so that prefixes nest as without repeats.
    """
    joined = stack([examples, *[examples.rows(0, count)] * (times - 1)])
    return replace(joined, offsets=np.array([0, joined.n_rows], np.int64))


def words(
    seed: int, stream: Stream, first: int, count: int, block: int, attempt: int, layer: int = 0
) -> NDArray[np.uint64]:
    """(count, 4) raw words of block `block` of the examples first, first + 1, …"""
    generator = np.random.Philox(key=[seed, int(stream)], counter=[first, block, attempt, layer])
    return np.asarray(generator.random_raw(4 * count), np.uint64).reshape(count, 4)


@dataclass(frozen=True)
class DataSource:
    """The distribution of the paper's data: n features, each zero with probability S, rescaled to length 1."""

    n_features: int
    sparsity: float
    normalise: bool = True
    importance: float = 1.0
    """What the features' weights in the loss fall by from one to the next."""
    groups: Groups = INDEPENDENT

    def draw(self, seed: int, stream: Stream, first: int, count: int) -> Examples:
        """Examples first to first + count of a stream, as the data of one model, X (rows, n)."""
        parts = list(self._chunks(seed, stream, first, count))
        counts = np.concatenate([c for c, _, _ in parts])
        indptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return Examples(
            self.n_features,
            indptr,
            np.concatenate([i for _, i, _ in parts]),
            np.concatenate([v for _, _, v in parts]),
            np.array([0, count], np.int64),
            self.weights(),
        )

    def weights(self) -> NDArray[np.float64] | None:
        """(n,) weights of the features in the loss; None where all are 1."""
        return importances(self.n_features, self.importance)

    def log_idle(self) -> float:
        """log S, or with groups the logarithm of the probability that one is not active; -inf for 0."""
        idle = self.groups.idle(self.sparsity)
        return math.log(idle) if idle > 0 else -math.inf

    def _chunks(self, seed: int, stream: Stream, first: int, count: int) -> Iterator[Chunk]:
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            counts, indices, values = self._attempt(seed, stream, first + start, size, 0)
            attempt = 1
            while (empty := np.flatnonzero(counts == 0)).size:
                lo, hi = int(empty[0]), int(empty[-1]) + 1
                again = self._attempt(seed, stream, first + start + lo, hi - lo, attempt)
                counts, indices, values = _fill_empty(counts, indices, values, lo, again)
                attempt += 1
            if self.normalise:
                starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)[:-1]])
                values = values / np.repeat(np.sqrt(np.add.reduceat(values * values, starts)), counts)
            yield counts, indices, values.astype(np.float32)

    def _attempt(self, seed: int, stream: Stream, first: int, count: int, attempt: int) -> Chunk:
        """Every example of a range at one attempt: counts, then features and raw values in example order."""
        log_s, n_groups = self.log_idle(), self.groups.count(self.n_features)
        alive = np.arange(count)
        position = np.full(count, -1, np.int64)
        counts = np.zeros(count, np.int64)
        found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
        block = 0
        while alive.size:
            w = words(seed, stream, first, count, block, attempt)[alive]
            u = ((w >> np.uint64(24)).astype(np.float64) + 1.0) * 2.0**-40
            gap = np.floor(np.log(u) / log_s).astype(np.int64)
            at = position[alive, None] + np.cumsum(gap + 1, axis=1)
            inside = at < n_groups  # a prefix of each row: positions only grow
            row, slot = np.nonzero(inside)
            found.append((alive[row], counts[alive[row]] + slot, at[row, slot], value_of(w[row, slot])))
            counts[alive] += inside.sum(axis=1)
            position[alive] = at[:, -1]
            alive = alive[inside[:, -1]]
            block += 1
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        indices = np.empty(starts[-1], np.int32)
        values = np.empty(starts[-1], np.float64)
        for row, nth, group, value in found:
            indices[starts[row] + nth] = group
            values[starts[row] + nth] = value
        drawn = counts, indices, values
        return self.groups.members(
            self.n_features, drawn, lambda block, layer: words(seed, stream, first, count, block, attempt, layer)
        )


def _fill_empty(
    counts: NDArray[np.int64], indices: NDArray[np.int32], values: NDArray[np.float64], lo: int, again: Chunk
) -> Chunk:
    """Give the examples that are still empty what the next attempt drew for them; `again` covers rows from `lo`."""
    new_counts, new_indices, new_values = again
    span = slice(lo, lo + len(new_counts))
    take = np.repeat(counts[span] == 0, new_counts)
    rows = np.concatenate(
        [np.repeat(np.arange(len(counts)), counts), np.repeat(np.arange(lo, lo + len(new_counts)), new_counts)[take]]
    )
    order = np.argsort(rows, kind="stable")
    merged = counts.copy()
    merged[span] = np.where(counts[span] == 0, new_counts, counts[span])
    return (
        merged,
        np.concatenate([indices, new_indices[take]])[order],
        np.concatenate([values, new_values[take]])[order],
    )


@dataclass(frozen=True)
class FreshExamples:
    """T = ∞: every step sees its own batch, a function of (seed, step). One model."""

    source: DataSource
    seed: int
    batch_size: int

    @property
    def n_features(self) -> int:
        """Number of input features, n."""
        return self.source.n_features

    def steps(self, first: int, count: int) -> Examples:
        """The batches of steps first to first + count, one after another, X (rows, n); `offsets` marks the steps."""
        drawn = self.source.draw(self.seed, Stream.STEP, first * self.batch_size, count * self.batch_size)
        offsets = np.arange(count + 1, dtype=np.int64) * self.batch_size
        return replace(drawn, offsets=offsets)


def uniforms(seed: int, count: int) -> NDArray[np.float64]:
    """`count` uniform numbers in (0, 1) of the init stream, one word each: (w >> 11 + 1/2) / 2^53."""
    raw = words(seed, Stream.INIT, 0, -(-count // 4), 0, 0).ravel()[:count]
    return ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

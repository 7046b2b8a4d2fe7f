"""Data and work space as the kernels read them: row- and column-compressed examples, arrays that begin on cache lines.

Invariant: sizes of tiles and blocks depend on T, n and m alone, never on the number of threads.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.fused_cpu.aligned import zeros
from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.culling import Sizes
from sdd_tui.engine.fused_cpu.dense import F
from sdd_tui.engine.fused_cpu.team import barrier, new_sync, share
from sdd_tui.engine.interface import Real

PARTS_BYTES = 4 * 2**20
"""What feature tiles add to dH is kept apart, in at most this many bytes of float32: larger T goes in blocks."""

Together = Callable[[int, Callable[[int], Any]], object]
"""Runs a function of a rank on a team of so many threads."""

SPECIALISED = 3
"""Largest m with kernels of its own; each costs 1-4 s to compile, once."""


def feature_tiles(n: int) -> int:
    """Tiles of F features."""
    return -(-n // F)


def block_rows(n_rows: int, m: int, n: int) -> int:
    """Examples a block, a multiple of four."""
    most = max(64, PARTS_BYTES // (4 * feature_tiles(n) * columns_of(m)))
    return int(4 * -(-min(n_rows, most) // 4))


@dataclass
class Batches:
    """One model's data, row- and column-compressed; finite data is a single batch, fresh data one a step."""

    n_features: int
    indptr: NDArray[np.int64]
    indices: NDArray[np.uint32]
    """Unsigned, as every index the kernels read from memory: numba wraps signed ones, at a cost."""
    values: Real
    starts: NDArray[np.int64]
    """(batches,): first row of each batch."""
    n_rows: int
    """Rows of a batch."""
    roots: NDArray[np.float64]
    """(n,): square roots of the features' importance; empty where all are 1."""

    @staticmethod
    def of(examples: Examples, dtype: type, batches: int = 1) -> Batches:
        """The rows of `examples` as `batches` equal batches."""
        rows = examples.n_rows // batches
        starts = np.arange(batches, dtype=np.int64) * rows
        values: Real = examples.values.astype(dtype, copy=False)
        indices = examples.indices.view(np.uint32)
        roots = np.zeros(0) if examples.importance is None else np.sqrt(examples.importance)
        return Batches(examples.n_features, examples.indptr, indices, values, starts, rows, roots)

    @property
    def rows(self) -> tuple[Any, Any, Any]:
        """The row-compressed arrays, as the kernels take them."""
        return self.indptr, self.indices, self.values

    @cached_property
    def columns(self) -> tuple[Any, Any, Any, Any, Any, Any]:
        """The column-compressed arrays: tiles, feature, ptr, row, pos, values (see `transpose`)."""
        return self.transposed(lambda team, work: work(0), 1)

    def transposed(self, together: Together, team: int) -> tuple[Any, Any, Any, Any, Any, Any]:
        """The columns, made by a team of threads that `together` runs."""
        nnz, n_tiles = len(self.indices), feature_tiles(self.n_features)
        kind = np.uint32 if nnz < 2**32 else np.uint64
        tiles = np.empty((len(self.starts), n_tiles + 1), np.int64)
        most = min(nnz, len(self.starts) * self.n_features)
        feature, ptr = np.empty(most, np.int32), np.empty(most + 1, np.int64)
        row, pos, values = np.empty(nnz, np.uint32), np.empty(nnz, kind), np.empty(nnz, self.values.dtype)
        place, sync = np.empty(n_tiles * F, np.int64), new_sync()
        columns = tiles, feature, ptr, row, pos, values
        together(team, lambda rank: transpose(self.rows, self.starts, self.n_rows, place, columns, (sync, rank, team)))
        return columns

    def work(self, m: int, team: int, culls: bool) -> tuple[Any, ...]:
        """(H, dH, delta, h and dH side by side, parts of dH, what the culled pass needs) for a model with this data."""
        dtype, sizes = self.values.dtype, Sizes(self.n_rows, self.n_features, m, culls)
        H = zeros((4 * -(-self.n_rows // 4), columns_of(m)), dtype)
        block = 0 if sizes.culls else block_rows(self.n_rows, m, self.n_features)
        parts = zeros((feature_tiles(self.n_features), block, columns_of(m)), dtype)
        small = m <= SPECIALISED
        delta = np.zeros(0 if small else len(self.values), dtype)
        both = zeros((self.n_rows if small else 0, 2 * m if m < 3 else 8), dtype)
        return H, zeros(H.shape, dtype), delta, both, parts, sizes.arrays(dtype, team)

    @cached_property
    def weights(self) -> tuple[Any, Any]:
        """What importance is to a training step: I x at the active features, and the features' √I."""
        dtype = self.values.dtype
        if not len(self.roots):
            return self.values, zeros((0,), dtype)
        roots = zeros(self.roots.shape, dtype)
        roots[:] = self.roots
        return self.values * (roots * roots)[self.indices], roots

    def arrays(self, V: Real, b: Real) -> tuple[Any, Any, Any, Any, int]:
        """The data as the kernels take it: rows, weights, columns, starts, rows of a batch.

        The weights are I x, √I, and what the dense pass decodes with: V and b, or room for them times √I.
        """
        targets, roots = self.weights
        scaled = (zeros(V.shape, V.dtype), zeros(b.shape, b.dtype)) if len(roots) else (V, b)
        return self.rows, (targets, roots, scaled), self.columns, self.starts, self.n_rows


@dataclass
class Loaded:
    """A batch of models' data: finite data model by model, or the source of fresh examples."""

    models: list[Batches]
    fresh: FreshExamples | None = None


def columns_of(m: int) -> int:
    """Columns of H: m, or m rounded up to a multiple of four where hidden dimensions go in blocks."""
    return m if m <= SPECIALISED else 4 * -(-m // 4)


def dims_of(m: int) -> tuple[int, ...]:
    """What tells the kernels m at compile time: a tuple of that length, or an empty one for the blocked form."""
    return (0,) * m if m <= SPECIALISED else ()


@kernel
def transpose(rows, starts, n_rows, place, columns, sync):
    """Column-compress each batch, skipping features that none of its examples has.

    Column c belongs to feature[c] and holds the examples row[q] (counted within the batch), places pos[q] and values[q]
    for q from ptr[c] to ptr[c + 1]; feature tile f of a batch has the columns tiles[batch, f] to tiles[batch, f + 1]. A
    thread has the features of its own tiles; `place` is scratch, a number a feature of every tile.
    """
    indptr, indices, given = rows
    tiles, feature, ptr, row, pos, values = columns
    state, rank, team = sync
    n_tiles = tiles.shape[1] - 1
    first, last = share(n_tiles, rank, team)
    lowest, beyond = first * F, last * F
    c = 0
    q = 0
    for batch in range(starts.shape[0]):
        r0 = starts[batch]
        place[lowest:beyond] = 0
        for p in range(indptr[r0], indptr[r0 + n_rows]):
            if lowest <= indices[p] < beyond:
                place[indices[p]] += 1
        barrier(state, team)
        mine_c, mine_q = c, q
        for i in range(n_tiles * F):  # where this thread's columns begin, and where the next batch's do
            mine_c += i < lowest and place[i] > 0
            mine_q += place[i] if i < lowest else 0
            c += place[i] > 0
            q += place[i]
        barrier(state, team)
        for f in range(first, last):
            tiles[batch, f] = mine_c
            for i in range(f * F, (f + 1) * F):
                count = place[i]
                if count > 0:
                    feature[mine_c] = i
                    ptr[mine_c] = mine_q
                    place[i] = mine_q
                    mine_q += count
                    mine_c += 1
        if rank == team - 1:
            tiles[batch, n_tiles] = c
            ptr[c] = q
        for t in range(n_rows):
            for p in range(indptr[r0 + t], indptr[r0 + t + 1]):
                if lowest <= indices[p] < beyond:
                    at = place[indices[p]]
                    row[at] = t
                    pos[at] = p
                    values[at] = given[p]
                    place[indices[p]] = at + 1
        barrier(state, team)

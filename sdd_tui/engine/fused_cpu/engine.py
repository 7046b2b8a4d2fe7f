"""The fused engine on the CPU: arrays in, kernels called, nothing else.

Invariant: how work is cut into tiles depends on T, n and m alone; threads only decide who computes a tile.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.base import Real, State, Tensors
from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.fused_cpu import cache
from sdd_tui.engine.fused_cpu.dense import F
from sdd_tui.engine.fused_cpu.losses import PAD, losses
from sdd_tui.engine.fused_cpu.step import SCALE, advance, gradient, transpose
from sdd_tui.engine.fused_cpu.team import new_sync
from sdd_tui.engine.optimizer import FLUSH, Schedule

PARTS_BYTES = 4 * 2**20
"""What feature tiles add to dH is kept apart, in at most this many bytes of float32: larger T goes in blocks."""

TEAM_WORK = 50_000
"""(feature, example, hidden) triples a step for each thread of a team. At n = 10,000, m = 2 two threads take 11 µs a
step against 18 at T = 5, and 49 against 87 at T = 100."""

CACHE_LINE = 64

FRESH_ROWS = 32_768
"""Examples drawn at once when T = ∞."""

SPECIALISED = 3
"""Largest m with kernels of its own; each costs 1-4 s to compile, once."""


def cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def zeros(shape: tuple[int, ...], dtype: Any) -> Any:
    """Zeros that begin on a cache line: numpy aligns to 16 bytes, and a vector load that crosses lines costs twice
    (22 against 14 ms for the losses of 10,000 examples)."""
    count = math.prod(shape) * np.dtype(dtype).itemsize
    raw = np.zeros(count + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + count].view(dtype).reshape(shape)


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

    @staticmethod
    def of(examples: Examples, dtype: type, batches: int = 1) -> Batches:
        """The rows of `examples` as `batches` equal batches."""
        rows = examples.n_rows // batches
        starts = np.arange(batches, dtype=np.int64) * rows
        values = examples.values.astype(dtype, copy=False)
        indices = examples.indices.view(np.uint32)
        return Batches(examples.n_features, examples.indptr, indices, values, starts, rows)

    @property
    def rows(self) -> tuple[Any, Any, Any]:
        """The row-compressed arrays, as the kernels take them."""
        return self.indptr, self.indices, self.values

    @cached_property
    def columns(self) -> tuple[Any, Any, Any, Any, Any]:
        """The column-compressed arrays: tiles, feature, ptr, row, pos; see `transpose`."""
        nnz = len(self.indices)
        kind = np.uint32 if nnz < 2**32 else np.uint64
        tiles = np.empty((len(self.starts), feature_tiles(self.n_features) + 1), np.int64)
        most = min(nnz, len(self.starts) * self.n_features)
        feature, ptr = np.empty(most, np.int32), np.empty(most + 1, np.int64)
        row, pos = np.empty(nnz, np.uint32), np.empty(nnz, kind)
        place = np.empty(feature_tiles(self.n_features) * F, np.int64)
        transpose(self.indptr, self.indices, self.starts, self.n_rows, place, tiles, feature, ptr, row, pos)
        return tiles, feature, ptr, row, pos

    def work(self, m: int) -> tuple[Any, Any, Any, Any]:
        """(H, dH, delta, parts of dH) for one model with this data."""
        dtype = self.values.dtype
        H = zeros((4 * -(-self.n_rows // 4), columns_of(m)), dtype)
        parts = (feature_tiles(self.n_features), block_rows(self.n_rows, m, self.n_features), columns_of(m))
        return H, zeros(H.shape, dtype), np.zeros_like(self.values), zeros(parts, dtype)

    def arrays(self) -> tuple[Any, Any, Any, int]:
        """The data as the kernels take it: rows, columns, starts, rows of a batch."""
        return self.rows, self.columns, self.starts, self.n_rows


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


class FusedCPU:
    """The fused kernel on the CPU."""

    name = "fused"
    device = "cpu"

    def __init__(self, precision: str = "float32", threads: int = 0) -> None:
        """`threads` = 0 uses every core this process may run on."""
        self.dtype: type = np.float64 if precision == "float64" else np.float32
        self.threads = threads or cores()
        self.team_work = TEAM_WORK
        self._pool = ThreadPoolExecutor(max(1, self.threads - 1), "fused") if self.threads > 1 else None

    @staticmethod
    def needs_compiling() -> bool:
        """Whether the first step has to wait some seconds for the compiler."""
        return not cache.compiled()

    def place(self, state: State) -> State:
        """The state as contiguous arrays of this engine's precision."""

        def copy(array: Real) -> Real:
            own: Real = zeros(array.shape, self.dtype)
            own[...] = array
            return own

        def cast(t: Tensors) -> Tensors:
            return Tensors(copy(t.W), copy(t.b), None if t.V is None else copy(t.V))

        return State(cast(state.params), cast(state.first), cast(state.second), state.output, state.step)

    def fetch(self, state: State) -> State:
        """The state itself: it lives on the host."""
        return state

    def load(self, data: Examples | FreshExamples) -> Loaded:
        """The data model by model; O(non-zeros) memory."""
        if isinstance(data, FreshExamples):
            return Loaded([], data)
        return Loaded([Batches.of(data.model(b), self.dtype) for b in range(data.n_models)])

    def advance(self, state: State, data: Loaded, schedule: Schedule, k: int) -> None:
        """k steps of every model, in place."""
        table = schedule.table(state.step, k).astype(self.dtype)
        if data.fresh is not None:
            self._advance_fresh(state, data.fresh, schedule, table)
        elif len(data.models) == 1:
            self._advance_model(state, 0, data.models[0], schedule, table[0], self.threads)
        else:
            self._advance_many(state, data, schedule, table)
        state.step += k

    def gradients(self, state: State, data: Loaded, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss, in this engine's precision."""
        out = state.params.zeros()
        n, m = self._features(state), state.params.W.shape[1]
        for b in range(len(state.params.W)):
            batches = data.models[b] if data.fresh is None else self._draw(data.fresh, state.step, 1)
            constants = self._constants(state, schedule, b, batches.n_rows)
            arguments = self._arguments(state, b, batches, 1)
            gradient(*arguments, constants, state.tied, (new_sync(), 0, 1))
            grad = np.concatenate(list(arguments[5]), axis=1)[:, :n] * constants[SCALE]  # (2m + 1, n)
            out.b[b] = grad[m]
            (out.W if out.V is None else out.V)[b] = grad[:m]
            if out.V is not None:
                out.W[b] = grad[m + 1 :]
        return out

    def evaluate(self, state: State, data: Loaded) -> NDArray[np.float64]:
        """(B,) losses, exact."""
        models = data.models if data.fresh is None else [self._draw(data.fresh, state.step, 1)]
        return np.array([float(np.mean(self.example_losses(state, b, rows))) for b, rows in enumerate(models)])

    def example_losses(self, state: State, b: int, batches: Batches) -> NDArray[np.float64]:
        """(T,) loss of each example under model `b`, from float64 residuals."""
        W, V, bias = (np.asarray(a, np.float64) for a in _model(state.params, b))
        m = W.shape[0]
        T = batches.n_rows
        H = zeros((4 * -(-T // 4), columns_of(m)), np.float64)
        out, cursors = np.empty(T), np.empty(T, np.int64)
        low = 0.0 if state.output == "relu" else -np.inf
        team = self._team_size(T * self._features(state) * 2)
        scratch = zeros((team, (5 + columns_of(m)) * F + PAD), np.float64)
        self._together(
            team,
            lambda rank: losses(
                dims_of(m), W, V, bias, batches.rows, H, cursors, scratch, out, 0, T, low, (rank, team)
            ),
        )
        return out

    def _advance_many(self, state: State, data: Loaded, schedule: Schedule, table: NDArray[Any]) -> None:
        """Small models go a thread each, larger ones one after another with the whole team."""
        n, m = self._features(state), state.params.W.shape[1]
        small = [b for b, d in enumerate(data.models) if self._team_size(d.n_rows * n * m) == 1]
        for b in sorted(set(range(len(data.models))) - set(small)):
            self._advance_model(state, b, data.models[b], schedule, table[b], self.threads)

        def share(rank: int) -> None:
            for b in small[rank :: self.threads]:
                self._advance_model(state, b, data.models[b], schedule, table[b], 1)

        self._together(self.threads, share)

    def _advance_fresh(self, state: State, fresh: FreshExamples, schedule: Schedule, table: NDArray[Any]) -> None:
        k = table.shape[1]
        size = max(1, FRESH_ROWS // fresh.batch_size)
        for start in range(0, k, size):
            count = min(size, k - start)
            batches = self._draw(fresh, state.step + start, count)
            self._advance_model(state, 0, batches, schedule, table[0, start : start + count], self.threads)

    def _advance_model(
        self, state: State, b: int, batches: Batches, schedule: Schedule, table: NDArray[Any], threads: int
    ) -> None:
        team = min(threads, self._team_size(batches.n_rows * self._features(state) * state.params.W.shape[1]))
        dims, params, *others = self._arguments(state, b, batches, team)
        constants = self._constants(state, schedule, b, batches.n_rows)
        first, second = _model(state.first, b), _model(state.second, b)
        sync = new_sync()
        self._together(
            team,
            lambda rank: advance(
                dims, params, first, second, *others, table, constants, state.tied, (sync, rank, team)
            ),
        )

    def _arguments(self, state: State, b: int, batches: Batches, team: int) -> tuple[Any, ...]:
        """dims, params, data, work, scratch, grad, sums: what the kernels of a step have in common."""
        n, m = self._features(state), state.params.W.shape[1]
        columns = columns_of(m)
        scratch = zeros((team, (6 + 2 * columns) * F), self.dtype)
        grad = zeros((feature_tiles(n), 2 * m + 1, F), self.dtype)
        sums = zeros((team, 2, columns), self.dtype)
        params = _model(state.params, b)
        return dims_of(m), params, batches.arrays(), batches.work(m), scratch, grad, sums

    def _constants(self, state: State, schedule: Schedule, b: int, n_rows: int) -> NDArray[Any]:
        """The array of constants, in the order of step.py's BETA1 … FLUSH."""
        beta1, beta2 = float(schedule.beta1[b]), float(schedule.beta2[b])
        scale = 2.0 / n_rows / (self._features(state) if schedule.mean[b] else 1)
        low = 0.0 if state.output == "relu" else -np.inf
        values = [beta1, 1 - beta1, beta2, 1 - beta2, float(schedule.eps[b]), scale, low, FLUSH]
        return np.array(values, self.dtype)

    def _draw(self, fresh: FreshExamples | None, step: int, count: int) -> Batches:
        assert fresh is not None
        return Batches.of(fresh.steps(step, count), self.dtype, count)

    def _features(self, state: State) -> int:
        return int(state.params.b.shape[1])

    def _team_size(self, triples: int) -> int:
        """Threads worth using for a step of that many (feature, example, hidden) triples."""
        return max(1, min(self.threads, triples // self.team_work))

    def _together(self, team: int, work: Callable[[int], Any]) -> None:
        """Run work(rank) on `team` threads, this one being rank 0."""
        if team == 1 or self._pool is None:
            work(0)
            return
        others = [self._pool.submit(work, rank) for rank in range(1, team)]
        work(0)
        for other in others:
            other.result()


def _model(t: Tensors, b: int) -> tuple[Real, Real, Real]:
    """(W, V, b) of one model as views; V is W when tied."""
    return t.W[b], (t.W if t.V is None else t.V)[b], t.b[b]

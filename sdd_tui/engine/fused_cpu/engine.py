"""The fused engine on the CPU: arrays in, kernels called, nothing else.

Invariant: how work is cut into tiles depends on T, n and m alone; threads only decide who computes a tile.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.devices import cores
from sdd_tui.engine.fused_cpu import cache
from sdd_tui.engine.fused_cpu.adamw import SCALE
from sdd_tui.engine.fused_cpu.aligned import zeros
from sdd_tui.engine.fused_cpu.batches import Batches, Loaded, columns_of, dims_of, feature_tiles
from sdd_tui.engine.fused_cpu.culled import GROUP
from sdd_tui.engine.fused_cpu.culled_losses import culled_losses
from sdd_tui.engine.fused_cpu.culling import Sizes, scratch_of
from sdd_tui.engine.fused_cpu.dense import F
from sdd_tui.engine.fused_cpu.fresh import steps as fresh_steps
from sdd_tui.engine.fused_cpu.losses import PAD, losses
from sdd_tui.engine.fused_cpu.order import tree_of
from sdd_tui.engine.fused_cpu.pool import Pool
from sdd_tui.engine.fused_cpu.step import advance
from sdd_tui.engine.fused_cpu.team import new_sync
from sdd_tui.engine.interface import Activation, Real, State, Tensors
from sdd_tui.engine.schedule import FLUSH, Schedule

FRESH_ROWS = 32_768
"""Examples drawn at once when T = ∞."""


class FusedCPU:
    """The fused kernel on the CPU."""

    name = "fused"
    device = "cpu"

    def __init__(self, precision: str = "float32", threads: int = 0, culls: bool = True) -> None:
        """`threads` = 0 uses every core this process may run on; `culls` = False computes every pair, to compare."""
        self.dtype: type = np.float64 if precision == "float64" else np.float32
        self.pool = Pool(threads or cores())
        self.threads = self.pool.threads
        self.culls, self.computed = culls, 1.0

    @property
    def processor(self) -> str:
        """The CPU that the kernels are compiled for."""
        return cache.processor()

    @property
    def note(self) -> str:
        """Why compiled kernels can't be kept, where that is so."""
        return cache.problem()

    def needs_compiling(self) -> bool:
        """Whether no earlier process left compiled kernels on this machine."""
        return not cache.compiled()

    def place(self, state: State) -> State:
        """The state as contiguous arrays of this engine's precision."""

        def copy(array: Real) -> Real:
            own: Real = zeros(array.shape, self.dtype)
            own[...] = array
            return own

        def cast(t: Tensors) -> Tensors:
            return Tensors(copy(t.W), copy(t.b), None if t.V is None else copy(t.V))

        return State(cast(state.params), cast(state.first), cast(state.second), state.output, state.step, state.hidden)

    def fetch(self, state: State) -> State:
        """The state itself: it lives on the host."""
        return state

    def parameters(self, state: State) -> Tensors:
        """The parameters themselves."""
        return state.params

    def load(self, data: Examples | FreshExamples) -> Loaded:
        """The data model by model; O(non-zeros) memory."""
        if isinstance(data, FreshExamples):
            return Loaded([], data)
        return Loaded([Batches.of(data.model(b), self.dtype) for b in range(data.n_models)])

    def advance(self, state: State, data: Loaded, schedule: Schedule, k: int) -> None:
        """k steps of every model, in place."""
        table: NDArray[Any] = schedule.table(state.step, k).astype(self.dtype)
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
            dims, params, *others = self._arguments(state, b, batches, 1)
            moments = _model(state.first, b), _model(state.second, b)
            table: Real = np.zeros((1, 3), self.dtype)
            advance(dims, params, *moments, *others, table, constants, state.tied, False, (new_sync(), 0, 1))
            grad = np.concatenate(list(others[3]), axis=1)[:, :n] * constants[SCALE]  # (2m + 1, n)
            out.b[b] = grad[m]
            (out.W if out.V is None else out.V)[b] = grad[:m]
            if out.V is not None:
                out.W[b] = grad[m + 1 :]
        return out

    def evaluate(self, state: State, data: Loaded) -> NDArray[np.float64]:
        """(B,) losses, exact; the data of a single model serve every model of the state."""
        models = data.models if data.fresh is None else [self._draw(data.fresh, state.step, 1)]
        models = models * len(state.params.W) if len(models) == 1 else models
        return np.array([float(np.mean(self.example_losses(state, b, rows))) for b, rows in enumerate(models)])

    def example_losses(self, state: State, b: int, batches: Batches) -> NDArray[np.float64]:
        """(T,) loss of each example under model `b`, from float64 residuals."""
        W, V, bias = (np.asarray(a, np.float64) for a in _model(state.params, b))
        m, T, n = W.shape[0], batches.n_rows, self._features(state)
        H, out = zeros((4 * -(-T // 4), columns_of(m)), np.float64), np.empty(T)
        model = dims_of(m), W, V, bias, batches.rows, batches.roots, H
        lows = lowest(state.output), lowest(state.hidden)
        team = self.pool.team(T * n * 2)
        if Sizes(T, n, m, self.culls).culls:
            tree, cells = tree_of(T, m, np.float64, team)
            scratch, index = zeros((team, scratch_of(m) + 32), np.float64), np.empty((team, 2, GROUP), np.uint32)
            squares, sync = np.empty(T), new_sync()
            self.pool.together(
                team,
                lambda rank: culled_losses(*model, tree, cells, scratch, index, squares, out, lows, (sync, rank, team)),
                sync,
            )
            return out
        scratch, cursors = zeros((team, (5 + columns_of(m)) * F + PAD), np.float64), np.empty(T, np.int64)
        self.pool.together(team, lambda rank: losses(*model, cursors, scratch, out, 0, T, lows, (rank, team)))
        return out

    def _advance_many(self, state: State, data: Loaded, schedule: Schedule, table: NDArray[Any]) -> None:
        """Small models go a thread each, larger ones one after another with the whole team."""
        n, m = self._features(state), state.params.W.shape[1]
        small = [b for b, d in enumerate(data.models) if self.pool.team(d.n_rows * n * m) == 1]
        for b in sorted(set(range(len(data.models))) - set(small)):
            self._advance_model(state, b, data.models[b], schedule, table[b], self.threads)

        def share(rank: int) -> None:
            for b in small[rank :: self.threads]:
                self._advance_model(state, b, data.models[b], schedule, table[b], 1)

        self.pool.together(self.threads, share)

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
        triples = batches.n_rows * self._features(state) * state.params.W.shape[1]
        team, done = min(threads, self.pool.team(triples)), 0
        dims, params, *others = self._arguments(state, b, batches, team)
        constants = self._constants(state, schedule, b, batches.n_rows)
        first, second = _model(state.first, b), _model(state.second, b)
        while True:  # once for no steps too, which compiles
            count = len(table) - done if len(batches.starts) > 1 else self.pool.piece(team, triples)
            rows, sync, began = table[done : done + count], new_sync(), time.perf_counter()
            self.pool.together(
                team,
                lambda rank, rows=rows, sync=sync, team=team: advance(  # type: ignore[misc]
                    dims, params, first, second, *others, rows, constants, state.tied, True, (sync, rank, team)
                ),
                sync,
            )
            if len(rows):
                self.pool.timed(team, triples, (time.perf_counter() - began) / len(rows))
            done += len(rows)
            if done == len(table):
                break
            team = min(team, self.pool.team(triples))
        tree, *_, tally = others[1][-1]
        if len(table) and tree[0]:
            self.computed = float(tally.sum()) / (len(table) * batches.n_rows * self._features(state))

    def _arguments(self, state: State, b: int, batches: Batches, team: int) -> tuple[Any, ...]:
        """dims, params, data, work, scratch, grad, sums: what the kernels of a step have in common."""
        n, m = self._features(state), state.params.W.shape[1]
        columns = columns_of(m)
        scratch = zeros((team, max((6 + 2 * columns) * F, scratch_of(m))), self.dtype)
        grad = zeros((feature_tiles(n), 2 * m + 1, F), self.dtype)
        sums = zeros((team, 2, columns), self.dtype)
        params = _model(state.params, b)
        return dims_of(m), params, batches.arrays(*params[1:]), batches.work(m, team, self.culls), scratch, grad, sums

    def _constants(self, state: State, schedule: Schedule, b: int, n_rows: int) -> NDArray[Any]:
        """The array of constants, in the order of adamw.py's BETA1 … LOW_HIDDEN."""
        beta1, beta2 = float(schedule.beta1[b]), float(schedule.beta2[b])
        scale = 2.0 / n_rows / (self._features(state) if schedule.mean[b] else 1)
        values = [beta1, 1 - beta1, beta2, 1 - beta2, float(schedule.eps[b]), scale]
        values += [lowest(state.output), FLUSH, lowest(state.hidden)]
        return np.array(values, self.dtype)

    def _draw(self, fresh: FreshExamples | None, step: int, count: int) -> Batches:
        assert fresh is not None
        batches = Batches.of(fresh_steps(fresh, step, count, self.pool), self.dtype, count)
        team = min(self.threads, self.pool.team(len(batches.indices)))
        batches.columns = batches.transposed(self.pool.together, team)
        return batches

    def _features(self, state: State) -> int:
        return int(state.params.b.shape[1])


def lowest(activation: Activation) -> float:
    """The lowest value of an activation."""
    return 0.0 if activation == "relu" else -np.inf


def _model(t: Tensors, b: int) -> tuple[Real, Real, Real]:
    """(W, V, b) of one model as views; V is W when tied."""
    return t.W[b], (t.W if t.V is None else t.V)[b], t.b[b]

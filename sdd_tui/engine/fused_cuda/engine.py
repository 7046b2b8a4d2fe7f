"""The fused engine on a GPU: buffers in, kernels launched, nothing else.

Also runs on the CPU under Triton's interpreter (TRITON_INTERPRET=1 before this package is imported), which is how its
tests prove it without a GPU.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
import triton
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.fused_cuda import fresh as device_data
from sdd_tui.engine.fused_cuda import losses as exact
from sdd_tui.engine.fused_cuda import sparse
from sdd_tui.engine.fused_cuda.batches import Batches, Loaded, Placed
from sdd_tui.engine.fused_cuda.layout import Layout, Sizes
from sdd_tui.engine.fused_cuda.step import CAPACITY, Steps, lowest, on
from sdd_tui.engine.interface import State, Tensors
from sdd_tui.engine.schedule import Schedule

FRESH_ROWS = 524_288
"""Examples drawn on the device at once when T = ∞."""

FRESH_COLUMNS = 10_000_000
"""Features times steps of them at most: each has a place where its segments begin."""


@dataclass
class PlacedState(State):
    """A state on the device; its tensors are views of three arrays (models, n, numbers of a feature's row)."""

    theta: Any = None
    theta1: Any = None
    theta2: Any = None

    @property
    def layout(self) -> Layout:
        """Where a feature's parameters lie in its row."""
        return Layout(self.params.W.shape[1], self.tied)

    def model(self, b: int) -> Self:
        """Model `b` alone, as views."""
        pick = slice(b, b + 1)
        return replace(super().model(b), theta=self.theta[pick], theta1=self.theta1[pick], theta2=self.theta2[pick])


class FusedCUDA:
    """The fused kernels on a GPU."""

    name = "fused"
    note = ""
    computed = 1.0
    threads: int | None = None

    def __init__(
        self, precision: str = "float32", device: str = "cuda", sizes: Callable[[int], Sizes] = Sizes.of
    ) -> None:
        """`sizes` gives the block sizes that go with m.

        What is left of an earlier engine's memory goes back to the driver first: graphs and kernels are loaded into
        memory that torch doesn't give out, and find none after a batch that filled the GPU. Frames of the call that
        failed may still hold it in a circle.
        """
        self.dtype = torch.float64 if precision == "float64" else torch.float32
        self.device = device
        self.sizes = sizes
        if self._on_gpu():
            gc.collect()
            torch.cuda.empty_cache()
        self._steps: Steps | None = None
        self._room: Batches | None = None
        """What fresh data is copied into, where graphs read it."""

    @property
    def processor(self) -> str:
        """The GPU."""
        return torch.cuda.get_device_name(self.device) if self._on_gpu() else "Triton's interpreter"

    def needs_compiling(self) -> bool:
        """Whether no earlier process left compiled kernels on this machine."""
        return not any(Path(triton.knobs.cache.dir).glob("*/*.cubin"))

    def place(self, state: State) -> PlacedState:
        """The state on the device, in this engine's precision."""
        layout = Layout(state.params.W.shape[1], state.tied)
        theta, theta1, theta2 = (self._array(t, layout) for t in (state.params, state.first, state.second))
        params, first, second = (_views(a, layout) for a in (theta, theta1, theta2))
        return PlacedState(params, first, second, state.output, state.step, state.hidden, theta, theta1, theta2)

    def fetch(self, state: State) -> State:
        """The state as numpy arrays."""
        params, first, second = (_host(t) for t in (state.params, state.first, state.second))
        return State(params, first, second, state.output, state.step, state.hidden)

    def parameters(self, state: State) -> Tensors:
        """The parameters as numpy arrays."""
        return _host(state.params)

    def load(self, data: Examples | FreshExamples) -> Loaded:
        """Finite data on the device; fresh data is drawn there as it is needed."""
        if isinstance(data, FreshExamples):
            return Loaded(None, data)
        return Loaded(Batches.of(Placed.of(data, self.device), data.offsets, self.dtype))

    def advance(self, state: State, data: Loaded, schedule: Schedule, k: int) -> None:
        """k steps of every model, in place, done when it returns; k = 0 compiles."""
        assert isinstance(state, PlacedState)
        if data.fresh is not None:
            self._advance_fresh(state, data.fresh, schedule, k)
        else:
            assert data.batches is not None
            steps = self._steps_for(state, data.batches)
            for first in range(0, k, CAPACITY):
                count = min(CAPACITY, k - first)
                steps.run(schedule, state.step, count)
                state.step += count
        if self._on_gpu():
            torch.cuda.synchronize(self.device)

    def gradients(self, state: State, data: Loaded, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss, in this engine's precision."""
        assert isinstance(state, PlacedState)
        out = torch.zeros_like(state.theta)
        Steps(state, self._rows(state, data), self._sizes(state)).gradient(schedule, out)
        return _host(_views(out, state.layout))

    def evaluate(self, state: State, data: Loaded) -> NDArray[np.float64]:
        """(B,) losses, exact; the data of a single model serve every model of the state."""
        assert isinstance(state, PlacedState)
        rows, sizes, layout = self._rows(state, data), self._sizes(state), state.layout
        models, n, _ = state.theta.shape
        times = models if rows.n_models == 1 else 1
        H = torch.zeros((times * rows.n_rows, layout.hidden), dtype=torch.float64, device=self.device)
        out = torch.zeros(times * rows.n_rows, dtype=torch.float64, device=self.device)
        clock = torch.zeros(1, dtype=torch.int32, device=self.device)
        lie = {"m": layout.m, "STRIDE": layout.stride, "ROW": layout.hidden}
        tiles = rows.tiles(sizes.loss_rows)
        with on(self.device):
            sparse.encode[(triton.cdiv(rows.n_rows, sizes.rows), times)](
                rows.indptr, rows.indices, rows.values, rows.models, state.theta, H, clock, 0, 0, rows.n_rows, n,
                lowest(state.hidden), **lie, ENCODER=layout.encoder, M=sizes.M, E=sizes.rows, P=sizes.chunk,
                num_warps=sizes.row_warps,
            )  # fmt: skip
            exact.losses[(len(tiles), times)](
                tiles, rows.indptr, rows.indices, rows.values, state.theta, rows.exact_roots, H, out, rows.n_rows, n,
                lowest(state.output), **lie, E=sizes.loss_rows, F=sizes.loss_features, WEIGHTED=rows.weighted,
                num_warps=4,
            )  # fmt: skip
        each = out.cpu().numpy()
        offsets = np.arange(models + 1) * rows.n_rows if times > 1 else rows.offsets
        return np.array([each[a:b].mean() for a, b in pairwise(offsets)])

    def _advance_fresh(self, state: PlacedState, fresh: FreshExamples, schedule: Schedule, k: int) -> None:
        most = min(CAPACITY, max(1, min(FRESH_ROWS // fresh.batch_size, FRESH_COLUMNS // fresh.n_features)))
        for first in range(0, max(1, k), most):
            count = min(most, k - first)
            drawn = self._drawn(fresh, state.step, max(1, count))
            if self._room is None or not self._room.hold(drawn):
                self._room = drawn.with_room(most)
                self._room.hold(drawn)
            steps = self._steps_for(state, self._room)
            if count:
                steps.run(schedule, state.step, count)
                state.step += count

    def _steps_for(self, state: PlacedState, batches: Batches) -> Steps:
        """The buffers and graphs of the last call where they fit."""
        found = self._steps
        if found is None or found.state is not state or found.data is not batches:
            self._steps = found = None  # its memory first
            found = self._steps = Steps(state, batches, self._sizes(state))
            if self._on_gpu():
                found.warm()
        return found

    def _rows(self, state: PlacedState, data: Loaded) -> Batches:
        """Finite data as it is; of fresh data the batch of the state's step."""
        if data.fresh is not None:
            return self._drawn(data.fresh, state.step, 1)
        assert data.batches is not None
        return data.batches

    def _drawn(self, fresh: FreshExamples, first: int, count: int) -> Batches:
        """Fresh batches of so many steps."""
        offsets = np.array([0, fresh.batch_size], np.int64)
        return Batches.of(device_data.steps(fresh, first, count, self.device), offsets, self.dtype, count)

    def _on_gpu(self) -> bool:
        return self.device.startswith("cuda")

    def _sizes(self, state: State) -> Sizes:
        return self.sizes(state.params.W.shape[1])

    def _array(self, t: Tensors, layout: Layout) -> torch.Tensor:
        models, _, n = t.W.shape
        array = torch.zeros((models, n, layout.stride), dtype=self.dtype)
        views = _views(array, layout).arrays()
        for name, values in t.arrays().items():
            views[name].copy_(torch.from_numpy(values))
        return array.to(self.device)


def _views(theta: torch.Tensor, layout: Layout) -> Any:
    """W, b and V of an array like theta; torch tensors, which callers outside `fetch` never see."""
    m, encoder = layout.m, layout.encoder
    W, V = (theta[:, :, at : at + m].transpose(1, 2) for at in (encoder, 0))
    parts: list[Any] = [W, theta[:, :, m], None if layout.tied else V]
    return Tensors(*parts)


def _host(t: Tensors) -> Tensors:
    arrays: list[Any] = [None if a is None else a.cpu().numpy().copy() for a in (t.W, t.b, t.V)]  # type: ignore[union-attr]
    return Tensors(*arrays)

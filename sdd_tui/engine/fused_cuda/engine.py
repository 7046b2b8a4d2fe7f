"""The fused engine on a GPU: buffers in, kernels launched, nothing else.

Also runs on the CPU under Triton's interpreter (TRITON_INTERPRET=1 before this package is imported), which is how its
tests prove it without a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
import triton
from numpy.typing import NDArray

from sdd_tui.engine.base import State, Tensors
from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.fused_cuda import fresh as device_data
from sdd_tui.engine.fused_cuda import losses as exact
from sdd_tui.engine.fused_cuda import sparse
from sdd_tui.engine.fused_cuda.batches import Batches, Loaded, Placed
from sdd_tui.engine.fused_cuda.plan import Sizes
from sdd_tui.engine.fused_cuda.step import CAPACITY, Steps, lowest, on
from sdd_tui.engine.optimizer import Schedule

FRESH_ROWS = 32_768
"""Examples drawn on the device at once when T = ∞."""

FRESH_COLUMNS = 10_000_000
"""Features times steps of them at most: each has a place where its segments begin."""


@dataclass
class PlacedState(State):
    """A state on the device; its tensors are views of three arrays (models, rows of parameters, n).

    Rows: V's m (W's when tied), b's one and, when untied, W's m.
    """

    theta: Any = None
    theta1: Any = None
    theta2: Any = None

    def model(self, b: int) -> Self:
        """Model `b` alone, as views."""
        pick = slice(b, b + 1)
        return replace(super().model(b), theta=self.theta[pick], theta1=self.theta1[pick], theta2=self.theta2[pick])


class FusedCUDA:
    """The fused kernels on a GPU."""

    name = "fused"
    note = ""
    threads: int | None = None

    def __init__(
        self, precision: str = "float32", device: str = "cuda", sizes: Callable[[int], Sizes] = Sizes.of
    ) -> None:
        """`sizes` gives the block sizes that go with m."""
        self.dtype = torch.float64 if precision == "float64" else torch.float32
        self.device = device
        self.sizes = sizes
        self._steps: Steps | None = None

    @property
    def processor(self) -> str:
        """The GPU."""
        return torch.cuda.get_device_name(self.device)

    def needs_compiling(self) -> bool:
        """Whether no earlier process left compiled kernels on this machine."""
        return not any(Path(triton.knobs.cache.dir).glob("*/*.cubin"))

    def place(self, state: State) -> PlacedState:
        """The state on the device, in this engine's precision."""
        m = state.params.W.shape[1]
        theta, theta1, theta2 = (self._array(t) for t in (state.params, state.first, state.second))
        params, first, second = (_views(a, m, state.tied) for a in (theta, theta1, theta2))
        return PlacedState(params, first, second, state.output, state.step, state.hidden, theta, theta1, theta2)

    def fetch(self, state: State) -> State:
        """The state as numpy arrays."""
        params, first, second = (_host(t) for t in (state.params, state.first, state.second))
        return State(params, first, second, state.output, state.step, state.hidden)

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
                steps.run(schedule, state.step, count, captured=True)
                state.step += count
        if self._on_gpu():
            torch.cuda.synchronize(self.device)

    def gradients(self, state: State, data: Loaded, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss, in this engine's precision."""
        assert isinstance(state, PlacedState)
        out = torch.zeros_like(state.theta)
        Steps(state, self._rows(state, data), self._sizes(state)).gradient(schedule, out)
        return _host(_views(out, state.params.W.shape[1], state.tied))

    def evaluate(self, state: State, data: Loaded) -> NDArray[np.float64]:
        """(B,) losses, exact."""
        assert isinstance(state, PlacedState)
        rows, sizes = self._rows(state, data), self._sizes(state)
        _, n_grad, n = state.theta.shape
        m, n_params = state.params.W.shape[1], n_grad * n
        encoder = state.theta if state.tied else state.theta[:, m + 1 :]
        H = torch.zeros((rows.n_rows, sizes.M), dtype=torch.float64, device=self.device)
        out = torch.zeros(rows.n_rows, dtype=torch.float64, device=self.device)
        clock = torch.zeros(1, dtype=torch.int32, device=self.device)
        with on(self.device):
            sparse.encode[(triton.cdiv(rows.n_rows, sizes.rows),)](
                rows.indptr, rows.indices, rows.values, rows.models, encoder, H, clock, 0, 0, rows.n_rows, n, m,
                n_params, lowest(state.hidden), M=sizes.M, E=sizes.rows, P=sizes.chunk, num_warps=1,
            )  # fmt: skip
            exact.losses[(triton.cdiv(rows.n_rows, sizes.loss_rows),)](
                rows.indptr, rows.indices, rows.values, rows.models, state.theta, rows.exact_roots, H, out,
                rows.n_rows, n, m, n_params, lowest(state.output), M=sizes.M, E=sizes.loss_rows,
                F=sizes.loss_features, P=16, WEIGHTED=rows.weighted, num_warps=4,
            )  # fmt: skip
        each = out.cpu().numpy()
        return np.array([each[a:b].mean() for a, b in zip(rows.offsets[:-1], rows.offsets[1:], strict=True)])

    def _advance_fresh(self, state: PlacedState, fresh: FreshExamples, schedule: Schedule, k: int) -> None:
        most = min(CAPACITY, max(1, min(FRESH_ROWS // fresh.batch_size, FRESH_COLUMNS // fresh.n_features)))
        if k == 0 and self._on_gpu():
            Steps(state, self._drawn(fresh, state.step, 1), self._sizes(state)).warm()
        for first in range(0, k, most):
            count = min(most, k - first)
            batches = self._drawn(fresh, state.step, count)
            Steps(state, batches, self._sizes(state)).run(schedule, state.step, count, captured=False)
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

    def _array(self, t: Tensors) -> torch.Tensor:
        rows = [t.W, t.b[:, None]] if t.V is None else [t.V, t.b[:, None], t.W]
        return torch.from_numpy(np.concatenate(rows, axis=1)).to(device=self.device, dtype=self.dtype).contiguous()


def _views(theta: torch.Tensor, m: int, tied: bool) -> Any:
    """W, b and V of an array like theta; torch tensors, which callers outside `fetch` never see."""
    parts: list[Any] = [theta[:, :m] if tied else theta[:, m + 1 :], theta[:, m], None if tied else theta[:, :m]]
    return Tensors(*parts)


def _host(t: Tensors) -> Tensors:
    arrays: list[Any] = [None if a is None else a.cpu().numpy().copy() for a in (t.W, t.b, t.V)]  # type: ignore[union-attr]
    return Tensors(*arrays)

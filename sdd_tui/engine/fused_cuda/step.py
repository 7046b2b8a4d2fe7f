"""One training step as a row of kernels, and many steps as a captured CUDA graph.

1. encode            by example: H.
2. pairs             by tile of features: Σ r h, Σ r; and by tile of examples: Σ r v.
3. hidden_gradient   by example: dH, and the correction at active features.
4. columns           by feature: the corrections' part of the gradient, and the encoder's.
5. update            by parameter: the gradient's last sums, AdamW.

The position of a call's first step lies on the device, and so do the schedule's lines; a graph holds several steps and
moves the position on by as many. Kernels follow each other on one stream; no sum has an order that depends on timing.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
import triton

from sdd_tui.engine.fused_cuda import adamw, pairs, sparse
from sdd_tui.engine.fused_cuda.batches import Batches
from sdd_tui.engine.fused_cuda.layout import Sizes, Work
from sdd_tui.engine.schedule import Schedule

GRAPHS = (128, 16, 1)
"""Steps of the graphs that are captured: one launch of 128 steps costs what one of a single step does."""

CAPACITY = 1024
"""Lines of the schedule's table on the device."""


def on(device: str) -> AbstractContextManager[Any]:
    """Where kernels are launched; nothing under the interpreter."""
    return torch.cuda.device(device) if device.startswith("cuda") else nullcontext()


def lowest(activation: str) -> float:
    """The lowest value of an activation."""
    return 0.0 if activation == "relu" else float("-inf")


class Steps:
    """Training steps of one batch of models on one set of data: buffers, work lists, graphs."""

    def __init__(self, state: Any, data: Batches, sizes: Sizes) -> None:
        """`state` is a PlacedState."""
        self.state, self.data, self.sizes, self.layout = state, data, sizes, state.layout
        self.device, dtype = str(state.theta.device), state.theta.dtype
        self.n, layout = state.theta.shape[1], state.layout
        work = Work.of(data.offsets, self.n, sizes)

        def room(*shape: int) -> torch.Tensor:
            return torch.zeros(shape, dtype=dtype, device=self.device)

        self.H = room(data.n_rows, 2 * layout.hidden)
        self.dH = self.H[:, layout.hidden :]
        self.delta = torch.zeros_like(data.values)
        self.feature_parts = room(len(work.features), layout.m + 1, self.n)
        self.example_parts = room(int(work.runs.max()), data.n_rows, layout.hidden)
        self.sums = room(data.segments.shape[1], layout.stride)
        self.table, self.constants = room(data.n_models, CAPACITY, 3), room(data.n_models, adamw.N_CONSTANTS)
        self.clock = torch.zeros(1, dtype=torch.int32, device=self.device)
        self.work = {name: torch.from_numpy(a).to(self.device) for name, a in vars(work).items()}
        self.graphs: dict[int, Any] = {}
        self.stream = torch.cuda.Stream(self.device) if self.device.startswith("cuda") else None
        """What graphs are captured on: torch's own stays on the first GPU that was captured on."""

    def configure(self, schedule: Schedule) -> None:
        """Put the hyper-parameters on the device."""
        T = np.diff(self.data.offsets)
        scale = 2.0 / T / np.where(schedule.mean, self.n, 1)
        columns = [schedule.beta1, 1 - schedule.beta1, schedule.beta2, 1 - schedule.beta2, schedule.eps, scale]
        self.constants.copy_(torch.from_numpy(np.stack(columns, axis=1)))

    def run(self, schedule: Schedule, first: int, k: int) -> None:
        """k ≤ CAPACITY steps, the first being step `first`; with fresh data k is at most the steps loaded."""
        self.configure(schedule)
        self.table[:, :k].copy_(torch.from_numpy(schedule.table(first, k)))
        self.clock.zero_()
        with on(self.device):
            if not self.device.startswith("cuda"):
                for s in range(k):
                    self.launch(s)
                return
            while k:
                size = next(g for g in GRAPHS if g <= k)
                self._graph(size).replay()
                k -= size

    def gradient(self, schedule: Schedule, out: torch.Tensor) -> None:
        """The gradient of the first step loaded, into an array like theta."""
        self.configure(schedule)
        self.clock.zero_()
        with on(self.device):
            self._forward_backward(0)
            adamw.gradient[self._by_parameter()](
                out, self.feature_parts, self.work["slabs"], self.data.roots, self.sums, self.data.starts,
                self.constants, self.n, **self._parameter_sizes(),
            )  # fmt: skip

    def warm(self) -> None:
        """Compile and load the kernels by a step that changes nothing: a graph can't be captured before."""
        buffers = self.state.theta, self.state.theta1, self.state.theta2
        kept = [buffer.clone() for buffer in buffers]
        with on(self.device):
            self.launch(0)
            self.clock.add_(0)
        for buffer, before in zip(buffers, kept, strict=True):
            buffer.copy_(before)

    def launch(self, s: int) -> None:
        """The kernels of the step that is `s` after the position on the device."""
        self._forward_backward(s)
        data, state = self.data, self.state
        adamw.update[self._by_parameter()](
            state.theta, state.theta1, state.theta2, self.feature_parts, self.work["slabs"], data.roots, self.sums,
            data.starts, self.constants, self.table, self.clock, s, self._stride(data.starts.shape[1]), CAPACITY,
            self.n, **self._parameter_sizes(),
        )  # fmt: skip

    def _forward_backward(self, s: int) -> None:
        data, sizes, work, layout = self.data, self.sizes, self.work, self.layout
        theta, n, low, low_hidden = self.state.theta, self.n, lowest(self.state.output), lowest(self.state.hidden)
        where = (self.clock, s, self._stride(data.n_rows), data.n_rows, n)
        rows = {"m": layout.m, "M": sizes.M, "STRIDE": layout.stride, "ROW": 2 * layout.hidden}
        blocks = rows | {"E": sizes.rows, "P": sizes.chunk, "num_warps": sizes.row_warps}
        by_row = (triton.cdiv(data.n_rows, sizes.rows), 1)
        sparse.encode[by_row](
            data.indptr, data.indices, data.values, data.models, theta, self.H, *where, low_hidden, **blocks,
            ENCODER=layout.encoder,
        )  # fmt: skip
        n_tiles = triton.cdiv(n, sizes.tile)
        n_programs = len(work["features"]) * n_tiles
        pairs.pairs[(n_programs + len(work["examples"]),)](
            work["features"], work["examples"], theta, data.roots, self.H, self.feature_parts, self.example_parts,
            n, data.n_rows, n_programs, n_tiles, low, **rows, HIDDEN=layout.hidden, TILE=sizes.tile,
            L=sizes.loop, WEIGHTED=data.weighted, num_warps=sizes.warps, num_stages=1,
        )  # fmt: skip
        sparse.hidden_gradient[by_row](
            data.indptr, data.indices, data.targets, data.models, work["runs"], theta, self.H, self.dH, self.delta,
            self.example_parts, *where, low, low_hidden, **blocks, HIDDEN=layout.hidden, S=sizes.runs,
        )  # fmt: skip
        n_segments = data.segments.shape[1]
        sparse.columns[(triton.cdiv(n_segments, sizes.rows),)](
            data.segments, data.row, data.pos, data.sorted_values, self.H, self.dH, self.delta, self.sums, self.clock,
            s, self._stride(n_segments), n_segments, **rows, ENCODER=layout.encoder, G=sizes.rows,
            Q=sizes.chunk, num_warps=sizes.row_warps,
        )  # fmt: skip

    def _graph(self, size: int) -> Any:
        """The graph of `size` steps; `warm` must have been before."""
        if size not in self.graphs:
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, stream=self.stream):
                for s in range(size):
                    self.launch(s)
                self.clock.add_(size)
            self.graphs[size] = graph
        return self.graphs[size]

    def _stride(self, width: int) -> int:
        """How far apart two steps' data lie; 0 for finite data, which every step reads."""
        return width if len(self.data.segments) > 1 else 0

    def _by_parameter(self) -> tuple[int, int]:
        return triton.cdiv(self.n, self._parameter_sizes()["F"]), self.data.n_models

    def _parameter_sizes(self) -> dict[str, Any]:
        layout, K = self.layout, triton.next_power_of_2(self.layout.stride)
        rows = {"m": layout.m, "STRIDE": layout.stride, "K": K, "ENCODER": layout.encoder}
        blocks = {"F": max(1, self.sizes.parameters // K), "S": self.sizes.parts, "num_warps": 4}
        return rows | blocks | {"WEIGHTED": self.data.weighted, "N_CONSTANTS": adamw.N_CONSTANTS}

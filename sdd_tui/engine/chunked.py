"""The reference's equations a chunk of examples at a time: for a GPU without Triton, and for m beyond its kernels.

Plain torch; X lies on the device as its non-zeros, and a chunk of it becomes dense where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import State
from sdd_tui.engine.reference import Loaded, Reference, reconstruct

CHUNK_BYTES = 2**28
"""Memory of a dense chunk of X; a step holds about four times as much."""


@dataclass(frozen=True)
class Sparse:
    """Examples of one model as their non-zeros on the device."""

    shape: tuple[int, int]
    row: torch.Tensor
    feature: torch.Tensor
    value: torch.Tensor
    begins: NDArray[np.int64]
    """(rows + 1,): where each example's non-zeros begin; on the host."""

    def __len__(self) -> int:
        return self.shape[0]

    def chunks(self, size: int) -> Iterator[torch.Tensor]:
        """Dense (≤ size, n) pieces, in order."""
        for first in range(0, len(self), size):
            last = min(first + size, len(self))
            here = slice(int(self.begins[first]), int(self.begins[last]))
            x = torch.zeros((last - first, self.shape[1]), dtype=self.value.dtype, device=self.value.device)
            x[self.row[here] - first, self.feature[here]] = self.value[here]
            yield x


class Chunked(Reference):
    """Autograd over chunks of examples."""

    name = "chunked torch"

    computed = 1.0

    def __init__(self, precision: str = "float32", device: str = "cuda", note: str = "", rows: int = 0) -> None:
        """`rows` are the examples of a chunk; 0 fits them to CHUNK_BYTES."""
        super().__init__(precision, device)
        self.note = note
        self.rows = rows

    def evaluate(self, state: State, data: Loaded) -> NDArray[np.float64]:
        """(B,) losses from dense float64 residuals, on the device."""
        examples = data.examples if data.fresh is None else data.fresh.steps(state.step, 1)
        assert examples is not None
        losses = np.zeros(len(state.params.W))
        for b in range(len(losses)):
            params = {
                name: torch.from_numpy(a[b]).to(self.device).double() for name, a in state.params.arrays().items()
            }
            rows, V = examples.model(b % examples.n_models), params.get("V", params["W"])
            weights = 1.0 if rows.importance is None else torch.from_numpy(rows.importance).to(self.device)
            sums = [
                (weights * (reconstruct(params["W"], params["b"], V, x, state.output, state.hidden) - x) ** 2).sum()
                for x in self._sparse(rows, torch.float64).chunks(self._size(rows.n_features, 8))
            ]
            losses[b] = float(torch.stack(sums).sum()) / rows.n_rows
        return losses

    def _dense(self, examples: Examples) -> Sparse:  # type: ignore[override]
        return self._sparse(examples, self.dtype)

    def _sparse(self, examples: Examples, dtype: torch.dtype) -> Sparse:
        row = np.repeat(np.arange(examples.n_rows), np.diff(examples.indptr))
        return Sparse(
            (examples.n_rows, examples.n_features),
            torch.from_numpy(row).to(self.device),
            torch.from_numpy(examples.indices.astype(np.int64)).to(self.device),
            torch.from_numpy(examples.values).to(self.device, dtype),
            examples.indptr,
        )

    def _size(self, n: int, item: int) -> int:
        return self.rows or max(1, CHUNK_BYTES // (n * item))

    def _gradient(  # type: ignore[override]
        self, params: dict[str, torch.Tensor], x: Sparse, weights: torch.Tensor | float, state: State, mean: bool
    ) -> dict[str, torch.Tensor]:
        leaves = {name: p.detach().requires_grad_() for name, p in params.items()}
        total = {name: torch.zeros_like(p) for name, p in params.items()}
        count = len(x) * (x.shape[1] if mean else 1)
        for part in x.chunks(self._size(x.shape[1], self.dtype.itemsize)):
            V = leaves.get("V", leaves["W"])
            out = reconstruct(leaves["W"], leaves["b"], V, part, state.output, state.hidden)
            loss = (weights * (out - part) ** 2).sum() / count
            for name, g in zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True):
                total[name] += g
        return total

"""Data on the device: row-compressed examples, and their places sorted by feature and cut into segments.

Finite data is drawn on the host and loaded once. Fresh data (T = ∞) is drawn on the device (fresh.py), many steps at a
time, and lies there step by step. Sorting and cutting is done on the device for both. O(non-zeros) memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples

SEGMENT = 256
"""Occurrences of a feature that are one program's work."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Placed:
    """Examples on the device, row-compressed as in data.py."""

    n_features: int
    indptr: torch.Tensor
    """(rows + 1,): where each example's active features begin."""
    indices: torch.Tensor
    """(non-zeros,) active features, int32, ascending within an example."""
    values: torch.Tensor
    """(non-zeros,) their values, float32."""
    importance: NDArray[np.float64] | None

    @staticmethod
    def of(examples: Examples, device: str) -> Placed:
        """Examples drawn on the host."""
        indptr, indices, values = (_put(a, device) for a in (examples.indptr, examples.indices, examples.values))
        return Placed(examples.n_features, indptr, indices, values, examples.importance)


@dataclass
class Batches:
    """Examples of a batch of models, or one model's of several steps, as the kernels take them."""

    n_features: int
    offsets: Integers
    """(models + 1,): where each model's rows begin within a step."""
    indptr: torch.Tensor
    """(rows + 1,): where each example's active features begin."""
    indices: torch.Tensor
    values: torch.Tensor
    targets: torch.Tensor
    """I x at the active features; `values` itself where all are equally important."""
    roots: torch.Tensor
    exact_roots: torch.Tensor
    """(n,) √I, in float64 too; a single 1 where all are."""
    models: torch.Tensor
    """(rows of a step,): the model of each row."""
    row: torch.Tensor
    pos: torch.Tensor
    """(non-zeros,): row within the step, and place, sorted by step, model and feature."""
    sorted_values: torch.Tensor
    """(non-zeros,): values in that order."""
    segments: torch.Tensor
    """(steps, segments of a step, 2): where each begins and ends; those beyond a step's last are empty."""
    starts: torch.Tensor
    """(steps, models * n + 1): where each feature's segments begin."""
    _tiles: dict[int, torch.Tensor] = field(default_factory=dict)

    @property
    def n_models(self) -> int:
        """Number of models."""
        return len(self.offsets) - 1

    @property
    def n_rows(self) -> int:
        """Rows of a step."""
        return len(self.models)

    @property
    def weighted(self) -> bool:
        """Whether features differ in importance."""
        return self.targets is not self.values

    def tiles(self, rows: int) -> torch.Tensor:
        """(tiles, 3) on the device: model, first and last row (exclusive) of every `rows` examples of a model."""
        if rows not in self._tiles:
            found = [
                (b, first, min(first + rows, int(last)))
                for b, (start, last) in enumerate(zip(self.offsets[:-1], self.offsets[1:], strict=True))
                for first in range(int(start), int(last), rows)
            ]
            self._tiles[rows] = _put(np.array(found, np.int32), self.indptr.device)
        return self._tiles[rows]

    def with_room(self, steps: int) -> Batches:
        """Buffers for so many steps like these, with a tenth to spare: graphs read them whatever they hold."""
        share = 1.1 * steps / len(self.segments)

        def room(array: torch.Tensor, *shape: int) -> torch.Tensor:
            return torch.zeros(shape, dtype=array.dtype, device=array.device)

        many, segments = int(share * len(self.indices)) + 1_000, int(1.1 * self.segments.shape[1]) + 100
        values = room(self.values, many)
        return replace(
            self,
            indptr=room(self.indptr, steps * self.n_rows + 1),
            indices=room(self.indices, many),
            values=values,
            targets=room(self.targets, many) if self.weighted else values,
            row=room(self.row, many),
            pos=room(self.pos, many),
            sorted_values=room(self.values, many),
            segments=room(self.segments, steps, segments, 2),
            starts=room(self.starts, steps, self.starts.shape[1]),
            _tiles={},
        )

    def hold(self, other: Batches) -> bool:
        """Copy other steps into these buffers, if there is room."""
        names = ["indptr", "indices", "values", "row", "pos", "sorted_values", "segments", "starts"]
        names += ["targets"] * self.weighted
        pairs = [(getattr(self, name), getattr(other, name)) for name in names]
        if any(there > room for mine, its in pairs for room, there in zip(mine.shape, its.shape, strict=True)):
            return False
        self.segments.zero_()
        for mine, its in pairs:
            mine[tuple(slice(size) for size in its.shape)] = its
        return True

    @staticmethod
    def of(data: Placed, offsets: Integers, dtype: torch.dtype, steps: int = 1) -> Batches:
        """The examples of models whose rows begin at `offsets`, or of so many steps of one model, each as long."""
        n, device, n_models = data.n_features, data.indptr.device, len(offsets) - 1
        n_rows, indices = int(offsets[-1]), data.indices
        models = _put(np.repeat(np.arange(n_models, dtype=np.int32), np.diff(offsets)), device)
        each = torch.arange(len(data.indptr) - 1, device=device)
        owner = each.repeat_interleave(data.indptr.diff(), output_size=len(indices))  # of each non-zero, its row
        row = owner % n_rows
        column, pos = torch.sort((owner // n_rows * n_models + models[row]) * n + indices, stable=True)
        segments, starts = cut_columns(column, steps, n_models * n, SEGMENT)
        values, weights = data.values.to(dtype), data.importance
        targets, roots = values, torch.ones(1, dtype=torch.float64, device=device)
        if weights is not None:
            targets = (data.values * _put(weights, device).index_select(0, indices)).to(dtype)
            roots = _put(np.sqrt(weights), device)
        return Batches(
            n,
            offsets,
            data.indptr,
            indices,
            values,
            targets,
            roots=roots.to(dtype),
            exact_roots=roots,
            models=models,
            row=row[pos].to(torch.int32),
            pos=pos.to(torch.int32) if len(pos) < 2**31 else pos,
            sorted_values=values[pos],
            segments=segments,
            starts=starts,
        )


def _put(array: NDArray[Any], device: str | torch.device) -> torch.Tensor:
    return torch.from_numpy(np.array(array)).to(device)


def cut_columns(column: torch.Tensor, steps: int, width: int, segment: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Segments (steps, most of a step, 2) of the sorted `column`s, and (steps, width + 1) where each column's begin."""
    edges = torch.arange(steps * width + 1, device=column.device)
    begins = torch.searchsorted(column, edges)
    pieces = (begins.diff() + segment - 1) // segment
    starts = torch.zeros((steps, width + 1), dtype=torch.int32, device=column.device)
    starts[:, 1:] = pieces.reshape(steps, width).cumsum(1)
    owner = edges[:-1].repeat_interleave(pieces)
    nth = torch.arange(len(owner), device=column.device) - (pieces.cumsum(0) - pieces)[owner]  # of its column's
    first = begins[owner] + nth * segment
    last = torch.minimum(first + segment, begins[owner + 1])
    step = owner // width
    segments = torch.zeros((steps, int(starts[:, -1].max()), 2), dtype=torch.int64, device=column.device)
    segments[step, starts[step, owner % width] + nth] = torch.stack([first, last], dim=1)
    return segments, starts


@dataclass
class Loaded:
    """What an engine's `load` gives: finite data on the device, or the source of fresh examples."""

    batches: Batches | None
    fresh: FreshExamples | None = None

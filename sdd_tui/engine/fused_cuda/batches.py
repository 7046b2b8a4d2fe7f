"""Data on the device: row-compressed examples, and their places sorted by feature and cut into segments.

Finite data is loaded once. Fresh data (T = ∞) is drawn on the host, by the one rule of data.py, many steps at a time,
and lies on the device step by step. O(non-zeros) memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples

SEGMENT = 256
"""Occurrences of a feature that are one program's work."""

Integers = NDArray[np.int64]


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
    segments: torch.Tensor
    """(steps, segments of a step, 2): where each begins and ends; those beyond a step's last are empty."""
    starts: torch.Tensor
    """(steps, models * n + 1): where each feature's segments begin."""

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

    @staticmethod
    def of(examples: Examples, dtype: torch.dtype, device: str, steps: int = 0) -> Batches:
        """All models' examples, or with `steps` > 0 one model's of so many steps."""
        n, many = examples.n_features, max(1, steps)
        n_rows = examples.n_rows // many
        offsets = np.array([0, n_rows], np.int64) if steps else examples.offsets
        models = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
        rows, counts = np.arange(examples.n_rows), np.diff(examples.indptr)
        owners = np.repeat(rows // n_rows * (len(offsets) - 1) + models[rows % n_rows], counts)
        column = owners.astype(np.int64) * n + examples.indices
        pos = torch.sort(torch.from_numpy(column).to(device), stable=True).indices
        segments, starts = cut_columns(column, many, (len(offsets) - 1) * n, SEGMENT)

        def put(array: NDArray[Any], kind: torch.dtype | None = None) -> torch.Tensor:
            return torch.from_numpy(np.array(array)).to(device=device, dtype=kind)

        weights = examples.importance
        roots = np.ones(1) if weights is None else np.sqrt(weights)
        values = put(examples.values, dtype)
        row = put(np.repeat((rows % n_rows).astype(np.int32), counts))
        return Batches(
            n,
            offsets,
            put(examples.indptr),
            put(examples.indices),
            values,
            targets=values if weights is None else put(examples.values * weights[examples.indices], dtype),
            roots=put(roots, dtype),
            exact_roots=put(roots),
            models=put(models),
            row=row[pos],
            pos=pos.to(torch.int32) if len(pos) < 2**31 else pos,
            segments=put(segments),
            starts=put(starts),
        )


def cut_columns(column: Integers, steps: int, width: int, segment: int) -> tuple[Integers, NDArray[np.int32]]:
    """Segments (steps, most of a step, 2) of the sorted `column`s, and (steps, width + 1) where each column's begin."""
    counts = np.bincount(column, minlength=steps * width)
    pieces = -(-counts // segment)
    starts = np.zeros((steps, width + 1), np.int32)
    starts[:, 1:] = np.cumsum(pieces.reshape(steps, width), axis=1)
    owner = np.repeat(np.arange(steps * width), pieces)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)  # among its column's segments
    first = (np.cumsum(counts) - counts)[owner] + nth * segment
    last = np.minimum(first + segment, np.cumsum(counts)[owner])
    step = owner // width
    segments = np.zeros((steps, int(starts[:, -1].max()), 2), np.int64)
    segments[step, starts[step, owner % width] + nth] = np.stack([first, last], axis=1)
    return segments, starts


@dataclass
class Loaded:
    """What an engine's `load` gives: finite data on the device, or the source of fresh examples."""

    batches: Batches | None
    fresh: FreshExamples | None = None

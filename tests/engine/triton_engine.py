"""The GPU's engine for tests: on a GPU where there is one, else under Triton's interpreter with small blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.devices import has_triton
from sdd_tui.engine.interface import Engine

TRITON = pytest.mark.skipif(not has_triton(), reason="Triton is not installed, or too old")


def small_blocks(m: int) -> Any:
    """Blocks so small that tiny data has several of everything: tiles, runs, parts, chunks and segments."""
    from sdd_tui.engine.fused_cuda.layout import Sizes

    walked = replace(Sizes.of(m), tile=32, loop=16, least=(16, 16), loss_rows=16, loss_features=32)
    return replace(walked, rows=16, chunk=8, runs=2, parameters=128, parts=2)


def fused_cuda(precision: str) -> Engine:
    """The engine on the first GPU, or interpreted on the CPU."""
    import torch

    from sdd_tui.engine.fused_cuda import FusedCUDA

    return FusedCUDA(precision) if torch.cuda.is_available() else FusedCUDA(precision, "cpu", small_blocks)


def drawn(fresh: FreshExamples, first: int, steps: int) -> Examples:
    """Steps of fresh data as the kernels draw them, on the first GPU or interpreted, one model's data on the host."""
    import torch

    from sdd_tui.engine.fused_cuda import fresh as kernels

    found = kernels.steps(fresh, first, steps, "cuda" if torch.cuda.is_available() else "cpu")
    indptr, indices, values = (a.cpu().numpy() for a in (found.indptr, found.indices, found.values))
    return Examples(found.n_features, indptr, indices, values, np.array([0, len(indptr) - 1]), found.importance)

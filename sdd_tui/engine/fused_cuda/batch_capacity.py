"""How many models are worth a batch on a GPU: from the work of a step and the memory that is free."""

from __future__ import annotations

import torch

from sdd_tui.engine.fused_cuda.layout import Layout, Sizes

MOST = 64
"""Models of a batch at most: each has a thread that writes its recording."""

WORK = 200_000_000
"""(Feature, example) pairs of a step that fill a GPU: an H200 takes 0.1 ms for them, against 0.015 ms for what a batch
saves, a step of a single small model."""

SHARE = 0.5
"""Of the free memory: the rest is for graphs, losses, and others on the same GPU."""

NONZERO_BYTES = 64
"""Of an active feature, with its places in sorted order, in the batch and for the model alone."""


def most_together(n: int, m: int, T: int, nonzeros: float, tied: bool, itemsize: int, device: str) -> int:
    """Models of T examples, with so many active features over training and test set, that one batch should hold."""
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # by torch, for what comes next
    free = torch.cuda.mem_get_info(device)[0] + kept
    return most_within(n, m, T, nonzeros, tied, itemsize, free)


def most_within(n: int, m: int, T: int, nonzeros: float, tied: bool, itemsize: int, free: int) -> int:
    """The same for a number of free bytes; at least 1."""
    by_memory = SHARE * free / model_bytes(n, m, T, nonzeros, tied, itemsize)
    return max(1, min(MOST, -(-WORK // (n * T)), int(by_memory)))


def model_bytes(n: int, m: int, T: int, nonzeros: float, tied: bool, itemsize: int) -> float:
    """Device memory of one model: parameters and moments, alone and in the batch, the dense passes' parts, data."""
    sizes, layout = Sizes.of(m), Layout(m, tied)
    slabs, runs = len(sizes.runs_of_examples(0, T, n)), len(sizes.runs_of_features(n, T))
    numbers = 6 * n * layout.stride + slabs * n * (m + 1) + (runs + 2) * T * layout.hidden
    return itemsize * numbers + NONZERO_BYTES * nonzeros

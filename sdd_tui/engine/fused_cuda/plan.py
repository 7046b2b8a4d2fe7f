"""How the work of a step is cut: block sizes, and the work lists of the dense passes.

Numpy only. Invariant: how a model's work is cut depends on its own T, n and m and on nothing else: neither on the
device nor on the models beside it, so a batch gives the bits that its models give alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REGISTERS = 8
"""Largest M whose products are summed in registers; from 16 on they are matrix products in blocks."""

MOST_HIDDEN = 256
"""Largest m of these kernels: beyond it a block no longer fits a multiprocessor's registers."""

PROGRAMS = 2560
"""Programs that a dense pass of one model is cut into where it is large enough: all run at once on an H100, whose 132
multiprocessors have registers for 21 each at m = 2."""

LEAST_EXAMPLES, LEAST_FEATURES = 32, 64
"""What a program walks along at least, so that its sums are worth writing and adding up."""


@dataclass(frozen=True)
class Sizes:
    """Block sizes of every kernel; powers of two."""

    M: int
    """m rounded up; H and dH have as many columns."""
    tile: int
    """Features, or examples, that a program of a dense pass keeps."""
    loop: int
    """Examples, or features, that it takes at once; below 16 where sums stay in registers."""
    warps: int
    """Warps of a program of a dense pass."""
    rows: int
    """Examples of a program that goes along active features."""
    chunk: int
    """Active features that it takes at once."""
    runs: int
    """Parts of an example's dH that it adds at once."""
    features: int = 32
    """Features of a program of AdamW."""
    parts: int = 32
    """Parts of a gradient that it adds at once."""
    least: tuple[int, int] = (LEAST_EXAMPLES, LEAST_FEATURES)
    """What a program of a dense pass walks along at least."""
    loss_rows: int = 4
    loss_features: int = 256
    """Examples and features that a program of the exact losses takes at once."""

    @staticmethod
    def of(m: int) -> Sizes:
        """The sizes for m hidden dimensions."""
        M = 1 << (m - 1).bit_length()
        if M <= REGISTERS:
            loop = {1: 8, 2: 8, 4: 4, 8: 2}[M]
            return Sizes(M, tile=128, loop=loop, warps=1, rows=8, chunk=max(2, 16 // M), runs=min(32, 128 // M))
        block = {16: 64, 32: 64, 64: 32}.get(M, 16)
        warps = 4 if M <= 32 else 8
        return Sizes(M, tile=block, loop=block, warps=warps, rows=1, chunk=max(2, 512 // M), runs=max(4, 256 // M))


Items = NDArray[np.int32]
"""(items, 6): model, first and last row, part, first and last feature (exclusive)."""


@dataclass(frozen=True)
class Work:
    """The work lists of a batch of models."""

    features: Items
    """Of `features_pass`: runs of examples."""
    slabs: NDArray[np.int32]
    """(models + 1,): where each model's parts of `features_pass` begin."""
    examples: Items
    """Of `examples_pass`: tiles of examples times runs of features."""
    runs: NDArray[np.int32]
    """(models,): parts of `examples_pass` that each model's examples have."""

    @staticmethod
    def of(offsets: NDArray[np.int64], n: int, sizes: Sizes) -> Work:
        """The lists for models whose examples begin at `offsets`."""
        features: list[tuple[int, ...]] = []
        examples: list[tuple[int, ...]] = []
        runs, slabs = [], [0]
        for b in range(len(offsets) - 1):
            row0, row1 = int(offsets[b]), int(offsets[b + 1])
            tiles = -(-n // sizes.tile)
            for first, last in cuts(row0, row1, tiles, sizes.least[0], sizes.loop):
                features.append((b, first, last, len(features), 0, n))
            slabs.append(len(features))
            tiles = -(-(row1 - row0) // sizes.tile)
            pieces = cuts(0, n, tiles, sizes.least[1], sizes.loop)
            for start in range(row0, row1, sizes.tile):
                stop = min(start + sizes.tile, row1)
                examples += [(b, start, stop, i, j0, j1) for i, (j0, j1) in enumerate(pieces)]
            runs.append(len(pieces))
        return Work(_items(features), np.array(slabs, np.int32), _items(examples), np.array(runs, np.int32))


def cuts(first: int, last: int, times: int, least: int, loop: int) -> list[tuple[int, int]]:
    """Equal runs of first to last, of which `times` programs each make about PROGRAMS programs; whole loops, and at
    least `least` long."""
    length = max(least, -(-(last - first) * times // PROGRAMS))
    length = -(-length // loop) * loop
    return [(start, min(start + length, last)) for start in range(first, last, length)]


def _items(found: list[tuple[int, ...]]) -> Items:
    return np.array(found, np.int32).reshape(-1, 6)

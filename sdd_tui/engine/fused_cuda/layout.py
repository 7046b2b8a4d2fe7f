"""How parameters lie in memory and how the work of a step is cut: rows, block sizes, work lists of the dense passes.

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

PROGRAMS = 2112
"""Programs that each dense pass of one model is cut into where it is large enough: at m = 2 the two together are what
an H100's 132 multiprocessors hold at once, 32 warps of 64 registers each."""

LEAST = (48, 64)
"""Examples, or features, that a program walks along at least, so that its sums are worth writing and adding up."""

MOST = (2_048, 1_024)
"""And at most, so that the last programs to end leave the GPU idle for a short time only: at T = 100,000 a step took
593 µs without this bound and 544 with it (H200)."""


@dataclass(frozen=True)
class Layout:
    """Where the parameters of a feature lie in its row: V's m, b, then W's m when untied; all even, so that two numbers
    are read at once."""

    m: int
    tied: bool

    @property
    def decoder(self) -> int:
        """Numbers of V's part and b, with the padding."""
        return even(self.m + 1)

    @property
    def encoder(self) -> int:
        """Where W's part begins."""
        return 0 if self.tied else self.decoder

    @property
    def stride(self) -> int:
        """Numbers of a whole row."""
        return self.decoder if self.tied else self.decoder + even(self.m)

    @property
    def hidden(self) -> int:
        """Numbers of an example's hidden vector, with the padding; its gradient lies behind it in the same row."""
        return even(self.m)


def even(count: int) -> int:
    """The next even number."""
    return count + count % 2


@dataclass(frozen=True)
class Sizes:
    """Block sizes of every kernel; powers of two."""

    M: int
    """m rounded up."""
    tile: int
    """Features, or examples, that a program of a dense pass keeps."""
    loop: int
    """Examples, or features, that it takes at once."""
    warps: int
    """Warps of a program of a dense pass."""
    chunk: int
    """Active features that a program takes at once of each example."""
    runs: int
    """Parts of an example's dH that it adds at once."""
    rows: int = 8
    """Examples, or segments, of a program that goes along active features."""
    row_warps: int = 1
    """Warps of such a program."""
    parameters: int = 512
    """Parameters of a program of AdamW, padding included."""
    parts: int = 16
    """Parts of a gradient that it adds at once."""
    least: tuple[int, int] = LEAST
    """What a program of the features' pass, and of the examples' pass, walks along at least."""
    loss_rows: int = 4
    loss_features: int = 256
    """Examples and features that a program of the exact losses takes at once."""

    def runs_of_examples(self, first: int, last: int, n: int) -> list[tuple[int, int]]:
        """What the programs of the features' pass walk along: each of these runs for every tile of n features."""
        return cuts(first, last, -(-n // self.tile), self.least[0], MOST[0], self.loop)

    def runs_of_features(self, n: int, T: int) -> list[tuple[int, int]]:
        """What those of the examples' pass walk along: each of these runs for every tile of T examples."""
        return cuts(0, n, -(-T // self.tile), self.least[1], MOST[1], self.loop)

    @staticmethod
    def of(m: int) -> Sizes:
        """The sizes for m hidden dimensions."""
        M = 1 << (m - 1).bit_length()
        if M <= REGISTERS:
            tile = 128 if M <= 4 else 64
            return Sizes(M, tile, loop=min(8, 16 // M), warps=1, chunk=max(4, 32 // M), runs=min(32, 64 // M))
        tile, loop = {16: (64, 64), 32: (64, 32), 64: (32, 32)}.get(M, (16, 16))
        return Sizes(M, tile, loop, warps=4, chunk=max(2, 512 // M), runs=max(4, 256 // M), rows=1)


Items = NDArray[np.int32]
"""(items, 6): model, first and last row, part, first and last feature (exclusive)."""


@dataclass(frozen=True)
class Work:
    """The work lists of a batch of models."""

    features: Items
    """Of the features' pass: runs of examples, for each tile of features."""
    slabs: NDArray[np.int32]
    """(models + 1,): where each model's parts of the features' pass begin."""
    examples: Items
    """Of the examples' pass: tiles of examples times runs of features."""
    runs: NDArray[np.int32]
    """(models,): parts of the examples' pass that each model's examples have."""

    @staticmethod
    def of(offsets: NDArray[np.int64], n: int, sizes: Sizes) -> Work:
        """The lists for models whose examples begin at `offsets`."""
        features: list[tuple[int, ...]] = []
        examples: list[tuple[int, ...]] = []
        runs, slabs = [], [0]
        for b in range(len(offsets) - 1):
            row0, row1 = int(offsets[b]), int(offsets[b + 1])
            for first, last in sizes.runs_of_examples(row0, row1, n):
                features.append((b, first, last, len(features), 0, n))
            slabs.append(len(features))
            pieces = sizes.runs_of_features(n, row1 - row0)
            for start in range(row0, row1, sizes.tile):
                stop = min(start + sizes.tile, row1)
                examples += [(b, start, stop, i, j0, j1) for i, (j0, j1) in enumerate(pieces)]
            runs.append(len(pieces))
        return Work(_items(features), np.array(slabs, np.int32), _items(examples), np.array(runs, np.int32))


def cuts(first: int, last: int, times: int, least: int, most: int, loop: int) -> list[tuple[int, int]]:
    """Runs of first to last, as equal as whole loops allow, between about `least` and `most` long, of which `times`
    programs each make about PROGRAMS programs."""
    many = last - first
    count = max(1, min(max(PROGRAMS // times, -(-many // most)), many // least))
    length = -(-many // (count * loop)) * loop
    return [(start, min(start + length, last)) for start in range(first, last, length)]


def _items(found: list[tuple[int, ...]]) -> Items:
    return np.array(found, np.int32).reshape(-1, 6)

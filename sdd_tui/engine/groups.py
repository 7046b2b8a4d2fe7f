"""Groups of features that are active together, or never two at a time; the rule stands in the head of data.py.

Numpy only. Invariant: what a group's features are depends on the words at its own place alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Chunk = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]
"""How many active features (or groups) each of some examples has; which; and their values, in example order."""


def value_of(words: Words) -> NDArray[np.float64]:
    """The value that a word gives, from its low 24 bits."""
    return ((words & np.uint64(0xFFFFFF)).astype(np.float64) + 0.5) * 2.0**-24


@dataclass(frozen=True)
class Groups:
    """Features in groups of `size`, one after another; groups of one are independent features."""

    size: int = 1
    kind: Literal["correlated", "anticorrelated"] = "correlated"

    def count(self, n: int) -> int:
        """Number of groups of n features."""
        return -(-n // self.size)

    def idle(self, sparsity: float) -> float:
        """Probability that a group has no active feature, each being zero with probability `sparsity`."""
        return sparsity if self.kind == "correlated" or self.size == 1 else max(0.0, 1 - self.size * (1 - sparsity))

    def members(self, n: int, groups: Chunk, word: Callable[[int, int], Words]) -> Chunk:
        """The active features of active groups, whose values are those of their first features.

        word(block, layer) gives the (examples, 4) words of a block of a layer.
        """
        if self.size == 1:
            return groups
        counts, at, values = groups
        row = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)  # among its example's words
        first = at.astype(np.int64)[:, None] * self.size
        if self.kind == "correlated":
            features = first + np.arange(self.size)  # (groups, size)
            layers = [value_of(_at(word, layer, row, place)) for layer in range(1, self.size)]
            drawn = np.stack([values, *layers], axis=1)
        else:
            high = _at(word, 1, row, place) >> np.uint64(32)
            features = first + ((high * np.uint64(self.size)) >> np.uint64(32)).astype(np.int64)[:, None]
            drawn = values[:, None]
        inside = features < n
        kept = np.bincount(np.repeat(row, inside.sum(axis=1)), minlength=len(counts))
        return kept, features[inside].astype(np.int32), drawn[inside]


INDEPENDENT = Groups()


def _at(word: Callable[[int, int], Words], layer: int, row: NDArray[np.int64], place: NDArray[np.int64]) -> Words:
    """The words of a layer at some places of some examples."""
    found = np.empty(len(row), np.uint64)
    for block in range(int(place.max(initial=-1)) // 4 + 1):
        here = place // 4 == block
        found[here] = word(block, layer)[row[here], place[here] % 4]
    return found

"""Dimensionalities and lengths over training, from every frame; filled in a little at a time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, norms
from sdd_tui.errors import SddError
from sdd_tui.run.reader import Run

TOP = 8
"""Features with the largest D_f that are followed: five come through, and near misses show."""

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of D_X over the examples."""


Measured = tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float]]
"""Of a frame: (8,) largest D_f, (5,) quantiles of D_X, and the longest ‖W_j‖ and ‖h_i‖."""


class History:
    """(k,) steps, (k, 8) largest D_f in descending order, (k, 5) quantiles of D_X."""

    def __init__(self) -> None:
        self._done: dict[int, Measured] = {}

    def __len__(self) -> int:
        return len(self._done)

    def extend(self, run: Run, steps: NDArray[np.int64], budget_s: float) -> bool:
        """Take in frames not seen yet, for about so long; whether any are left. Frames that are gone are forgotten."""
        recorded = steps.tolist()
        if len(self._done) == len(recorded) and (not recorded or recorded[-1] in self._done):
            return False
        for gone in set(self._done) - set(recorded):
            del self._done[gone]
        until = time.perf_counter() + budget_s
        for step in _spread([s for s in recorded if s not in self._done]):
            self._done[step] = _measured(run, step, steps)
            if time.perf_counter() >= until:
                break
        return len(self._done) < len(recorded)

    @property
    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Steps ascending, D_f and D_X."""
        steps = sorted(self._done)
        D_f = np.array([self._done[s][0] for s in steps]).reshape(-1, TOP)
        return np.array(steps, np.int64), D_f, np.array([self._done[s][1] for s in steps]).reshape(-1, len(QUANTILES))

    @property
    def longest(self) -> tuple[float, float]:
        """The longest ‖W_j‖ and the longest ‖h_i‖ of all frames taken in; 0 before there is one."""
        lengths = [measured[2] for measured in self._done.values()]
        return max((w for w, _ in lengths), default=0.0), max((h for _, h in lengths), default=0.0)


def _spread(steps: list[int]) -> list[int]:
    """Every sixteenth first, so that the whole course shows early."""
    return [s for start in (0, 8, 4, 12, *(i for i in range(1, 16) if i % 4)) for s in steps[start::16]]


def _measured(run: Run, step: int, steps: NDArray[np.int64]) -> Measured:
    nothing = np.full(TOP, np.nan), np.full(len(QUANTILES), np.nan), (0.0, 0.0)
    try:
        frame = run.frame(step, steps)
    except SddError:  # the panel that shows the frame says why
        return nothing
    with np.errstate(all="ignore"):
        D_f, D_X = dimensionality(frame.W), frame.D_X
        longest = _longest(frame.W), _longest(frame.H)
    if not (np.isfinite(D_f).all() and np.isfinite(D_X).all()):
        return nothing
    top = np.zeros(TOP)
    most = np.sort(np.partition(D_f, -TOP)[-TOP:] if len(D_f) > TOP else D_f)[::-1]
    top[: len(most)] = most
    return top, np.quantile(D_X, QUANTILES), longest


def _longest(vectors: NDArray[Any]) -> float:
    lengths = norms(vectors)
    return float(lengths[np.isfinite(lengths)].max(initial=0.0))

"""What a run records, thinned out to fit its budget in bytes.

Invariant: the plan is a function of the configuration (and of a branch's first step) alone, so a resumed run records
what the undisturbed one would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdd_tui.config import RunConfig

ROW_BYTES = 240
"""A line of metrics.jsonl at most."""

FIXED_BYTES = 64_000
"""Configuration, meta data, status, events and log."""


@dataclass(frozen=True)
class RecordingPlan:
    """Recorded steps, all including the run's first and last; every frame's step is a row's too."""

    row_steps: tuple[int, ...]
    frame_steps: tuple[int, ...]
    frame_dtype: str
    """f4, or f2 where float32 frames would not fit."""
    checkpoint_steps: tuple[int, ...]
    """Steps whose checkpoints are kept."""

    @property
    def start(self) -> int:
        """The run's first step: 0, or where a branch begins."""
        return self.row_steps[0]


def spaced(steps: int, count: int) -> list[int]:
    """About `count` steps from 0 to `steps`, half spaced evenly, half evenly in log step."""
    even = np.linspace(0, steps, max(2, count - count // 2))
    log = np.geomspace(1, steps, max(2, count // 2))
    return [int(s) for s in np.unique(np.rint(np.concatenate([even, log])))]


def make_plan(config: RunConfig, branched_at: int | None = None) -> RecordingPlan:
    """The plan for a configuration; a branch's begins at its first step, whose checkpoint it keeps."""
    start = branched_at or 0
    r, steps = config.recording, config.optim.steps - start
    numbers = config.data.n_features * (config.model.n_hidden * (1 if config.model.tied else 2) + 1)
    width = 8 if config.precision == "float64" else 4
    checkpoint = 3 * width * numbers
    fixed = 2 if branched_at is None else 4  # the newest, the next while it is written; the first and its parent's
    room = r.budget_mb * 1e6 - FIXED_BYTES - fixed * checkpoint
    kept = int(min(r.checkpoints, max(0, 0.5 * room) // checkpoint))
    room -= kept * checkpoint
    rows = int(min(r.rows, max(2, 0.25 * room // ROW_BYTES)))
    room -= rows * ROW_BYTES
    dtype = "f4" if r.frames * 4 * numbers <= room else "f2"
    frames = int(min(r.frames, max(2, room // ((4 if dtype == "f4" else 2) * numbers))))
    row_steps = [start + s for s in spaced(steps, rows)]
    frame_steps = [row_steps[i] for i in np.unique(np.rint(np.linspace(0, len(row_steps) - 1, frames))).astype(int)]
    kept_steps = np.unique(np.rint(np.linspace(0, steps, kept + 1)[1:])).astype(int)  # none for kept = 0
    first = [] if branched_at is None else [start]
    kept_steps = np.unique([*first, *(start + kept_steps)])
    return RecordingPlan(tuple(row_steps), tuple(frame_steps), dtype, tuple(int(s) for s in kept_steps))

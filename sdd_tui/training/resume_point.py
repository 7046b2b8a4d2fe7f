"""Where a training session begins: at the newest checkpoint, with everything recorded later cut off."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdd_tui.config import RunConfig
from sdd_tui.engine.interface import State
from sdd_tui.run import checkpoint
from sdd_tui.run.frames import cut as cut_frames
from sdd_tui.run.layout import EVENTS, FRAMES, METRICS, STATUS, read_json
from sdd_tui.run.lines import cut as cut_lines
from sdd_tui.training.recording_plan import RecordingPlan


@dataclass(frozen=True)
class Beginning:
    """What a session goes on from."""

    state: State | None
    """None where there is no checkpoint yet: the run begins with its first state."""
    seconds: float = 0.0
    """Training time so far."""
    row: dict[str, Any] = field(default_factory=dict)
    """The last recorded row that stays."""


def cut_back(run: Path, config: RunConfig, plan: RecordingPlan) -> Beginning:
    """Go back to the newest checkpoint. Raises DamagedError, before anything is changed, and NoRoomError."""
    ended = (run / STATUS).exists() and read_json(run / STATUS).get("state") == "finished"
    steps = checkpoint.steps(run)
    state, seconds = None, 0.0
    if steps:
        shape = (config.model.n_hidden, config.data.n_features)
        state, seconds = checkpoint.load(run, steps[-1], shape, config.model.tied)
    last = state.step if state and state.step > plan.start else -1  # the loop records the first step (again)
    row = cut_lines(run / METRICS, last, [s for s in plan.row_steps if s <= last])
    cut_lines(run / EVENTS, last, before="" if ended else "finished")  # one killed between that event and its status
    cut_frames(run / FRAMES, [s for s in plan.frame_steps if s <= last])
    return Beginning(state, seconds, row)

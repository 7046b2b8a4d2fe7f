"""Watches a run as it is recorded and says what happened, in the words of events.

Invariant: what is said depends on what is recorded alone: frames are looked at as they stand in the file, and a new
session first takes in what the earlier ones recorded. So no event is missed or doubled when a run is resumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sdd_tui.config import RunConfig
from sdd_tui.engine.interface import Tensors
from sdd_tui.engine.trainer import Row
from sdd_tui.run.frames import FrameFile
from sdd_tui.run.layout import EVENTS, FRAMES, METRICS, number
from sdd_tui.run.lines import Lines
from sdd_tui.training.events.losses import Found, LossWatch
from sdd_tui.training.events.shapes import ShapeWatch
from sdd_tui.training.recording_plan import RecordingPlan

MOST = 50
"""Events of a kind at most: what flickers does not fill the run's directory."""


class Watcher:
    """Give it every row, and every frame after the row of its step."""

    def __init__(self, config: RunConfig, plan: RecordingPlan) -> None:
        self._losses = LossWatch(config, plan.start)
        self._shapes = ShapeWatch(config)
        self._dtype = np.dtype(f"<{plan.frame_dtype}")
        self._test_loss = float("nan")
        self._said: Counter[str] = Counter()

    def catch_up(self, run: Path) -> None:
        """Take in what stays of earlier sessions."""
        frames, step = FrameFile(run / FRAMES), -1
        if count := len(frames.steps()):
            step, arrays = frames.read(count - 1)
        at_the_frame: dict[str, Any] = {}
        for row in _rows(run / METRICS):
            self._losses.row(row["step"], number(row.get("train_loss")), number(row.get("lr")))
            if row["step"] <= step:
                at_the_frame = row
        if count:
            self._shapes.frame(arrays, number(at_the_frame.get("test_loss")))
        self._said = Counter(str(event.get("kind")) for event in _rows(run / EVENTS))

    def row(self, row: Row) -> list[Found]:
        """What happened at a recorded row."""
        self._test_loss = row.test_loss
        return self._admitted(self._losses.row(row.step, row.train_loss, row.lr))

    def frame(self, params: Tensors) -> list[Found]:
        """What happened since the last frame, for the first model of some parameters at the last row's step."""
        with np.errstate(over="ignore"):
            recorded = {name: array[0].astype(self._dtype) for name, array in params.arrays().items()}
        return self._admitted(self._shapes.frame(recorded, self._test_loss))

    def kept(self) -> list[Found]:
        """A checkpoint is kept."""
        return self._admitted([("checkpoint", "kept")])

    def _admitted(self, found: list[Found]) -> list[Found]:
        """Those that are recorded; a standstill once, the others fifty times a kind."""
        admitted: list[Found] = []
        for kind, words in found:
            most = 1 if kind == "stall" else MOST
            self._said[kind] += 1
            if self._said[kind] <= most:
                last = " (later ones are not recorded)" if self._said[kind] == MOST else ""
                admitted.append((kind, words + last))
        return admitted


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Every row of a file that does not grow meanwhile."""
    lines = Lines(path)
    more = True
    while more:
        yield from lines.poll()[1]
        more = lines.behind

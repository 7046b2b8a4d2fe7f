"""Writes one run: rows, frames, events, status and checkpoints, in the order that lets a kill at any moment be resumed.

Invariant: what a checkpoint's step needs on disk (rows, frames, events up to it) is written and synced before the
checkpoint, and an older checkpoint goes after that.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections import deque
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.config import RunConfig
from sdd_tui.engine.interface import State
from sdd_tui.engine.trainer import Frame, Row
from sdd_tui.errors import NoRoomError, SddError
from sdd_tui.run import checkpoint
from sdd_tui.run.course import course
from sdd_tui.run.frames import Format
from sdd_tui.run.layout import (
    CHECKPOINTS,
    EVENTS,
    FRAMES,
    LOCK,
    METRICS,
    STATUS,
    append_line,
    replace_json,
    writing,
)
from sdd_tui.run.liveness import me
from sdd_tui.training.machine import gpus, memory
from sdd_tui.training.recording_plan import RecordingPlan

HEARTBEAT_S = 1.0
"""Seconds between two status files while steps go on."""

RECENT_S = 10.0
"""Training seconds that the present speed is the mean over: steps take longer where losses and frames are recorded."""

LATEST = ("train_loss", "test_loss", "weight_norm", "bias_norm")
"""Columns of the last recorded row that the status file repeats."""


class Writer:
    """The trainer's hand on a run directory; close it in the end."""

    def __init__(self, run: Path, config: RunConfig, plan: RecordingPlan) -> None:
        self.run = run
        self._plan = plan
        self._kept = set(plan.checkpoint_steps)
        self._frames: Format | None = None
        self._written = -math.inf
        self._beats = 0
        self._steps: list[int] = []
        self._losses: list[float | None] = []
        """Step and train loss of every row."""
        self._locked = (run / LOCK).exists()
        self._past: deque[tuple[float, int]] = deque()
        self._first: tuple[float, int] | None = None
        self._beside = ThreadPoolExecutor(1, "checkpoint")
        self._saving: Future[None] | None = None
        self._named = False
        """Whether the names of the growing files and of the checkpoints' directory are on the disk."""
        self.on_gpu = False
        """Whether it trains on a GPU, of which the status then tells."""
        self.status: dict[str, Any] = {
            "state": "starting",
            "step": 0,
            "steps": config.optim.steps,
            "preset": config.preset,
            **me(),
        }

    def row(self, row: Row) -> None:
        """Record a row."""
        values = {k: v if math.isfinite(v) else None for k, v in asdict(row).items()}
        append_line(self.run / METRICS, values)
        for name in LATEST:
            self.status[name] = values[name]
        new = [(row.step, values["train_loss"])] if self._steps else _rows(self.run / METRICS)  # those before a resume
        for step, loss in new:
            self._steps.append(step)
            self._losses.append(loss)
        self.status["course"] = course(self._steps, self._losses, self.status["steps"])

    def frame(self, frame: Frame) -> None:
        """Record a frame."""
        path = self.run / FRAMES
        if self._frames is None:
            self._frames = Format.of(frame.params, self._plan.frame_dtype)
        record = self._frames.pack(frame.step, frame.params)
        with writing(path), files.open_append(path) as file:
            if file.tell() == 0:
                file.write(self._frames.header())
            file.write(record)

    def event(self, step: int, kind: str, text: str) -> None:
        """Record that something happened.

        Kinds: branched, resumed, checkpoint, paused, continued, stopped, finished, diverged; and what the watcher sees:
        polygon, stored, lost, circles, born, regime, spike, stall.
        """
        append_line(self.run / EVENTS, {"step": step, "time": time.time(), "kind": kind, "text": text})

    def checkpoint(self, state: State, seconds: float, wait: bool = True) -> None:
        """Save the state, once what leads up to it is on the disk: now, or beside the next steps, as a disk may take
        some hundredths of a second for it. Raises NoRoomError, for the one before as well."""
        self.settle()
        work = partial(self._save, state.step, checkpoint.packed(state, seconds))
        if wait:
            work()
        else:
            try:
                self._saving = self._beside.submit(work)
            except RuntimeError:  # this machine lets no more threads start
                self._beside = ThreadPoolExecutor(1, "checkpoint")
                work()

    def _save(self, step: int, content: bytes) -> None:
        with writing(self.run):
            for name in (METRICS, FRAMES, EVENTS):
                files.sync(self.run / name)
        if not self._named:
            with writing(self.run / CHECKPOINTS):
                files.make_folder(self.run / CHECKPOINTS)
                files.sync(self.run)
            self._named = True
        checkpoint.write(self.run, step, content, self._kept)

    def settle(self) -> None:
        """Wait for a checkpoint that is being written. Raises NoRoomError."""
        if self._saving is not None:
            futures.wait([self._saving])  # which Ctrl-C may cut short: whoever settles next then waits for it
            saving, self._saving = self._saving, None
            saving.result()

    def close(self) -> None:
        """Wait for a checkpoint that is being written, whatever becomes of it, and for its thread to end: the run is
        somebody else's from then on."""
        self._beside.shutdown()

    def progress(self, step: int, seconds: float, computed: float = 1.0) -> None:
        """Note how far training is, and which share of the pairs was computed; written at most once a heartbeat."""
        if self._first is None or step < self._first[1]:
            self._first = (seconds, step)
        self.status |= {"step": step, "seconds": seconds}
        if computed < 1:
            self.status["pairs_computed"] = computed
        if seconds > self._first[0]:
            self.status["steps_per_second"] = (step - self._first[1]) / (seconds - self._first[0])
        past = self._past
        past.append((seconds, step))
        while len(past) > 2 and past[1][0] <= seconds - RECENT_S:
            past.popleft()
        if seconds > past[0][0] and step > past[0][1]:
            self.status["recent_steps_per_second"] = (step - past[0][1]) / (seconds - past[0][0])
        self.alive("running")

    def alive(self, state: str) -> None:
        """Write the status file if a heartbeat is due."""
        if time.monotonic() - self._written >= HEARTBEAT_S:
            self.state(state)

    def state(self, state: str, **more: Any) -> None:
        """Write the status file. Raises NoRoomError, also where the run's files were removed under its trainer: what is
        written from then on would be half a run."""
        if self._locked and not _is_there(self.run / LOCK):
            raise NoRoomError(f"{self.run}: its files were removed while it was trained.")
        self._written = time.monotonic()
        self._beats += 1
        self.status |= {"state": state, "heartbeat": time.time(), "beats": self._beats, **memory(), **more}
        if self.on_gpu and (found := gpus()):
            self.status["gpus"] = found
        rests = state not in ("starting", "running")  # a heartbeat's name is on the disk soon enough
        if rests:
            self.settle()
            with writing(self.run / EVENTS):
                files.sync(self.run / EVENTS)
        replace_json(self.run / STATUS, self.status, lasting=rests)

    def last_words(self, state: str, reason: str, advice: str = "") -> None:
        """Write the status file even where there is no room left: over the old one, in place, if need be."""
        outcome = {"reason": reason, "advice": advice}
        try:
            self.state(state, outcome=outcome)
        except SddError:
            self.status |= {"state": state, "outcome": outcome}
            text = json.dumps(self.status).encode()
            try:
                with files.open_update(self.run / STATUS) as file:
                    file.write(text.ljust(os.fstat(file.fileno()).st_size))
                    file.truncate()
            except OSError:
                return  # nothing can be written at all; the process's own last sentence says so


def _rows(path: Path) -> Iterator[tuple[int, float | None]]:
    """(step, train loss) of rows on the disk."""
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        yield values["step"], values["train_loss"]


def _is_there(path: Path) -> bool:
    """Whether a file is there, or can't be seen just now."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True

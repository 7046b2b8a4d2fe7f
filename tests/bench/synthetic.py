"""Large runs for the benchmarks, written in a second: rows and frames of a made-up course; they can go on growing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np

from sdd_tui.engine.interface import Tensors
from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.frames import Format
from sdd_tui.run.layout import EVENTS, FRAMES, METRICS, STATUS, read_json, replace_json
from sdd_tui.run.liveness import me

STRIDE = 10
"""Steps between two rows."""


def parameters(frames: int, n: int = 10_000, seed: int = 0) -> list[Tensors]:
    """A cloud of features out of which a pentagon grows."""
    rng = np.random.default_rng(seed)
    cloud = rng.normal(size=(2, n)) * 0.02
    angle = 2 * np.pi * np.arange(5) / 5
    grown = []
    for share in np.linspace(0, 1, frames):
        W = cloud + rng.normal(size=(2, n)) * 0.01
        W[:, :5] += share * np.stack([np.cos(angle + share), np.sin(angle + share)])
        grown.append(Tensors(W[None].astype(np.float32), np.full((1, n), -0.01, np.float32), None))
    return grown


def row(step: int, steps: int) -> str:
    """A line of metrics.jsonl."""
    share = step / steps
    losses = {"train_loss": 1 - 0.9 * share + 0.01 * np.sin(step), "test_loss": 1 + 0.1 * np.sin(6 * share)}
    values = (
        {"step": step}
        | losses
        | {"weight_norm": 3 + share, "bias_norm": share, "lr": 1e-3 * (1 - share), "seconds": step * 1.234567e-4}
    )
    return json.dumps(values) + "\n"


def synthetic(
    runs: Path, name: str, rows: int, frames: int, *, state: str = "finished", T: int = 2_000, more: int = 0
) -> Path:
    """A run with so many rows and frames, and room for more rows. A running one has this process as its trainer."""
    last, steps = max(rows - 1, 1) * STRIDE, max(rows - 1 + more, 1) * STRIDE
    settings = [f"T={T}", f"optim.steps={steps}", f"recording.rows={max(rows + more, 2)}", "recording.budget_mb=1000"]
    run = create(load("middle", settings), runs, name)
    with (run / METRICS).open("w", encoding="utf-8") as file:
        file.writelines(row(STRIDE * i, steps) for i in range(rows))
    with (run / FRAMES).open("wb") as binary:
        grown = parameters(frames)
        form = Format.of(grown[0], "f4")
        binary.write(form.header())
        for at, params in zip(np.linspace(0, last, frames).astype(int), grown, strict=True):
            binary.write(form.pack(int(at), params))
    event = {"step": last // 2, "time": time.time(), "kind": "born", "text": "features 0-4 have a direction"}
    (run / EVENTS).write_text(json.dumps(event) + "\n", encoding="utf-8")
    status = read_json(run / STATUS) | {"state": state, "step": last, "train_loss": 0.1, "test_loss": 1.0}
    replace_json(run / STATUS, status | me() | {"heartbeat": time.time()})
    return run


class Growing:
    """A running run that gets a row and a frame whenever it is told to."""

    def __init__(self, runs: Path, name: str, rows: int = 1_000, frames: int = 40, more: int = 10_000) -> None:
        self.path = synthetic(runs, name, rows, frames, state="running", more=more)
        self._steps, self._row = (rows + more - 1) * STRIDE, rows
        self._grown = parameters(20, seed=1)
        self._form = Format.of(self._grown[0], "f4")

    def grow(self, rows: int = 1) -> int:
        """Add rows, and a frame at the last of them; its step."""
        new = [row(STRIDE * (self._row + i), self._steps) for i in range(rows)]
        self._row += rows
        step = STRIDE * (self._row - 1)
        with (self.path / METRICS).open("a", encoding="utf-8") as file:
            file.writelines(new)
        with (self.path / FRAMES).open("ab") as binary:
            binary.write(self._form.pack(step, self._grown[self._row % len(self._grown)]))
        return step

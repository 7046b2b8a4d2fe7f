"""What watching costs a training: the same trainer with the app attached and without, by turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.layout import STATUS, read_json
from sdd_tui.run.reader import open_run
from sdd_tui.run.requests import ask
from sdd_tui.training.launch import launch
from tests.bench.measured import Measured
from tests.terminal import APP, Terminal

WARM_S, SAMPLE_S = 1.0, 2.5
SETTINGS = ["T=1000", "optim.steps=50000000", "threads=1", "recording.rows=5000", "recording.frames=400"]


@contextmanager
def _training(runs: Path) -> Iterator[Path]:
    """A detached trainer on one thread."""
    run = create(load("pentagon", SETTINGS), runs)
    launch(run)
    while open_run(run).status.get("state") != "running":
        time.sleep(0.05)
    try:
        yield run
    finally:
        ask(run, "stop")
        while open_run(run).status.get("state") in ("starting", "running"):
            time.sleep(0.05)


def _speed(run: Path, terminal: Terminal | None) -> float:
    """Steps a second over a sample, by the trainer's own status files."""

    def look(seconds: float) -> None:
        terminal.look(seconds) if terminal else time.sleep(seconds)

    def fresh() -> tuple[float, int]:
        before = read_json(run / STATUS)["heartbeat"]
        while (status := read_json(run / STATUS))["heartbeat"] == before:
            look(0.01)
        return float(status["heartbeat"]), int(status["step"])

    look(WARM_S)
    began, first = fresh()
    look(SAMPLE_S - 1)
    ended, last = fresh()
    return (last - first) / (ended - began)


def _ratios(run: Path, pairs: int, attached: bool) -> list[float]:
    """Speed with over speed without, pair by pair; which of the two comes first alternates."""
    found = []
    for k in range(pairs):
        speed = {}
        for second in (bool(k % 2), not k % 2):
            app = Terminal([*APP, "--runs-dir", str(run.parent), run.name]) if second and attached else nullcontext()
            with app as terminal:
                if terminal is not None:
                    terminal.until(lambda text: "frame" in text)
                speed[second] = _speed(run, terminal)
        found.append(speed[True] / speed[False])
    return found


def throughput(runs: Path, pairs: int) -> Measured:
    """The ratio of the speeds, with what it is when nothing is attached at all."""
    with _training(runs) as run:
        idle = _ratios(run, pairs, attached=False)
        values = _ratios(run, pairs, attached=True)
    low, _, high = statistics.quantiles(idle, n=4)
    note = f"nothing attached: median {statistics.median(idle):.3f}, quartiles {low:.3f}-{high:.3f}"
    what = "training with the app attached at 10 frames/s : without"
    return Measured("throughput", what, "ratio", values, 0.95, at_least=True, note=note, details={"idle": idle})

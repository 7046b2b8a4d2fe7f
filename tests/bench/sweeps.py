"""What a sweep of two thousand finished cells takes to show, with a real directory for each of them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from sdd_tui.run.frames import Format
from sdd_tui.run.layout import FRAMES, METRICS, STATUS, read_json, replace_json
from sdd_tui.sweep.directory import create_sweep, make_cell
from sdd_tui.sweep.presets import load
from sdd_tui.sweep.results import keep
from tests.bench.looks import BRAILLE
from tests.bench.measured import Measured
from tests.bench.synthetic import parameters, row
from tests.sweep.synthetic import made_up
from tests.terminal import APP, Terminal

POINTS, SEEDS = 500, 4
RECORDS = 5
COMMAND = (sys.executable, "-m", "sdd_tui")
BAR_S = 1.0


def finished(runs: Path, points: int = POINTS, seeds: int = SEEDS) -> Path:
    """A finished sweep of the quick preset's size, over so many T: each cell has its configuration, status, metrics,
    frames and result, as training leaves them."""
    sweep = load("double-descent-quick", [f"T=range(3, {3 + points})", f"seed=range(0, {seeds})"])
    folder = create_sweep(sweep, runs, "thousands")
    grown = parameters(RECORDS, n=1_000)
    form = Format.of(grown[0], "f2")
    for cell in sweep.cells():
        run, steps = make_cell(folder, cell), cell.settings["optim"]["steps"]
        at = [steps * k // (RECORDS - 1) for k in range(RECORDS)]
        (run / METRICS).write_text("".join(row(step, steps) for step in at), encoding="utf-8")
        (run / FRAMES).write_bytes(form.header() + b"".join(form.pack(s, p) for s, p in zip(at, grown, strict=True)))
        replace_json(run / STATUS, read_json(run / STATUS) | {"state": "finished", "step": steps})
        keep(folder, made_up(cell))
    return folder


def shows(runs: Path, times: int) -> list[Measured]:
    """From the command to the sweep screen's first picture, planes and all; and `sdd sweep show`."""
    folder = finished(runs)
    cells = f"{POINTS * SEEDS:,} of {POINTS * SEEDS:,}"
    picture, shown = [], []
    for _ in range(times):
        with Terminal([*APP, "--runs-dir", str(runs), folder.name]) as terminal:
            drawn = terminal.until(lambda text: f"{cells} done" in text and "T=502" in text and BRAILLE.search(text))
            picture.append(drawn - terminal.started)
        began = time.perf_counter()
        command = [*COMMAND, "sweep", "show", folder.name, "--runs-dir", str(runs)]
        out = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
        shown.append(time.perf_counter() - began)
        assert f"{cells} cells done" in out
    return [
        Measured("sweep", f"first picture of a sweep of {POINTS * SEEDS:,} finished cells", "s", picture, BAR_S),
        Measured("sweep-show", "  sdd sweep show of it", "s", shown, BAR_S),
    ]

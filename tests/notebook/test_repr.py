"""What a notebook shows of an object that stands alone on a line: a line."""

from __future__ import annotations

from pathlib import Path

import sdd_tui
from sdd_tui.sweep.directory import create_sweep
from tests.sweep.helpers import tiny


def test_objects_say_in_a_line_what_they_are(runs: Path) -> None:
    trained = sdd_tui.train("quick", n=20, S=0.8, T=5, steps=40, n_test=10, rows=8, frames=4, run_dir=runs / "a")
    assert repr(trained.parameters) == "Parameters(step=40, W (2, 20), b (20,))"
    k = len(trained.frames)
    frames = f"Frames({k} at steps 0 to 40, W ({k}, 2, 20), b ({k}, 20), H ({k}, 2, 5))"
    assert repr(trained.frames) == frames
    assert repr(trained).startswith("Trained('quick', ") and repr(trained).endswith(f"{frames})")
    assert repr(sdd_tui.open_run(runs / "a")) == "RecordedRun('a', finished, step 40)"
    folder = create_sweep(tiny({"T": [3, 5], "seed": [0]}), runs, "s")
    assert repr(sdd_tui.open_sweep(folder)) == "RecordedSweep('s', stopped, 0 of 2 cells done)"

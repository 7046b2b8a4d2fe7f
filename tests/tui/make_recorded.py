"""Records the small runs that the app's tests replay: `python -m tests.tui.make_recorded`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.layout import STATUS
from sdd_tui.training.recorder import record

HERE = Path(__file__).parent / "recorded"

SMALL = ("n=400", "S=0.975", "optim.steps=20000", "recording.rows=40", "recording.frames=8", "n_test=500")
NONE = "recording.checkpoints=0"

RUNS = {
    "pentagon-small": ("T=5", "seed=3", *SMALL, NONE),
    "deep-small": ("T=12", "m=3", "seed=1", *SMALL, NONE),
}


def main() -> None:
    """Record them."""
    shutil.rmtree(HERE, ignore_errors=True)
    for name, settings in RUNS.items():
        run = create(load("pentagon", settings), HERE, name)
        record(run)
        anonymous(run)
    (HERE / "latest").unlink()


def anonymous(run: Path) -> None:
    """Take this machine's name and clock out, and what nobody who looks at the run needs."""
    for other in ("lock", "meta.json", "console.log"):
        (run / other).unlink(missing_ok=True)
    shutil.rmtree(run / "checkpoints")
    status = json.loads((run / STATUS).read_text(encoding="utf-8"))
    status |= {"host": "laptop", "pid": 1, "pid_started": "1", "heartbeat": 1_795_000_000.0, "seconds": 1.0}
    status["steps_per_second"] = 20_000.0
    (run / STATUS).write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

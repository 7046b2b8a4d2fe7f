"""Records the small run that the app's tests replay: `python -m tests.tui.make_recorded`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sdd_tui.catalog import load
from sdd_tui.store.create import create
from sdd_tui.store.layout import STATUS
from sdd_tui.store.recorder import record

HERE = Path(__file__).parent / "recorded"

SETTINGS = (
    *("n=400", "S=0.975", "T=5", "seed=3", "optim.steps=20000"),
    *("recording.rows=40", "recording.frames=8", "recording.checkpoints=0", "n_test=500"),
)


def main() -> None:
    """Record it, and take this machine's name and clock out."""
    shutil.rmtree(HERE, ignore_errors=True)
    run = create(load("pentagon", SETTINGS), HERE, "pentagon-small")
    record(run)
    (HERE / "latest").unlink()
    for name in ("lock", "meta.json", "console.log"):
        (run / name).unlink()
    shutil.rmtree(run / "checkpoints")
    status = json.loads((run / STATUS).read_text())
    status |= {"host": "laptop", "pid": 1, "pid_started": "1", "heartbeat": 1_795_000_000.0, "seconds": 1.0}
    (run / STATUS).write_text(json.dumps(status, indent=1) + "\n")


if __name__ == "__main__":
    main()

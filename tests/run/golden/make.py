"""Makes the golden run beside it: `python tests/run/golden/make.py`.

Make it anew only for a new schema version, and then keep the old one too: every later version must read it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sdd_tui.config import RunConfig
from sdd_tui.presets import with_overrides
from sdd_tui.run.create import create
from sdd_tui.run.layout import META, STATUS, read_json, replace_json
from sdd_tui.training.recorder import record

HERE = Path(__file__).parent
SETTINGS = ("n=20", "T=5", "S=0.8", "data.n_test=10", "optim.steps=20", "optim.lr=0.01", "recording.frames=8")


def main() -> None:
    """Train it, and take out what only says where it was made."""
    name = "schema-1"
    shutil.rmtree(HERE / name, ignore_errors=True)
    run = create(with_overrides(RunConfig(preset="golden", title="Small & old"), SETTINGS), HERE, name)
    record(run)
    for file in (META, STATUS):
        values = read_json(run / file) | {"host": "golden", "pid": 1, "pid_started": "1"}
        replace_json(run / file, values | ({"command": "make.py", "platform": "golden"} if file == META else {}))
    (run / "lock").write_text(json.dumps({"host": "golden", "pid": 1}), encoding="utf-8")
    (HERE / "latest").unlink()


if __name__ == "__main__":
    main()

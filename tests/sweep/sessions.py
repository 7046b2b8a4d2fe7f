"""Sessions of sweeps, in this process and in one of their own, and what they leave behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sdd_tui.run.status import read_status
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import begin
from sdd_tui.sweep.slots import places
from tests.waiting import wait_until

CODE = """
import sys
from pathlib import Path
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import begin
folder = Path(sys.argv[1])
session, look = begin(folder), SweepReader(folder)
sys.exit(0 if LocalRunner().run(folder, session, lambda: look.left(session.id)) else 130)
"""


def do(folder: Path, jobs: int | None = None) -> bool:
    """A session here."""
    session, reader = begin(folder, jobs), SweepReader(folder)
    return LocalRunner().run(folder, session, lambda: reader.left(session.id))


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A session in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", CODE, str(folder)], stderr=subprocess.PIPE)


def finished_lines(folder: Path) -> list[str]:
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    return [line["cell"] for line in lines if line["state"] == "finished"]


def wait_for(folder: Path, done: int, process: subprocess.Popen[bytes]) -> None:
    wait_until(lambda: process.poll() is not None or SweepReader(folder).poll().done >= done)


def workers_of(folder: Path) -> list[int]:
    """Workers that are at a cell now."""
    return [int(p["pid"]) for p in places(folder) if p.get("cells") and Path(f"/proc/{p['pid']}").exists()]


def assert_every_cell_finished_once(folder: Path, sweep: Sweep) -> None:
    names = [cell.name for cell in sweep.cells()]
    assert Counter(finished_lines(folder)) == Counter(names)
    for name in names:
        run = folder / "cells" / name
        assert read_status(run)["state"] == "finished"
        kinds = [json.loads(line)["kind"] for line in (run / "events.jsonl").read_text(encoding="utf-8").splitlines()]
        assert kinds.count("finished") == 1
    assert {p.name for p in (folder / "cells").iterdir()} == set(names)

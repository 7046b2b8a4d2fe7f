"""Starts a trainer as a process of its own session, which closing the terminal, SSH or the app does not reach.

`subprocess` with `start_new_session`: multiprocessing's spawn crashes inside a running Textual app.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sdd_tui.errors import RunFailedError
from sdd_tui.store.layout import CONSOLE, writing

PATIENCE_S = 0.3
"""Seconds given to a trainer to fail at once (a taken lock, a damaged file) before it counts as started."""


def launch(run: Path) -> int:
    """Train a created or stopped run in the background; the process's id. Raises RunFailedError, NoRoomError."""
    log = run / CONSOLE
    with writing(log), log.open("ab") as console:
        process = subprocess.Popen(
            [sys.executable, "-m", "sdd_tui.cli.app", "resume", "--quiet", str(run.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )
    try:
        code = process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        return process.pid
    if code != 0:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise RunFailedError(lines[-1].removeprefix("sdd: ") if lines else f"{run.name}: its trainer did not start.")
    return process.pid

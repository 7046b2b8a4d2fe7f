"""Starts a sweep's session in the background, in a process that closing the terminal does not reach."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from sdd_tui.errors import RunFailedError, SddError, plain
from sdd_tui.store.layout import CONSOLE, writing
from sdd_tui.sweep.workers import places

PATIENCE_S = 15.0
"""Seconds given to the first worker to come to work or to the session to fail; it takes about two."""


def launch(folder: Path, jobs: int | None = None, threads: int | None = None) -> int:
    """Have a sweep's cells done in the background; the session's process id, once a worker works or it is over.

    Raises NoRoomError, and the session's own error if it fails at once.
    """
    options = [f"--{k}={v}" for k, v in (("jobs", jobs), ("threads-per-job", threads)) if v is not None]
    log, before = folder / CONSOLE, {p.get("pid") for p in places(folder)}
    with writing(log), log.open("ab") as console:
        process = subprocess.Popen(
            [sys.executable, "-m", "sdd_tui.cli.app", "sweep", "resume", "--quiet", *options, str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )
    until = time.monotonic() + PATIENCE_S
    while (code := process.poll()) is None and time.monotonic() < until:
        if {p.get("pid") for p in places(folder)} - before:
            break
        time.sleep(0.02)
    if code is None:  # else it would stay a zombie after its end
        threading.Thread(target=process.wait, daemon=True).start()
    elif code != 0:
        lines = log.read_text(errors="replace").strip().splitlines()
        words = plain(lines[-1].removeprefix("sdd: "), 1_000) if lines else f"{folder.name}: it did not start."
        raise next((kind for kind in SddError.__subclasses__() if kind.exit_code == code), RunFailedError)(words)
    return process.pid

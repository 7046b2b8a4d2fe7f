"""Starts a sweep's session in the background, in a process that closing the terminal does not reach."""

from __future__ import annotations

from pathlib import Path

from sdd_tui.sweep.slots import places
from sdd_tui.training.launch import start

PATIENCE_S = 15.0
"""Seconds given to the first worker to come to work or to the session to fail; it takes about two."""


def launch(folder: Path, jobs: int | None = None, threads: int | None = None) -> int:
    """Have a sweep's cells done in the background; the session's process id, once a worker works or it is over.

    Raises NoRoomError, and the session's own error if it fails at once.
    """
    options = [f"--{k}={v}" for k, v in (("jobs", jobs), ("threads-per-job", threads)) if v is not None]
    before = {p.get("pid") for p in places(folder)}
    words = ["sweep", "resume", "--quiet", *options, str(folder.resolve())]
    return start(
        folder, words, lambda _: bool({p.get("pid") for p in places(folder)} - before), PATIENCE_S, "it did not start"
    )

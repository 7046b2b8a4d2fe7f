"""Starts a trainer as a process of its own session, which closing the terminal, SSH or the app does not reach.

`subprocess` with `start_new_session`: multiprocessing's spawn crashes inside a running Textual app.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sdd_tui import files
from sdd_tui.errors import RunFailedError, SddError, plain
from sdd_tui.run.layout import CONSOLE, STATUS, read_json, writing

PYTHON = (sys.executable, "-P")
"""How every child is started: without -P the working directory is the first on its import path, and a user's random.py
or sdd_tui/ there is taken for what it is named like."""

PATIENCE_S = 10.0
"""Seconds given to a trainer to take the run or to fail (a taken lock, a damaged file); it needs about one."""


def launch(run: Path, force: bool = False) -> int:
    """Train a created or stopped run in the background; the process's id, once it has taken the run.

    Raises NoRoomError, and the trainer's own error if it refuses.
    """
    words = ["resume", "--quiet", *(["--force"] * force), str(run.resolve())]
    return start(run, words, lambda pid: _taken(run, pid), PATIENCE_S, "its trainer did not start")


def start(folder: Path, words: Sequence[str], begun: Callable[[int], bool], patience_s: float, silent: str) -> int:
    """Start `sdd WORDS` in the background, its output in the directory's console.log; the process's id, once `begun`
    says so of it, it has ended well, or the patience is over.

    Raises NoRoomError, and the process's own error if it fails, or what `silent` says if it had no words for it.
    """
    log = folder / CONSOLE
    with writing(log), files.open_append(log) as console:
        process = subprocess.Popen(
            [*PYTHON, "-m", "sdd_tui", *words],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )
    until = time.monotonic() + patience_s
    while (code := process.poll()) is None and time.monotonic() < until and not begun(process.pid):
        time.sleep(0.02)
    if code is None:  # else it would stay a zombie after its end
        threading.Thread(target=process.wait, daemon=True).start()
    elif code != 0:
        lines = files.tail(log).strip().splitlines()
        said = plain(lines[-1].removeprefix("sdd: "), 1_000) if lines else f"{folder.name}: {silent}."
        raise next((kind for kind in SddError.__subclasses__() if kind.exit_code == code), RunFailedError)(said)
    return process.pid


def _taken(run: Path, pid: int) -> bool:
    try:
        return read_json(run / STATUS).get("pid") == pid
    except SddError:  # the trainer will say what is wrong with it
        return False

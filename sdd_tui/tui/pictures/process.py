"""A process that draws a picture into a file, whole or not at all, and is watched from outside.

In a session of its own it knows nothing of the terminal; but unlike a trainer it ends with the app, which asks it to
by SIGINT: it then removes what it has begun.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sdd_tui.errors import plain
from sdd_tui.training.launch import PYTHON

PATIENCE_S = 3.0
"""Seconds that it may take to end when it is asked to."""

SAID = 64_000
"""Bytes that are read of what it says."""


class DrawingProcess:
    """Draws one picture."""

    def __init__(self, words: Sequence[str], target: Path, given: bytes = b"") -> None:
        """Start `python -m WORDS` with this on its stdin. Raises OSError."""
        self.target = target
        self.stopped = False
        """Whether it was asked to end."""
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as said:
            stdin.write(given)
            stdin.seek(0)
            self._process = subprocess.Popen(
                [*PYTHON, "-m", *words],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
            self._said = os.dup(said.fileno())

    def ended(self) -> bool:
        """Whether it has."""
        return self._process.poll() is not None

    def progress(self) -> tuple[int, int] | None:
        """Frames that are drawn, and all, of an animation."""
        found = re.findall(r"^(\d+) of (\d+) frames$", self._words(), re.MULTILINE)
        return (int(found[-1][0]), int(found[-1][1])) if found else None

    def problem(self) -> str:
        """Once it has ended: why there is no picture; empty if there is one."""
        code = self._process.returncode
        if code == 0:
            return ""
        name = plain(self.target.name, 100)
        if self.stopped:
            return f"Stopped: {name} is not written."
        lines = self._words().strip().splitlines()
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        unknown = f"{name} is not written: what draws it ended {how}."
        return plain(lines[-1].removeprefix("sdd: "), 300) if lines and lines[-1].startswith("sdd: ") else unknown

    def stop(self) -> None:
        """Ask it to end; `ended` tells when it has."""
        self.stopped = True
        if not self.ended():
            self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """End it, if it has not ended, and wait for that."""
        if not self.ended():
            self.stop()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        os.close(self._said)

    def _words(self) -> str:
        size = os.fstat(self._said).st_size
        found = os.pread(self._said, SAID, max(0, size - SAID))  # seeking would move where the process writes
        return found.decode(errors="replace")

"""However the app ends on a real terminal, what it had drawn ends too, and no half of a file is left."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sdd_tui.run.liveness import process_started
from tests.terminal import APP, Terminal
from tests.waiting import wait_until

ENDS: dict[str, Callable[[Terminal], object]] = {
    "q": lambda terminal: terminal.send("q"),
    "terminated": lambda terminal: terminal.process.send_signal(signal.SIGTERM),
    "hung up": Terminal.hang_up,
}


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, encoding="utf-8", check=True)
    pairs = [line.split() for line in found.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


@pytest.mark.parametrize("end", ENDS)
def test_however_the_app_ends(
    runs: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with Terminal([*APP, "--runs-dir", str(runs), recorded.name], 100, 30) as terminal:
        terminal.until(lambda text: "frame 8 of 8" in text)
        terminal.send("w")
        terminal.until(lambda text: "Enter writes" in text)
        terminal.send("\x1b[F")  # End
        terminal.until(lambda text: "animation.gif" in text)
        terminal.send("\r")
        terminal.until(lambda text: "Stop picture" in text)
        drawing = children(terminal.process.pid)
        ENDS[end](terminal)
        wait_until(lambda: terminal.process.poll() is not None)
    wait_until(lambda: not any(map(process_started, drawing)))
    assert {path.name for path in here.iterdir()} <= {"pentagon-small-animation.gif"}  # it may have been quick
    assert all(path.read_bytes().endswith(b";") for path in here.iterdir())

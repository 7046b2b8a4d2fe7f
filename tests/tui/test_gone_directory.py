"""The working directory can be gone while the app is in it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.terminal import Terminal

GONE = "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)"


def gone(*more: str) -> list[str]:
    """The app in a directory that was removed; -P as the installed command has it."""
    return [sys.executable, "-P", "-c", "\n".join([GONE, *more, "from sdd_tui.tui.command import main", "main()"])]


def test_what_would_be_written_there_is_said_in_a_sentence(runs: Path, recorded: Path) -> None:
    short = "import sdd_tui.tui.clipboard as c; c.MOST_BYTES = 10"
    with Terminal([*gone(short), "--runs-dir", str(runs), recorded.name], 140, 40) as terminal:
        terminal.until(lambda text: "frame 8 of 8" in text and "train 2.99e-8" in text)
        terminal.command("Copy the panel's numbers")
        terminal.until(lambda text: "clipboard" in text and "such" in text)
        terminal.send("w")
        terminal.until(lambda text: "-screen.svg" in text)
        terminal.send("\r")
        terminal.until(lambda text: "Choose another place" in text)
        assert terminal.process.poll() is None


def test_every_key_of_home_is_survived_there(recorded: Path) -> None:
    with Terminal([*gone(), "--runs-dir", "runs"], 140, 40) as terminal:
        terminal.until(lambda text: "experiments" in text)
        terminal.send("\r")
        terminal.until(lambda text: "o such file" in text or "can't be" in text or "an not" in text)
        terminal.send("e")
        terminal.until(lambda text: "with changes" in text)
        terminal.send("\x13")
        terminal.until(lambda text: "not started" in text)
        assert terminal.process.poll() is None

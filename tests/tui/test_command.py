"""`sdd-tui` as a process: without a terminal, in a real one, and what it imports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest


def sdd_tui(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sdd_tui.tui.command", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_without_a_terminal_it_names_sdd_run() -> None:
    found = sdd_tui()
    assert found.returncode == 2
    assert "sdd run pentagon" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_app_imports_neither_torch_nor_numba() -> None:
    code = (
        "import sys, sdd_tui.tui.app, sdd_tui.tui.command;"
        "from sdd_tui.store.create import create;"
        "print([m for m in ('torch', 'numba', 'llvmlite') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_a_real_terminal_the_pentagon_forms_live_and_a_longer_run_outlives_the_app(tmp_path: Path) -> None:
    socket = f"sdd-test-{os.getpid()}"

    def tmux(*arguments: str) -> str:
        return subprocess.run(["tmux", "-L", socket, *arguments], capture_output=True, text=True, check=True).stdout

    def screen() -> str:
        return tmux("capture-pane", "-p", "-t", "app")

    def wait_for(*words: str) -> str:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            if all(word in (text := screen()) for word in words):
                return text
            time.sleep(0.1)
        raise AssertionError(f"{words} not in:\n{screen()}")

    def sdd(*arguments: str) -> str:
        command = [sys.executable, "-m", "sdd_tui.cli.app", *arguments, "--runs-dir", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    app = f"env -u COLUMNS -u LINES {sys.executable} -m sdd_tui.tui.command --runs-dir {tmp_path}"
    tmux("new-session", "-d", "-s", "app", "-x", "120", "-y", "40", "sh")
    try:
        tmux("send-keys", "-t", "app", app, "Enter")
        wait_for("presets", "pentagon")
        tmux("send-keys", "-t", "app", "Enter")
        wait_for("regular pentagon", "finished", "memorising")
        tmux("send-keys", "-t", "app", "Escape")
        wait_for("presets", "finished")
        for _ in range(4):  # pentagon, hexagon, circle, memorize, middle: nearly a minute of training
            tmux("send-keys", "-t", "app", "Down")
        tmux("send-keys", "-t", "app", "Enter")
        wait_for("middle", "running", "steps/s")
        tmux("send-keys", "-t", "app", "q")
        time.sleep(1.5)
        assert "running" in sdd("ls")
        tmux("send-keys", "-t", "app", f"{app} latest", "Enter")
        wait_for("middle", "running", "ETA")
        tmux("send-keys", "-t", "app", "s")
        wait_for("Stop this run?")
        tmux("send-keys", "-t", "app", "y")
        wait_for("stopped")
        tmux("send-keys", "-t", "app", "q")
    finally:
        tmux("kill-server")

"""When the terminal goes the app goes, at once and quietly; the run goes on, and the same view comes back."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sdd_tui.run.layout import STATUS, read_json
from sdd_tui.run.liveness import process_started
from sdd_tui.tui.keys import KEYS
from tests.terminal import APP, FENCED_APP, Terminal, cpu_s
from tests.waiting import wait_until

LEAVING_S = 2.0
"""CPU seconds that finishing a frame and leaving may take, half a second on most machines; an app that spins on a dead
terminal burns them and more."""

IGNORING = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from sdd_tui.tui.command import main; main()"
"""The app as nohup and some multiplexers start it."""


def gone(pid: int) -> float:
    """CPU seconds that a process still used until it was gone."""
    try:
        used = began = cpu_s(pid)
    except OSError:  # already
        return 0.0

    def left() -> bool:
        nonlocal used
        try:
            used = cpu_s(pid)
        except OSError:
            return True
        return process_started(pid) is None or used - began > LEAVING_S

    wait_until(left)
    return used - began


def picture(text: str) -> list[str]:
    """All that stands still while a run goes on: the panel, without the header, and the step in the timeline."""
    lines = text.splitlines()
    step = re.search(r"step ([\d,]+) +frame (\d+)", lines[-2])
    return [*lines[3:-2], f"{step and step.groups()}", lines[-1]]


def settled(terminal: Terminal) -> list[str]:
    """The picture once every key has had its effect, however busy the machine is."""
    before, now = [""], picture(terminal.text)
    while now != before:
        terminal.fence()
        before, now = now, picture(terminal.text)
    return now


@pytest.mark.parametrize("how", ["signal", "closed"])
@pytest.mark.parametrize("ignored", [False, True])
def test_on_hang_up_the_app_leaves_at_once(runs: Path, how: str, ignored: bool) -> None:
    command = [sys.executable, "-c", IGNORING] if ignored else APP
    with Terminal([*command, "--runs-dir", str(runs)]) as terminal:
        terminal.until(lambda text: "experiments" in text and "q Quit" in text)
        assert terminal.process.poll() is None
        if how == "signal":
            terminal.process.send_signal(signal.SIGHUP)
        else:
            terminal.hang_up()
        assert gone(terminal.process.pid) < LEAVING_S


def test_a_hang_up_in_the_playground_ends_its_training_too(tmp_path: Path) -> None:
    (key,) = (k.key for k in KEYS if (k.screen, k.action) == ("home", "playground"))
    with Terminal([*APP, "--runs-dir", str(tmp_path)]) as terminal:
        terminal.until(lambda text: "experiments" in text and "q Quit" in text)
        terminal.send(key)
        terminal.until(lambda text: "Keep" in text and "of the examples memorised" in text)
        terminal.send("\x1b[C")  # another model, which trains as the terminal goes
        terminal.process.send_signal(signal.SIGHUP)
        assert gone(terminal.process.pid) < LEAVING_S
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("how", ["signal", "closed"])
def test_an_app_that_nobody_reads_from_leaves_too(runs: Path, recorded: Path, how: str) -> None:
    command = [sys.executable, "-c", IGNORING, "--runs-dir", str(runs), recorded.name]
    with Terminal(command, controlling=False) as terminal:
        terminal.until(lambda text: "frame" in text)
        terminal.send("\x1b[H")
        for _ in range(60):  # more than Textual's queue and the pty hold
            terminal.send("\x1b[C\x1b[D")
            time.sleep(0.05)
        terminal.process.send_signal(signal.SIGHUP) if how == "signal" else terminal.hang_up()
        assert gone(terminal.process.pid) < LEAVING_S


def test_a_hang_up_leaves_the_run_alone_and_the_same_view_comes_back(runs: Path, long_run: Path) -> None:
    command = [*FENCED_APP, "--runs-dir", str(runs), long_run.name]
    trainer = read_json(long_run / STATUS)["pid"]
    with Terminal(command, 80, 24) as terminal:
        terminal.until(lambda text: re.search(r"frame [1-9]\d+ of", text))
        for keys in ("3", "f", "+", "c", "i", "\x1b[B", "\x1b[B", "\x1b[D", "\x1b[D", "\x1b[D"):
            terminal.send(keys)
            terminal.fence()
        terminal.until(lambda text: "standing" in text and "by D" in text and "1 loss" not in text)
        before = settled(terminal)
        assert sum("●" in line or "⠤" in line for line in before) > 3
        terminal.hang_up()
        assert gone(terminal.process.pid) < LEAVING_S
    step = read_json(long_run / STATUS)["step"]
    with Terminal(command, 80, 24) as terminal:
        terminal.until(lambda text: "standing" in text and picture(text) == before)
    wait_until(lambda: read_json(long_run / STATUS)["step"] > step)
    now = read_json(long_run / STATUS)
    assert (now["state"], now["pid"]) == ("running", trainer)
    assert process_started(trainer) is not None


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_killed_tmux_server_takes_the_app_with_it_and_nothing_else(runs: Path, long_run: Path) -> None:
    tmux = ["tmux", "-L", f"sdd-hangup-{os.getpid()}"]
    command = f"exec {' '.join(APP)} --runs-dir {runs} {long_run.name}"
    subprocess.run([*tmux, "new-session", "-d", "-s", "app", "-x", "120", "-y", "40", command], check=True)
    try:
        ask = [*tmux, "display-message", "-p", "-t", "app", "#{pane_pid}"]
        pid = int(subprocess.run(ask, capture_output=True, text=True, check=True).stdout)
        wait_until(lambda: " frame " in _screen(tmux), lambda: _screen(tmux))
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    assert gone(pid) < LEAVING_S
    step = read_json(long_run / STATUS)["step"]
    wait_until(lambda: read_json(long_run / STATUS)["step"] > step)


def _screen(tmux: list[str]) -> str:
    return subprocess.run([*tmux, "capture-pane", "-p", "-t", "app"], capture_output=True, text=True, check=True).stdout

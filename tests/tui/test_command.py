"""`sdd-tui` as a process: without a terminal, in a real one, and what it imports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sdd_tui.run.layout import STATUS, read_json
from sdd_tui.sweep.directory import create_sweep
from tests.sweep.helpers import tiny
from tests.terminal import APP, Terminal, turns
from tests.waiting import wait_until


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


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("<&-", 2, "sdd-tui: sdd-tui needs a terminal"),
        (">&-", 2, "sdd-tui: sdd-tui needs a terminal"),
        ("--help >/dev/full", 7, "sdd-tui: stdout: can't be written (no space left on device).\n"),
        ("--help | true; exit ${PIPESTATUS[0]}", 141, ""),
    ],
)
def test_a_closed_or_full_stream_is_one_sentence(command: str, code: int, words: str) -> None:
    line = f"{sys.executable} -m sdd_tui.tui.command {command}"
    found = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert found.returncode == code
    assert found.stderr.startswith(words) and found.stderr.count("\n") == (words != "")


def test_the_app_imports_neither_torch_nor_numba() -> None:
    code = (
        "import sys, sdd_tui.tui.app, sdd_tui.tui.command;"
        "from sdd_tui.run.create import create;"
        "print([m for m in ('torch', 'numba', 'llvmlite') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_keys_that_arrive_at_once_act_in_order(runs: Path, recorded: Path) -> None:
    with Terminal([*APP, "--runs-dir", str(runs), recorded.name]) as terminal:
        terminal.until(lambda text: "frame 8 of 8" in text)
        terminal.send("3f")
        terminal.until(lambda text: "3 hidden" in text and "1 loss" not in text)


def test_a_run_is_shown_as_it_is_from_the_first_picture_on(runs: Path, recorded: Path) -> None:
    with Terminal([*APP, "--runs-dir", str(runs), recorded.name]) as terminal:
        terminal.until(lambda text: "frame 8 of 8" in text)
        for words in "unreadable", "no losses yet", "no whole frame", "no frames":
            assert words.encode() not in terminal.written


def test_several_runs_open_their_comparison(runs: Path, recorded: Path, deep: Path) -> None:
    with Terminal([*APP, "--runs-dir", str(runs), recorded.name, deep.name]) as terminal:
        terminal.until(lambda text: "A pentagon-small" in text and "B deep-small" in text and "what differs" in text)
        terminal.send("\x1b")
        terminal.until(lambda text: "experiments" in text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pentagon-small"] * 7, "7 runs are too many to compare at once; 6 are the most."),
        (["pentagon-small", "nonsuch"], "nonsuch"),
    ],
)
def test_runs_that_can_not_be_compared_are_refused_in_one_sentence(
    runs: Path, recorded: Path, words: list[str], said: str
) -> None:
    with Terminal([*APP, "--runs-dir", str(runs), *words], 200, 24) as terminal:
        assert terminal.ended() in (2, 3)
        assert said in terminal.text and "Traceback" not in terminal.text


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_damaged_sweep_is_said_before_the_app_is_there(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    (folder / "sweep.toml").write_text("x = [")
    with Terminal([*APP, "--runs-dir", str(runs), "a"]) as terminal:
        assert terminal.ended() == 6 and "sweep.toml" in terminal.text


def test_in_a_real_terminal_the_pentagon_forms_the_same_view_comes_back_and_a_longer_run_outlives_the_app(
    tmp_path: Path,
) -> None:
    socket = f"sdd-test-{os.getpid()}"

    def tmux(*arguments: str) -> str:
        return subprocess.run(["tmux", "-L", socket, *arguments], capture_output=True, text=True, check=True).stdout

    def screen() -> str:
        return tmux("capture-pane", "-p", "-t", "app")

    def wait_for(*words: str) -> None:
        wait_until(lambda: all(word in screen() for word in words), lambda: f"{words} not in:\n{screen()}")

    def turned() -> None:
        shell = tmux("display-message", "-p", "-t", "app", "#{pane_pid}").strip()
        app = int(Path(f"/proc/{shell}/task/{shell}/children").read_text())
        began = turns(app)
        wait_until(lambda: turns(app) >= began + 20)

    def keys(*names: str) -> None:
        tmux("send-keys", "-t", "app", *names)

    def sdd(*arguments: str) -> str:
        command = [sys.executable, "-m", "sdd_tui", *arguments, "--runs-dir", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    app = f"env -u COLUMNS -u LINES {sys.executable} -m sdd_tui.tui.command --runs-dir {tmp_path}"
    tmux("new-session", "-d", "-s", "app", "-x", "120", "-y", "40", "PS1='$ ' sh")
    try:
        keys(app, "Enter")
        wait_for("experiments", "pentagon")
        keys("Enter")
        wait_for("regular pentagon", "finished", "memorising")
        keys("Left", "Left", "Left")
        wait_for("standing")
        keys("Home")
        wait_for("frame 1 of")
        keys("]")
        wait_for("standing", "▸")
        keys("3", "f")
        wait_until(lambda: "3 hidden" in screen() and "1 loss" not in screen(), screen)
        turned()
        before = screen()
        keys("q")
        wait_for("$")
        keys(f"{app} latest", "Enter")
        wait_for(*before.splitlines())
        keys("f")
        wait_for("1 loss", "6 events")
        keys("Escape")
        wait_for("experiments", "finished")
        for _ in range(4):  # pentagon, hexagon, circle, memorize, middle: nearly a minute of training
            keys("Down")
        keys("Enter")
        wait_for("middle", "running", "steps/s")
        keys("q")
        wait_for("$")
        left = read_json(tmp_path / "latest" / STATUS)
        wait_until(lambda: read_json(tmp_path / "latest" / STATUS)["step"] > left["step"])
        assert "running" in sdd("ls")
        keys(f"{app} latest", "Enter")
        wait_for("middle", "running", "ETA")
        keys("s")
        wait_for("Stop this run?")
        keys("y")
        wait_for("stopped")
        keys("q")
    finally:
        tmux("kill-server")

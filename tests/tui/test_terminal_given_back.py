"""Whatever ends or stops the app, the shell gets its terminal back as it was, and a true exit code."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.terminal import APP, FENCED, Terminal

MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])|\x1b\[([<>])[\d;]*u")

ALWAYS_ON = {b"7", b"25"}
"""Line wrap and the cursor: a terminal has them on before the app comes."""

SHELL = [str(shutil.which("bash")), "--norc", "--noprofile", "-i"]

with_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="job control needs a shell that has it")


def modes(written: bytes) -> set[bytes]:
    """Which modes of the terminal are on after all that was written; `keys` for another way of sending keys."""
    on = set(ALWAYS_ON)
    for match in MODE.finditer(written):
        names = match[1].split(b";") if match[1] else [b"keys"]
        for name in names:
            (on.add if match[2] == b"h" or match[3] == b">" else on.discard)(name)
    return on


def lines_of(terminal: Terminal) -> tuple[int, int, int]:
    """How the terminal treats what is typed and written."""
    return tuple(termios.tcgetattr(terminal.master)[i] for i in (0, 1, 3))


def patched(line: str) -> list[str]:
    """The app with a mistake in it."""
    return [sys.executable, "-c", f"from sdd_tui.tui.command import main\n{line}\nmain()"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP])
def test_a_signal_ends_the_app_and_the_terminal_is_as_it_was(runs: Path, number: signal.Signals) -> None:
    with Terminal([*APP, "--runs-dir", str(runs)]) as terminal:
        before = lines_of(terminal)
        terminal.until(lambda text: "experiments" in text)
        assert b"1049" in modes(bytes(terminal.written))
        terminal.process.send_signal(number)
        assert terminal.ended() == 128 + number
        assert modes(bytes(terminal.written)) == ALWAYS_ON
        assert lines_of(terminal) == before


@pytest.mark.parametrize(
    "mistake",
    [
        "from sdd_tui.tui.app import SddApp\ndef wrong(self): raise ValueError('\\x1b]52;c;b3duZWQ=\\x07 of a run')\n"
        "SddApp.action_shot = wrong",
        "from sdd_tui.tui.driver import Parser\n"
        "def wrong(self, data): raise ValueError('\\x1b]52;c;b3duZWQ=\\x07 of a run')\nParser.feed = wrong",
        "from sdd_tui.tui.screens.home import HomeScreen\n"
        "def wrong(self): raise ValueError('\\x1b]52;c;b3duZWQ=\\x07 of a run')\nHomeScreen.compose = wrong",
    ],
    ids=["in a key", "in the thread that reads", "in the first screen"],
)
def test_after_a_mistake_of_its_own_the_exit_code_is_1_and_the_words_are_obeyed_by_no_terminal(
    runs: Path, mistake: str
) -> None:
    with Terminal([*patched(mistake), "--runs-dir", str(runs)], 200, 60) as terminal:
        before = lines_of(terminal)
        if "compose" not in mistake:
            terminal.until(lambda text: "experiments" in text)
            terminal.send("w")
        assert terminal.ended() == 1
        assert "of a run" in terminal.text and "by a mistake of its own" in terminal.text
        assert b"\x1b]52" not in terminal.written
        assert modes(bytes(terminal.written)) == ALWAYS_ON
        assert lines_of(terminal) == before


def test_the_end_by_a_key_is_exit_code_0(runs: Path) -> None:
    with Terminal([*APP, "--runs-dir", str(runs)]) as terminal:
        terminal.until(lambda text: "experiments" in text)
        terminal.send("q")
        assert terminal.ended() == 0
        assert modes(bytes(terminal.written)) == ALWAYS_ON


class Job:
    """The app in a shell with job control, with a wrapper around it as `make app` is one."""

    def __init__(self, terminal: Terminal, runs: Path, run: Path) -> None:
        self.terminal = terminal
        (runs.parent / "fenced.py").write_text(FENCED, encoding="utf-8")
        start = f'import runpy; runpy.run_path(\\"{runs.parent / "fenced.py"}\\")'
        self.command = f"sh -c '{sys.executable} -c \"{start}\" --runs-dir {runs} {run.name}; true'"
        self._sums = 0
        self.tell("PS1='ready> '", "ready> ")

    def tell(self, line: str, *shown: str) -> None:
        """Type a line, and wait for what it shows."""
        self.terminal.send(f"{line}\r")
        self.terminal.until(lambda text: all(words in text for words in shown))

    def app(self, line: str) -> list[str]:
        """Type a line that brings the app, and wait until its picture stands still."""
        self.tell(line, "frame 8 of 8", "train 2.99e-8", "longest 0.67")
        return self.terminal.settled()

    def shell(self) -> None:
        """Wait for the shell: it computes a sum on an empty screen, and the terminal is as it was."""
        self.terminal.until(lambda text: "topped" in text)
        self._sums += 1
        self.tell(f"printf '\\033[2J\\033[H'; echo is $((5000 + {self._sums}))", f"is {5000 + self._sums}")
        assert modes(bytes(self.terminal.written)) - {b"2004"} == ALWAYS_ON  # 2004 is the shell's own
        assert "frame" not in self.terminal.text


@pytest.fixture
def job(runs: Path, recorded: Path) -> Iterator[Job]:
    """The app, to be started in a shell."""
    with Terminal(SHELL, 100, 30) as terminal:
        yield Job(terminal, runs, recorded)


def app_of(runs: Path) -> int:
    """The app's process."""
    ours = [str(runs).encode(), b"--runs-dir"]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if all(word in words for word in ours):
                return int(entry.parent.name)
    raise AssertionError("no app")


@with_bash
def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_brings_the_picture_back(job: Job) -> None:
    before = job.app(job.command)
    for _ in range(2):
        job.terminal.send("\x1a")
        job.shell()
        assert job.app("fg") == before
    job.terminal.send("3f")
    job.terminal.until(lambda text: "3 hidden" in text and "1 loss" not in text)
    job.terminal.send("q")
    job.terminal.until(lambda text: "ready> " in text)
    assert modes(bytes(job.terminal.written)) - {b"2004"} == ALWAYS_ON


@with_bash
def test_a_stopped_app_waits_in_the_background_for_fg(job: Job) -> None:
    before = job.app(job.command)
    job.terminal.send("\x1a")
    job.shell()
    job.tell("bg", "sh -c")
    job.tell("until jobs -s | grep -q .; do sleep 0.05; done; jobs -s")  # it asks for the terminal, and is stopped
    job.shell()
    assert job.app("fg") == before


@with_bash
def test_a_stopped_app_can_be_ended(job: Job) -> None:
    job.app(job.command)
    job.terminal.send("\x1a")
    job.shell()
    job.tell("kill %1; wait; jobs; echo is $((6000 + 7))", "is 6007")
    assert modes(bytes(job.terminal.written)) - {b"2004"} == ALWAYS_ON
    job.tell("while jobs %1; do sleep 0.05; done >/dev/null 2>&1; echo is $((6000 + 8))", "is 6008")


@with_bash
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks the process up in /proc")
@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_an_app_that_somebody_else_has_stopped_comes_back_too(job: Job, runs: Path, number: signal.Signals) -> None:
    before = job.app(job.command)
    pid = app_of(runs)
    os.killpg(os.getpgid(pid), number)
    job.terminal.until(lambda _: Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")
    job.terminal.until(lambda text: "topped" in text)
    job.tell("printf '\\033[2J\\033[H'; echo is $((5000 + 1))", "is 5001")
    assert job.app("fg") == before
    job.terminal.send("q")
    job.terminal.until(lambda text: "ready> " in text)
    assert modes(bytes(job.terminal.written)) - {b"2004"} == ALWAYS_ON


def test_input_that_the_shell_has_read_meanwhile_is_not_waited_for(runs: Path) -> None:
    always = (
        "from types import SimpleNamespace\nfrom sdd_tui.tui import driver\n"
        "class Always(driver.selectors.DefaultSelector):\n"
        "    def select(self, timeout): return super().select(timeout) or [True]\n"
        "driver.selectors = SimpleNamespace(DefaultSelector=Always, EVENT_READ=driver.selectors.EVENT_READ)"
    )
    with Terminal([*patched(always), "--runs-dir", str(runs)]) as terminal:
        terminal.until(lambda text: "experiments" in text)
        terminal.send("q")
        assert terminal.ended() == 0


@pytest.mark.parametrize(
    "keys", ["", "/", "e", "?", "\x10", "\tr"], ids=["list", "filter", "form", "help", "palette", "ask"]
)
def test_without_a_shell_to_go_back_to_ctrl_z_stops_nothing(runs: Path, recorded: Path, keys: str) -> None:
    with Terminal([*APP, "--runs-dir", str(runs)]) as terminal:
        terminal.until(lambda text: "experiments" in text and "pentagon-small" in text)
        terminal.send(keys)
        taken = terminal.written.count(b"\x1b[?1004h")
        terminal.send("\x1a")
        terminal.until(lambda _: terminal.written.count(b"\x1b[?1004h") > taken)
        terminal.send("\x11")  # Ctrl-Q ends the app from anywhere
        assert terminal.ended() == 0

"""Calling `sdd`, in this process where that is enough and in its own where it isn't."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S

COMMAND = (sys.executable, "-m", "sdd_tui")
# one thread: on a busy machine two that wait for each other are far slower
TINY = ("quick", "n=20", "T=5", "S=0.8", "data.n_test=10", "steps=40", "threads=1")
ENDLESS = ("quick", "n=50", "T=20", "S=0.9", "data.n_test=50", "steps=100000000", "threads=1")


@dataclass
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


def sdd(*args: str, timeout: float = PATIENCE_S) -> Answer:
    """`sdd` in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *args], capture_output=True, text=True, timeout=timeout, check=False, encoding="utf-8"
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@dataclass
class Caller:
    """`sdd` in this process: the same entry point, without the start-up time."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *args: str) -> Answer:
        from sdd_tui.cli.app import main

        self.capsys.readouterr()
        self.monkeypatch.setattr(sys, "argv", ["sdd", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)


def assert_one_sentence(answer: Answer, code: int, words: str = "") -> None:
    """It ended with this code, said one printable line on stderr with these words in it, and no data."""
    assert answer.code == code, answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err
    lines = answer.err.splitlines()
    assert len(lines) == 1, answer.err
    assert lines[0].startswith("sdd: ")
    assert lines[0].isprintable()
    assert words in lines[0]


def steps_done(run: Path) -> int:
    """Rows recorded so far."""
    path = run / "metrics.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


CODE = """
import sys
from sdd_tui.cli.app import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*sorted(sys.modules), file=sys.stderr)
"""


def imported(*args: str, whole: bool = False) -> set[str]:
    """Top-level packages, or modules with their whole names, that `sdd ARGS` has imported in the end."""
    done = subprocess.run([sys.executable, "-c", CODE, *args], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    modules = done.stderr.splitlines()[-1].split()
    return {module if whole else module.partition(".")[0] for module in modules}


def mount(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *args], capture_output=True, encoding="utf-8", check=False)

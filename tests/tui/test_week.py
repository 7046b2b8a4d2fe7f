"""A week of use in a minute: a thousand keys, the mouse and other sizes at random, while one run grows and one goes.

`python -m tests.tui.test_week SEED …` does it with other seeds.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sdd_tui.tui.keys import KEYS
from tests.bench.synthetic import Growing
from tests.terminal import Terminal, resident_mb
from tests.waiting import PATIENCE_S

RECORDED = Path(__file__).parent / "recorded"

APP = """
import os, sys, traceback
from types import SimpleNamespace
from sdd_tui.training import launch
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.command import main
os.chdir(sys.argv.pop(1))
started = lambda *words, **more: SimpleNamespace(pid=0, poll=lambda: 0)
launch.subprocess = SimpleNamespace(Popen=started, DEVNULL=None)  # no real trainers
SddApp.exit = lambda *words, **more: None  # and no end
crash = SddApp._fatal_error
def crashed(app):
    with open("traceback", "w") as file:
        traceback.print_exc(file=file)
    crash(app)
SddApp._fatal_error = crashed
main()
"""

BYTES = {
    "left": "\x1b[D", "right": "\x1b[C", "up": "\x1b[A", "down": "\x1b[B", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "home": "\x1b[H", "end": "\x1b[F", "shift+left": "\x1b[1;2D", "shift+right": "\x1b[1;2C", "tab": "\t",
    "shift+tab": "\x1b[Z", "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B", "enter": "\r", "escape": "\x1b",
    "space": " ", "delete": "\x1b[3~", "ctrl+p": "\x10", "ctrl+s": "\x13", "ctrl+z": "\x1a",
    "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+", "minus": "-", "question_mark": "?",
    "slash": "/", "full_stop": ".", "colon": ":", "left_curly_bracket": "{", "right_curly_bracket": "}",
}  # fmt: skip
"""What a terminal sends for the keys of the table that are not a character."""

SIZES = ((120, 40), (80, 24), (200, 60), (40, 14), (20, 6), (132, 30), (3, 2))


def mouse(rng: random.Random, columns: int, rows: int) -> str:
    """A click, a drag, a move or a turn of the wheel."""
    x, y = rng.randint(1, columns), rng.randint(1, rows)
    there = f"{rng.randint(1, columns)};{rng.randint(1, rows)}"
    kinds = (
        f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m",
        f"\x1b[<0;{x};{y}M\x1b[<32;{there}M\x1b[<0;{there}m",
        f"\x1b[<35;{x};{y}M",
        f"\x1b[<64;{x};{y}M",
        f"\x1b[<65;{x};{y}M",
    )
    return rng.choice(kinds)


def a_week(folder: Path, seed: int, keys: int = 1_000) -> None:
    """Use the app; it must be alive and well at the end."""
    rng = random.Random(seed)
    runs = folder / "runs"
    shutil.copytree(RECORDED, runs)
    doomed = shutil.copytree(RECORDED / "deep-small", runs / "doomed")
    growing = Growing(runs, "growing", rows=50, frames=5)
    typed = [BYTES[key] if len(key) > 1 else key for entry in KEYS for key in entry.keys]
    size, crash = SIZES[0], folder / "traceback"
    with Terminal([sys.executable, "-c", APP, str(folder), "--runs-dir", str(runs), "doomed"], *size) as terminal:
        terminal.until(lambda text: "frame" in text)
        for k in range(keys):
            key = rng.choice(typed)
            terminal.send(key)
            if key == "\x1b":
                terminal.turn(2)  # alone: what follows at once would make another key of it
            if rng.random() < 0.2:
                terminal.send(mouse(rng, *size))
            if rng.random() < 0.04:
                size = rng.choice(SIZES)
                terminal.resize(*size)
            if k % 5 == 0:
                growing.grow()
                terminal.look(0.01)
            if k % 50 == 49:  # back to the lists, and into a run
                for word in ("\x1b", "\x1b", "\x1b", "\t", "\x1b[B", "\r"):
                    terminal.send(word)
                    terminal.turn(2)
            if k == keys // 3:
                shutil.rmtree(doomed, ignore_errors=True)
            assert not crash.exists(), f"seed {seed}, key {k}: {_told(crash, terminal)}"
        terminal.resize(120, 40)
        until = time.monotonic() + PATIENCE_S
        while "A line down or up" not in terminal.text:  # the help
            assert not crash.exists(), f"seed {seed}, at the end: {_told(crash, terminal)}"
            assert time.monotonic() < until, terminal.text
            home = "experiments" in terminal.text and "Esc" not in terminal.text  # and no window above it
            key = "y" if "y yes" in terminal.text else "?" if home else "\x1b"
            terminal.send(key)
            terminal.turn(4)
        assert resident_mb(terminal.process.pid) < 250


def _told(crash: Path, terminal: Terminal) -> str:
    terminal.ended()
    return crash.read_text()


@pytest.mark.parametrize("keys", [300, pytest.param(1_000, marks=pytest.mark.science)])
def test_hundreds_of_keys_later_it_is_alive_and_answers(tmp_path: Path, keys: int) -> None:
    a_week(tmp_path, seed=0, keys=keys)


if __name__ == "__main__":
    for number in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as place:
            began = time.monotonic()
            a_week(Path(place), number)
            print(f"seed {number}: {time.monotonic() - began:.0f} s")

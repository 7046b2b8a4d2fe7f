"""What the app takes to start, to draw, to follow and to answer: each measured on a real pty."""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sdd_tui.run.layout import METRICS
from tests.bench.measured import Measured
from tests.bench.synthetic import Growing
from tests.terminal import APP, Terminal, cpu_s, resident_mb

BRAILLE = re.compile("[⠁-⣿]")
WHOLE = re.compile(r"m/T (?!.*reading)")
"""In the note of a dimensionality history that holds every frame; else it says `reading` as well."""

SLOW_LINK = 125_000
"""Bytes a second."""


@contextmanager
def opened(run: Path, columns: int = 120, rows: int = 40, rate: float | None = None) -> Iterator[Terminal]:
    """The app on a run, everything drawn."""
    with Terminal([*APP, "--runs-dir", str(run.parent), run.name], columns, rows, rate=rate) as terminal:
        terminal.until(lambda text: "frame" in text and BRAILLE.search(text))
        terminal.look(2.5)
        yield terminal


def starts(runs: Path, times: int) -> Measured:
    """From the command to the first screen."""
    values = []
    for _ in range(times):
        with Terminal([*APP, "--runs-dir", str(runs)]) as terminal:
            values.append(terminal.until(lambda text: "experiments" in text) - terminal.started)
    return Measured("start", "first screen after the command", "s", values, 0.8)


def opens(big: Path, times: int) -> list[Measured]:
    """From the command to the charts of a large run, and to everything about it."""
    charts, everything, memory = [], [], []
    with (big / METRICS).open("rb") as file:
        file.seek(-400, os.SEEK_END)
        newest = f"train {json.loads(file.readlines()[-1])['train_loss']:.4f}"
    for _ in range(times):
        with Terminal([*APP, "--runs-dir", str(big.parent), big.name], 200, 60) as terminal:
            charts.append(terminal.until(lambda text: BRAILLE.search(text)) - terminal.started)
            done = terminal.until(lambda text: newest in text and "frame 400 of" in text and WHOLE.search(text))
            everything.append(done - terminal.started)
            terminal.look(0.5)
            memory.append(resident_mb(terminal.process.pid))
    big_run = "100,000 rows, 400 frames, n = 10,000"
    return [
        Measured("charts", f"first charts of {big_run}", "s", charts, 1.0),
        Measured("everything", "  all nine panels of it at 200×60, with the history", "s", everything, 2.0),
        Measured("memory", "  resident memory then", "MB", memory, 150),
    ]


def _play(terminal: Terminal) -> None:
    """From the beginning."""
    terminal.send("\x1b[H")
    terminal.look(0.5)
    terminal.send(" ")
    terminal.look(0.5)


def _cpu_a_frame(terminal: Terminal, seconds: float, parts: int) -> tuple[list[float], list[float]]:
    """(CPU milliseconds a frame, frames a second) while a run plays, in parts."""
    cpu, rate = [], []
    for _ in range(parts):
        frames, used, began = terminal.frames, cpu_s(terminal.process.pid), time.perf_counter()
        terminal.look(seconds)
        shown = max(1, terminal.frames - frames)
        cpu.append(1000 * (cpu_s(terminal.process.pid) - used) / shown)
        rate.append(shown / (time.perf_counter() - began))
    return cpu, rate


def plane(big: Path, parts: int) -> Measured:
    """CPU a frame of the plane of all features."""
    with opened(big, 122, 41) as terminal:  # 120×35 for the plane, its rule, header, timeline and footer
        terminal.send("2")
        terminal.send("f")
        terminal.look(0.5)
        _play(terminal)
        cpu, rate = _cpu_a_frame(terminal, 3.0, parts)
    what = "CPU a frame: 10,000 features on a plane of 120×35, playing"
    return Measured("plane", what, "ms", cpu, 10, note=f"{min(rate):.1f} frames/s")


def whole(big: Path, parts: int) -> Measured:
    """CPU a frame of the whole run screen."""
    with opened(big) as terminal:
        _play(terminal)
        cpu, rate = _cpu_a_frame(terminal, 3.0, parts)
    what = "CPU a frame: the run screen at 120×40, every panel moving"
    return Measured("whole", what, "ms", cpu, 35, note=f"{min(rate):.1f} frames/s")


def scrubbing(big: Path, parts: int) -> Measured:
    """Frames a second while `right` is held."""
    values = []
    with opened(big) as terminal:
        for _ in range(parts):
            terminal.send("\x1b[H")
            terminal.look(0.5)
            frames, began = terminal.frames, time.perf_counter()
            while time.perf_counter() - began < 3.0:  # a keyboard repeats 30 times a second
                terminal.send("\x1b[C")
                terminal.look(1 / 30)
            values.append((terminal.frames - frames) / (time.perf_counter() - began))
    return Measured("scrub", "scrubbing with `right` held, every panel moving", "frames/s", values, 10, at_least=True)


def follows(runs: Path, times: int) -> Measured:
    """From a row and a frame on disk to the screen."""
    growing, values = Growing(runs, f"growing-{os.getpid()}"), []
    rng = random.Random(0)
    with opened(growing.path) as terminal:
        for _ in range(times):
            terminal.look(rng.uniform(0.2, 0.4))
            step = f"step {growing.grow():,} "
            began = time.perf_counter()
            values.append(1000 * (terminal.until(_has(step)) - began))
    return Measured("follow", "a new row and frame on the screen", "ms", values, 200)


def idles(big: Path, parts: int) -> list[Measured]:
    """What is sent and computed while nothing happens."""
    sent, cpu = [], []
    with opened(big) as terminal:
        for _ in range(parts):
            written, used, began = len(terminal.written), cpu_s(terminal.process.pid), time.perf_counter()
            terminal.look(2.0)
            passed = time.perf_counter() - began
            sent.append((len(terminal.written) - written) / passed / 1000)
            cpu.append(100 * (cpu_s(terminal.process.pid) - used) / passed)
    return [
        Measured("idle-sent", "sent while a finished run is looked at", "KB/s", sent, 1.0),
        Measured("idle-cpu", "  CPU meanwhile", "%", cpu, 5.0),
    ]


def answers(big: Path, times: int) -> Measured:
    """From a key to all panels as it wants them."""
    values = []
    rng = random.Random(0)
    with opened(big) as terminal:
        for k in range(times):
            terminal.look(rng.uniform(0.15, 0.35))
            before = _body(terminal)
            began = time.perf_counter()
            terminal.send(("+", "\x1b[D", "\x1b[D", "\x1b[C", "0", "\x1b[D", "\x1b[D", "\x1b[C")[k % 8])
            values.append(1000 * (terminal.until(lambda _, before=before: _body(terminal) != before) - began))  # type: ignore[misc]
    return Measured("key", "a key answers", "ms", values, 50)


def answers_slowly(big: Path, times: int) -> list[Measured]:
    """The same on a slow link while everything moves: what the timeline says, and a chart that is drawn anew."""
    light, heavy, rate = [], [], []
    rng = random.Random(0)
    with opened(big, rate=SLOW_LINK) as terminal:
        terminal.send("1")  # the losses, which are zoomed then
        for k in range(times):
            terminal.send("\x1b[H")
            terminal.look(1.5)
            terminal.send(" ")
            terminal.until(_has("▶"))
            frames, began = terminal.frames, time.perf_counter()
            terminal.look(rng.uniform(1.5, 2.5))
            rate.append((terminal.frames - frames) / (time.perf_counter() - began))
            before = _ticks(terminal)
            began = time.perf_counter()
            terminal.send("+0"[k % 2])  # closer, and the next time the whole again
            heavy.append(1000 * (terminal.until(lambda _, before=before: _ticks(terminal) != before) - began))  # type: ignore[misc]
            terminal.look(rng.uniform(0.5, 1.0))
            began = time.perf_counter()
            terminal.send(" ")
            light.append(1000 * (terminal.until(_has("standing")) - began))
            terminal.look(0.5)
    note = f"{sorted(rate)[len(rate) // 2]:.1f} frames/s meanwhile"
    return [
        Measured("slow-key", "a key answers at 125 KB/s, every panel moving", "ms", light, 300, bar_95=600, note=note),
        Measured("slow-chart", "  a key that draws a chart anew", "ms", heavy, 300, bar_95=600),
    ]


def _has(words: str) -> Callable[[str], bool]:
    return lambda text: words in text


def _body(terminal: Terminal) -> list[str]:
    """The panels."""
    return terminal.shown.lines[3:-2]


def _ticks(terminal: Terminal) -> str:
    """The labels of the steps below the losses."""
    line = next((line for line in terminal.shown.lines if "└┬" in line or "└──" in line), "")
    at = terminal.shown.lines.index(line) if line else 0
    return terminal.shown.lines[at + 1][:38]

"""How the run is getting on: speed, time left, machine, log."""

from __future__ import annotations

import math
import os
import platform
import time
from dataclasses import replace
from typing import Any

import numpy as np

from sdd_tui import files
from sdd_tui.draw.canvas import Row
from sdd_tui.draw.chart import Axes, line_chart
from sdd_tui.draw.series import Series
from sdd_tui.errors import plain
from sdd_tui.numerals import counted
from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.layout import ACTIVE, CONSOLE, MISSING, number, whole

LOG_BYTES = 32_768
"""Of the end of the log, that can be scrolled through."""

MOST_GPUS = 8

CHART = 8
"""Lines of the chart of the speed; it is drawn where as many are left for the log."""


class System(Panel[View]):
    """Speed, time left, threads, memory, GPUs, log."""

    name = "system"
    title = "system"
    about = (
        "The present speed and the time left at it, the trainer's threads and memory with its peak, the GPU, and the"
        " run's own log, which { and } scroll. Where there is room: steps a second over training."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The status, written once a second, and the clock while it trains; afterwards the rows, until all are read."""
        active = view.state in ACTIVE
        clock = int(time.time()) if active else len(view.rows["step"])
        unread = tuple(view.run.problems.items())
        now = (view.state, view.status.get("step"), view.status.get("heartbeat"), clock)
        return (unread, view.generation, *now, options.scrolled(self.name))

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """The facts, the speed over training, then the end of the log or what of it is scrolled to."""
        lines: list[str | Row] = [[(f"{name:<9}", "dim"), (value, "text")] for name, value in _facts(view)]
        log, speeds = _log(view), _speeds(view, max(2, width // 2))
        if speeds is not None and height - len(lines) >= CHART + (CHART if log else 0):
            lines += [[("steps/s", "dim")], *line_chart([speeds], width, CHART - 1, Axes()).rows]
        room = max(0, height - len(lines) - 1)
        last = max(min(room, len(log)), len(log) + min(0, options.scrolled(self.name)))
        first = max(0, last - room)
        if room and log:
            where = "" if len(log) <= room else f"  lines {first + 1}-{last} of {len(log)}, {{ }}"
            lines += [[(f"log{where}", "dim")], *([[(f"  {line}", "dim")] for line in map(_line, log[first:last])])]
        drawn = words(lines, width, height, plain(str(view.status.get("host", "")), 30))
        return replace(drawn, above=first if room else 0, beyond=len(log) - last if room else 0)

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """The facts by name."""
        return dict(_facts(view)) | {"log": [_line(line) for line in _log(view)]}


def duration(seconds: float) -> str:
    """12 s, 3:04, 5 h 06."""
    whole_seconds = max(0, round(seconds))
    if whole_seconds < 60:
        return f"{whole_seconds} s"
    if whole_seconds < 3600:
        return f"{whole_seconds // 60}:{whole_seconds % 60:02d}"
    return f"{whole_seconds // 3600} h {whole_seconds % 3600 // 60:02d}"


def speed(status: dict[str, Any]) -> float:
    """Steps a second at present; of a run that was recorded without it, the mean of its last session."""
    recent = number(status.get("recent_steps_per_second"))
    return recent if math.isfinite(recent) else number(status.get("steps_per_second"))


def time_left(status: dict[str, Any], steps: int) -> float:
    """Seconds to the last step at the present speed; NaN when that isn't known."""
    rate = speed(status)
    return (steps - number(status.get("step"))) / rate if rate > 0 else math.nan


def _facts(view: View) -> list[tuple[str, str]]:
    status, config, meta = view.now, view.config, view.run.described
    facts = [("state", view.state)]
    mean, seconds = number(status.get("steps_per_second")), number(status.get("seconds"))
    if math.isfinite(rate := speed(status) if view.state == "running" else mean):
        facts.append(("speed", f"{rate:,.0f} steps/s"))
    if config and view.state == "running" and math.isfinite(left := time_left(status, config.optim.steps)):
        facts.append(("left", duration(left)))
    if math.isfinite(seconds):
        facts.append(("trained", f"{seconds:,.1f} s"))
    if "threads" in meta:
        threads = whole(meta["threads"])
        team = f", {counted(threads, 'thread')}" if threads else ""
        facts.append(("engine", plain(f"{meta.get('engine')} on {meta.get('device')}{team}", 60)))
    if math.isfinite(computed := number(status.get("pairs_computed"))):
        facts.append(("pairs", f"{100 * computed:.3g} % computed one by one, the rest a box of examples at a time"))
    now, peak = number(status.get("memory_mb")), number(status.get("peak_memory_mb"))
    if math.isfinite(peak):
        held = f"{now:,.0f} MB, peak " if math.isfinite(now) and view.state in ACTIVE else "peak "
        facts.append(("memory", f"{held}{peak:,.0f} MB"))
    if status.get("host") == platform.node() and view.state in ACTIVE and hasattr(os, "getloadavg"):
        facts.append(("load", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"))
    devices = status.get("gpus")
    if isinstance(devices, list):
        facts += [("gpu", plain(str(line), 80)) for line in devices[:MOST_GPUS]]
    parent = meta.get("parent")
    if isinstance(parent, dict):
        facts.append(("parent", plain(f"{parent.get('run')} at step {parent.get('step')}", 80)))
    problems = view.run.problems.items()
    return facts + [("damaged", plain(f"{name}: {why}", 200)) for name, why in problems if why != MISSING]


def _speeds(view: View, most: int) -> Series | None:
    """Steps a second between recorded rows, each over its share of the training time."""
    step, seconds = view.rows["step"], view.rows["seconds"]
    if len(step) < 3 or not np.isfinite(seconds).all() or not seconds[-1] > seconds[0]:
        return None
    at = np.unique(np.searchsorted(seconds, np.linspace(seconds[0], seconds[-1], most)).clip(max=len(step) - 1))
    took = np.diff(seconds[at])
    rate = np.divide(np.diff(step[at]), took, out=np.full(len(took), np.nan), where=took > 0)
    return Series(step[at][1:], rate, "text")


def _log(view: View) -> list[str]:
    """The last lines of the log, as they are."""
    try:
        text = files.tail(view.run.path / CONSOLE, LOG_BYTES)
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"{CONSOLE} can't be read ({error.strerror})"]
    return [line for line in text.splitlines() if line.strip()]


def _line(line: str) -> str:
    return plain(line, 200)

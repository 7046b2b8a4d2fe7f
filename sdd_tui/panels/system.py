"""How the run is getting on: speed, time left, machine, log."""

from __future__ import annotations

import math
import os
import platform
import time
from typing import Any

from sdd_tui.draw.canvas import Row
from sdd_tui.errors import plain
from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.look import Look
from sdd_tui.panels.machine import gpus, memory_mb
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.view import View
from sdd_tui.store.layout import ACTIVE, CONSOLE, MISSING, number, whole

LOG_BYTES = 8_192


class System(Panel[View]):
    """Speed, time left, threads, memory, GPUs, log."""

    name = "system"
    title = "system"
    about = "Steps a second, time left, threads, memory and GPUs of the machine it trains on, and the run's own log."

    def depends(self, view: View, look: Look) -> tuple[Any, ...]:
        """The status, written once a second, and the clock while it trains."""
        clock = int(time.time()) if view.state in ACTIVE else 0
        unread = tuple(view.run.problems.items())
        return (unread, view.generation, view.state, view.status.get("step"), view.status.get("heartbeat"), clock)

    def draw(self, view: View, look: Look, width: int, height: int) -> Drawing:
        """The facts, then the end of the log."""
        facts = [[(f"{name:<9}", "dim"), (value, "text")] for name, value in _facts(view)]
        log = _log(view)
        room = max(0, height - len(facts) - 1)
        lines: list[str | Row] = [*facts]
        if room and log:
            lines += [[("log", "dim")], *([[(f"  {line}", "dim")] for line in log[-room:]])]
        return words(lines, width, height, plain(str(view.status.get("host", "")), 30))

    def numbers(self, view: View, look: Look) -> dict[str, Any]:
        """The facts by name."""
        return dict(_facts(view)) | {"log": _log(view)}


def duration(seconds: float) -> str:
    """12 s, 3:04, 5 h 06."""
    whole_seconds = max(0, round(seconds))
    if whole_seconds < 60:
        return f"{whole_seconds} s"
    if whole_seconds < 3600:
        return f"{whole_seconds // 60}:{whole_seconds % 60:02d}"
    return f"{whole_seconds // 3600} h {whole_seconds % 3600 // 60:02d}"


def time_left(status: dict[str, Any], steps: int) -> float:
    """Seconds to the last step at the present speed; NaN when that isn't known."""
    rate = number(status.get("steps_per_second"))
    return (steps - number(status.get("step"))) / rate if rate > 0 else math.nan


def _facts(view: View) -> list[tuple[str, str]]:
    status, config, meta = view.now, view.config, view.run.meta
    facts = [("state", view.state)]
    rate, seconds = number(status.get("steps_per_second")), number(status.get("seconds"))
    if math.isfinite(rate):
        facts.append(("speed", f"{rate:,.0f} steps/s"))
    if config and view.state == "running" and math.isfinite(left := time_left(status, config.optim.steps)):
        facts.append(("left", duration(left)))
    if math.isfinite(seconds):
        facts.append(("trained", f"{seconds:,.1f} s"))
    if "threads" in meta:
        team = f", {meta['threads']} threads" if meta["threads"] else ""
        facts.append(("engine", plain(f"{meta.get('engine')} on {meta.get('device')}{team}", 60)))
    pid = whole(status.get("pid"))
    here = status.get("host") == platform.node() and view.state in ACTIVE
    if here and pid and (memory := memory_mb(pid)) is not None:
        facts.append(("memory", f"{memory:,.0f} MB"))
    if here and hasattr(os, "getloadavg"):
        facts.append(("load", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"))
        facts += [("gpu", line) for line in gpus()]
    parent = meta.get("parent")
    if isinstance(parent, dict):
        facts.append(("parent", plain(f"{parent.get('run')} at step {parent.get('step')}", 80)))
    problems = view.run.problems.items()
    return facts + [("damaged", plain(f"{name}: {why}", 200)) for name, why in problems if why != MISSING]


def _log(view: View) -> list[str]:
    try:
        with (view.run.path / CONSOLE).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_BYTES))
            text = file.read(LOG_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        return [f"{CONSOLE} can't be read ({error.strerror})"]
    return [plain(line, 200) for line in text.splitlines() if line.strip()]

"""Requests to a trainer: one file each in control/, written and then renamed, which is atomic on NFS too.

The trainer obeys between calls of the engine and moves the file to control/done/; whatever lies there before a trainer
starts is from earlier and is not obeyed.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from sdd_tui import files
from sdd_tui.errors import ConfigError, SddError, plain
from sdd_tui.numerals import whole_number
from sdd_tui.run.layout import CONTROL, STATUS, check_own, read_json, whole, writing

Request = Literal["pause", "continue", "step", "stop", "checkpoint", "run_to"]
REQUESTS: tuple[str, ...] = get_args(Request)


@dataclass(frozen=True)
class Asked:
    """A request as the trainer takes it."""

    request: Request
    step: int | None = None
    """For `run_to`: go on, paused or not, until exactly this step, and pause there."""


def asked_step(text: str) -> int:
    """The step that a text means. Raises ConfigError."""
    step = whole_number(text)
    if step is None or step < 0:
        raise ConfigError(f"{plain(text, 40)!r} is not a step: write a whole number from 0.")
    return step


def ask(run: Path, request: str, step: int | None = None) -> Path:
    """Put a request; the file it is in until the trainer takes it. Raises ConfigError, DamagedError, NoRoomError."""
    if request not in REQUESTS:
        raise ConfigError(f"{plain(request)} is not a request: {', '.join(REQUESTS)}.")
    value = {"request": request, "pid": os.getpid()} | ({} if step is None else {"step": step})
    if _read(value) is None:
        wanted = "needs a step, a whole number from 0" if request == "run_to" else "takes no step"
        raise ConfigError(f"{request} {wanted} (it was {step}).")
    here, last = _step_of(run, "step"), _step_of(run, "steps")
    if step is not None and step < here:
        raise ConfigError(f"Step {step:,} is past: {plain(run.name, 100)} is at step {here:,}. Ask for a later one.")
    if step is not None and 0 <= last < step:
        raise ConfigError(f"{plain(run.name, 100)} ends at step {last:,}, before {step:,}. Ask for an earlier one.")
    check_own(run, (CONTROL,))
    folder = run / CONTROL
    name = f"{time.time_ns()}-{os.getpid()}-{request}.json"
    with writing(folder):
        files.make_folder(folder)
        files.replace(folder / name, json.dumps(value).encode(), lasting=False)
        files.clear_old_remains(folder)
    return folder / name


def take(run: Path) -> list[Asked]:
    """The requests that wait, oldest first; each is moved to done/. What isn't a request is moved there too."""
    folder = run / CONTROL
    if folder.is_symlink():  # what lies there isn't asked of this run
        return []
    try:
        waiting = sorted(e.name for e in os.scandir(folder) if e.name.endswith(".json") and not e.name.startswith("."))
    except OSError:
        return []
    found: list[Asked] = []
    for name in waiting:
        try:
            asked = _read(json.loads(files.read(folder / name)))
        except (ValueError, OSError, RecursionError):
            asked = None
        with writing(folder):
            files.make_folder(folder / "done")
            (folder / name).rename(folder / "done" / name)
        if asked is not None:
            found.append(asked)
    return found


def _step_of(run: Path, name: str) -> int:
    """The step that a run says it is at, or its number of steps; -1 where it doesn't say."""
    try:
        here = whole(read_json(run / STATUS).get(name))
    except SddError:
        return -1
    return -1 if here is None else here


def _read(value: Any) -> Asked | None:
    """A request's JSON, or None for anything that isn't one."""
    if not isinstance(value, dict) or value.get("request") not in REQUESTS:
        return None
    step = whole(value.get("step"))
    if step is None and value.get("step") is not None:
        return None
    valid = step is not None and step >= 0 if value["request"] == "run_to" else step is None
    return Asked(value["request"], step) if valid else None

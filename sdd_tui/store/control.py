"""Requests to a trainer: one file each in control/, written and then renamed, which is atomic on NFS too.

The trainer obeys between calls of the engine and moves the file to control/done/; whatever lies there before a trainer
starts is from earlier and is not obeyed.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Literal, get_args

from sdd_tui.errors import ConfigError
from sdd_tui.store.layout import CONTROL, writing

Request = Literal["pause", "continue", "stop", "checkpoint"]
REQUESTS: tuple[str, ...] = get_args(Request)


def ask(run: Path, request: str) -> Path:
    """Put a request; the file it is in. Raises ConfigError, NoRoomError."""
    if request not in REQUESTS:
        raise ConfigError(f"{request} is not a request: {', '.join(REQUESTS)}.")
    folder = run / CONTROL
    name = f"{time.time_ns()}-{os.getpid()}-{request}.json"
    with writing(folder):
        folder.mkdir(exist_ok=True)
        temporary = folder / f".{name}"
        temporary.write_text(json.dumps({"request": request, "pid": os.getpid()}))
        temporary.rename(folder / name)
    return folder / name


def take(run: Path) -> list[Request]:
    """The requests that wait, oldest first; each is moved to done/. What isn't a request is moved there too."""
    folder = run / CONTROL
    try:
        waiting = sorted(e.name for e in os.scandir(folder) if e.name.endswith(".json") and not e.name.startswith("."))
    except OSError:
        return []
    found: list[Request] = []
    for name in waiting:
        try:
            value = json.loads((folder / name).read_bytes())
            request = value.get("request") if isinstance(value, dict) else None
        except (ValueError, OSError, RecursionError):
            request = None
        with writing(folder):
            (folder / "done").mkdir(exist_ok=True)
            (folder / name).rename(folder / "done" / name)
        if request in REQUESTS:
            found.append(request)
    return found

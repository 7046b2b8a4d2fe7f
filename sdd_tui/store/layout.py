"""Names and paths of a run directory, and how its files are written.

Numpy-free. Invariant: whole files are replaced atomically, growing files only grow (resuming cuts them back), and an
error of the file system becomes one sentence.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sdd_tui.errors import ConfigError, DamagedError, NoRoomError, NotFoundError, plain

SCHEMA_VERSION = 1

CONFIG = "config.toml"
META = "meta.json"
STATUS = "status.json"
METRICS = "metrics.jsonl"
FRAMES = "frames.bin"
EVENTS = "events.jsonl"
CONTROL = "control"
CHECKPOINTS = "checkpoints"
PARENT = "parent"
CONSOLE = "console.log"
LOCK = "lock"
NOTES = "notes.json"

CELLS = "cells"
"""The folder of a sweep's runs."""

LATEST = "latest"
"""The link beside the runs to the newest one."""

TRASH = ".trash"
"""The folder beside the runs that deleted ones are moved to."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
"""What a run may be called; no separators, so a name can't leave the runs directory."""


STAMP = re.compile(r"^\d{8}-\d{6}-")
"""The time that `new_name` begins with."""
MISSING = "there is no such file."
"""What is said of a file that a run need not have."""

ACTIVE = ("starting", "running", "paused")
"""States of a run that has a trainer."""


def runs_dir(given: str | None = None) -> Path:
    """Where runs go: the option, SDD_RUNS_DIR, or ./runs."""
    return home(given or os.environ.get("SDD_RUNS_DIR") or "runs")


def home(text: str) -> Path:
    """The path a user wrote, with ~ resolved; `~nobody` stays what it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def check_name(name: str) -> str:
    """The name itself. Raises ConfigError for one that can't be a run's."""
    if not NAME.fullmatch(name) or ".." in name or name.lower() == LATEST:
        raise ConfigError(
            f"{plain(name)!r} can't be a name: a run's name is 1-100 letters, digits, '.', '_', '+' or '-', starts with"
            " a letter or digit, and is not 'latest'."
        )
    return name


def new_name(preset: str, now: float | None = None) -> str:
    """A fresh name: time, preset and four hexadecimal digits."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    clean = re.sub(r"[^A-Za-z0-9]+", "-", preset).strip("-")[:40] or "run"
    return f"{stamp}-{clean}-{secrets.token_hex(2)}"


def unstamped(name: str) -> str:
    """A name without the time that stands before one that nobody chose."""
    return STAMP.sub("", name)


@contextmanager
def writing(path: Path, option: str = "--runs-dir") -> Iterator[None]:
    """Turn what the file system refuses (a full or read-only place, a run deleted meanwhile) into NoRoomError; `option`
    names another place."""
    try:
        yield
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        if error.errno == errno.ENOENT and not path.parent.exists():
            raise NoRoomError(f"{path}: can't be written, as its directory is gone ({why}).") from None
        advice = f"Free some room or choose another place with {option}."
        raise NoRoomError(f"{path}: can't be written ({why}). {advice}") from None


def replace(path: Path, text: str) -> None:
    """Write a whole file atomically: readers see the old one or the new one. Raises NoRoomError."""
    temporary = path.with_name(f".{path.name}.new")  # one name, so that kills leave one at most
    with writing(path):
        try:
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def replace_json(path: Path, value: dict[str, Any]) -> None:
    """`replace` with JSON."""
    replace(path, json.dumps(value, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """A whole JSON file. Raises NotFoundError, DamagedError."""
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NotFoundError(f"{path}: {MISSING}") from None
    except (ValueError, RecursionError, OSError) as error:
        raise DamagedError(f"{path}: can't be read as JSON ({type(error).__name__}).") from None
    if not isinstance(value, dict):
        raise DamagedError(f"{path}: holds {type(value).__name__}, not a table.")
    return value


def real(value: Any) -> float | None:
    """A number read from JSON as a finite float; None for anything else."""
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def number(value: Any) -> float:
    """A number read from JSON; NaN for anything else."""
    found = real(value)
    return math.nan if found is None else found


def whole(value: Any) -> int | None:
    """A number read from JSON as a whole number of at most 64 bits; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def append_line(path: Path, value: dict[str, Any]) -> None:
    """Add one JSON line to a growing file, in a single write. Raises NoRoomError."""
    with writing(path), path.open("ab") as file:
        file.write((json.dumps(value) + "\n").encode())


def point_latest(run: Path) -> None:
    """Let `latest` beside the run point at it."""
    temporary = run.parent / f".latest.{os.getpid()}"
    with writing(run.parent):
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(run.name)
        temporary.replace(run.parent / LATEST)

"""Names and paths of a run directory, and how its files are written.

Numpy-free. Invariant: whole files are replaced atomically, growing files only grow (resuming cuts them back), nothing
is written through a link, and an error of the file system becomes one sentence.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.errors import ConfigError, DamagedError, NoRoomError, NotFoundError, not_permitted, plain

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

OWN = (CHECKPOINTS, CONTROL, f"{CONTROL}/done", PARENT, f"{PARENT}/{CHECKPOINTS}")
"""The folders inside a run."""

CELLS = "cells"
"""The folder of a sweep's runs."""

LATEST = "latest"
"""The link beside the runs to the newest one; a convenience, which may be missing."""

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


ADVICE = {
    errno.ENOSPC: "Free some room or choose another place with {option}.",
    errno.EDQUOT: "Your quota is used up: free some room or choose another place with {option}.",
    errno.EACCES: "Choose a place that you may write to with {option}, or have its owner let you.",
    errno.EPERM: "Choose a place that you may write to with {option}, or have its owner let you.",
    errno.EROFS: "Choose a place that you may write to with {option}.",
    errno.ELOOP: "Nothing is written through a link that lies in a run: remove it, or put the real thing in its place.",
    errno.ENXIO: "Something else lies in its place: move it away.",
    errno.EISDIR: "A directory lies in its place: move it away.",
    errno.ENOTDIR: "A file lies where a directory should: move it away.",
    errno.EEXIST: "Nothing is written over what is there: choose another name.",
    errno.EFBIG: "Raise the limit on the size of files (ulimit -f).",
    errno.EMFILE: "Raise the limit on open files (ulimit -n).",
    errno.ENFILE: "This machine has too many files open: close some programs.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.EIO: "The disk or the connection to it fails: see the system's log, or choose another place with {option}.",
    errno.ESTALE: "The file server has lost it: try again, or choose another place with {option}.",
}
"""What to do about what a file system says."""


@contextmanager
def writing(path: Path, option: str = "--runs-dir") -> Iterator[None]:
    """Turn what the file system refuses (a full or read-only place, a run deleted meanwhile) into NoRoomError; `option`
    names another place."""
    try:
        yield
    except OSError as error:
        raise refused(path, error, option) from None


def check_own(run: Path, folders: Sequence[str] = OWN) -> None:
    """Whether folders inside a run are its own: what lies behind a link is another's. Raises DamagedError."""
    for folder in folders:
        if os.path.islink(path := f"{run}/{folder}"):  # noqa: PTH114  # viewers ask at each tick
            raise DamagedError(
                f"{plain(path, 300)}: it is a link, and a run's folders are its own. Remove it, or put the real thing"
                " in its place."
            )


def refused(path: Path, error: OSError, option: str) -> NoRoomError:
    """What the file system said when something was to be written, with what to do about it."""
    number = error.errno or 0
    why = (error.strerror or str(error) or "for no reason that is told").lower()
    if number == errno.ENOENT and not path.parent.exists():
        return NoRoomError(f"{path}: can't be written, as its directory is gone ({why}).")
    advice = ADVICE.get(number, "Choose another place with {option}.").format(option=option)
    return NoRoomError(f"{path}: can't be written ({why}). {advice}")


def replace(path: Path, text: str, lasting: bool = True) -> None:
    """Write a whole file atomically, and have it on the disk (files.replace). Raises NoRoomError."""
    with writing(path):
        files.replace(path, text.encode(), lasting)


def replace_json(path: Path, value: dict[str, Any], lasting: bool = True) -> None:
    """`replace` with JSON."""
    replace(path, json.dumps(value, indent=1) + "\n", lasting)


def read_json(path: Path, most: int = files.LARGEST) -> dict[str, Any]:
    """A whole JSON file, of at most so many bytes. Raises NotFoundError, NotPermittedError, DamagedError."""
    try:
        value = json.loads(files.read(path, most))
    except FileNotFoundError:
        raise NotFoundError(f"{path}: {MISSING}") from None
    except PermissionError:
        raise not_permitted(str(path)) from None
    except OSError as error:
        raise DamagedError(f"{path}: can't be read ({error.strerror}).") from None
    except (ValueError, RecursionError) as error:
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
    with writing(path), files.open_append(path) as file:
        file.write((json.dumps(value) + "\n").encode())


def point_latest(run: Path) -> None:
    """Let `latest` beside the run point at it, where links can be made. Elsewhere there is none: one that points to an
    older run would mislead, and without it `latest` is the newest run all the same."""
    link, temporary = run.parent / LATEST, run.parent / f".latest.{os.getpid()}"
    try:
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(run.name)
        temporary.replace(link)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        with suppress(OSError):
            if link.is_symlink():
                link.unlink()

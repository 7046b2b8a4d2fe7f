"""The file that a picture goes to: a name that is free, and what is wrong with one that was typed."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from sdd_tui.errors import BusyError, ConfigError, plain
from sdd_tui.run.layout import home, writing

LONGEST = 200
"""Bytes of a name: file systems take 255, and while it is written a file's name is longer."""


def suggested(stem: str, ending: str) -> str:
    """The first of `stem.svg`, `stem-2.svg`, … that the working directory doesn't have."""
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{ending}" for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def checked(text: str, endings: Sequence[str], ending: str) -> Path:
    """The path that was typed, whole; without an ending it gets one.

    Raises ConfigError for what can't be a picture's name, BusyError for a name that is taken, NoRoomError where nothing
    can be written.
    """
    typed = text.strip()
    path = home(typed)
    if not path.name or typed.endswith(("/", "/.")) or path.name == "..":
        raise ConfigError("A picture needs a name, such as pentagon.svg.")
    if (size := len(os.fsencode(path.name))) > LONGEST:
        raise ConfigError(f"A name of {size} bytes is too long: {LONGEST} are the most.")
    suffix = path.suffix.lower()
    if not suffix:
        path = path.with_name(path.name + ending)
    elif suffix not in endings:
        known = " or ".join(filter(None, (", ".join(endings[:-1]), endings[-1])))
        raise ConfigError(f"{plain(path.name, 60)}: {plain(suffix)} is not an ending of it. It is written as {known}.")
    with writing(path, "another name"):
        whole = Path.cwd() / path  # fails in a directory that is gone
        _check_place(whole)
    return whole


def _check_place(path: Path) -> None:
    """Raises BusyError, and OSError as writing would."""
    try:
        path.lstat()
    except FileNotFoundError:
        path.parent.stat()
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None
    else:
        raise BusyError(f"{plain(path.name, 100)} is there already, and nothing is written over it. Take another name.")

"""Things that appear whole: made in a hidden directory beside their place, then renamed into it.

Who makes something holds a lock in the hidden directory, so that what a kill left of one is known by its free lock:
whoever makes something there next clears it, and puts back what it had put aside.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sdd_tui import files
from sdd_tui.run.liveness import locked

PREFIX = ".sdd-making-"
LOCKED = "lock"
MADE = "made"
ASIDE = "aside"

TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
"""What a file system says of a directory that is renamed to a name that is taken."""


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Where something for a folder may be made; gone in the end, with what was not moved into place, and what was put
    aside for it is back. Raises OSError."""
    hidden, lock = _hidden(folder)
    try:
        yield hidden / MADE
    finally:
        with suppress(OSError):  # it is left to the next `clear`
            _remove(hidden)
        os.close(lock)


def move_in(made: Path, place: Path) -> None:
    """Rename a directory into a place where nothing is, or an empty directory. Raises FileExistsError, OSError."""
    try:
        os.rename(made, place)  # noqa: PTH104  # within one file system, and of a link the link itself
    except OSError as error:
        if error.errno in TAKEN:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        raise
    files.sync(place.parent)


def exchange(made: Path, place: Path) -> None:
    """Put what was made into a place where something else may be, which goes once the new is whole on the disk. Raises
    OSError; `staging` then puts back what was there."""
    for path in (*made.rglob("*"), made):
        files.sync(path)
    if not made.is_dir() or not place.exists():
        made.replace(place)
    else:
        aside = made.with_name(ASIDE) / place.name  # a directory never replaces one that isn't empty
        aside.parent.mkdir()
        place.replace(aside)
        made.replace(place)
    files.sync(place.parent)


def clear(folder: Path) -> None:
    """Remove what kills left in a folder, as far as that can be seen: whoever makes something there says what is wrong
    with it."""
    remains: list[Path] = []
    with suppress(OSError):
        remains = [path for path in folder.glob(f"{PREFIX}*") if not path.is_symlink()]
    for hidden in remains:
        with suppress(OSError):  # somebody else clears it, or may
            _clear(hidden)


def _clear(hidden: Path) -> None:
    try:
        lock = files.open_update(hidden / LOCKED)
    except FileNotFoundError:  # killed before it was locked
        hidden.rmdir()
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(hidden)


def _remove(hidden: Path) -> None:
    """Put back what was put aside and not replaced, then remove the rest. Raises OSError, with all of it left."""
    with suppress(FileNotFoundError):
        for aside in list((hidden / ASIDE).iterdir()):
            if not os.path.lexists(place := hidden.parent / aside.name):
                aside.rename(place)
    shutil.rmtree(hidden, ignore_errors=True)


def _hidden(folder: Path) -> tuple[Path, int]:
    """A new hidden directory and its lock. One that is cleared before it is locked is no loss."""
    while True:
        hidden = folder / f"{PREFIX}{secrets.token_hex(6)}"
        hidden.mkdir()
        try:
            lock = files.open_lock(hidden / LOCKED)
        except FileNotFoundError:
            continue
        if locked(lock, fcntl.LOCK_EX) is not False and hidden.exists():
            return hidden, lock
        os.close(lock)

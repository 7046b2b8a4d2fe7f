"""Renames runs and moves them to the trash folder. Never one that has a trainer, and never through a link.

Nothing is deleted: RUNS/.trash/NAME is the run as it was, and moving it back brings it back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sdd_tui.errors import BusyError, ConfigError, NotFoundError, SddError, plain
from sdd_tui.store.index import list_runs
from sdd_tui.store.layout import ACTIVE, LATEST, TRASH, check_name, point_latest, writing
from sdd_tui.store.lock import Lock
from sdd_tui.store.status import read_status


def rename(run: Path, new_name: str) -> Path:
    """Give a run another name; `latest` follows. The new path.

    Raises BusyError for a run with a trainer and for a taken name, ConfigError, NotFoundError, NoRoomError.
    """
    check_name(new_name)
    if new_name == run.name:
        return run
    target = run.with_name(new_name)
    with _at_rest(run, "renamed"):
        with writing(target):
            try:
                target.mkdir()  # takes the name; a directory may be moved over an empty one
            except FileExistsError:
                raise BusyError(f"{plain(new_name, 100)}: there is a run (or a file) of that name already.") from None
        try:
            _move(run, target)
        except SddError:
            target.rmdir()
            raise
    if _latest(run.parent) == run.name:
        point_latest(target)
    return target


def trash(run: Path) -> Path:
    """Move a run to the trash folder beside it; `latest` goes to the newest run left. Where it lies now.

    Raises BusyError for a run with a trainer, ConfigError for a link, NotFoundError, NoRoomError.
    """
    folder = run.parent / TRASH
    if folder.is_symlink():
        raise ConfigError(f"{folder}: this is a link, and runs are not moved through links. Remove it.")
    with _at_rest(run, "moved to the trash"):
        with writing(folder):
            folder.mkdir(exist_ok=True)
        target = _free(folder, run.name)
        _move(run, target)
    if _latest(run.parent) == run.name:
        left = list_runs(run.parent)
        if left:
            point_latest(left[0].path)
        else:
            with writing(run.parent):
                (run.parent / LATEST).unlink(missing_ok=True)
    return target


@contextmanager
def _at_rest(run: Path, done: str) -> Iterator[None]:
    """Holds the run's lock, so that no trainer takes it meanwhile. Raises BusyError, ConfigError, NotFoundError."""
    name = plain(run.name, 100)
    if run.is_symlink():
        raise ConfigError(f"{name}: this is a link, so it can't be {done}. Name the directory it points to.")
    if not run.is_dir():
        raise NotFoundError(f"{name}: there is no such run any more.")
    try:
        state = read_status(run)["state"]
    except SddError:
        state = "damaged"
    if state in ACTIVE:
        raise BusyError(f"{name}: it is {state}, so it can't be {done}. Stop it first.")
    lock = Lock(run)
    try:
        yield
    finally:
        lock.release()


def _free(folder: Path, name: str) -> Path:
    """A new empty directory in the folder, called like the run, with a number where that is taken."""
    target, number = folder / name, 1
    while True:
        with writing(target), suppress(FileExistsError):
            target.mkdir()
            return target
        number += 1
        target = folder / f"{name}.{number}"


def _move(run: Path, target: Path) -> None:
    with writing(target):
        os.rename(run, target)  # noqa: PTH104  # within one file system, and of a link the link itself


def _latest(runs: Path) -> str | None:
    try:
        return str((runs / LATEST).readlink())
    except OSError:
        return None

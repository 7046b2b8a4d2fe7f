"""Renames runs and moves them to the trash folder. Never one that has a trainer, and never through a link.

Nothing is deleted: RUNS/.trash/NAME is the run as it was, and moving it back brings it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdd_tui.errors import BusyError, ConfigError, NotFoundError, SddError, not_permitted, plain
from sdd_tui.run.index import UNREADABLE, list_runs, listed
from sdd_tui.run.layout import ACTIVE, LATEST, TRASH, check_name, point_latest, writing
from sdd_tui.run.lock import Lock
from sdd_tui.run.staging import move_in
from sdd_tui.run.status import read_status


def rename(run: Path, new_name: str) -> Path:
    """Give a run another name; `latest` follows. The new path.

    Raises BusyError for a run with a trainer and for a taken name, ConfigError, NotFoundError, NoRoomError.
    """
    check_name(new_name)
    if new_name == run.name:
        return run
    with _at_rest(run, "renamed"):
        target = move_to_name(run, new_name)
    if _latest(run.parent) == run.name:
        point_latest(target)
    return target


def trash(run: Path) -> Path:
    """Move a run to the trash folder beside it; `latest` goes to the newest run left. Where it lies now.

    Raises BusyError for a run with a trainer, ConfigError for a link, NotFoundError, NoRoomError.
    """
    with _at_rest(run, "moved to the trash"):
        target = move_to_trash(run)
    if _latest(run.parent) == run.name:
        left = list_runs(run.parent)
        if left:
            point_latest(left[0].path)
        else:
            with writing(run.parent):
                (run.parent / LATEST).unlink(missing_ok=True)
    return target


def check_movable(folder: Path, what: str, done: str) -> None:
    """Raises ConfigError for a link and NotFoundError for what is gone; `what` is a run or a sweep."""
    name = plain(folder.name, 100)
    if folder.is_symlink():
        raise ConfigError(f"{name}: this is a link, so it can't be {done}. Name the directory it points to.")
    if not folder.is_dir():
        raise NotFoundError(f"{name}: there is no such {what} any more.")


def move_to_name(folder: Path, new_name: str) -> Path:
    """Give a directory at rest another name, which `check_name` has seen. Raises BusyError if it is taken,
    NoRoomError."""
    target = folder.with_name(new_name)
    with writing(target):
        try:
            move_in(folder, target)
        except FileExistsError:
            raise BusyError(
                f"{plain(new_name, 100)}: there is a run, a sweep or a file of that name already."
            ) from None
    return target


def move_to_trash(folder: Path) -> Path:
    """Move a directory at rest to the trash folder beside it. Raises ConfigError if that is a link, NoRoomError."""
    trashed = folder.parent / TRASH
    if trashed.is_symlink():
        raise ConfigError(f"{trashed}: this is a link, and nothing is moved through links. Remove it.")
    with writing(trashed):
        trashed.mkdir(exist_ok=True)
    target, number = trashed / folder.name, 1
    while True:
        with writing(target):
            try:
                move_in(folder, target)
            except FileExistsError:
                number += 1
                target = trashed / f"{folder.name}.{number}"
                continue
            return target


@contextmanager
def _at_rest(run: Path, done: str) -> Iterator[None]:
    """Holds the run's lock, so that no trainer takes it meanwhile. Raises BusyError, ConfigError, NotFoundError,
    NotPermittedError."""
    check_movable(run, "run", done)
    entry = listed(run)
    if entry is not None and entry.state == UNREADABLE:
        raise not_permitted(str(run))
    if entry is None:
        raise NotFoundError(f"{plain(run.name, 100)}: this directory is not a run, so it stays.")
    try:
        state = read_status(run)["state"]
    except SddError:
        state = "damaged"
    if state in ACTIVE:
        raise BusyError(f"{plain(run.name, 100)}: it is {state}, so it can't be {done}. Stop it first.")
    lock = Lock(run)
    try:
        yield
    finally:
        lock.release()


def _latest(runs: Path) -> str | None:
    try:
        return str((runs / LATEST).readlink())
    except OSError:
        return None

"""Renames sweeps and moves them, cells and all, to the trash folder. Never one at work, and never through a link.

Nothing is deleted: RUNS/.trash/NAME is the sweep as it was, and moving it back brings it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdd_tui.errors import BusyError, SddError, plain
from sdd_tui.run.layout import ACTIVE, CELLS, check_name
from sdd_tui.run.manage import check_movable, move_to_name, move_to_trash
from sdd_tui.run.status import read_status
from sdd_tui.sweep.slots import at_work, unused
from sdd_tui.sweep.slurm.queue import queued


def rename(folder: Path, new_name: str) -> Path:
    """Give a sweep another name. The new path.

    Raises BusyError for one that is at work and for a taken name, ConfigError, NotFoundError, NoRoomError.
    """
    check_name(new_name)
    if new_name == folder.name:
        return folder
    with _at_rest(folder, "renamed"):
        return move_to_name(folder, new_name)


def trash(folder: Path) -> Path:
    """Move a sweep to the trash folder beside it. Where it lies now.

    Raises BusyError for one that is at work, ConfigError for a link, NotFoundError, NoRoomError.
    """
    with _at_rest(folder, "moved to the trash"):
        return move_to_trash(folder)


@contextmanager
def _at_rest(folder: Path, done: str) -> Iterator[None]:
    """No session and no worker is at the sweep, none begins meanwhile, and nobody trains one of its cells by itself.

    Raises BusyError, ConfigError, NotFoundError, NoRoomError, RunFailedError when Slurm has tasks of it and is silent.
    """
    check_movable(folder, "sweep", done)
    name = plain(folder.name, 100)
    with unused(folder) as free:
        if not free or at_work(folder):  # workers of a file system without locks are known by their files alone
            raise BusyError(
                f"{name}: cells of it are being trained, so it can't be {done}. `sdd sweep cancel {name}` stops it."
            )
        if cell := _active_cell(folder):
            raise BusyError(f"{name}: its cell {plain(cell, 100)} is being trained, so it can't be {done}. Stop it.")
        if queued(folder):
            raise BusyError(
                f"{name}: tasks of it are in Slurm's queue, so it can't be {done}. `sdd sweep cancel {name}` ends them."
            )
        yield


def _active_cell(folder: Path) -> str | None:
    """A cell that has a trainer, of this machine or another."""
    try:
        runs = sorted((folder / CELLS).iterdir())
    except OSError:
        return None
    for run in runs:
        try:
            if read_status(run)["state"] in ACTIVE:
                return run.name
        except SddError:  # not begun, or damaged
            continue
    return None

"""Who works on a sweep: a locked file for each worker of a host, which names the cells it trains.

A host has only so many places, so that any number of `resume`s at once never use more cores than there are: workers
that find no place wait for one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.errors import BusyError, SddError, plain
from sdd_tui.run.layout import read_json, writing
from sdd_tui.run.liveness import held, locked, me, seen
from sdd_tui.sweep.directory import WORKERS

IN_USE = ".in-use"
"""The file in WORKERS that sessions and workers share a lock on."""

READS = 10
"""Times that a worker's file is read until it is whole: of 300,000 reads of a file on ext4 that is written all the
time, 3 fell into the middle of a write, and 70 into one that made it longer."""

LOOKING_S = 0.5
"""Seconds that a session which begins gives to who only looks whether the sweep is in use."""


class Place:
    """A worker's place."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._before = self._left_behind()
        self.at()

    def at(self, *cells: str) -> None:
        """Say which cells are trained. Where there is no room to say it, nobody knows."""
        said = json.dumps(me() | {"cells": cells} | self._before).encode()
        try:
            # one write over the whole of the old one: who reads meanwhile finds half of it at worst, and reads again
            os.pwrite(self._fd, said.ljust(os.fstat(self._fd).st_size), 0)
            if "SLURM_JOB_ID" in os.environ:  # other nodes see what has left this one's memory
                os.fsync(self._fd)
        except OSError:
            return

    def _left_behind(self) -> dict[str, Any]:
        """What the worker before said when it was lost at its cells: who started it may not have looked yet."""
        try:
            value = json.loads(os.pread(self._fd, 1 << 20, 0))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(value, dict) or not cells_of(value):
            return {}
        return {"before": {key: value.get(key) for key in (*me(), "cells")}}

    def leave(self) -> None:
        """Let another worker have the place."""
        self.at()
        os.close(self._fd)


def take_place(folder: Path, places: int) -> Place | None:
    """A free one of a host's places, or None. Raises NoRoomError."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:60]
    for number in range(places):
        path = folder / WORKERS / f"{host}.{number}"
        with writing(path):
            files.make_folder(path.parent)
            fd = files.open_lock(path)
        if locked(fd, fcntl.LOCK_EX) is not False:
            return Place(fd)
        os.close(fd)
    return None


def places(folder: Path) -> list[dict[str, Any]]:
    """What the files of all workers say: host, pid, pid_started, cells. Some of them may be gone."""
    return list(_places(folder).values())


def _places(folder: Path) -> dict[Path, dict[str, Any]]:
    found = {}
    try:
        paths = sorted((folder / WORKERS).iterdir())
    except OSError:
        return {}
    for path in paths:
        with suppress(OSError):
            if not path.stat().st_size:  # a lock beside them, or a place where nothing has been said yet
                continue
        for _ in range(READS):
            try:
                found[path] = read_json(path)
                break
            except SddError:  # being written, or one that is no worker's
                continue
    return found


def at_work(folder: Path) -> int:
    """Workers of this host that are there, with cells or without."""
    return len(_here(folder))


def cells_of(place: dict[str, Any]) -> list[str]:
    """The cells that a worker's file names."""
    cells = place.get("cells")
    return [name for name in cells if isinstance(name, str)] if isinstance(cells, list) else []


def trained_by(folder: Path, pid: int, started: str | None) -> list[str]:
    """The cells that a process of this host, which started then, trained when it last said so."""
    who = {"host": socket.gethostname(), "pid": pid, "pid_started": started}
    said = [p for place in places(folder) for p in (place, place.get("before")) if isinstance(p, dict)]
    return [name for p in said if who.items() <= p.items() for name in cells_of(p)]


def cells_here(folder: Path) -> int:
    """Cells that workers of this host are at."""
    return sum(len(cells_of(place)) for place in _here(folder))


def _here(folder: Path) -> list[dict[str, Any]]:
    """Places of this host's workers that are there."""
    host = socket.gethostname()
    mine = {path: place for path, place in _places(folder).items() if place.get("host") == host}
    return [place for path, place in mine.items() if seen(place, None) or seen(place, held(path))]


def lost_elsewhere(folder: Path, cell: str) -> str | None:
    """The other host whose worker was at a cell and can't say so any more; it is struck from its place, so that this is
    told once. For who holds the cell's lock. On this host the process that started the worker tells what became of
    it."""
    for path in sorted((folder / WORKERS).glob("[!.]*")):
        try:
            place = read_json(path)
        except SddError:
            continue
        host, cells = place.get("host"), cells_of(place)
        if cell in cells and isinstance(host, str) and host != socket.gethostname():
            with writing(path):
                left = json.dumps(place | {"cells": [name for name in cells if name != cell]})
                with files.open_update(path) as file:
                    file.truncate(file.write(left.encode()))
            return host
    return None


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """A session or a worker is at the sweep: it is neither renamed nor thrown away meanwhile. Raises BusyError when
    that is being done, NoRoomError."""
    with _using(folder, fcntl.LOCK_SH, LOOKING_S) as free:
        if not free:
            raise BusyError(f"{plain(folder.name, 100)}: it is being renamed or thrown away.")
        yield


@contextmanager
def unused(folder: Path) -> Iterator[bool]:
    """Whether no session and no worker is at the sweep; if so, none begins meanwhile. Raises NoRoomError."""
    with _using(folder, fcntl.LOCK_EX) as free:
        yield free


def used(folder: Path) -> bool:
    """Whether a session or a worker is at the sweep, though none may be at a cell. Raises NoRoomError."""
    with unused(folder) as free:
        return not free


@contextmanager
def _using(folder: Path, kind: int, patience_s: float = 0.0) -> Iterator[bool]:
    path = folder / WORKERS / IN_USE
    with writing(path):
        files.make_folder(path.parent)
        fd = files.open_lock(path)
    try:
        until = time.monotonic() + patience_s
        while not (free := locked(fd, kind) is not False) and time.monotonic() < until:
            time.sleep(0.02)
        yield free
    finally:
        os.close(fd)


@contextmanager
def alone(folder: Path, stopping: Callable[[], bool]) -> Iterator[None]:
    """One worker of a host after the other; not waited for when it is to stop."""
    path = folder / WORKERS / f".{socket.gethostname()[:60]}.compiling"
    with writing(path):
        fd = files.open_lock(path)
    try:
        while locked(fd, fcntl.LOCK_EX) is False and not stopping():
            time.sleep(0.05)
        yield
    finally:
        os.close(fd)

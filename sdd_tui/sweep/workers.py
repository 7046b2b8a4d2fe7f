"""Who works on a sweep: a locked file for each worker of a host, which names the cells it trains.

A host has only so many places, so that any number of `resume`s at once never use more cores than there are: workers
that find no place wait for one.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sdd_tui.errors import BusyError, SddError, plain
from sdd_tui.store.layout import read_json, writing
from sdd_tui.store.lock import NO_LOCKS, me, process_started
from sdd_tui.sweep.directory import WORKERS

IN_USE = ".in-use"
"""The file in WORKERS that sessions and workers share a lock on."""


class Place:
    """A worker's place."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.at()

    def at(self, *cells: str) -> None:
        """Say which cells are trained. Where there is no room to say it, nobody knows."""
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, json.dumps(me() | {"cells": cells}).encode(), 0)
        except OSError:
            return

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
            path.parent.mkdir(exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in NO_LOCKS:  # on a file system without locks there is a place for everybody
                os.close(fd)
                continue
        return Place(fd)
    return None


def places(folder: Path) -> list[dict[str, Any]]:
    """What the files of all workers say: host, pid, pid_started, cells. Some of them may be gone."""
    found = []
    try:
        paths = sorted((folder / WORKERS).iterdir())
    except OSError:
        return []
    for path in paths:
        try:
            found.append(read_json(path))
        except SddError:  # being written, or one that is no worker's
            continue
    return found


def at_work(folder: Path) -> int:
    """Workers of this host that are there, with cells or without."""
    host = socket.gethostname()
    here = [p for p in places(folder) if p.get("host") == host and isinstance(p.get("pid"), int)]
    return sum(process_started(p["pid"]) == p.get("pid_started") is not None for p in here)


def cells_of(place: dict[str, Any]) -> list[str]:
    """The cells that a worker's file names."""
    cells = place.get("cells")
    return [name for name in cells if isinstance(name, str)] if isinstance(cells, list) else []


def trained_by(folder: Path, pid: int) -> list[str]:
    """The cells that a process of this host trained when it last said so."""
    host = socket.gethostname()
    return [name for p in places(folder) if p.get("pid") == pid and p.get("host") == host for name in cells_of(p)]


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
                path.write_text(json.dumps(place | {"cells": [name for name in cells if name != cell]}))
            return host
    return None


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """A session or a worker is at the sweep: it is neither renamed nor thrown away meanwhile. Raises BusyError when
    that is being done, NoRoomError."""
    with _using(folder, fcntl.LOCK_SH) as free:
        if not free:
            raise BusyError(f"{plain(folder.name, 100)}: it is being renamed or thrown away.")
        yield


@contextmanager
def unused(folder: Path) -> Iterator[bool]:
    """Whether no session and no worker is at the sweep; if so, none begins meanwhile. Raises NoRoomError."""
    with _using(folder, fcntl.LOCK_EX) as free:
        yield free


@contextmanager
def _using(folder: Path, kind: int) -> Iterator[bool]:
    path = folder / WORKERS / IN_USE
    with writing(path):
        path.parent.mkdir(exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
            free = True
        except OSError as error:
            free = error.errno in NO_LOCKS
        yield free
    finally:
        os.close(fd)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One worker of a host after the other."""
    path = folder / WORKERS / f".{socket.gethostname()[:60]}.compiling"
    with writing(path):
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in NO_LOCKS and error.errno != errno.EINTR:
                raise
        yield
    finally:
        os.close(fd)

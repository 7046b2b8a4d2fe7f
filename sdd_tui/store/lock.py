"""One trainer a run: by flock where it works, by host, pid, start time and heartbeat elsewhere.

The lock file says who holds it, for the sentence that refuses the second one.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import subprocess
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from sdd_tui.errors import BusyError, SddError
from sdd_tui.store.layout import ACTIVE, LOCK, STATUS, read_json, real, writing

STALE_S = 60.0
"""A heartbeat older than this is nobody's; trainers write one at least every two seconds, NFS may show it late."""

HAS_PROC = Path("/proc/self/stat").exists()

NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


def process_started(pid: int) -> str | None:
    """When a process of this machine started, as text that differs for a reused pid; None when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else fields[19]  # a zombie ended; its parent has not looked yet
    except (OSError, IndexError):
        pass
    if HAS_PROC:
        return None
    found = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    state, _, started = found.stdout.strip().partition(" ")
    return None if state.startswith("Z") else started.strip() or None


def me() -> dict[str, Any]:
    """Who holds a lock when this process does."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "pid_started": process_started(os.getpid())}


def alive(status: dict[str, Any], now: float | None = None) -> bool:
    """Whether the trainer that wrote this status still runs: its process here, its heartbeat elsewhere."""
    if status.get("state") not in ACTIVE:
        return False
    pid, host = status.get("pid"), status.get("host")
    if host == socket.gethostname() and isinstance(pid, int):
        started = process_started(pid) if HAS_PROC else _asked(pid, int(time.monotonic()))
        return started is not None and started == status.get("pid_started")
    heartbeat = real(status.get("heartbeat"))
    return heartbeat is not None and (time.time() if now is None else now) - heartbeat < STALE_S


@lru_cache(maxsize=256)
def _asked(pid: int, second: int) -> str | None:
    """`process_started`, once a second: without /proc it starts a process, and screens read a status several times a
    tick."""
    return process_started(pid)


class Lock:
    """Held while a trainer writes to a run."""

    def __init__(self, run: Path, force: bool = False) -> None:
        """Take the lock. Raises BusyError unless `force`; NoRoomError."""
        self.path = run / LOCK
        with writing(self.path):
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = False
        except OSError as error:
            held = error.errno not in NO_LOCKS or _other_trainer(run)
        if held and not force:
            holder = _holder(self.path)
            os.close(self._fd)
            raise BusyError(f"{run.name}: another trainer holds this run ({holder}). Wait for it, or stop it first.")
        try:
            with writing(self.path):
                os.ftruncate(self._fd, 0)
                os.pwrite(self._fd, json.dumps(me()).encode(), 0)
        except SddError:
            os.close(self._fd)
            raise

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._fd)


def _other_trainer(run: Path) -> bool:
    try:
        status = read_json(run / STATUS)
    except SddError:  # an unreadable status says nothing about a trainer
        return False
    return "pid" in status and alive(status)  # a created run has no trainer yet


def _holder(path: Path) -> str:
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
        return f"process {int(who['pid'])} on {str(who['host'])[:60]!r}"
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"

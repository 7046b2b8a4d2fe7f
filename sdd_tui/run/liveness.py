"""Whether a run's trainer still runs, as far as that can be seen from here. Not to see it is not its end.

A held lock says that it does. Its process tells where it is visible: in one PID namespace, unless /proc hides it. What
neither tells (another host, a file system without locks) is told by the heartbeat's counter, which a viewer watches
by its own clock: two machines' clocks are not compared, except for a first look at what is hours old.
"""

from __future__ import annotations

import errno
import fcntl
import math
import os
import socket
import subprocess
import time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sdd_tui.errors import SddError, plain
from sdd_tui.run.layout import LOCK, read_json, real, whole

STALE_S = 60.0
"""Who was watched for so long and wrote nothing is gone: trainers write a heartbeat at least every two seconds, NFS may
show it late."""

CLOCKS_S = 7_200.0
"""How far the clocks of two machines may be apart (time zones, summer time): an older heartbeat is nobody's already at
the first look."""

PROBE_S = 5.0
"""Seconds between two looks at a lock that another machine may hold: each may be a question to a file server."""

HAS_PROC = Path("/proc/self/stat").exists()

NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

_watched: dict[str, tuple[object, float, bool]] = {}
"""Run -> its last heartbeat, when it was first seen, and whether one was seen before it."""


def me() -> dict[str, Any]:
    """Who holds a lock when this process does."""
    pid = os.getpid()
    return {
        "host": socket.gethostname(),
        "boot": _boot(),
        "pid_namespace": _pid_namespace(),
        "pid": pid,
        "pid_started": process_started(pid),
    }


def process_started(pid: int) -> str | None:
    """When a process of this machine started, as text that differs for a reused pid; None when there is none, or none
    that can be seen."""
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


def gone(run: Path, status: dict[str, Any]) -> str:
    """Why the trainer that wrote the status of an active run is taken for gone; nothing while it may still run."""
    begun = "host" in status
    who = status if begun else last_holder(run)  # a trainer writes its first status when it has drawn its data
    if seen(who, None):
        return ""
    lock = run / LOCK
    found = seen(who, held(lock) if near(who) else _held(lock, int(time.monotonic() / PROBE_S)))
    if found is not None:
        return "" if found else "its process is gone"
    if who:
        silent = heard(run, who) is False
        return f"nothing is heard of its process on {plain(str(who.get('host')), 60)} any more" if silent else ""
    heartbeat = real(status.get("heartbeat"))
    made_now = heartbeat is not None and abs(time.time() - heartbeat) < STALE_S
    return "" if made_now else "its trainer never began"


def near(who: dict[str, Any]) -> bool:
    """Whether a process (as `me` tells of it) ran on this machine, maybe in another container or before a restart."""
    same_boot = who.get("boot") is not None and who.get("boot") == _boot()
    return same_boot or who.get("host") == socket.gethostname()


def seen(who: dict[str, Any], locked: bool | None) -> bool | None:
    """Whether a process (as `me` tells of it) still runs; None where that can't be seen from here. `locked`: whether
    somebody holds its lock; None where that isn't known."""
    if locked:
        return True
    pid = whole(who.get("pid")) or 0
    if 0 < pid < 2**31 and _same_pids(who):
        started = process_started(pid) if HAS_PROC else _asked(pid, int(time.monotonic()))
        if started is not None or not _hidden(pid):
            return started is not None and started == who.get("pid_started")
    return False if locked is False and near(who) else None


def held(path: Path) -> bool | None:
    """Whether somebody holds the lock on a file; None where that can't be found out.

    It takes the lock for an instant, shared: `Lock` tells that from a trainer.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(fd)
    return False


def locked(fd: int, kind: int) -> bool | None:
    """Whether a lock, which isn't waited for, is ours now; None on a file system without locks."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except OSError as error:
        return None if error.errno in NO_LOCKS else False
    return True


def heard(run: Path, status: dict[str, Any]) -> bool | None:
    """Whether a trainer that can't be seen writes heartbeats: True for STALE_S after one was seen to come, False when
    none comes for so long; None while it has not been watched for long enough."""
    heartbeat, now = real(status.get("heartbeat")), time.monotonic()
    beat = (whole(status.get("beats")), heartbeat, whole(status.get("pid")))
    before = _watched.get(str(run))
    if before is None or before[0] != beat:
        _watched[str(run)] = before = (beat, now, before is not None)
    _, since, moved = before
    if now - since >= STALE_S:
        return False
    if moved:
        return True
    age = math.inf if heartbeat is None else time.time() - heartbeat
    return None if age < CLOCKS_S else False


def last_holder(run: Path) -> dict[str, Any]:
    """Who took a run's lock last, and when, as its heartbeat; {} where nobody did, or that can't be read."""
    try:
        return read_json(run / LOCK) | {"heartbeat": (run / LOCK).stat().st_mtime}
    except (SddError, OSError):
        return {}


def _same_pids(who: dict[str, Any]) -> bool:
    """Whether a process's number means the same process here. Older runs don't tell more than the host."""
    if who.get("boot") is None or _boot() is None:
        return who.get("host") == socket.gethostname()
    return (who.get("boot"), who.get("pid_namespace")) == (_boot(), _pid_namespace())


def _hidden(pid: int) -> bool:
    """Whether there is a process of that number of which /proc doesn't tell (hidepid)."""
    if not HAS_PROC:
        return False
    try:
        Path(f"/proc/{pid}/stat").read_bytes()
        return False  # a zombie
    except PermissionError:
        return True
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


@cache
def _boot() -> str | None:
    """What tells this kernel since it started from every other, container or not; None where there is no such thing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return None


@cache
def _pid_namespace() -> str | None:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return None


@lru_cache(maxsize=256)
def _asked(pid: int, second: int) -> str | None:
    """`process_started`, once a second: without /proc it starts a process, and screens read a status several times a
    tick."""
    return process_started(pid)


@lru_cache(maxsize=4_096)
def _held(path: Path, period: int) -> bool | None:
    return held(path)

"""One trainer a run: by flock where it works, by what liveness.py sees elsewhere.

The lock file says who holds it, for the sentence that refuses the second one.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from sdd_tui import files
from sdd_tui.errors import BusyError, SddError, plain
from sdd_tui.run.layout import ACTIVE, LOCK, STATUS, read_json, writing
from sdd_tui.run.liveness import STALE_S, heard, last_holder, locked, me, near, seen

LOOKS_S = 2.0
"""Seconds given to viewers, who hold a lock for an instant, to have all looked."""

WATCH_S = 0.5
"""Seconds between two looks at a trainer that can't be seen."""


class UnseenTrainerError(BusyError):
    """A trainer that can't be seen from here may still run; it has not been watched for long enough."""


class Lock:
    """Held while a trainer writes to a run."""

    def __init__(self, run: Path, force: bool = False) -> None:
        """Take the lock. Raises BusyError unless `force`, UnseenTrainerError when that may change; NoRoomError."""
        self.path = run / LOCK
        with writing(self.path):
            self._fd = files.open_lock(self.path)
        try:
            ours = _taken(self._fd)
            if not force:
                _check_alone(run, ours)
            with writing(self.path):
                os.ftruncate(self._fd, 0)
                os.pwrite(self._fd, json.dumps(me()).encode(), 0)
        except SddError:
            os.close(self._fd)
            raise

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._fd)


def hold(run: Path, force: bool = False, on_words: Callable[[str], None] = lambda words: None) -> Lock:
    """Take a run's lock; a trainer that can't be seen is watched for as long as it takes to know. Raises BusyError,
    NoRoomError."""
    told = False
    while True:
        try:
            return Lock(run, force)
        except UnseenTrainerError as error:
            if not told:
                on_words(f"{error} Watching for up to {STALE_S:.0f} s …")
            told = True
            time.sleep(WATCH_S)


def _taken(fd: int) -> bool | None:
    """Whether a lock is ours now; None on a file system without locks. A viewer's look (`held`) is shared, and waited
    for; a trainer's lock is not."""
    until = time.monotonic() + LOOKS_S
    while True:
        if (ours := locked(fd, fcntl.LOCK_EX)) is not False:
            return ours
        if not locked(fd, fcntl.LOCK_SH):
            return False
        fcntl.flock(fd, fcntl.LOCK_UN)
        if time.monotonic() > until:
            return False
        time.sleep(0.001)


def _check_alone(run: Path, ours: bool | None) -> None:
    """Raises BusyError where there is another trainer, UnseenTrainerError where there may be one: some cluster file
    systems keep a lock for one host only, some have none."""
    busy = f"{run.name}: another trainer holds this run ({{}}). Wait for it, or stop it first."
    if ours is False:
        raise BusyError(busy.format(_holder(run / LOCK)))
    try:
        status = read_json(run / STATUS)
    except SddError:  # an unreadable status says nothing about a trainer
        return
    begun = "pid" in status
    trainer = status if begun else last_holder(run)  # a trainer writes its first status when it has drawn its data
    if not trainer or status.get("state") not in ACTIVE or (ours and near(trainer)):
        return
    if not begun and trainer | me() == trainer:  # this process, which gave it back
        return
    found = seen(trainer, None)
    found = heard(run, trainer) if found is None else found
    who = f"process {plain(str(trainer.get('pid')), 20)} on {plain(str(trainer.get('host')), 60)!r}"
    if found is None:
        raise UnseenTrainerError(f"{run.name}: its trainer ({who}) can't be seen from here, and may still run.")
    if found:
        raise BusyError(busy.format(who))


def _holder(path: Path) -> str:
    try:
        who = json.loads(files.read(path))
        return f"process {int(who['pid'])} on {str(who['host'])[:60]!r}"
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"

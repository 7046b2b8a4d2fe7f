"""A session of a sweep: one `sdd sweep run` or `resume`, and the one thing that it asks of what runs the cells."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sdd_tui.engine.devices import cores
from sdd_tui.engine.setup import devices_for
from sdd_tui.errors import ConfigError, NoDeviceError
from sdd_tui.sweep.directory import asked_to_stop, check_trainable, read_sweep
from sdd_tui.sweep.plan import Sweep


@dataclass(frozen=True)
class Session:
    """What the workers of a session have in common."""

    id: str
    cancel: str
    """What the cancel file said when the session began; anything else means stop."""
    places: int
    """Workers of a host at most."""
    cores: int
    """Cores of a host that they share."""
    threads: int = 0
    """Threads of a cell; 0: one, and more when fewer cells than workers are left."""

    def arguments(self) -> list[str]:
        """As a worker's command line has it."""
        values = {"session": self.id, "cancel": self.cancel, "places": self.places, "cores": self.cores}
        return [f"--{name}={value}" for name, value in (values | {"threads": self.threads}).items()]

    def threads_for(self, unfinished: int) -> int:
        """Threads of a cell when so many are unfinished: together never more than there are cores, as those that began
        earlier took no more each."""
        return self.threads or max(1, self.cores // max(1, min(self.places, unfinished)))


class Runner(Protocol):
    """Has cells done: here, or on the nodes of a cluster."""

    def run(self, folder: Path, session: Session, left: Callable[[], int]) -> bool:
        """Have the cells of the sweep in a directory done; False when they are stopped before.

        `left` is called some times a second and says how many cells are left. Raises RunFailedError when no worker can
        work, NoRoomError.
        """
        ...


def begin(folder: Path, jobs: int | None = None, threads: int | None = None) -> Session:
    """A new session on this machine. Raises ConfigError for more workers and threads than cores, DamagedError."""
    return begun(folder, check(jobs, threads, gpus_of(read_sweep(folder))))


def begun(folder: Path, checked: Session) -> Session:
    """A session that was checked before, of a sweep. Raises ConfigError for kept results."""
    check_trainable(folder)
    return replace(checked, id=secrets.token_hex(4), cancel=asked_to_stop(folder))


def check(jobs: int | None = None, threads: int | None = None, gpus: int = 0) -> Session:
    """What a session here would be, of no sweep yet: a worker a GPU where cells go to GPUs, else one a core. Raises
    ConfigError for more workers and threads than cores."""
    here, each = cores(), 1 if gpus else threads or 1
    places = jobs or min(gpus, here) or max(1, here // each)
    if places * each > here:
        raise ConfigError(
            f"{places} workers with {each} threads each are more than the {here} cores this process may run on."
            " Give smaller --jobs or --threads-per-job."
        )
    return Session("", "", places, here, threads or 0)


def gpus_of(sweep: Sweep) -> int:
    """GPUs here that a sweep's cells go to; 0 for the CPU, and where the device that is asked for is missing."""
    try:
        devices = devices_for(sweep.base)
    except NoDeviceError:
        return 0
    return len([name for name in devices if name.startswith("cuda")])

"""Has a sweep's cells done by processes on this machine.

Workers are in sessions of their own, so that a terminal's Ctrl-C reaches only this process; they stop, with
checkpoints, when their standard input ends: when this process says so, and just as well when it is killed.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sdd_tui import files
from sdd_tui.errors import ExitCode, NoRoomError, RunFailedError, plain
from sdd_tui.run.layout import CELLS, CONSOLE, writing
from sdd_tui.run.liveness import process_started
from sdd_tui.run.staging import clear
from sdd_tui.sweep.directory import RESULTS, asked_since, is_sweep
from sdd_tui.sweep.results import CellResult, Collector, keep
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.slots import in_use, trained_by
from sdd_tui.training.interruption import Interruption
from sdd_tui.training.launch import PYTHON

LOOK_S = 0.1
FRUITLESS = 3
"""Workers that may end one after another, each within SHORT_S, before they have a cell or a result."""

SHORT_S = 120.0
"""Long enough for torch to load from a cluster's file system and for kernels to compile."""

PATIENCE_S = 60.0
"""Seconds given to workers to write their checkpoints."""


class LocalRunner:
    """Starts workers, and new ones in the place of those that are killed."""

    def __init__(self, most: int | None = None, group: str = "0/1") -> None:
        """At most so many workers, without it as many as the session has places for; I/N begins with every Nth cell."""
        self._most, self._group = most, group
        self._workers: list[subprocess.Popen[bytes]] = []
        self._began: dict[int, tuple[float, int]] = {}
        """When each began, and how many bytes of results there were."""
        self._started: dict[int, str | None] = {}
        self._numbers: dict[int, int] = {}
        """Which worker of this process each is: says which GPU it uses where there are several."""
        self._fruitless = 0

    def run(self, folder: Path, session: Session, left: Callable[[], int]) -> bool:
        """See Runner.run."""
        stopped = False
        with Interruption() as interruption, in_use(folder):
            try:
                while count := left():
                    if interruption.wanted or asked_since(folder, session.cancel):
                        stopped = True
                        break
                    self._reap(folder, session)
                    self._start(folder, session, count)
                    time.sleep(LOOK_S)
            finally:
                self._stop()
                clear(folder / CELLS)
        return not stopped

    def busy(self, folder: Path) -> bool:
        """Whether any of its workers is at a cell."""
        return any(self._trains(folder, worker.pid) for worker in self._workers)

    def _trains(self, folder: Path, pid: int) -> list[str]:
        return trained_by(folder, pid, self._started[pid])

    def _start(self, folder: Path, session: Session, cells: int) -> None:
        while len(self._workers) < min(session.places, self._most or session.places, cells):
            log, taken = folder / CONSOLE, {self._numbers[worker.pid] for worker in self._workers}
            number = next(i for i in range(len(taken) + 1) if i not in taken)
            with writing(log), files.open_append(log) as console:
                self._workers.append(
                    subprocess.Popen(
                        [
                            *(*PYTHON, "-m", "sdd_tui.sweep.worker", str(folder.resolve())),
                            *(*session.arguments(), f"--group={self._group}", f"--number={number}", "--tied"),
                        ],
                        stdin=subprocess.PIPE,
                        stdout=console,
                        stderr=console,
                        start_new_session=True,
                    )
                )
            pid = self._workers[-1].pid
            self._began[pid], self._started[pid] = (time.monotonic(), _results(folder)), process_started(pid)
            self._numbers[pid] = number

    def _reap(self, folder: Path, session: Session) -> None:
        """Note what became of workers that ended. Raises RunFailedError, NoRoomError."""
        for worker in [w for w in self._workers if w.poll() is not None]:
            self._workers.remove(worker)
            _close(worker)
            cells = self._trains(folder, worker.pid)
            began, results = self._began[worker.pid]
            if worker.returncode in (ExitCode.DONE, ExitCode.INTERRUPTED):
                self._fruitless = 0
            elif worker.returncode == ExitCode.NO_ROOM:
                raise NoRoomError(_last_words(folder))
            elif not cells and _results(folder) > results:  # it lost its GPU at a cell, whose attempts are counted
                self._fruitless = 0
            elif not cells:
                self._fruitless += time.monotonic() - began < SHORT_S
            else:
                self._fruitless = 0
                for cell in cells:
                    _blame(folder, session, cell, worker.returncode)
            if self._fruitless >= FRUITLESS:
                raise RunFailedError(f"{plain(folder.name, 100)}: workers don't start: {_last_words(folder)}")

    def _stop(self) -> None:
        """Let every worker write its checkpoint and end."""
        for worker in self._workers:
            _close(worker)
        until = time.monotonic() + PATIENCE_S
        for worker in self._workers:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(max(0.1, until - time.monotonic()))
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        self._workers.clear()


def _blame(folder: Path, session: Session, cell: str, code: int) -> None:
    """Record that a worker was lost while it trained a cell, unless the cell is finished all the same."""
    results = Collector(folder)
    results.poll()
    if cell in results.finished:
        return
    try:
        why = (
            f"its process was killed by {signal.Signals(-code).name}" if code < 0 else f"its process ended with {code}"
        )
    except ValueError:
        why = f"its process was killed by signal {-code}"
    attempts = results.attempts(cell) + 1
    keep(folder, CellResult(cell, "failed", attempts=attempts, reason=why, session=session.id))


def _results(folder: Path) -> int:
    """Bytes of results; 0 where that can't be seen."""
    try:
        return (folder / RESULTS).stat().st_size
    except OSError:
        return 0


def _close(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        with suppress(OSError):
            worker.stdin.close()


def _last_words(folder: Path) -> str:
    if not is_sweep(folder):
        return f"{plain(str(folder), 300)}: was removed or moved while its cells were trained."
    try:
        lines = files.tail(folder / CONSOLE).strip().splitlines()
    except OSError:
        lines = []
    return plain(lines[-1].removeprefix("sdd: "), 1_000) if lines else f"see {CONSOLE}"

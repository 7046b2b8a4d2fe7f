"""A worker: a process that starts once and trains one cell of a sweep after another.

    python -m sdd_tui.sweep.worker SWEEP --session ID --cancel TOKEN --places N --cores C [--threads K]
        [--group I/N] [--tied]

Invariant: it writes to a cell only while it holds the cell's lock, and looks whether the cell is finished after it has
the lock; so any number of workers, of any number of sessions, do every cell once. Everything that trains is imported
here, inside functions.

It trains one cell at a time. Several small models in one call of the engine were measured (two cores, n = 1,000, m = 2;
µs a step of a model and core, median of five) and save nothing, as a call does 50 ms of steps anyway:

                                   T = 30   T = 100   T = 300
    two workers, one cell each       22.7      45.6      38.2
    two workers, batches of four     24.1      49.4      38.2
    one of two threads, of four      26.9      74.0      53.8
    one of two threads, of eight     23.1      63.8      49.8
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sdd_tui.errors import BusyError, ExitCode, InterruptedRunError, NoRoomError, SddError, plain
from sdd_tui.store import control
from sdd_tui.store.interruption import Interruption
from sdd_tui.store.layout import STATUS, read_json
from sdd_tui.store.lock import Lock, alive
from sdd_tui.store.reader import read_run_config
from sdd_tui.store.status import read_status
from sdd_tui.sweep.directory import asked_to_stop, make_cell, read_sweep
from sdd_tui.sweep.measure import measured
from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.results import Collector, Result, keep
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.workers import Place, alone, in_use, lost_elsewhere, take_place

if TYPE_CHECKING:
    from sdd_tui.engine.trainer import Event

IDLE_S = 0.1
"""Seconds between two looks when there is nothing to claim."""


class Worker:
    """The cells of one worker; its parts are the lines of `work`."""

    def __init__(self, folder: Path, session: Session, group: tuple[int, int] = (0, 1), *, tied: bool) -> None:
        self.folder, self.session = folder, session
        self.cells = {cell.name: cell for cell in read_sweep(folder).cells()}
        self._own = set(list(self.cells)[group[0] :: group[1]])
        self.results = Collector(folder)
        self.interruption = Interruption()
        self._orphaned = threading.Event()
        if tied:
            threading.Thread(target=self._wait_for_the_end_of_input, daemon=True).start()

    def work(self) -> int:
        """Train cells until none is left; the exit code."""
        with self.interruption, in_use(self.folder):
            place = None
            while place is None:
                if self.stopping() or not self._open():
                    return self._code()
                place = take_place(self.folder, self.session.places)
                if place is None:
                    time.sleep(IDLE_S)
            try:
                with alone(self.folder):
                    compile_kernels(list(self.cells.values()))
                while not self.stopping() and (open_cells := self._open()):
                    if not self._do_one(open_cells, place):
                        time.sleep(IDLE_S)
            finally:
                place.leave()
        return self._code()

    def stopping(self) -> bool:
        """Whether it is to stop: a signal, a request, or the end of who started it."""
        asked = asked_to_stop(self.folder) != self.session.cancel
        return self.interruption.wanted or self._orphaned.is_set() or asked

    def _code(self) -> int:
        return ExitCode.INTERRUPTED if self.stopping() else ExitCode.DONE

    def _open(self) -> list[str]:
        self.results.poll()
        return self.results.open(self.cells, self.session.id)

    def _do_one(self, open_cells: list[str], place: Place) -> bool:
        """Claim the first cell that nobody else trains, of its group if there is one, and train it; False if there is
        none."""
        for name in sorted(open_cells, key=lambda name: name not in self._own):
            run = make_cell(self.folder, self.cells[name])
            try:
                lock = Lock(run)
            except BusyError:
                continue
            try:
                self.results.poll()
                if name in self.results.open([name], self.session.id) and not trained_elsewhere(run):
                    if host := lost_elsewhere(self.folder, name):
                        keep(self.folder, self._lost(name, host))
                        return True
                    place.at(name)
                    keep(self.folder, self._result(run, name, len(open_cells)))
                    return True
            except InterruptedRunError:
                self.interruption.wanted = True
                return True
            finally:
                place.at(None)
                lock.release()
        return False

    def _lost(self, name: str, host: str) -> Result:
        """A cell whose worker went down together with the task or the host it was on."""
        why = f"its worker on {plain(host, 60)} was lost"
        attempts = self.results.attempts(name) + 1
        return Result(name, "failed", attempts=attempts, reason=why, session=self.session.id)

    def _result(self, run: Path, name: str, unfinished: int) -> Result:
        """Train a cell whose lock is held, unless it is finished, and describe it."""
        failed = self.results.attempts(name)
        threads = self.session.threads_for(unfinished)
        try:
            config = read_run_config(run)
            if read_status(run)["state"] != "finished":
                state = self._train(run, threads)
                if state != "finished" and self.stopping():
                    raise InterruptedRunError(f"{name}: stopped, with a checkpoint.")
                if state != "finished":
                    return Result(name, "stopped", reason="stopped, as asked", session=self.session.id)
            return measured(run, config, name, failed + 1, threads, self.session.id)
        except (NoRoomError, InterruptedRunError):
            raise
        except (SddError, MemoryError) as error:
            reason = plain(str(error) or "there is not enough memory", 300)
            sys.stderr.write(f"{name}: {reason}\n")
            return Result(name, "failed", attempts=failed + 1, reason=reason, session=self.session.id)

    def _train(self, run: Path, threads: int) -> str:
        """Train to the end, or until it is to stop; the run's state then."""
        from sdd_tui.engine.trainer import Progress
        from sdd_tui.store.recorder import record_held

        asked = False

        def listen(event: Event) -> None:
            nonlocal asked
            if isinstance(event, Progress) and not asked and self.stopping():
                asked = True
                control.ask(run, "stop")

        config = read_run_config(run).model_copy(update={"threads": threads})
        return record_held(run, config, listen).state

    def _wait_for_the_end_of_input(self) -> None:
        """Whoever started this worker holds the other end of its standard input: the end means that it is gone, killed
        or done with us."""
        while os.read(0, 4096):
            pass
        self._orphaned.set()


def compile_kernels(cells: list[Cell]) -> None:
    """Do a step of a tiny model of each kind there is, so that one process compiles and the others load."""
    from sdd_tui.engine.setup import initial_state, make_engine, schedule, training_data

    seen = set()
    for cell in cells:
        settings = cell.settings
        kind = (settings["model"]["n_hidden"], settings["model"]["tied"], settings["precision"])
        if settings["engine"] != "fused" or kind in seen:
            continue
        seen.add(kind)
        config = cell.config
        size = {"n_features": max(2, config.model.n_hidden), "n_examples": 1, "sparsity": 0.0}
        tiny = config.model_copy(update={"data": config.data.model_copy(update=size), "threads": 1})
        engine = make_engine(tiny)
        state, data = engine.place(initial_state(tiny)), engine.load(training_data(tiny))
        engine.advance(state, data, schedule(tiny), 1)
        engine.evaluate(state, data)


def trained_elsewhere(run: Path) -> bool:
    """Whether a trainer on another host was heard of just now. Some cluster file systems keep a lock for one host only;
    where locks are good, this makes a cell wait for a minute after its host was lost."""
    try:
        status = read_json(run / STATUS)
    except SddError:
        return False
    return status.get("host") not in (None, socket.gethostname()) and alive(status)


def group(text: str) -> tuple[int, int]:
    """I/N as numbers, I from 0."""
    first, _, every = text.partition("/")
    return int(first), int(every)


def main(arguments: list[str]) -> int:
    """Work; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sdd_tui.sweep.worker", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--session", required=True)
    parser.add_argument("--cancel", default="")
    for number in ("places", "cores", "threads"):
        parser.add_argument(f"--{number}", type=int, default=0)
    parser.add_argument("--group", type=group, default=(0, 1), help="begin with every Nth cell, from the Ith on")
    parser.add_argument("--tied", action="store_true", help="stop when standard input ends")
    given = parser.parse_args(arguments)
    session = Session(given.session, given.cancel, given.places, given.cores, given.threads)
    try:
        return Worker(given.folder, session, given.group, tied=given.tied).work()
    except SddError as error:
        sys.stderr.write(f"sdd: {plain(str(error), 1_000)}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A worker: a process that starts once and trains one cell of a sweep after another, on a GPU many at once.

    python -m sdd_tui.sweep.worker SWEEP --session ID --cancel TOKEN --places N --cores C [--threads K]
        [--group I/N] [--number I] [--tied]

Invariant: it writes to a cell only while it holds the cell's lock, and looks whether the cell is finished after it has
the lock; so any number of workers, of any number of sessions, do every cell once. Everything that trains is imported
here, inside functions.

On a GPU it takes as many cells as fill it and trains them in one batch (engine/batching.py), each in a thread that
writes its recording; a cell that failed before is trained alone. Worker i of a host, or of a Slurm task, uses the i-th
GPU. After a device's failure that isn't one of memory the process can't use the GPU any more: the worker ends, and
whoever started it starts another.

On a CPU it trains one cell at a time. Several small models in one call were measured (two cores, n = 1,000, m = 2;
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
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sdd_tui.errors import DeviceLostError, ExitCode, InterruptedRunError, NoRoomError, SddError, plain
from sdd_tui.run import requests
from sdd_tui.run.layout import CONSOLE
from sdd_tui.run.status import read_status
from sdd_tui.streams import open_words
from sdd_tui.sweep.directory import asked_since, read_cell, read_sweep
from sdd_tui.sweep.measure import measured
from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.results import CellResult, Collector, keep
from sdd_tui.sweep.scheduling import HeldCell, Scheduler
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.slots import Place, alone, cells_here, in_use, take_place
from sdd_tui.training.interruption import Interruption

if TYPE_CHECKING:
    from sdd_tui.config import RunConfig
    from sdd_tui.engine.batching import Member

IDLE_S = 0.1
"""Seconds between two looks when there is nothing to claim."""

ASK_AGAIN_S = 1.0
"""Seconds until a cell that has not stopped is asked once more."""


class Worker:
    """The cells of one worker; its parts are the lines of `work`."""

    def __init__(
        self,
        folder: Path,
        session: Session,
        group: tuple[int, int] = (0, 1),
        *,
        tied: bool,
        number: int = 0,
        room: Callable[[RunConfig], int] | None = None,
    ) -> None:
        """`number` says which GPU it uses, `room` how many models like one go into a batch (the engine, without it)."""
        self.folder, self.session, self._number = folder, session, number
        self.cells = {cell.name: cell for cell in read_sweep(folder).cells()}
        self.results = Collector(folder)
        own = set(list(self.cells)[group[0] :: group[1]])
        self.claims = Scheduler(folder, session.id, self.cells, own, self.results, room or self._room, session.places)
        self.interruption = Interruption()
        self._orphaned, self._lost = threading.Event(), threading.Event()
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
                with alone(self.folder, self.stopping):
                    compile_kernels(list(self.cells.values()), self._here, self.stopping)
                while not (self.stopping() or self._lost.is_set()) and (open_cells := self._open()):
                    if not self._do_some(open_cells, place):
                        time.sleep(IDLE_S)
            finally:
                place.leave()
        return self._code()

    def stopping(self) -> bool:
        """Whether it is to stop: a signal, a request, or the end of who started it."""
        if asked_since(self.folder, self.session.cancel):
            self.interruption.wanted = True  # for good, should the request not be readable later
        return self.interruption.wanted or self._orphaned.is_set()

    def _code(self) -> int:
        if self._lost.is_set():
            return ExitCode.FAILED
        return ExitCode.INTERRUPTED if self.stopping() else ExitCode.DONE

    def _open(self) -> list[str]:
        self.results.poll()
        return self.results.open(self.cells, self.session.id)

    def _do_some(self, open_cells: list[str], place: Place) -> bool:
        """Claim cells that nobody else trains and that go into one batch, and train them; False if there is none."""
        claims = self.claims.take(open_cells)
        try:
            place.at(*(claim.name for claim in claims))
            with self._ended_on_request(claims):
                if len(claims) == 1:
                    keep(self.folder, self._result(claims[0], len(open_cells)))
                elif claims:
                    self._train_together(claims)
        except InterruptedRunError:
            self.interruption.wanted = True
        finally:
            place.at()
            for claim in claims:
                claim.lock.release()
        return bool(claims)

    @contextmanager
    def _ended_on_request(self, claims: list[HeldCell]) -> Iterator[None]:
        """Have these cells stop when the worker is to: one that is paused, or waits for others, does not look at that.
        They are asked again and again, as what they are asked before they begin is not obeyed."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(IDLE_S):
                if self.stopping():
                    for claim in claims:
                        with suppress(NoRoomError):
                            requests.ask(claim.run, "stop")
                    over.wait(ASK_AGAIN_S)

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()

    def _train_together(self, claims: list[HeldCell]) -> None:
        """Train cells in one batch and keep their results, a thread each. Raises what one of them raises, a full disk
        before all else."""
        from sdd_tui.engine.batching import ModelBatch
        from sdd_tui.engine.setup import make_engine

        batch = ModelBatch(make_engine(self._here(self.cells[claims[0].name].config)), len(claims))
        members = [batch.member() for _ in claims]

        def one(claim: HeldCell, member: Member) -> None:
            with member:
                keep(self.folder, self._result(claim, len(claims), member))

        futures = list[Future[None]]()
        with ThreadPoolExecutor(len(claims), "cell") as pool:
            try:
                for claim, member in zip(claims, members, strict=True):
                    futures.append(pool.submit(one, claim, member))
            except RuntimeError:  # no more threads: these cells stay open
                for member in members[len(futures) :]:
                    member.leave()
        errors = [error for future in futures if (error := future.exception())]
        for error in sorted(errors, key=lambda error: not isinstance(error, NoRoomError)):
            raise error

    def _config(self, run: Path, unfinished: int) -> RunConfig:
        """A cell's configuration, with what it computes on here when so many are unfinished."""
        config = self._here(read_cell(self.folder, self.cells[run.name]))
        at_work = max(unfinished, cells_here(self.folder))  # another session may train cells that this one lacks
        threads = self.session.threads_for(at_work) if config.device == "cpu" else 1
        return config.model_copy(update={"threads": threads})

    def _here(self, config: RunConfig) -> RunConfig:
        """A configuration on this worker's device."""
        from sdd_tui.engine.setup import devices_for

        devices = devices_for(config)
        return config.model_copy(update={"device": devices[self._number % len(devices)]})

    def _room(self, config: RunConfig) -> int:
        from sdd_tui.engine.setup import most_together

        return most_together(self._here(config))

    def _result(self, claim: HeldCell, unfinished: int, member: Member | None = None) -> CellResult:
        """Train a cell whose lock is held, unless it is finished, and describe it."""
        name, run = claim.name, claim.run
        failed = self.results.attempts(name)
        try:
            config = self._config(run, unfinished)
            if read_status(run)["state"] != "finished":
                state = self._train(run, config, member)
                if state != "finished" and self.stopping():
                    raise InterruptedRunError(f"{name}: stopped, with a checkpoint.")
                if state != "finished":
                    return CellResult(name, "stopped", reason="stopped, as asked", session=self.session.id)
            return measured(run, config, name, failed + 1, config.threads, self.session.id)
        except (NoRoomError, InterruptedRunError):
            raise
        except (SddError, MemoryError) as error:
            if isinstance(error, DeviceLostError):
                self._lost.set()
            reason = plain(str(error) or "there is not enough memory", 300)
            sys.stderr.write(f"{name}: {reason}\n")
        except Exception as error:  # noqa: BLE001 - a cell never stops the others, whatever a library raised in it
            reason = plain(f"{type(error).__name__}: {error} (the traceback is in {CONSOLE})", 300)
            sys.stderr.write(f"{name}: {traceback.format_exc()}")
        return CellResult(name, "failed", attempts=failed + 1, reason=reason, session=self.session.id)

    def _train(self, run: Path, config: RunConfig, member: Member | None) -> str:
        """Train to the end, or until it is to stop; the run's state then."""
        from sdd_tui.training.recorder import record_held

        try:
            return record_held(run, config, engine=member).state
        finally:
            if member:
                member.leave()

    def _wait_for_the_end_of_input(self) -> None:
        """Whoever started this worker holds the other end of its standard input: the end means that it is gone, killed
        or done with us."""
        while os.read(0, 4096):
            pass
        self._orphaned.set()


def compile_kernels(
    cells: list[Cell], here: Callable[[RunConfig], RunConfig], stopping: Callable[[], bool] = lambda: False
) -> None:
    """Do a step of a tiny model of each kind there is, finite data only, so that one process compiles and the others
    load; `here` puts a configuration on this worker's device."""
    from sdd_tui.engine.setup import initial_state, make_engine, schedule
    from sdd_tui.run.data import training_data

    seen = set()
    for cell in cells:
        settings = cell.settings
        model, importance = settings["model"], settings["data"]["importance"]
        kind = (model["n_hidden"], model["tied"], settings["precision"], importance == 1.0)
        if settings["engine"] != "fused" or kind in seen or stopping():
            continue
        seen.add(kind)
        config = here(cell.config)
        size = {"n_features": max(2, config.model.n_hidden), "n_examples": 1, "sparsity": 0.0, "file": ""}
        size |= {"repeats": 1, "group_size": 1}
        tiny = config.model_copy(update={"data": config.data.model_copy(update=size), "threads": 1})
        engine = make_engine(tiny)
        state, data = engine.place(initial_state(tiny)), engine.load(training_data(tiny))
        engine.advance(state, data, schedule(tiny), 1)
        engine.evaluate(state, data)


def group(text: str) -> tuple[int, int]:
    """I/N as numbers, I from 0."""
    first, _, every = text.partition("/")
    return int(first), int(every)


def main(arguments: list[str]) -> int:
    """Work; the exit code."""
    open_words()
    parser = argparse.ArgumentParser(prog="python -m sdd_tui.sweep.worker", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--session", required=True)
    parser.add_argument("--cancel", default="")
    for number in ("places", "cores", "threads"):
        parser.add_argument(f"--{number}", type=int, default=0)
    parser.add_argument("--group", type=group, default=(0, 1), help="begin with every Nth cell, from the Ith on")
    parser.add_argument("--number", type=int, default=0, help="which worker it is: worker i uses the ith GPU")
    parser.add_argument("--tied", action="store_true", help="stop when standard input ends")
    given = parser.parse_args(arguments)
    session = Session(given.session, given.cancel, given.places, given.cores, given.threads)
    try:
        return Worker(given.folder, session, given.group, tied=given.tied, number=given.number).work()
    except SddError as error:
        sys.stderr.write(f"sdd: {plain(str(error), 1_000)}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Has a sweep's cells done by a Slurm job array, through submitit.

What lies on disk is the state of the sweep, as everywhere; Slurm only starts tasks. Files of submitit's own, with what
the tasks say, are in SWEEP/slurm: its pickles hold a function's name, strings and numbers, and only its own tasks read
them.
"""

from __future__ import annotations

import io
import shlex
import time
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path

from sdd_tui import files
from sdd_tui.errors import ConfigError, RunFailedError, plain
from sdd_tui.run.layout import writing
from sdd_tui.sweep.directory import asked_since
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.slots import in_use
from sdd_tui.sweep.slurm import queue
from sdd_tui.sweep.slurm.options import SlurmOptions
from sdd_tui.sweep.slurm.task import task
from sdd_tui.training.interruption import Interruption
from sdd_tui.training.launch import PYTHON

SUBMITIT_TAGS = ("%j", "%t", "%A", "%a")
"""What submitit replaces in paths, wherever it stands."""

LOOK_S = 0.2
QUEUE_S = 3.0
"""Seconds between two looks at Slurm's queue."""

PATIENCE_S = 60.0
"""Seconds given to tasks to write their checkpoints, and to the last result to be seen on a network file system."""


class SlurmRunner:
    """Submits a job array and waits until its tasks have done the cells."""

    def __init__(self, options: SlurmOptions, say: Callable[[str], None] = lambda words: None) -> None:
        """`say` is told the job's number, and why tasks wait."""
        self._options, self._say = options, say
        self._why = ""

    def run(self, folder: Path, session: Session, left: Callable[[], int]) -> bool:
        """See Runner.run."""
        with Interruption() as interruption, in_use(folder):
            if not left():
                return True
            job = self.submit(folder, session)
            looked = time.monotonic()
            while left():
                if interruption.wanted:
                    queue.end(job)
                    self._until_ended(folder, job)
                    return False
                if asked_since(folder, session.cancel):
                    queue.remove_waiting(folder)
                    self._until_ended(folder, job)
                    return False
                if time.monotonic() - looked > QUEUE_S:
                    looked = time.monotonic()
                    if not self._there(folder, job) and not _soon(lambda: not left()):
                        raise RunFailedError(
                            f"{plain(folder.name, 100)}: the tasks of job {job} ended before all cells were done:"
                            f" {last_words(folder, job)} `sdd sweep resume` goes on."
                        )
                time.sleep(LOOK_S)
        with suppress(RunFailedError):  # tasks that were to begin again find nothing to do
            queue.remove_waiting(folder, job)
        return True

    def submit(self, folder: Path, session: Session) -> str:
        """Submit the tasks of a session; the job's number. Raises RunFailedError, ConfigError, NoRoomError."""
        from submitit.core.utils import FailedJobError
        from submitit.slurm.slurm import SlurmExecutor

        options, jobs = self._options, folder.resolve() / queue.JOBS
        logs = _logs(jobs)
        count = session.places // options.workers
        with writing(jobs):
            files.make_folder(jobs)
            before = set(jobs.iterdir())
            # exec: a shell around the task would die of the signal that the task is to answer with checkpoints
            executor = SlurmExecutor(jobs, python=f"exec {shlex.join(PYTHON)}")
            call = partial(task, str(folder.resolve()), asdict(session), options.workers, count)
            name = queue.job_name(folder)
            executor.update_parameters(job_name=name, use_srun=False, additional_parameters=options.flags() | logs)
            try:
                with redirect_stderr(io.StringIO()):  # submitit prints what it raises
                    tasks = executor.submit_array([call] * count)
            except FailedJobError as error:
                for path in set(jobs.iterdir()) - before:
                    path.unlink()
                raise RunFailedError(f"Slurm did not take the tasks: {queue.words(str(error))}.") from None
        job = str(tasks[0].job_id).partition("_")[0]
        self._say(f"Slurm job {job}: {count} task{'s' if count > 1 else ''}")
        return job

    def _there(self, folder: Path, job: str) -> bool:
        """Whether tasks of a job are in the queue; says why, when all of them wait."""
        try:
            tasks = [t for t in queue.queued(folder) if t.job == job]
        except RunFailedError as error:  # Slurm's controller restarts now and then; the tasks go on
            self._tell(str(error))
            return True
        waiting = {t.reason for t in tasks if t.state == "PENDING"}
        if tasks and all(t.state == "PENDING" for t in tasks):
            self._tell(f"Slurm job {job}: waiting in the queue ({', '.join(sorted(waiting))})")
        return bool(tasks)

    def _tell(self, words: str) -> None:
        if words != self._why:
            self._why = words
            self._say(words)

    def _until_ended(self, folder: Path, job: str) -> None:
        _soon(lambda: not self._there(folder, job))


def _logs(jobs: Path) -> dict[str, str]:
    """sbatch's options for what tasks say, in files named as submitit names its own. Raises ConfigError."""
    text = str(jobs)
    tag = next((tag for tag in SUBMITIT_TAGS if tag in text), None)
    if tag or not text.isprintable():
        why = f"submitit reads {tag} as a number of its own" if tag else "sbatch takes lines of printable UTF-8"
        raise ConfigError(
            f"--slurm: {plain(text, 300)} can't hold a job's files: {why}. Choose another place with --runs-dir."
        )
    name = f"{text.replace('%', '%%')}/%A_%a_0_log"
    return {"output": f"{name}.out", "error": f"{name}.err"}


def _soon(come: Callable[[], bool]) -> bool:
    """Whether something comes within PATIENCE_S."""
    until = time.monotonic() + PATIENCE_S
    while not come():
        if time.monotonic() > until:
            return False
        time.sleep(1)  # Slurm's controller serves the whole cluster
    return True


def last_words(folder: Path, job: str) -> str:
    """The last line that a task of a job left on stderr."""
    logs = sorted((folder / queue.JOBS).glob(f"{job}_*log.err"), key=lambda path: path.stat().st_mtime)
    for log in reversed(logs):
        lines = files.tail(log).strip().splitlines()
        if lines:
            return plain(lines[-1].removeprefix("sdd: "), 500)
    return f"see {queue.JOBS}/ in the sweep's directory."

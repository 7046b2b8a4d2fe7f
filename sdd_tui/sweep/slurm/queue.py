"""What Slurm's queue says of a sweep's tasks, and taking them out of it.

The queue itself is the record: tasks are found by the job's name and by the job files in SWEEP/slurm, so that any
process on any node of the cluster sees the same. Where there is no Slurm, there are no tasks.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sdd_tui.errors import RunFailedError, plain

JOBS = "slurm"
"""The directory in a sweep where submitit keeps its job files and what tasks say."""

ANSWER_S = 60.0
"""Seconds given to a command of Slurm's."""

UNKNOWN = "Invalid job id"
"""What Slurm says of a job that it has forgotten."""


@dataclass(frozen=True)
class Task:
    """A task of a sweep's that is in the queue."""

    id: str
    """JOB or JOB_INDEX."""
    state: str
    """Slurm's word: PENDING, RUNNING, COMPLETING …"""
    reason: str
    """Why it waits, in Slurm's word."""

    @property
    def job(self) -> str:
        """The job whose part it is."""
        return self.id.partition("_")[0]


def job_name(folder: Path) -> str:
    """What the jobs of a sweep are called."""
    return f"sdd-{folder.name}"


def queued(folder: Path) -> list[Task]:
    """The tasks of a sweep in the queue. Raises RunFailedError when Slurm doesn't answer."""
    jobs = {path.name.split("_")[0] for path in (folder / JOBS).glob("*_submission.sh")}
    if not jobs:
        return []
    said = slurm("squeue", "-h", "-r", "-n", job_name(folder), "-o", "%i|%T|%r")
    rows = [line.strip().split("|") for line in said.splitlines()]
    tasks = [Task(*(plain(word, 60) for word in row)) for row in rows if len(row) == 3]
    return [task for task in tasks if task.job in jobs]


def state_of(task: str) -> str:
    """The state of one task; empty when Slurm has forgotten it. Raises RunFailedError."""
    return slurm("squeue", "-h", "-j", task, "-o", "%T").strip()


def remove_waiting(folder: Path, job: str | None = None) -> None:
    """Take the tasks of a sweep, or of one of its jobs, that have not begun out of the queue. Raises RunFailedError."""
    for job in sorted({task.job for task in queued(folder) if task.state == "PENDING" and job in (None, task.job)}):
        slurm("scancel", "--state=PENDING", job)


def end(job: str) -> None:
    """End a job: tasks that run get a SIGTERM, upon which they write checkpoints. Raises RunFailedError."""
    slurm("scancel", job)


def requeue(task: str) -> None:
    """Let a task that runs begin again later, with the same number. Raises RunFailedError."""
    slurm("scontrol", "requeue", task)


def slurm(*command: str) -> str:
    """What a command of Slurm's prints; nothing where it isn't installed. Raises RunFailedError."""
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=ANSWER_S, check=False
        )
    except FileNotFoundError:
        return ""
    except subprocess.TimeoutExpired:
        raise RunFailedError(f"Slurm: {command[0]} has not answered within {ANSWER_S:.0f} s.") from None
    if done.returncode and UNKNOWN not in done.stderr:
        raise RunFailedError(f"Slurm: {command[0]} failed: {words(done.stderr)}")
    return done.stdout


def words(stderr: str) -> str:
    """What Slurm complains about, as one line."""
    lines = [re.sub(r"^\w+: (error: )?|^allocation failure: ", "", line.strip()) for line in stderr.splitlines()]
    kept = dict.fromkeys(line.rstrip(".") for line in lines if line and not line.startswith("Try "))
    return plain("; ".join(kept), 300) or "it did not say why"

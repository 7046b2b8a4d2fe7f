"""What a sweep asks of Slurm: options of sbatch, and whether this machine and Slurm can do that."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass

from sdd_tui.errors import ConfigError, NoDeviceError, RunFailedError, plain
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.slurm import queue

MOST_TASKS = 16
"""Tasks when nobody says how many."""

WARNING_S = 90
"""Seconds before the time limit at which Slurm tells a task."""

OURS = {
    *("partition", "time", "cpus-per-task", "gpus-per-node", "array", "requeue", "no-requeue", "signal", "output"),
    *("error", "open-mode", "job-name", "nodes", "ntasks", "ntasks-per-node", "wrap", "wait", "parsable", "test-only"),
}
"""Options of sbatch that are set here."""


@dataclass(frozen=True)
class SlurmOptions:
    """What a sweep asks of Slurm."""

    partition: str | None = None
    minutes: int = 60
    """Time limit of a task; what isn't finished by then goes on when the task begins again."""
    tasks: int | None = None
    """Tasks of the job array; as many as there is work for without it, 16 at most."""
    cpus: int = 1
    """Cores of a task, which has a cell in work on each, unless it has GPUs."""
    gpus: int = 0
    """GPUs of a task, which has a batch of cells in work on each."""
    threads: int = 0
    """Threads of a cell; 0: one, and more for the last ones."""
    more: tuple[str, ...] = ()
    """Further options of sbatch, KEY=VALUE or KEY."""

    @property
    def workers(self) -> int:
        """Workers of a task: one a GPU, or one a cell that is in work at once."""
        return self.gpus or self.cpus // (self.threads or 1)

    def tasks_for(self, cells: int) -> int:
        """Tasks for so many cells."""
        return max(1, min(self.tasks or MOST_TASKS, -(-cells // self.workers)))

    def session(self, cells: int) -> Session:
        """What its workers have in common; Slurm may put all of the tasks on one host. Raises ConfigError."""
        if self.threads > self.cpus:
            raise ConfigError(
                f"--threads-per-job {self.threads}: a task has only --cpus {self.cpus}. Give it more cores, or a cell"
                " fewer threads."
            )
        return Session("", "", self.tasks_for(cells) * self.workers, self.cpus, self.threads)

    def flags(self) -> dict[str, str | bool]:
        """Options of sbatch. Raises ConfigError."""
        warning = min(WARNING_S, 15 * self.minutes)
        flags: dict[str, str | bool] = {"time": str(self.minutes), "cpus-per-task": str(self.cpus), "requeue": True}
        flags["signal"] = f"B:USR2@{warning}"
        if self.partition is not None:
            flags["partition"] = _printable("--partition", self.partition)
        if self.gpus:
            flags["gpus-per-node"] = str(self.gpus)
        for option in self.more:
            key, equals, value = _printable("--slurm-option", option).partition("=")
            key = key.removeprefix("--").replace("_", "-")
            if not re.fullmatch(r"[a-z][a-z-]*", key):
                raise ConfigError(f"--slurm-option {plain(option)}: write KEY=VALUE with an option of sbatch, mem=4G.")
            if key in OURS:
                raise ConfigError(f"--slurm-option {plain(option)}: {key} is set by `sdd sweep` itself.")
            flags[key] = value if equals else True
        return flags

    def check(self, cells: int) -> None:
        """Ask Slurm whether it would take the tasks, and start none. Raises ConfigError, NoDeviceError when submitit or
        Slurm isn't there, RunFailedError when it doesn't answer."""
        self.session(cells)
        flags = [f"--{key}" if value is True else f"--{key}={value}" for key, value in self.flags().items()]
        if importlib.util.find_spec("submitit") is None:
            raise NoDeviceError("--slurm: submitit is not installed here. Run `pip install submitit`.")
        for program in ("sbatch", "srun", "squeue", "scancel", "scontrol"):
            if shutil.which(program) is None:
                raise NoDeviceError(
                    f"--slurm: there is no {program} on this machine, so it is no node of a Slurm cluster. Call"
                    " `sdd sweep` where you call sbatch, or leave --slurm out."
                )
        array = f"--array=0-{self.tasks_for(cells) - 1}"
        command = ["sbatch", "--test-only", array, *flags, "--output=/dev/null", "--wrap=true"]
        try:
            done = subprocess.run(
                command, capture_output=True, encoding="utf-8", errors="replace", timeout=queue.ANSWER_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise RunFailedError(f"Slurm: sbatch has not answered within {queue.ANSWER_S:.0f} s.") from None
        if done.returncode:
            said = queue.words(done.stderr)
            if "contact" in said:
                raise RunFailedError(f"Slurm: {said}.")
            raise ConfigError(f"Slurm refuses the tasks: {said}. Asked for were {plain(' '.join(flags), 300)}.")


def _printable(option: str, value: str) -> str:
    if not value or not value.isprintable():
        raise ConfigError(f"{option} {plain(value)!r} can't be used: write what sbatch's option takes.")
    return value

"""The options with which `sdd sweep` leaves the cells to a Slurm cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sdd_tui.sweep.slurm.options import SlurmOptions

PANEL = "On a Slurm cluster"


def _option(*names: str, help: str, **more: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=PANEL, **more)


Slurm = Annotated[bool, _option("--slurm", help="Train in a Slurm job array instead of here.")]
Partition = Annotated[str | None, _option("--partition", help="Slurm's partition.", metavar="NAME")]
Time = Annotated[
    str | None, _option("--time", help="Time limit of a task, after which it begins again; 60.", metavar="MINUTES")
]
Tasks = Annotated[int | None, _option("--tasks", min=1, help="Tasks of the array; up to 16 without it.")]
Cpus = Annotated[int | None, _option("--cpus", min=1, help="Cores of a task, a cell on each; 1.")]
Gpus = Annotated[int | None, _option("--gpus", min=1, help="GPUs of a task, a batch of cells on each.")]
More = Annotated[
    list[str] | None, _option("--slurm-option", help="Another option of sbatch: mem=4G.", metavar="KEY=VALUE")
]


def options(
    slurm: bool, jobs: int | None, threads: int | None, given: dict[str, Any], more: list[str] | None
) -> SlurmOptions | None:
    """What was asked of Slurm, None when the cells are trained here. Raises ConfigError."""
    from sdd_tui.errors import ConfigError, plain
    from sdd_tui.sweep.slurm.options import SlurmOptions

    found = {name: value for name, value in given.items() if value is not None}
    if not slurm:
        if found or more:
            first = next(iter(found), "slurm-option")
            raise ConfigError(f"--{first} is about a Slurm cluster: add --slurm, or leave it out.")
        return None
    if jobs is not None:
        raise ConfigError("--jobs is about this machine; with --slurm say --tasks, and --cpus for the cells of a task.")
    time = found.pop("time", None)
    if time is not None:
        if not (time.isascii() and time.isdigit() and 0 < int(time[:9]) < 10**6 and len(time) < 9):
            raise ConfigError(f"--time {plain(time)} can't be used: write whole minutes from 1 on, --time 90.")
        found["minutes"] = int(time)
    return SlurmOptions(**found, threads=threads or 0, more=tuple(more or ()))

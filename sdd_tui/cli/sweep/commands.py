"""`sdd sweep`: grids of trainings: run, resume, status, show, cancel, ls, presets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sdd_tui.cli.output.options import Json, Quiet, RunsDir
from sdd_tui.cli.sweep.slurm import Cpus, Gpus, More, Partition, Slurm, Tasks, Time, options

if TYPE_CHECKING:
    from pathlib import Path

    from sdd_tui.sweep.session import Session
    from sdd_tui.sweep.slurm.options import SlurmOptions

app = typer.Typer(
    help="Train grids of runs: every value of one setting with every value of another.\n\n"
    "Example: sdd sweep run double-descent-quick",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SweepWord = Annotated[
    str, typer.Argument(metavar="SWEEP", help="A path, a name, a unique prefix, its last four digits, or latest.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Workers; as many as cores, or GPUs, without it.")
]
Threads = Annotated[
    int | None, typer.Option("--threads-per-job", min=1, help="Threads of a cell; one, and more for the last ones.")
]
Detach = Annotated[bool, typer.Option("--detach", help="Train in the background and print the sweep's name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Train more than 10,000 cells.")]


@app.command("run")
def run(
    preset: Annotated[
        str, typer.Argument(metavar="PRESET|FILE", help="A sweep preset (`sdd sweep presets`) or a TOML file.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="T=3,5,8 gives an axis its values; T=5 a setting."),
    ] = None,
    runs_dir: RunsDir = None,
    name: Annotated[str | None, typer.Option("--name", help="Call the sweep NAME.", metavar="NAME")] = None,
    jobs: Jobs = None,
    threads: Threads = None,
    detach: Detach = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be trained, and how long.")] = False,
    yes: Yes = False,
    json: Json = False,
    quiet: Quiet = False,
    slurm: Slurm = False,
    partition: Partition = None,
    time: Time = None,
    tasks: Tasks = None,
    cpus: Cpus = None,
    gpus: Gpus = None,
    slurm_option: More = None,
) -> None:
    """Train every cell of a sweep, and show what came out.

    Example: sdd sweep run double-descent-quick T=100,300,1000 seed=0,1
    """
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.sweep.data_check import check_files
    from sdd_tui.sweep.directory import create_sweep
    from sdd_tui.sweep.presets import load
    from sdd_tui.sweep.session import check, gpus_of

    given = {"partition": partition, "time": time, "tasks": tasks, "cpus": cpus, "gpus": gpus}
    cluster = options(slurm, jobs, threads, given, slurm_option)
    sweep = load(preset, overrides or [])
    session = cluster.session(len(sweep)) if cluster else check(jobs, threads, gpus_of(sweep))
    if dry_run or cluster:
        sweep.check(yes)
    if dry_run:
        check_files(sweep)
        from sdd_tui.cli.sweep.session import describe

        describe(sweep, session, "on the cluster" if cluster else "here", json)
        return
    if cluster:
        cluster.check(len(sweep))
    _train(create_sweep(sweep, where(runs_dir), name, yes, here=not cluster), session, cluster, detach, json, quiet)


@app.command("resume")
def resume(
    sweep: SweepWord,
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Values added to the axes: T=200,300.")
    ] = None,
    runs_dir: RunsDir = None,
    jobs: Jobs = None,
    threads: Threads = None,
    detach: Detach = False,
    yes: Yes = False,
    json: Json = False,
    quiet: Quiet = False,
    slurm: Slurm = False,
    partition: Partition = None,
    time: Time = None,
    tasks: Tasks = None,
    cpus: Cpus = None,
    gpus: Gpus = None,
    slurm_option: More = None,
) -> None:
    """Go on with a sweep: cells that are not finished, those that failed, and those that are added.

    Example: sdd sweep resume latest T=200,300
    """
    from sdd_tui.sweep.directory import add_cells
    from sdd_tui.sweep.presets import added
    from sdd_tui.sweep.progress import SweepReader
    from sdd_tui.sweep.session import check, gpus_of

    given = {"partition": partition, "time": time, "tasks": tasks, "cpus": cpus, "gpus": gpus}
    cluster = options(slurm, jobs, threads, given, slurm_option)
    folder = _find(sweep, runs_dir)
    reader, more = SweepReader(folder), added(overrides or [])
    whole = reader.sweep.with_added(more)
    if more:
        whole.check(yes)
    open_cells = max(1, len(whole) - reader.poll().done)
    session = cluster.session(open_cells) if cluster else check(jobs, threads, gpus_of(whole))
    if cluster:
        cluster.check(open_cells)
    if more:
        add_cells(folder, more, yes)
    _train(folder, session, cluster, detach, json, quiet)


@app.command("status")
def status(sweep: SweepWord, runs_dir: RunsDir = None, json: Json = False) -> None:
    """Say how far a sweep is: cells done, running, waiting and failed, and how long it will take.

    Example: sdd sweep status latest
    """
    from sdd_tui.cli.sweep.report import status as say
    from sdd_tui.sweep.progress import SweepReader

    reader = SweepReader(_find(sweep, runs_dir))
    say(reader, reader.poll(), not json)


@app.command("show")
def show(
    sweep: SweepWord,
    runs_dir: RunsDir = None,
    measure: Annotated[
        str, typer.Option("--measure", help="What is drawn: test_loss, D_f, D_X, weight_norm …", metavar="MEASURE")
    ] = "test_loss",
    json: Json = False,
) -> None:
    """Show what came out of a sweep so far: its points as a table, and a curve or a map.

    Example: sdd sweep show latest --measure D_f
    """
    from sdd_tui.cli.sweep.report import failures, outcome
    from sdd_tui.config import suggest
    from sdd_tui.errors import ConfigError, plain
    from sdd_tui.sweep.progress import SweepReader
    from sdd_tui.sweep.reduce import MEASURES

    if measure not in MEASURES:
        hint = suggest(measure, list(MEASURES)) or f" There are {', '.join(MEASURES)}."
        raise ConfigError(f"--measure {plain(measure)}: there is no such measure.{hint}")
    reader = SweepReader(_find(sweep, runs_dir))
    progress = reader.poll()
    outcome(reader, progress, not json, measure)
    if progress.failed:
        sys.stderr.write(f"sdd: {failures(plain(reader.folder.name, 100), progress)}\n")


@app.command("cancel")
def cancel(sweep: SweepWord, runs_dir: RunsDir = None) -> None:
    """Stop every worker of a sweep; checkpoints are written, and `sdd sweep resume` goes on from them.

    Example: sdd sweep cancel latest
    """
    from sdd_tui.cli.sweep.session import stop

    stop(_find(sweep, runs_dir))


@app.command("ls")
def ls(runs_dir: RunsDir = None, json: Json = False) -> None:
    """List the sweeps, newest first.

    Example: sdd sweep ls
    """
    from sdd_tui.cli.sweep.session import listing
    from sdd_tui.run.layout import runs_dir as where

    listing(where(runs_dir), json)


@app.command("presets")
def presets(name: Annotated[str | None, typer.Argument(help="Show this preset whole.")] = None) -> None:
    """List the sweep presets, or show one: which figure, what one should see, its axes and settings.

    Example: sdd sweep presets double-descent
    """
    from sdd_tui.errors import plain
    from sdd_tui.sweep import presets as known

    if name is None:
        found = known.presets()
        width = max(len(p.name) for p in found)
        for preset in found:
            typer.echo(f"{preset.name:<{width}}  {preset.title}  [{preset.figure}]")
        return
    path = known.find(name)
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    for line in [*comments, "", *known.to_toml(known.load(name)).splitlines()]:
        typer.echo(plain(line, 1_000))


def _find(word: str, runs_dir: str | None) -> Path:
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.sweep.directory import find_sweep

    return find_sweep(word, where(runs_dir))


def _train(folder: Path, session: Session, cluster: SlurmOptions | None, detach: bool, json: bool, quiet: bool) -> None:
    from sdd_tui.cli.sweep.session import submit, train

    if not detach:
        train(folder, session, cluster, json, quiet)
    elif cluster:
        submit(folder, session, cluster)
    else:
        from sdd_tui.errors import plain
        from sdd_tui.sweep.launch import launch

        launch(folder, session.places, session.threads or None)
        typer.echo(plain(folder.name, 100))

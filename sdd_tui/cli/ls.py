"""`sdd ls`: the runs, newest first, or those that a filter means."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict, replace
from typing import Annotated

import typer

from sdd_tui.cli.output.options import Json, RunsDir


def ls(
    filters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILTER]...",
            help="Words, settings and losses ('T>100', 'test<1'), state:, tag:, host:, preset:; !word leaves out.",
        ),
    ] = None,
    cells: Annotated[bool, typer.Option("--cells", help="The cells of sweeps as well, as SWEEP/CELL.")] = False,
    runs_dir: RunsDir = None,
    json: Json = False,
) -> None:
    """List the runs, or those that every FILTER holds for: state, step, losses, tags.

    Example: sdd ls pentagon 'T<=10' state:finished
    """
    from sdd_tui.errors import ConfigError, plain
    from sdd_tui.numerals import rounded
    from sdd_tui.run.filter import parse
    from sdd_tui.run.index import list_runs
    from sdd_tui.run.layout import CELLS
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.sweep.directory import list_sweeps

    wanted = parse(" ".join(filters or []))
    if wanted.problem or wanted.unfinished:
        raise ConfigError(wanted.problem or f"{plain(wanted.unfinished)}: what comes after it is missing.")
    folder = where(runs_dir)
    every, sweeps = list_runs(folder), list_sweeps(folder)
    if cells:
        for sweep in sweeps:
            every += [replace(run, name=f"{sweep.name}/{run.name}") for run in list_runs(sweep / CELLS)]
    runs = [run for run in every if wanted(run)]
    if json:
        listed = [asdict(run) | {"path": str(run.path)} for run in runs]
        typer.echo(json_module.dumps([{k: v for k, v in run.items() if k != "settings"} for run in listed]))
        return
    if not runs and every:
        typer.echo(f"None of the {len(every):,} runs in {folder} is meant by that filter.", err=True)
        return
    if sweeps and not cells:
        there = "is also a sweep" if len(sweeps) == 1 else f"are also {len(sweeps):,} sweeps"
        typer.echo(f"There {there}: `sdd sweep ls`; `sdd ls --cells` lists the cells as well.", err=True)
    if not runs:
        if not sweeps:
            typer.echo(f"There are no runs in {folder} yet. `sdd run pentagon` makes one.", err=True)
        return
    table = [("run", "state", "step", "of", "train loss", "test loss", "tags")]
    for run in runs:
        numbers = [f"{v:,}" if v is not None else "—" for v in (run.step, run.steps)]
        losses = [rounded(v) if v is not None else "—" for v in (run.train_loss, run.test_loss)]
        table.append(
            (plain(run.name, 100), run.state, numbers[0], numbers[1], losses[0], losses[1], " ".join(run.tags))
        )
    widths = [max(len(row[i]) for row in table) for i in range(6)]
    for row in table:
        left = [cell.ljust(w) for cell, w in zip(row[:2], widths[:2], strict=True)]
        right = [cell.rjust(w) for cell, w in zip(row[2:6], widths[2:], strict=True)]
        typer.echo("  ".join([*left, *right, row[6]]).rstrip())

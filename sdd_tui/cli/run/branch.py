"""`sdd branch`: go on from a step of a run with other settings, as a run of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from sdd_tui.cli.output.options import Json, Quiet, RunsDir, RunWord
from sdd_tui.cli.output.options import step as one_step


def branch(
    run: RunWord,
    step: Annotated[
        int, typer.Option("--step", parser=one_step, help="Step of RUN that the branch begins at.", metavar="K")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...", help="Settings that differ: T, S, seed or dotted names like optim.lr."
        ),
    ] = None,
    runs_dir: RunsDir = None,
    name: Annotated[str | None, typer.Option("--name", help="Call the branch NAME.", metavar="NAME")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Train in the background and print the run's name.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Branch off a run: train on from one of its steps, with other settings, as a new run.

    Example: sdd branch latest --step 2000 lr=1e-4
    """
    from sdd_tui.cli.run.command import train_here
    from sdd_tui.run.index import find_run
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.training.branch import branch as create_branch

    runs = where(runs_dir)
    created = create_branch(find_run(run, runs), step, list(overrides or []), runs, name)
    if detach:
        from sdd_tui.training.launch import launch

        launch(created)
        typer.echo(created.name)
        return
    train_here(created, json=json, quiet=quiet)

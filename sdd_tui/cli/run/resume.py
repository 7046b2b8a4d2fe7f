"""`sdd resume`: go on with a run from its newest checkpoint."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sdd_tui.cli.output.options import Force, Json, Quiet, RunsDir, RunWord


def resume(
    run: RunWord,
    runs_dir: RunsDir = None,
    force: Force = False,
    detach: Annotated[bool, typer.Option("--detach", help="Train in the background.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Go on training a stopped, failed or interrupted run.

    Example: sdd resume latest
    """
    from sdd_tui.cli.run.command import train_here
    from sdd_tui.errors import plain
    from sdd_tui.run.index import find_run
    from sdd_tui.run.layout import runs_dir as where

    path = find_run(run, where(runs_dir))
    if force:
        print(
            f"sdd: --force: if another trainer writes to {plain(path.name, 100)}, both will damage it.", file=sys.stderr
        )
    if detach:
        from sdd_tui.training.launch import launch

        launch(path, force)
        typer.echo(plain(path.name, 100))
        return
    train_here(path, json=json, quiet=quiet, force=force)

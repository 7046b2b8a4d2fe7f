"""`sdd show`: one run's numbers and hidden vectors."""

from __future__ import annotations

from typing import Annotated

import typer

from sdd_tui.cli.options import Json, RunsDir, RunWord


def show(
    run: RunWord,
    runs_dir: RunsDir = None,
    step: Annotated[int | None, typer.Option("--step", min=0, help="As it was at this step.")] = None,
    json: Json = False,
) -> None:
    """Show a run: what it is, its losses, its hidden vectors drawn.

    Example: sdd show latest --step 2000
    """
    from sdd_tui.cli.report import as_json, summary
    from sdd_tui.store.index import find_run
    from sdd_tui.store.layout import runs_dir as where
    from sdd_tui.store.reader import open_run

    opened = open_run(find_run(run, where(runs_dir)))
    if json:
        typer.echo(as_json(opened, step))
    else:
        summary(opened, step)

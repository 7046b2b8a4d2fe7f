"""`sdd ls`: the runs, newest first."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict

import typer

from sdd_tui.cli.options import Json, RunsDir


def ls(runs_dir: RunsDir = None, json: Json = False) -> None:
    """List the runs: state, step, losses.

    Example: sdd ls --json
    """
    from sdd_tui.errors import plain
    from sdd_tui.store.index import list_runs
    from sdd_tui.store.layout import runs_dir as where

    folder = where(runs_dir)
    runs = list_runs(folder)
    if json:
        rows = []
        for run in runs:
            row = asdict(run) | {"path": str(run.path)}
            del row["settings"]
            rows.append(row)
        typer.echo(json_module.dumps(rows))
        return
    if not runs:
        typer.echo(f"There are no runs in {folder} yet. `sdd run pentagon` makes one.", err=True)
        return
    table = [("run", "state", "step", "of", "train loss", "test loss")]
    for run in runs:
        numbers = [f"{v:,}" if v is not None else "—" for v in (run.step, run.steps)]
        losses = [f"{v:.4g}" if v is not None else "—" for v in (run.train_loss, run.test_loss)]
        table.append((plain(run.name, 100), run.state, numbers[0], numbers[1], losses[0], losses[1]))
    widths = [max(len(cells[i]) for cells in table) for i in range(6)]
    for cells in table:
        left = [cell.ljust(w) for cell, w in zip(cells[:2], widths[:2], strict=True)]
        right = [cell.rjust(w) for cell, w in zip(cells[2:], widths[2:], strict=True)]
        typer.echo("  ".join(left + right))

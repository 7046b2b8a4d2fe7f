"""`sdd run`: train a preset or a TOML file, here or detached."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sdd_tui.cli.output.options import Json, Quiet, RunsDir


def run(
    preset: Annotated[str, typer.Argument(metavar="PRESET|FILE", help="A preset (`sdd presets`) or a TOML file.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Settings: T, n, m, S, seed or dotted names like optim.lr."),
    ] = None,
    runs_dir: RunsDir = None,
    name: Annotated[str | None, typer.Option("--name", help="Call the run NAME.", metavar="NAME")] = None,
    engine: Annotated[str | None, typer.Option("--engine", help="fused or reference.")] = None,
    device: Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:1 or mps.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", help="CPU threads; 0 uses every core.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Train in the background and print the run's name.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a model and keep it as a run.

    Example: sdd run pentagon T=6 seed=2
    """
    from sdd_tui.presets import load
    from sdd_tui.run.create import create
    from sdd_tui.run.layout import runs_dir as where

    settings = list(overrides or [])
    for key, value in (("engine", engine), ("device", device), ("threads", threads)):
        if value is not None:
            settings.append(f"{key}={value}")
    created = create(load(preset, settings), where(runs_dir), name)
    if detach:
        from sdd_tui.training.launch import launch

        launch(created)
        typer.echo(created.name)
        return
    train_here(created, json=json, quiet=quiet)


def train_here(run_path: Path, json: bool, quiet: bool, force: bool = False) -> None:
    """Train a created run in this process, with progress on stderr and the result on stdout."""
    from sdd_tui.cli.run.progress import Reporter
    from sdd_tui.cli.run.report import as_json, summary
    from sdd_tui.run.reader import open_run
    from sdd_tui.run.run_config import read_run_config
    from sdd_tui.training.recorder import record

    config = read_run_config(run_path)
    with Reporter(config, run_path.name, quiet) as reporter:
        record(run_path, force, reporter.event, reporter.words, config=config)
    if json:
        typer.echo(as_json(open_run(run_path)))
    elif not quiet:
        summary(open_run(run_path))

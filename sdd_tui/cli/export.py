"""`sdd export`: a run or a sweep in another program's format."""

from __future__ import annotations

from typing import Annotated

import typer

from sdd_tui.cli.output.options import RunsDir


def export(
    what: Annotated[
        str,
        typer.Argument(metavar="RUN|SWEEP", help="A path, a name, a unique prefix, its last four digits, or latest."),
    ],
    to: Annotated[
        str, typer.Option("--to", help="csv, parquet, npz, tensorboard or wandb (offline).", metavar="FORMAT")
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="Where to; NAME.csv and the like here without it.", metavar="PATH"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
    runs_dir: RunsDir = None,
) -> None:
    """Write a run or a sweep in another program's format, and print where it is.

    What can't be read is named and left out, and the exit code is 6.

    Example: sdd export latest --to parquet -o pentagon.parquet
    """
    import signal
    import sys

    from sdd_tui.errors import ExitCode, plain
    from sdd_tui.export.contents import RunContents, SweepContents
    from sdd_tui.export.formats import check_format
    from sdd_tui.export.formats import export as write
    from sdd_tui.export.target import named
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.run.reader import Run
    from sdd_tui.sweep.directory import find_run_or_sweep, is_sweep
    from sdd_tui.sweep.progress import SweepReader

    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C, so that nothing half-written stays
        signal.signal(number, signal.default_int_handler)
    form = check_format(to)
    found = find_run_or_sweep(what, where(runs_dir))
    contents = SweepContents(SweepReader(found)) if is_sweep(found) else RunContents(Run(found))
    path = named(output, f"{contents.name}{form.ending}")
    write(contents, to, path, force)
    typer.echo(plain(str(path), 4_000))
    for name, problem in contents.problems.items():
        typer.echo(f"{plain(name, 200)}: {plain(problem, 200)}", err=True)
    if contents.problems:
        sys.exit(ExitCode.DAMAGED)

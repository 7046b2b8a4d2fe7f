"""`sdd figure`: the paper's figures, and others, from sweeps and runs: into a file, or in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sdd_tui.cli.output.options import Overwrite, RunsDir

if TYPE_CHECKING:
    from pathlib import Path

    from sdd_tui.figures.catalogue import Entry


def figure(
    name: Annotated[str | None, typer.Argument(help="Which figure; without it they are listed.")] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="What it is drawn from; the newest finished one that fits without it, or what comes with the program."
            " Several sweeps count as one in a file, and stand one below the other in the terminal.",
            metavar="SWEEP|RUN",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="A .png, .svg, .pdf or .gif; the terminal without it.", metavar="FILE"),
    ] = None,
    column: Annotated[
        bool, typer.Option("--column", help="As wide as a column of a two-column page, instead of the page.")
    ] = False,
    force: Overwrite = False,
    known: Annotated[bool, typer.Option("--list", help="List the figures and what each shows.")] = False,
    runs_dir: RunsDir = None,
) -> None:
    """Draw a figure for print from a sweep or a run, or in the terminal.

    Example: sdd figure double-descent -o double-descent.pdf
    """
    from sdd_tui.cli.output.picture import has_colours, show, size
    from sdd_tui.figures import NAMES, render
    from sdd_tui.figures.catalogue import entry_of
    from sdd_tui.figures.rendering import COLUMN, PAGE, check_ending, check_installed

    if known or name is None:
        width = max(map(len, NAMES))
        for found, shows in NAMES.items():
            typer.echo(f"{found:<{width}}  {shows}")
        return
    from sdd_tui.export.target import check_target
    from sdd_tui.run.layout import home

    entry = entry_of(name)
    if output is None:
        from sdd_tui.figures.terminal import rows

        show(rows(name, _paths(entry, sources, runs_dir), size(), has_colours()))
        return
    check_ending(entry, home(output))
    check_target(home(output), force)
    check_installed()
    render(name, _paths(entry, sources, runs_dir), home(output), COLUMN if column else PAGE)


def _paths(entry: Entry, words: list[str] | None, runs_dir: str | None) -> list[Path]:
    from sdd_tui.errors import plain
    from sdd_tui.figures.sources import named, newest
    from sdd_tui.run.layout import runs_dir as where

    runs = where(runs_dir)
    if words:
        return [named(entry, word, runs) for word in words]
    found = newest(entry, runs)
    typer.echo(f"from {plain(str(found), 300)}", err=True)
    return [found]

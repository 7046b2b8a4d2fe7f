"""`sdd figure`: the paper's figures, and others, from sweeps and runs: into a file, or in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sdd_tui.cli.output.options import Overwrite, RunsDir
from sdd_tui.cli.output.options import step as one_step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sdd_tui.figures.catalogue import Entry

LINE_S = 0.5
"""Seconds between two lines that say how many frames are drawn."""


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
    step: Annotated[
        int | None,
        typer.Option("--step", parser=one_step, help="Of planes and two-circles: at this step.", metavar="N"),
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

        show(rows(name, _paths(entry, sources, runs_dir), size(), has_colours(), step))
        return
    check_ending(entry, home(output))
    check_target(home(output), force)
    check_installed()
    wide = COLUMN if column else PAGE
    render(name, _paths(entry, sources, runs_dir), home(output), wide, step, force, _counter())


def _counter() -> Callable[[int, int], None]:
    """Says how many frames are drawn: on a terminal in one line, which is gone in the end; elsewhere in a line every
    LINE_S, for whoever started this."""
    import sys
    import time

    said = 0.0

    def say(done: int, total: int) -> None:
        nonlocal said
        words = f"{done} of {total} frames"
        if sys.stderr.isatty():
            print(f"\r{words}" if done < total else f"\r{' ' * len(words)}\r", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - said >= LINE_S or done == total:
            said = time.monotonic()
            print(words, file=sys.stderr)

    return say


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

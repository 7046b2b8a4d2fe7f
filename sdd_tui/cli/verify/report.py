"""What `sdd verify` prints and writes: the claims, the plan, the verdicts, and the documents with their figures."""

from __future__ import annotations

import json as json_module
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.cli.sweep.progress import duration
from sdd_tui.errors import ConfigError, plain
from sdd_tui.export.target import check_target
from sdd_tui.numerals import counted
from sdd_tui.paper import kept
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.document import markdown as as_markdown
from sdd_tui.paper.document import page
from sdd_tui.paper.inventory import Inventory, Work
from sdd_tui.paper.needed import identity
from sdd_tui.paper.pictures import Render, draw
from sdd_tui.paper.report import Report, as_json, table
from sdd_tui.run.layout import writing
from sdd_tui.sweep.estimate import cost, seconds_left
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import check


def listing(claims: Sequence[Claim], json: bool) -> None:
    """Print the claims."""
    if json:
        keys = ("key", "says", "source", "quantity", "paper")
        more = ("rule", "reason")
        rows: list[dict[str, Any]] = [
            {key: getattr(c, key) for key in keys} | {key: getattr(c.accepts, key) for key in more} for c in claims
        ]
        print(json_module.dumps(rows))
        return
    for claim in claims:
        print(f"{claim.key}: {claim.says} [{claim.source}]")
        print(f"    {claim.quantity}")
        print(f"    the paper: {claim.paper}; holds when {claim.accepts.rule}, because {claim.accepts.reason}")


def seconds(work: Work, jobs: int | None) -> float:
    """How long the cells that are left take here."""
    return seconds_left((cell.core_seconds for cell in work.cells), check(jobs).places)


def plan(work: Work, jobs: int | None, json: bool) -> None:
    """Print what would be trained."""
    took, size = cost(work.cells, check(jobs).places)
    if json:
        value = {"wanted": work.wanted, "cells": [cell.name for cell in work.cells], "seconds": took, "bytes": size}
        print(json_module.dumps(value | {"resumed": [str(folder) for folder in work.resumed]}))
        return
    for folder in work.resumed:
        progress = SweepReader(folder).poll()
        print(f"{plain(folder.name, 100)} goes on: {counted(progress.cells - progress.done, 'cell')}")
    for sweep in work.new:
        here = seconds_left((cell.core_seconds for cell in sweep.cells()), check(jobs).places)
        axes = ", ".join(f"{axis.key} ({len(set(axis.values))})" for axis in sweep.axes)
        print(f"{plain(sweep.preset)}: {counted(len(sweep), 'cell')} over {plain(axes, 200)}, about {duration(here)}")
    ready = work.wanted - len(work.cells)
    print(
        f"{len(work.cells):,} of {work.wanted:,} cells to train ({ready:,} are finished), about {duration(took)} here,"
        f" {size / 1e6:,.0f} MB"
    )


def nothing_trained(work: Work, quiet: bool) -> None:
    """Say that the verdicts are of runs that were there before."""
    if not quiet:
        print(
            f"all {work.wanted:,} cells are finished already: nothing is trained (--fresh trains them anew)",
            file=sys.stderr,
        )


def check_kept(fresh: bool, dry_run: bool, keep: Path | None) -> None:
    """Refuses what has no meaning where nothing is trained. Raises ConfigError."""
    for given, word in ((fresh, "--fresh"), (dry_run, "--dry-run"), (keep is not None, "--keep")):
        if given:
            raise ConfigError(f"--kept judges results that are there; {word} has nothing to do. Leave one of them out.")


def say_kept(folder: Path, quiet: bool) -> None:
    """Say whose results are judged."""
    if not quiet:
        print(kept.about(folder), file=sys.stderr)


def keep(claims: Sequence[Claim], inventory: Inventory, target: Path) -> None:
    """Write the results of the cells that claims need, as kept sweeps. Raises NoRoomError, DamagedError."""
    from sdd_tui.paper.keeping import keep as write_kept

    plans = [claim.need.plan for claim in claims]
    wanted = {identity(cell.settings) for plan in dict.fromkeys(plans) for cell in plan.cells}
    write_kept(plans, [cell for name, cell in inventory.finished.items() if name in wanted], target)
    print(f"kept in {plain(str(target), 200)}", file=sys.stderr)


def show(report: Report, json: bool, quiet: bool) -> None:
    """Print the verdicts."""
    if json:
        print(json_module.dumps(as_json(report)))
    elif not quiet:
        for line in table(report):
            print(line)


def check_files(force: bool, markdown: Path | None, html: Path | None) -> None:
    """Whether reports can be written, and the figures beside them, before hours of training. Raises ConfigError, and
    BusyError for what is there unless `force` replaces it."""
    for file, option in ((markdown, "--markdown"), (html, "--html")):
        if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
            raise ConfigError(f"{plain(str(file), 200)}: there is no such directory to write a report to.")
        if file is not None:
            check_target(file, force, option=option)
    if markdown is not None:
        check_target(_figures(markdown), force, ("*.svg",), "--markdown")


def _figures(markdown: Path) -> Path:
    """The folder of a document's figures."""
    return markdown.absolute().with_name(f"{markdown.stem}-figures")


def write(report: Report, markdown: Path | None, html: Path | None) -> None:
    """Write the documents that are wanted. Raises NoRoomError."""
    if markdown is not None:
        with writing(markdown, "--markdown"):
            pictures = draw(report, _figures(markdown), _renderer())
            files.replace(markdown, as_markdown(report, pictures, markdown.absolute().parent).encode())
    if html is not None:
        with tempfile.TemporaryDirectory() as scratch, writing(html, "--html"):
            files.replace(html, page(report, draw(report, Path(scratch), _renderer())).encode())


def _renderer() -> Render | str:
    """What draws figures, or why nothing does."""
    try:
        render: Callable[..., None] = import_module("sdd_tui.figures").render
    except ImportError as error:
        return f"figures can't be drawn here ({error})"
    return render

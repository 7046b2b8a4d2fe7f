"""`sdd verify`: the paper's claims, one by one, judged by trainings here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdd_tui.cli.output.options import Json, Overwrite, Quiet, RunsDir

if TYPE_CHECKING:
    from sdd_tui.paper.claim import Tier


def verify(
    quick: Annotated[bool, typer.Option("--quick", help="A scaled-down set-up, a few minutes.")] = False,
    scaled: Annotated[bool, typer.Option("--scaled", help="Every scaled-down sweep, about half an hour.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Everything: for many cores and a night or more.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this claim.", metavar="CLAIM")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the claims, with what each accepts and why.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Train every cell anew, whatever is finished.")] = False,
    from_kept: Annotated[
        bool, typer.Option("--kept", help="Judge the results that come with the program; nothing is trained.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Write the results here, small, to be judged again.", metavar="DIR")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be trained, and how long.")] = False,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write the report here, figures beside it.", metavar="FILE")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the report here, figures inside.", metavar="FILE")
    ] = None,
    force: Overwrite = False,
    runs_dir: RunsDir = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Cells at once; as many as cores.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train what the paper's claims are about, and say which hold.

    Without --quick, --scaled or --full that is done at the paper's own scale, about eight hours on two cores. Cells of
    any sweep that are finished are used again, by whatever version they were trained, unless you say --fresh; after an
    interruption the same command, without it, goes on.

    Example: sdd verify --quick
    """
    from sdd_tui.cli.verify import report
    from sdd_tui.errors import ExitCode
    from sdd_tui.paper import kept
    from sdd_tui.paper.claims import chosen
    from sdd_tui.paper.inventory import take_inventory, verdicts, work
    from sdd_tui.paper.report import Report
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.sweep.directory import list_sweeps
    from sdd_tui.sweep.session import check

    tier = _tier(quick, scaled, full)
    claims = chosen(tier, only or [])
    if listed:
        report.listing(claims, json)
        return
    check(jobs)
    report.check_files(force, markdown, html)
    if from_kept:
        report.check_kept(fresh, dry_run, keep)
    if keep is not None:
        from sdd_tui.paper.keeping import check_place

        check_place(keep / tier, force)
    runs = kept.tier_home(tier) if from_kept else where(runs_dir)
    before = list_sweeps(runs) if fresh else []
    left = work(claims, take_inventory(runs, claims, before))
    if dry_run:
        report.plan(left, jobs, json)
        return
    if from_kept:
        report.say_kept(runs, quiet)
    elif left.cells:
        from sdd_tui.cli.verify.session import train

        train(left, runs, jobs, quiet)
    else:
        report.nothing_trained(left, quiet)
    inventory = take_inventory(runs, claims, before)
    found = Report(tier, tuple(verdicts(claims, inventory)))
    report.show(found, json, quiet)
    report.write(found, markdown, html)
    if keep is not None:
        report.keep(claims, inventory, keep / tier)
    if not found.holds:
        raise typer.Exit(ExitCode.FAILED)


def _tier(quick: bool, scaled: bool, full: bool) -> Tier:
    from sdd_tui.errors import ConfigError

    if quick + scaled + full > 1:
        raise ConfigError("--quick, --scaled and --full are different amounts of work. Give one of them, or none.")
    return "quick" if quick else "scaled" if scaled else "full" if full else "paper"

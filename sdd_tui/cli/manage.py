"""`sdd rename`, `sdd trash`, `sdd note`: what a person calls a run, throws away and writes down about it."""

from __future__ import annotations

from typing import Annotated

import typer

from sdd_tui.cli.options import RunsDir, RunWord


def rename(
    run: RunWord,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name: letters, digits, '.', '_', '+' or '-'.")],
    runs_dir: RunsDir = None,
) -> None:
    """Give a run another name. A run that is training is refused.

    Example: sdd rename latest first-pentagon
    """
    from sdd_tui.store import manage
    from sdd_tui.store.index import find_run
    from sdd_tui.store.layout import runs_dir as where

    typer.echo(manage.rename(find_run(run, where(runs_dir)), name).name)


def trash(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Move a run to the folder .trash beside the runs. A run that is training is refused.

    Moving it back brings it back; deleting the folder frees the room.

    Example: sdd trash 3f2a
    """
    from sdd_tui.errors import plain
    from sdd_tui.store import manage
    from sdd_tui.store.index import find_run
    from sdd_tui.store.layout import runs_dir as where

    typer.echo(plain(str(manage.trash(find_run(run, where(runs_dir)))), 4_000))


def note(
    run: RunWord,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help='The new note; "" removes it.')] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Add this tag.", metavar="TAG")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="Remove this tag.", metavar="TAG")] = None,
    runs_dir: RunsDir = None,
) -> None:
    """Write a note about a run and tag it, or print both.

    Example: sdd note latest "lr too high?" --tag paper
    """
    from sdd_tui.store.index import find_run
    from sdd_tui.store.layout import runs_dir as where
    from sdd_tui.store.notes import read_notes, write_note, write_tags

    path = find_run(run, where(runs_dir))
    if tag or untag:
        write_tags(path, [t for t in (*read_notes(path).tags, *(tag or [])) if t not in (untag or [])])
    if text is not None:
        write_note(path, text)
    if text is None and not tag and not untag:
        found = read_notes(path)
        if found.note:
            typer.echo(found.note)
        if found.tags:
            typer.echo(f"tags: {' '.join(found.tags)}")

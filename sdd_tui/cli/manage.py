"""`sdd rename`, `sdd trash`, `sdd note`: what a person calls runs and sweeps, throws away, and writes down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

import typer

from sdd_tui.cli.output.options import RunsDir, RunWord

RunOrSweep = Annotated[
    str,
    typer.Argument(
        metavar="RUN|SWEEP", help="A path, a name, a unique prefix, its last four digits, or latest (a run)."
    ),
]


class Keeper(Protocol):
    """What renames and throws away: runs, or sweeps."""

    def rename(self, path: Path, new_name: str, /) -> Path:
        """The new path."""
        ...

    def trash(self, path: Path, /) -> Path:
        """Where it lies now."""
        ...


def rename(
    what: RunOrSweep,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name: letters, digits, '.', '_', '+' or '-'.")],
    runs_dir: RunsDir = None,
) -> None:
    """Give a run or a sweep another name. One that is training is refused.

    Example: sdd rename latest first-pentagon
    """
    path, keeper = _found(what, runs_dir)
    typer.echo(keeper.rename(path, name).name)


def trash(what: RunOrSweep, runs_dir: RunsDir = None) -> None:
    """Move a run or a sweep to the folder .trash beside the runs. One that is training is refused.

    Moving it back brings it back; deleting the folder frees the room.

    Example: sdd trash 3f2a
    """
    from sdd_tui.errors import plain

    path, keeper = _found(what, runs_dir)
    typer.echo(plain(str(keeper.trash(path)), 4_000))


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
    from sdd_tui.run.index import find_run
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.run.notes import read_notes, write_note, write_tags

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


def _found(word: str, runs_dir: str | None) -> tuple[Path, Keeper]:
    """The run or the sweep that is meant, and what keeps it; a link stays one, and is refused there.

    Raises NotFoundError.
    """
    from sdd_tui.errors import NotFoundError, plain
    from sdd_tui.run import manage as runs_keeper
    from sdd_tui.run.index import find_run, list_runs, meant
    from sdd_tui.run.layout import LATEST, home
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.sweep import manage as sweeps_keeper
    from sdd_tui.sweep.directory import is_sweep, list_sweeps

    runs, path = where(runs_dir), home(word)
    if "/" in word or word.startswith((".", "~")):
        if path.is_symlink():
            return path, runs_keeper
        return (path.resolve(), sweeps_keeper) if is_sweep(path) else (find_run(word, runs), runs_keeper)
    if word == LATEST:
        return find_run(word, runs), runs_keeper
    sweeps = [s.name for s in list_sweeps(runs)]
    name = meant(word, [*sweeps, *(r.name for r in list_runs(runs))])
    if name is None:
        raise NotFoundError(
            f"{plain(word)}: there is no such run or sweep in {runs}. `sdd ls` and `sdd sweep ls` list them."
        )
    return runs / name, sweeps_keeper if name in sweeps else runs_keeper

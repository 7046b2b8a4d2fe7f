"""What can be done with a run or a sweep on Home: each asks what it needs to know, does it, and calls `done`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.app import App

from sdd_tui.errors import SddError, plain
from sdd_tui.panels.comparison import MOST
from sdd_tui.run import manage
from sdd_tui.run.index import Listed
from sdd_tui.run.layout import ACTIVE, TRASH
from sdd_tui.run.notes import read_notes, write_note, write_tags
from sdd_tui.run.run_config import read_run_config
from sdd_tui.tui.home.columns import shown_name
from sdd_tui.tui.launch_forms import open_form
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.toast import tell

MOST_NAMED = 8
"""Runs that a question names."""


def rename(app: App[Any], run: Listed, done: Callable[[str, str], None]) -> None:
    """Ask for another name; `done(old, new)`."""
    if not _training(app, run, "renamed"):
        ask_name(app, run.path, shown_name(run), manage.rename, lambda name: done(run.name, name))


def ask_name(
    app: App[Any], path: Path, shown: str, move: Callable[[Path, str], Path], done: Callable[[str], None]
) -> None:
    """Ask for another name of a run or sweep and `move` it there; `done(name)`."""

    def apply(name: str) -> None:
        move(path, name.strip())
        done(name.strip())

    words = "Letters, digits, '.', '_', '+' and '-'."
    app.push_screen(AskScreen(f"Rename {shown}", plain(path.name, 100), words, apply))


def tags(app: App[Any], runs: Sequence[Listed], done: Callable[[], None]) -> None:
    """Ask for the tags of a run, or for tags to add to several and to take from them."""
    if len(runs) > 1:
        _tags_of_several(app, runs, done)
        return
    (run,) = runs

    def apply(words: str) -> None:
        write_tags(run.path, words.split())
        done()

    words = "Words with spaces between them; tag:word in the filter finds them."
    app.push_screen(AskScreen(f"Tags of {shown_name(run)}", " ".join(run.tags), words, apply))


def _tags_of_several(app: App[Any], runs: Sequence[Listed], done: Callable[[], None]) -> None:
    def apply(typed: str) -> None:
        gone = {word[1:] for word in typed.split() if word.startswith("-")}
        new = [word for word in typed.split() if not word.startswith("-")]
        try:
            for run in runs:
                write_tags(run.path, [tag for tag in (*read_notes(run.path).tags, *new) if tag not in gone])
        finally:
            done()

    words = "word gives it to all of them, -word takes it away."
    app.push_screen(AskScreen(f"Tags of the {len(runs)} marked runs", "", words, apply))


def note(app: App[Any], run: Listed, done: Callable[[], None]) -> None:
    """Ask for the note."""

    def apply(text: str) -> None:
        write_note(run.path, text)
        done()

    app.push_screen(
        AskScreen(f"Note about {shown_name(run)}", run.note, "One line, kept in the run's directory.", apply)
    )


def trash(app: App[Any], runs: Sequence[Listed], done: Callable[[], None]) -> None:
    """Ask, and move the runs to the trash folder; none of them while one has a trainer."""
    if any(_training(app, run, "moved to the trash") for run in runs):
        return
    what = plain(runs[0].name, 100) if len(runs) == 1 else f"these {len(runs)} runs"
    names = "" if len(runs) == 1 else "\n".join(["", *(f"  {shown_name(run)}" for run in runs[:MOST_NAMED])])
    more = f"\n  and {len(runs) - MOST_NAMED} more" if len(runs) > MOST_NAMED else ""
    _ask_trash(app, f"{what} to the trash?{names}{more}", [run.path for run in runs], manage.trash, done)


def ask_trash(app: App[Any], path: Path, move: Callable[[Path], Path], done: Callable[[], None]) -> None:
    """Ask, and `move` a run or sweep to the trash folder."""
    _ask_trash(app, f"{plain(path.name, 100)} to the trash?", [path], move, done)


def _ask_trash(
    app: App[Any], what: str, paths: Sequence[Path], move: Callable[[Path], Path], done: Callable[[], None]
) -> None:
    def answered(yes: bool | None) -> None:
        if not yes:
            return
        for path in paths:
            try:
                move(path)
            except SddError as error:
                tell(app, error)
        done()

    folder = plain(str(paths[0].parent / TRASH), 200)
    kept, back = ("It is", "it back brings it") if len(paths) == 1 else ("They are", "them back brings them")
    app.push_screen(ConfirmScreen(f"Move {what}\n\n{kept} kept in {folder}; moving {back} back."), answered)


def compare(app: App[Any], runs: list[Path]) -> None:
    """Show runs beside each other."""
    if not 2 <= len(runs) <= MOST:
        app.notify("Mark two to six runs with Space, then C compares them.", timeout=4)
        return
    try:
        app.push_screen(CompareScreen(runs))
    except SddError as error:
        tell(app, error)


def again(app: App[Any], run: Listed, runs: Path, opened: Callable[[Path], object]) -> None:
    """The form, with a run's configuration in it."""
    try:
        config = read_run_config(run.path)
    except SddError as error:
        tell(app, error)
        return
    open_form(app, config, f"start {shown_name(run)} again, with changes", runs, opened)


def _training(app: App[Any], run: Listed, done: str) -> bool:
    """Whether the run has a trainer, and is left alone."""
    if run.state in ACTIVE:
        words = f"{shown_name(run)} is {run.state}, so it can't be {done}. Open it and stop it first."
        app.notify(words, severity="warning", markup=False, timeout=4)
    return run.state in ACTIVE

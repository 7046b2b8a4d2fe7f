"""`sdd pause`, `sdd continue`, `sdd stop`: ask a run's trainer through its directory."""

from __future__ import annotations

import time

import typer

from sdd_tui.cli.options import RunsDir, RunWord

PATIENCE_S = 15.0
"""Seconds to wait for the trainer to obey; it looks about twenty times a second."""


def pause(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Pause a running run; a checkpoint is written.

    Example: sdd pause latest
    """
    _ask(run, runs_dir, "pause", ("paused",))


def go_on(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Let a paused run go on.

    Example: sdd continue latest
    """
    _ask(run, runs_dir, "continue", ("running", "finished"))


def stop(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Stop a running run; a checkpoint is written, and `sdd resume` goes on from it.

    Example: sdd stop latest
    """
    _ask(run, runs_dir, "stop", ("stopped", "finished"))


def _ask(word: str, runs_dir: str | None, request: str, wanted: tuple[str, ...]) -> None:
    from sdd_tui.errors import RunFailedError, plain
    from sdd_tui.store.control import ask
    from sdd_tui.store.index import find_run, listed
    from sdd_tui.store.layout import ACTIVE
    from sdd_tui.store.layout import runs_dir as where

    path = find_run(word, where(runs_dir))
    before = listed(path)
    if before is None or before.state not in ACTIVE:
        state = before.state if before else "gone"
        raise RunFailedError(f"{path.name}: it is {state}, so there is no trainer to {request}.")
    ask(path, request)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        now = listed(path)
        if now is not None and now.state in wanted:
            typer.echo(f"{plain(path.name, 100)}: {now.state} at step {now.step or 0:,}.")
            return
        if now is None or now.state not in ACTIVE:
            raise RunFailedError(f"{path.name}: it has {now.state if now else 'gone'}, too late to {request}.")
        time.sleep(0.05)
    raise RunFailedError(f"{path.name}: its trainer has not answered within {PATIENCE_S:.0f} s; the request stays.")

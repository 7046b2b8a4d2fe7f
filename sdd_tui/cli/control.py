"""`sdd pause`, `continue`, `step`, `checkpoint`, `stop`: ask a run's trainer through its directory, and wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from sdd_tui.cli.output.options import RunsDir, RunWord
from sdd_tui.cli.output.options import step as one_step

if TYPE_CHECKING:
    from pathlib import Path

    from sdd_tui.run.index import Listed

PATIENCE_S = 15.0
"""Seconds to wait for the trainer to take a request; it looks about twenty times a second."""


def pause(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Pause a running run; a checkpoint is written.

    Example: sdd pause latest
    """
    path, _ = _trained(run, runs_dir, "pause")
    _say(path, _ask(path, "pause", lambda now: now.state == "paused"))


def go_on(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Let a paused run go on.

    Example: sdd continue latest
    """
    path, _ = _trained(run, runs_dir, "continue")
    _say(path, _ask(path, "continue", lambda now: now.state in ("running", "finished")))


def step(
    run: RunWord,
    runs_dir: RunsDir = None,
    to: Annotated[int | None, typer.Option("--to", parser=one_step, help="Run to step N instead.", metavar="N")] = None,
) -> None:
    """Let a paused run do one step, or run to a step; it pauses there, and a checkpoint is written.

    Example: sdd step latest --to 2000
    """
    path, before = _trained(run, runs_dir, "step")
    target = (before.step or 0) + 1 if to is None else to

    def arrived(now: Listed) -> bool:
        return now.state == "finished" or (now.state == "paused" and (now.step or 0) >= target)

    _say(path, _ask(path, "step" if to is None else "run_to", arrived, to))


def checkpoint(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Let a running or paused run write a checkpoint now.

    Example: sdd checkpoint latest
    """
    from sdd_tui.errors import plain
    from sdd_tui.run.checkpoint import newest

    path, _ = _trained(run, runs_dir, "checkpoint")
    before = newest(path)
    _ask(path, "checkpoint", lambda now: newest(path) not in (None, before))
    written = newest(path)
    typer.echo(f"{plain(path.name, 100)}: checkpoint at step {written[0] if written else 0:,}.")


def stop(run: RunWord, runs_dir: RunsDir = None) -> None:
    """Stop a running run; a checkpoint is written, and `sdd resume` goes on from it.

    Example: sdd stop latest
    """
    path, _ = _trained(run, runs_dir, "stop")
    _say(path, _ask(path, "stop", lambda now: now.state in ("stopped", "finished")))


def _trained(word: str, runs_dir: str | None, verb: str) -> tuple[Path, Listed]:
    """A run that has a trainer, and its state. Raises NotFoundError, RunFailedError."""
    from sdd_tui.errors import RunFailedError
    from sdd_tui.run.index import find_run, listed
    from sdd_tui.run.layout import ACTIVE
    from sdd_tui.run.layout import runs_dir as where

    path = find_run(word, where(runs_dir))
    found = listed(path)
    if found is None or found.state not in ACTIVE:
        state = found.state if found else "gone"
        raise RunFailedError(f"{path.name}: it is {state}, so there is no trainer to {verb}.")
    return path, found


def _ask(path: Path, request: str, answered: Callable[[Listed], bool], step: int | None = None) -> Listed:
    """Put a request and wait for the answer, as long as it takes once the trainer has the request; the run then.

    Raises RunFailedError.
    """
    from sdd_tui.errors import RunFailedError
    from sdd_tui.run.index import listed
    from sdd_tui.run.layout import ACTIVE
    from sdd_tui.run.requests import ask

    waiting = ask(path, request, step)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until or not waiting.exists():
        now = listed(path)
        if now is not None and answered(now):
            return now
        if now is None or now.state not in ACTIVE:
            verb = "step" if step is not None else request
            raise RunFailedError(f"{path.name}: it has {now.state if now else 'gone'}, too late to {verb}.")
        time.sleep(0.05)
    raise RunFailedError(f"{path.name}: its trainer has not answered within {PATIENCE_S:.0f} s; the request stays.")


def _say(path: Path, now: Listed) -> None:
    from sdd_tui.errors import plain

    typer.echo(f"{plain(path.name, 100)}: {now.state} at step {now.step or 0:,}.")

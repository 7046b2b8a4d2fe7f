"""Small runs, and what two runs must have in common to count as the same."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.config import RunConfig
from sdd_tui.engine.trainer import Event, Progress
from sdd_tui.presets import with_overrides
from sdd_tui.run import checkpoint, requests
from sdd_tui.run.create import create
from sdd_tui.training.recorder import record

SMALL = (
    "n=50",
    "S=0.9",
    "T=20",
    "data.n_test=50",
    "optim.steps=200",
    "optim.lr=0.01",
    "recording.frames=20",
    "threads=1",
)


ELSEWHERE = {"host": "elsewhere", "boot": "another"}
"""What a trainer on another machine says of itself, in place of what `me` says."""


def small(*overrides: str) -> RunConfig:
    """A configuration that trains in a twentieth of a second."""
    return with_overrides(RunConfig(preset="small"), [*SMALL, *overrides])


def trained(config: RunConfig, runs: Path, name: str = "a") -> Path:
    """A run trained to its end."""
    run = create(config, runs, name)
    record(run)
    return run


def asking(run: Path, step: int, *asked: str | tuple[str, int]) -> Callable[[Event], None]:
    """A listener that puts requests (one with a step of its own as a pair) when the run has come to `step`."""
    waiting = list(asked)

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.step >= step:
            while waiting:
                request = waiting.pop(0)
                requests.ask(run, *((request,) if isinstance(request, str) else request))

    return listen


def lay_traps(folder: Path) -> None:
    """Files named like modules that we import, which end whoever takes them for these."""
    (folder / "sdd_tui").mkdir()
    for name in ("random.py", "secrets.py", "numpy.py", "sdd_tui/__init__.py"):
        (folder / name).write_text(
            "raise SystemExit('a file of the working directory was imported')\n", encoding="utf-8"
        )


def refuse(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int, *names: str) -> None:
    """Let these methods of Path fail below a folder, as a file system does that has gone stale; root may do all."""

    def refusing(usual: Callable[..., Any]) -> Callable[..., Any]:
        def method(self: Path, *args: Any, **more: Any) -> Any:
            if self.is_relative_to(folder):
                raise OSError(number, os.strerror(number), str(self))
            return usual(self, *args, **more)

        return method

    for name in names:
        monkeypatch.setattr(Path, name, refusing(getattr(Path, name)))


def refuse_system(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    """Let the system's calls fail for all that is at or below a path, as for somebody who may not look there."""

    def refusing(usual: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *args: Any, **more: Any) -> Any:
            if isinstance(path, str | os.PathLike) and Path(path).is_relative_to(folder):
                raise OSError(number, os.strerror(number), str(path))
            return usual(path, *args, **more)

        return call

    for name in ("open", "scandir"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
    if folder.is_dir():
        monkeypatch.setattr(os, "stat", refusing(os.stat))


def assert_same_results(one: Path, other: Path) -> None:
    """Parameters, moments, metrics without the timing column, and frames agree to the bit."""
    rows = []
    for run in (one, other):
        rows.append([json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()])
        for row in rows[-1]:
            del row["seconds"]
    assert rows[0] == rows[1]
    assert (one / "frames.bin").read_bytes() == (other / "frames.bin").read_bytes()
    assert checkpoint.steps(one) == checkpoint.steps(other)
    assert numbers(one) == numbers(other)


def numbers(run: Path) -> dict[str, bytes]:
    """Every array of the newest checkpoint, as bytes."""
    from safetensors.numpy import load_file

    path = checkpoint.path_of(run, checkpoint.steps(run)[-1])
    return {name: array.tobytes() for name, array in load_file(path).items()}

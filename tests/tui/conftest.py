"""The recorded run that the app replays in these tests."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdd_tui.catalog import load
from sdd_tui.store.control import ask
from sdd_tui.store.create import create
from sdd_tui.store.index import listed
from sdd_tui.store.launch import launch
from tests.tui.sweeping import made

RECORDED = Path(__file__).parent / "recorded" / "pentagon-small"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A runs directory with one finished run in it."""
    folder = tmp_path / "runs"
    folder.mkdir()
    shutil.copytree(RECORDED, folder / RECORDED.name)
    return folder


@pytest.fixture
def deep(runs: Path) -> Path:
    """A finished run with three hidden dimensions."""
    return shutil.copytree(RECORDED.parent / "deep-small", runs / "deep-small")


@pytest.fixture
def recorded(runs: Path) -> Path:
    """That run."""
    return runs / RECORDED.name


@pytest.fixture
def long_run(runs: Path) -> Iterator[Path]:
    """A run that goes on for longer than a test, stopped afterwards."""
    run = create(load("quick", ["T=300", "optim.steps=50000000", "n_test=500", "threads=1"]), runs, "long")
    launch(run)
    yield run
    entry = listed(run)
    if entry is not None and entry.state in ("starting", "running", "paused"):
        ask(run, "stop")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and (e := listed(run)) is not None and e.state != "stopped":
            time.sleep(0.05)


@pytest.fixture
def swept(runs: Path, recorded: Path) -> Path:
    """A finished sweep along T."""
    return made(runs, recorded, {"T": [3, 5, 8, 30, 100, 1000, 5000], "seed": [0, 1]})


@pytest.fixture
def gridded(runs: Path, recorded: Path) -> Path:
    """A finished sweep over T and m."""
    return made(runs, recorded, {"T": [5, 50, 500], "m": [2, 3], "seed": [0, 1]}, "gridded")

"""Sweeps that figures are drawn from, trained once: models of 60 features, some dozens of steps."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from sdd_tui.figures.catalogue import entry_of
from sdd_tui.figures.drawing import drawn
from sdd_tui.figures.rendering import PAGE
from sdd_tui.figures.sources import opened
from sdd_tui.figures.style import styled
from sdd_tui.sweep.directory import cell_path, create_sweep
from sdd_tui.sweep.presets import parse
from sdd_tui.sweep.session import begin
from sdd_tui.sweep.worker import Worker

SETTINGS = {
    "data": {"n_features": 60, "sparsity": 0.9, "n_test": 50},
    "optim": {"steps": 120, "lr": 0.05},
    "recording": {"rows": 12, "frames": 5},
    "threads": 1,
}
SEEDS = [0, 1]
SWEEPS: dict[str, dict[str, Any]] = {
    "double-descent": {"axes": {"T": [3, 5, 10, 40, 400, "inf"]}},
    "polygons": {"axes": {"T": [3, 5, 6, 8]}},
    "t-by-m": {"axes": {"T": [3, 30, 300], "m": [1, 2, 3, 4]}},
    "weight-decay": {"axes": {"T": [3, 30, 300], "weight_decay": [0.01, 1.0]}},
    "training-length": {"axes": {"T": [3, 30], "steps": [40, 120, 200]}},
    "occurrences": {
        "axes": {"S": [0.8, 0.8, 0.8, 0.9, 0.9, 0.9], "T": [5, 50, 100, 10, 100, 200]},
        "zip": [["T", "S"]],
    },
    "repeats": {"axes": {"T": [60, 240], "data.repeats": [1, 2, 8]}},
    "best-of-lr": {"axes": {"T": [3, 30], "lr": [0.01, 0.05]}, "reduce": {"over": ["lr", "seed"], "how": "best"}},
    "reduction": {"axes": {"T": [3, 30], "reduction": ["mean", "sum"]}},
}


def train(runs: Path, name: str, tables: dict[str, Any], preset: str = "") -> Path:
    """A finished sweep."""
    axes = tables["axes"] | {"seed": SEEDS}
    whole = {"settings": SETTINGS, "reduce": {"over": ["seed"]}} | tables | {"axes": axes}
    folder = create_sweep(parse(whole, name, preset or name), runs, name)
    assert Worker(folder, begin(folder), tied=False).work() == 0
    return folder


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Figure -> a sweep, or a run, that it is drawn from: trained by the first process that asks."""
    place = tmp_path_factory.getbasetemp()
    runs = (place.parent if "PYTEST_XDIST_WORKER" in os.environ else place) / "figures"
    runs.mkdir(exist_ok=True)
    whole = runs / "whole"
    with (runs / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            for name, tables in SWEEPS.items():
                train(runs, name, tables)
            whole.touch()
    found = {name: runs / name for name in SWEEPS}
    found["norms"] = found["double-descent"]
    run = cell_path(found["polygons"], "T=8,seed=0")
    return found | dict.fromkeys(("two-circles", "loss", "planes", "dimensionality", "animation"), run)


@pytest.fixture
def draw(trained: dict[str, Path]) -> Iterator[Callable[..., Figure]]:
    """The figure of a name as an object."""

    def one(name: str, *paths: Path, width: float = PAGE) -> Figure:
        return drawn(name, opened(entry_of(name), paths or [trained[name]]), width)

    with styled():
        yield one

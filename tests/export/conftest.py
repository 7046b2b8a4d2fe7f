"""A run with a number that was not finite, and a sweep with a cell that failed and one that waits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.run.reader import Run
from sdd_tui.sweep.directory import create_sweep, make_cell
from sdd_tui.sweep.measure import measured
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.results import CellResult, keep
from sdd_tui.training.recorder import record
from tests.run.helpers import small, trained
from tests.sweep.helpers import tiny

NOT_FINITE = 3
"""The row whose test loss is null, as the trainer writes what isn't finite."""


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(small("tied=false", "title=Small & old <b>"), tmp_path_factory.mktemp("finished"))


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A run of its own for a test."""
    run = shutil.copytree(finished, tmp_path / "runs" / "a")
    lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    lines[NOT_FINITE] = json.dumps(json.loads(lines[NOT_FINITE]) | {"test_loss": None})
    (run / "metrics.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return run


@pytest.fixture
def contents(run: Path) -> RunContents:
    return RunContents(Run(run))


@pytest.fixture(scope="session")
def sweep_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """T = 3, 5 and inf with two seeds each: three cells finished, one failed, two wait."""
    folder = create_sweep(tiny({"T": [3, 5, "inf"], "seed": [0, 1]}), tmp_path_factory.mktemp("sweeps"), "s")
    cells = sorted(SweepReader(folder).cells.values(), key=lambda cell: cell.number)
    for cell in cells[:3]:
        record(made := make_cell(folder, cell))
        keep(folder, measured(made, cell.config, cell.name, 1, 1, "x"))
    make_cell(folder, cells[3])
    keep(folder, CellResult(cells[3].name, "failed", 7, attempts=2, reason="the loss became NaN"))
    return folder


@pytest.fixture
def sweep(sweep_folder: Path) -> SweepContents:
    return SweepContents(SweepReader(sweep_folder))

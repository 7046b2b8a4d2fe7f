from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import sdd_tui
from sdd_tui.errors import DamagedError, NotFoundError
from sdd_tui.sweep.directory import create_sweep, make_cell
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.training.recorder import record
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import made_up, synthetic

pandas = pytest.importorskip("pandas", reason="needs pandas")


@pytest.fixture
def folder(runs: Path) -> Path:
    return synthetic(runs, 2, 3)


def test_a_sweep_opens_by_path_and_name(folder: Path) -> None:
    for word in (folder, str(folder), "made-up", "latest", "made"):
        assert sdd_tui.open_sweep(word).name == "made-up"
    assert sdd_tui.open_sweep("made-up", runs=folder.parent).axes == {"T": (3, 4), "seed": (0, 1, 2)}
    for word in ("nothing", folder.parent, "x" * 5_000):
        with pytest.raises(NotFoundError):
            sdd_tui.open_sweep(word)
    (folder / "sweep.toml").write_bytes(b"\xff")
    with pytest.raises(DamagedError):
        sdd_tui.open_sweep(folder)


def test_cells_are_rows_with_their_axes_and_results(folder: Path) -> None:
    opened = sdd_tui.open_sweep(folder)
    cells = opened.cells
    assert list(zip(cells["T"], cells["seed"], strict=True)) == [(T, s) for T in (3, 4) for s in (0, 1, 2)]
    expected = [made_up(cell) for cell in sorted(SweepReader(folder).cells.values(), key=lambda c: c.number)]
    assert cells["test_loss"].tolist() == [r.test_loss for r in expected]
    assert cells["D_f_1"].tolist() == [0.1] * 6
    assert cells["polygon"].tolist() == [3, 3, 3, 4, 4, 4]
    assert opened.progress.state == "finished"


def test_points_put_seeds_together(folder: Path) -> None:
    points = sdd_tui.open_sweep(folder).points
    assert points["T"].tolist() == [3, 4]
    assert points["runs"].tolist() == [3, 3]
    assert points["test_loss"].tolist() == pytest.approx([1 + 1 / 3, 1 + 1 / 4])
    assert points["test_loss_highest"].tolist() == pytest.approx([1 + 2 / 3, 1 + 2 / 4])
    assert points["occurrences"].tolist() == pytest.approx([0.6, 0.8])


def test_what_is_not_known_yet_is_nan(folder: Path) -> None:
    lines = (folder / "results.jsonl").read_text().splitlines(keepends=True)
    (folder / "results.jsonl").write_text("".join(lines[:2]))
    opened = sdd_tui.open_sweep(folder)
    assert opened.cells["test_loss"].isna().sum() == 4
    assert (opened.cells["state"] == "waiting").sum() == 4
    assert math.isnan(opened.points["test_loss"][1])


def test_a_cell_s_run_opens_by_name_and_by_coordinates(folder: Path) -> None:
    cell = SweepReader(folder).cells["T=3,seed=1"]
    record(make_cell(folder, cell))
    opened = sdd_tui.open_sweep(folder)
    run = opened.run(T=3, seed=1)
    assert run.path == opened.run("T=3,seed=1").path
    assert run.frames.H.shape[1:] == (2, 3)
    np.testing.assert_array_equal(run.parameters().W, run.frame().W)
    for T in (3.0, np.int64(3), "3"):
        assert opened.run(T=T, seed=1).path == run.path  # type: ignore[arg-type]  # as a data frame has it
    for wrong in ({"T": 3}, {"T": 9}, {}, {"nonsense": 1}, {"cell": "T=3,seed=1", "T": 4}, {"T": np.array([3, 3])}):
        with pytest.raises(NotFoundError, match="cells have"):
            opened.run(**wrong)
    with pytest.raises(NotFoundError, match="Did you mean"):
        opened.run("T=3,seed=7")
    with pytest.raises(NotFoundError, match="5: is no cell"):
        opened.run(5)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="no run here"):
        opened.run(T=4, seed=0)


def test_a_cell_of_infinitely_many_examples_opens_by_infinity_and_by_its_row(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3, "inf"], "seed": [0]}), runs, "s")
    record(make_cell(folder, SweepReader(folder).cells["T=inf,seed=0"]))
    opened = sdd_tui.open_sweep(folder)
    row = opened.cells.iloc[-1]
    for T in ("inf", math.inf, row["T"]):
        assert opened.run(T=T, seed=row["seed"]).X().shape[1] == 20

from __future__ import annotations

import json
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.engine.data import Examples
from sdd_tui.errors import RunFailedError
from sdd_tui.export.arrays import to_npz
from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.run import checkpoint
from sdd_tui.run.create import create
from sdd_tui.run.reader import Run
from sdd_tui.training.recorder import record
from tests.run.helpers import asking, small


def test_a_run_s_frames_parameters_and_numbers_are_the_same_bits(contents: RunContents, tmp_path: Path) -> None:
    to_npz(contents, tmp_path / "a.npz")
    run = contents.run
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        for name, column in contents.columns.items():
            assert found[f"metrics/{name}"].tobytes() == column.tobytes()
        assert found["frames/step"].tolist() == run.frame_steps.tolist()
        for i, step in enumerate(run.frame_steps):
            frame = run.frame(int(step))
            for name in ("W", "b", "V"):
                np.testing.assert_array_equal(found[f"frames/{name}"][i], getattr(frame, name))
            np.testing.assert_array_equal(found["frames/H"][i], frame.H)
            np.testing.assert_array_equal(found["frames/D_f"][i], dimensionality(frame.W))
            np.testing.assert_array_equal(found["frames/D_X"][i], dimensionality(frame.H))
        state, _ = checkpoint.load(run.path, 200, (2, 50), False)
        assert found["final/step"] == 200
        for name, array in state.params.arrays().items():
            assert found[f"final/{name}"].dtype == array.dtype
            np.testing.assert_array_equal(found[f"final/{name}"], array[0])
        X = Examples(50, found["X/indptr"], found["X/indices"], found["X/values"], np.array([0, 20]))
        np.testing.assert_array_equal(hidden_vectors(found["frames/W"][-1], X), found["frames/H"][-1])
        assert found["events/kind"].tolist() == [e["kind"] for e in run.events]
        assert found["events/step"].tolist() == [e["step"] for e in run.events]
        assert tomllib.loads(str(found["config"]))["title"] == "Small & old <b>"
        assert json.loads(str(found["meta"])) == run.meta


def test_a_run_trained_in_float64_has_final_parameters_in_float64(runs: Path, tmp_path: Path) -> None:
    run = create(small("precision=float64", "steps=40"), runs, "a")
    record(run)
    to_npz(RunContents(Run(run)), tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as found:
        assert found["final/W"].dtype == np.float64
        assert found["frames/W"].dtype == np.float32


def test_a_run_that_diverged_ends_where_its_frames_do(runs: Path, tmp_path: Path) -> None:
    run = create(
        small("lr=1e5", "normalise=false", "warmup=0", "recording.rows=200", "recording.frames=200"), runs, "a"
    )
    with pytest.raises(RunFailedError):
        record(run)
    to_npz(RunContents(Run(run)), tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as found:
        assert found["final/step"] == found["frames/step"][-1] > 0
        np.testing.assert_array_equal(found["final/W"], found["frames/W"][-1])


def test_a_run_that_waits_has_what_there_is_so_far(runs: Path, tmp_path: Path) -> None:
    run = create(small("steps=100000"), runs, "a")
    record(run, on_event=asking(run, 10, "stop"))
    to_npz(RunContents(Run(run)), tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as found:
        assert 10 <= found["final/step"] < 100_000
        assert found["metrics/step"][-1] <= found["final/step"]


def test_a_run_that_has_not_begun_is_empty_and_nothing_is_wrong_with_it(runs: Path, tmp_path: Path) -> None:
    contents = RunContents(Run(create(small(), runs, "a")))
    to_npz(contents, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as found:
        assert found["frames/W"].shape == (0, 2, 50)
        assert found["frames/H"].shape == (0, 2, 20)
        assert "final/W" not in found
    assert contents.problems == {}


def test_a_sweep_has_its_cells_dimensionalities_and_planes(sweep: SweepContents, tmp_path: Path) -> None:
    to_npz(sweep, tmp_path / "s.npz")
    with np.load(tmp_path / "s.npz", allow_pickle=False) as found:
        assert found["cells/T"].tolist() == ["3", "3", "5", "5", "inf", "inf"]
        assert found["cells/seed"].dtype == np.int64
        assert np.isnan(found["cells/test_loss"]).tolist() == [False] * 3 + [True] * 3
        assert found["D_f"].shape == (6, 8)
        assert found["D_X"].shape == (6, 5)
        assert found["D_f"][2].tolist() == list(sweep.reader.finished["T=5,seed=0"].D_f)
        assert {name for name in found.files if name.startswith("W/")} == {
            "W/T=3,seed=0",
            "W/T=3,seed=1",
            "W/T=5,seed=0",
        }
        W, H = found["W/T=5,seed=0"], found["H/T=5,seed=0"]
        assert (W.shape, H.shape) == ((2, 20), (2, 5))
        state, _ = checkpoint.load(sweep.reader.folder / "cells" / "T=5,seed=0", 40, (2, 20), True)
        np.testing.assert_array_equal(W, state.params.W[0])


def test_every_member_can_be_read_without_pickle(contents: RunContents, tmp_path: Path) -> None:
    to_npz(contents, tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "a.npz") as file:
        assert file.testzip() is None
        assert all(name.endswith(".npy") for name in file.namelist())

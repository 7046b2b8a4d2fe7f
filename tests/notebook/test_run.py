from __future__ import annotations

import builtins
import json
import math
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sdd_tui
from sdd_tui.engine.fused_cpu import cache
from sdd_tui.errors import ArrayError, ConfigError, DamagedError, NotFoundError, RunFailedError
from sdd_tui.run import checkpoint
from sdd_tui.run.data import training_data
from sdd_tui.run.layout import read_json, replace_json
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from sdd_tui.training.replay import state_at
from tests.run.helpers import small, trained


@pytest.fixture
def run(runs: Path) -> Path:
    return trained(small(), runs)


def test_a_run_opens_by_path_name_prefix_and_latest(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run.parent)
    for word in (run, str(run), "a", "latest", f"{run}/"):
        assert sdd_tui.open_run(word).name == "a"
    assert sdd_tui.open_run("a", runs=run.parent).name == "a"
    for word in ("nothing", Path("a/nothing"), "x" * 5_000, ""):
        with pytest.raises(NotFoundError):
            sdd_tui.open_run(word)


def test_the_table_is_a_data_frame_of_the_metrics(run: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    opened = sdd_tui.open_run(run)
    table = opened.table
    assert isinstance(table, pandas.DataFrame)
    assert table["step"].dtype == np.int64
    for name, column in opened.metrics.items():
        np.testing.assert_array_equal(table[name].to_numpy(), column)


def test_without_pandas_the_table_is_a_dict_of_arrays(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    opened = sdd_tui.open_run(run)
    assert isinstance(opened.table, dict)
    np.testing.assert_array_equal(opened.table["train_loss"], opened.metrics["train_loss"])


def test_frames_are_arrays_over_the_recorded_steps(run: Path) -> None:
    opened = sdd_tui.open_run(run)
    frames, k = opened.frames, len(opened.frame_steps)
    shapes = [a.shape for a in (frames.step, frames.W, frames.b, frames.H, frames.D_f, frames.D_X)]
    assert shapes == [(k,), (k, 2, 50), (k, 50), (k, 2, 20), (k, 50), (k, 20)]
    assert frames.V is None
    middle = opened.frame(int(frames.step[k // 2]))
    np.testing.assert_array_equal(frames.W[k // 2], middle.W)
    np.testing.assert_array_equal(frames.H[k // 2], middle.H)
    np.testing.assert_array_equal(frames.D_f[k // 2], sdd_tui.feature_dimensionality(middle.W))
    np.testing.assert_array_equal(frames.D_X[k // 2], sdd_tui.example_dimensionality(middle.H))


def test_parameters_at_any_step_are_the_bits_that_were_trained(run: Path) -> None:
    opened = sdd_tui.open_run(run)
    found = opened.parameters()
    newest, _ = checkpoint.load(run, 200, (2, 50), True)
    np.testing.assert_array_equal(found.W, newest.params.W[0])
    frame_steps = set(opened.frame_steps.tolist())
    between = [s for s in frame_steps - set(checkpoint.steps(run)) if 0 < s < 200]
    for step in (0, min(between), max(between), 200):
        found = opened.parameters(step)
        assert found.step == step
        np.testing.assert_array_equal(found.W, opened.frame(step).W)  # a float32 frame of a float32 model is exact
        np.testing.assert_array_equal(found.b, opened.frame(step).b)
    with pytest.raises(ConfigError, match="has steps 0 to 200"):
        opened.parameters(201)


def killed(run: Path, step: int, at: int) -> None:
    """As if the trainer had been killed after its last frame, its newest checkpoint `at`, `step` in its status."""
    for kept in checkpoint.steps(run):
        if kept > at:
            checkpoint.path_of(run, kept).unlink()
    status = json.loads((run / "status.json").read_text())
    (run / "status.json").write_text(json.dumps(status | {"state": "running", "step": step}))


def test_the_newest_parameters_of_a_diverged_run_are_its_last_frame_s(runs: Path) -> None:
    with pytest.raises(RunFailedError):
        trained(small("lr=1e5", "normalise=false", "warmup=0", "recording.rows=200", "recording.frames=200"), runs)
    opened = sdd_tui.open_run(runs / "a")
    found, last = opened.parameters(), int(opened.frame_steps[-1])
    assert checkpoint.steps(runs / "a") == [0]
    assert found.step == last > 0
    np.testing.assert_array_equal(found.W, opened.parameters(last).W)
    found.W[:] = 0  # an array of one's own, as a checkpoint's is


@pytest.mark.parametrize("tied", [True, False])
def test_the_newest_parameters_of_a_killed_run_are_its_last_frame_s(runs: Path, tied: bool) -> None:
    run = trained(small(f"tied={str(tied).lower()}"), runs)
    whole = sdd_tui.open_run(run).parameters()
    killed(run, 150, 100)
    for found in (sdd_tui.open_run(run).parameters(), sdd_tui.open_run(run).parameters(200)):
        assert found.step == 200
        for name in ("W", "b") if tied else ("W", "b", "V"):
            np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


@pytest.mark.parametrize("settings", [("precision=float64",), ("n=1000", "recording.budget_mb=0.15")])
def test_rounded_frames_are_not_the_newest_parameters(runs: Path, settings: tuple[str, ...]) -> None:
    run = trained(small(*settings, "recording.checkpoints=1"), runs)
    opened = sdd_tui.open_run(run)
    assert not np.array_equal(opened.frame().W, opened.parameters().W)
    whole = opened.parameters(0)
    checkpoint.save(run, state_at(run, 0), 0.0, set())
    killed(run, 200, 0)
    found = sdd_tui.open_run(run).parameters()
    assert found.step == 0
    np.testing.assert_array_equal(found.W, whole.W)


def test_parameters_that_are_trained_again_on_another_processor_warn(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, opened = cache.processor(), sdd_tui.open_run(run)
    monkeypatch.setattr(cache, "processor", lambda: "another-cpu")
    step = next(s for s in range(200) if s > 0 and s not in checkpoint.steps(run))
    with pytest.warns(UserWarning, match=f"on are another machine's: processor {here} → another-cpu") as said:
        opened.parameters(step)
    assert [warning.filename for warning in said] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened.parameters(checkpoint.steps(run)[-1])


@pytest.mark.parametrize("broken", [b"\xff" * 8, b"\x00\x00\xc0\x7f"])
def test_a_damaged_last_frame_is_not_the_newest_parameters(run: Path, broken: bytes) -> None:
    raw = (run / "frames.bin").read_bytes()
    (run / "frames.bin").write_bytes(raw[: -len(broken)] + broken)
    killed(run, 200, 100)
    assert sdd_tui.open_run(run).parameters().step == 100


def test_parameters_of_a_branch_are_its_own(run: Path) -> None:
    made = branch(run, 100, ["lr=0.1"], run.parent, "b")
    record(made)
    opened = sdd_tui.open_run("b")
    step = int(opened.frame_steps[len(opened.frame_steps) // 2])
    np.testing.assert_array_equal(opened.parameters(step).W, opened.frame(step).W)
    with pytest.raises(ConfigError, match="branch itself"):
        opened.parameters(50)


def test_parameters_of_a_run_whose_data_changed_are_refused(run: Path) -> None:
    meta = json.loads((run / "meta.json").read_text())
    (run / "meta.json").write_text(json.dumps(meta | {"data_sha256": "0" * 64}))
    shutil.rmtree(run / "checkpoints")
    for what in (lambda: sdd_tui.open_run(run).parameters(10), lambda: sdd_tui.open_run(run).training_data):
        with pytest.raises(DamagedError, match="SHA-256 differs"):
            what()


def test_x_is_what_was_trained_on(run: Path, runs: Path) -> None:
    opened = sdd_tui.open_run(run)
    expected = training_data(opened.config)
    np.testing.assert_array_equal(opened.X(), expected.dense())  # type: ignore[union-attr]
    np.testing.assert_array_equal(opened.X(3), opened.X()[:3])
    assert opened.X(10**9).shape == (20, 50)
    assert opened.training_data.sha256() == opened.meta["data_sha256"]  # type: ignore[union-attr]
    fresh = sdd_tui.open_run(trained(small("T=inf", "batch_size=7", "steps=5"), runs, "fresh"))
    assert fresh.X().shape == (7, 50)


def test_no_rows_of_x_are_an_empty_array_and_what_is_no_count_is_refused(run: Path) -> None:
    opened = sdd_tui.open_run(run)
    assert opened.X(0).shape == (0, 50)
    assert opened.X(0).dtype == np.float32
    assert opened.X(np.float64(3)).shape == (3, 50)  # type: ignore[arg-type]  # as a column of numbers has it
    for wrong in (-1, 2.5, "5", math.nan, [1]):
        with pytest.raises(ArrayError, match=r"rows: .* is no (whole number|count)"):
            opened.X(wrong)  # type: ignore[arg-type]


def test_a_step_is_a_whole_number_and_may_come_from_the_metrics(run: Path) -> None:
    opened = sdd_tui.open_run(run)
    step = opened.metrics["step"][-2]
    assert opened.parameters(step).step == step
    assert opened.frame(step).step <= step
    for wrong in (2.5, "5", math.nan, [1]):
        for what in (opened.parameters, opened.frame):
            with pytest.raises(ArrayError, match=r"step: .* is no whole number"):
                what(wrong)  # type: ignore[arg-type]


def test_an_x_from_a_file_that_changed_is_refused(runs: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "mine.npz", X=np.eye(6, 50))
    opened = sdd_tui.open_run(trained(small("T=6", "data.file=" + str(tmp_path / "mine.npz")), runs))
    np.testing.assert_array_equal(opened.X(2), np.eye(2, 50))
    np.savez(tmp_path / "mine.npz", X=np.eye(6, 50, 1))
    with pytest.raises(DamagedError):
        opened.X()


@pytest.mark.parametrize("T", ["20", "inf"])
def test_an_x_that_is_drawn_again_as_another_is_refused(runs: Path, T: str) -> None:
    run = trained(small(f"T={T}"), runs)
    replace_json(run / "meta.json", read_json(run / "meta.json") | {"data_sha256": "0" * 64})
    with pytest.raises(DamagedError, match="the training data drawn here is not what this run began with"):
        sdd_tui.open_run(run).X(2)


def test_an_x_that_would_fill_the_memory_is_refused(run: Path) -> None:
    text = (run / "config.toml").read_text()
    (run / "config.toml").write_text(text.replace("n_examples = 20", "n_examples = 100000000"))
    with pytest.raises(ArrayError, match="would take 20 GB"):
        sdd_tui.open_run(run).X()


def test_a_damaged_run_opens_and_says_what_is_wrong(run: Path) -> None:
    (run / "frames.bin").write_bytes(b"x" * 5_000)
    opened = sdd_tui.open_run(run)
    assert len(opened.frames) == 0
    assert "frames.bin" in opened.problems
    assert opened.parameters().step == 200

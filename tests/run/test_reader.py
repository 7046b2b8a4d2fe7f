from __future__ import annotations

import errno
import json
import math
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.cli.run.report import summary
from sdd_tui.errors import DamagedError, NotFoundError, NotPermittedError, SddError
from sdd_tui.run import checkpoint
from sdd_tui.run.create import create
from sdd_tui.run.data import training_data
from sdd_tui.run.index import list_runs
from sdd_tui.run.layout import append_line, replace_json
from sdd_tui.run.reader import Run, open_run
from sdd_tui.training.recorder import record
from tests.run.damage import FILES, Damage, harm
from tests.run.helpers import refuse, small, trained


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(small("n=20", "T=5", "S=0.8", "optim.steps=40"), tmp_path_factory.mktemp("finished"))


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "runs" / "a")


def test_a_run_opens_from_a_notebook(run: Path) -> None:
    import sdd_tui

    opened = sdd_tui.open_run(str(run))
    assert opened.name == "a"
    assert opened.config == small("n=20", "T=5", "S=0.8", "optim.steps=40")
    assert opened.status["state"] == "finished"
    assert len(opened.meta["data_sha256"]) == 64
    assert [e["kind"] for e in opened.events][-1] == "finished"
    assert opened.problems == {}


def test_metrics_are_columns_over_the_recorded_steps(run: Path) -> None:
    table = open_run(run).metrics
    assert table["step"][[0, -1]].tolist() == [0, 40]
    assert {len(column) for column in table.values()} == {len(table["step"])}
    assert table["train_loss"][-1] < table["train_loss"][0]
    assert all(np.isfinite(column).all() for column in table.values())


def test_a_frame_is_the_last_one_at_or_before_a_step(run: Path) -> None:
    opened = open_run(run)
    steps = opened.frame_steps.tolist()
    assert (steps[0], steps[-1]) == (0, 40)
    assert opened.frame().step == 40
    assert opened.frame(steps[3]).step == steps[3]
    assert opened.frame(39).step == steps[-2]
    assert opened.frame(10**9).step == 40
    with pytest.raises(NotFoundError, match="no frame at step -1"):
        opened.frame(-1)


def test_a_frame_has_w_b_and_the_hidden_vectors_of_the_training_examples(run: Path) -> None:
    opened = open_run(run)
    frame = opened.frame()
    state, _ = checkpoint.load(run, 40, (2, 20), True)
    np.testing.assert_array_equal(frame.W, state.params.W[0])
    np.testing.assert_array_equal(frame.b, state.params.b[0])
    assert frame.V is None
    X = np.zeros((5, 20))
    data = training_data(opened.config)
    for i in range(5):
        row = slice(data.indptr[i], data.indptr[i + 1])  # type: ignore[union-attr]
        X[i, data.indices[row]] = data.values[row]  # type: ignore[union-attr]
    np.testing.assert_allclose(frame.H, frame.W @ X.T, rtol=1e-6, atol=1e-7)


def test_an_untied_model_s_decoder_is_recorded(runs: Path) -> None:
    frame = open_run(trained(small("tied=false"), runs)).frame()
    assert frame.V is not None
    assert frame.V.shape == frame.W.shape == (2, 50)


def test_a_growing_run_is_followed(run: Path) -> None:
    opened = open_run(run)
    assert opened.poll()
    assert not opened.poll()
    append_line(run / "metrics.jsonl", {"step": 41, "train_loss": None})
    assert opened.poll()
    assert opened.metrics["step"][-1] == 41
    assert math.isnan(opened.metrics["train_loss"][-1])


def test_a_run_cut_back_is_read_anew(run: Path) -> None:
    opened = open_run(run)
    before = len(opened.metrics["step"])
    lines = (run / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    (run / "metrics.jsonl").write_bytes(b"".join(lines[:4]))
    assert len(opened.metrics["step"]) == 4 < before


def test_a_run_that_has_not_begun_is_readable(runs: Path) -> None:
    opened = open_run(create(small(), runs, "a"))
    assert len(opened.metrics["step"]) == len(opened.frame_steps) == 0
    assert opened.status["state"] == "starting"
    with pytest.raises(NotFoundError, match="no frame yet"):
        opened.frame()


@pytest.mark.parametrize("path", ["nowhere", "~nobody/run"])
def test_no_run_is_not_found(path: str) -> None:
    with pytest.raises(NotFoundError):
        open_run(path)


def test_a_path_that_cannot_be_looked_at_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"can't be read \(File name too long\)"):
        open_run(tmp_path / ("x" * 300))


def test_another_run_at_the_same_path_is_told_from_this_one(run: Path, runs: Path) -> None:
    opened = open_run(run)
    assert not opened.replaced
    other = trained(small(), runs, "b")
    shutil.rmtree(run)
    assert not opened.replaced and opened.unreachable == "this run's directory is gone"
    other.rename(run)
    assert opened.replaced and not opened.unreachable


@pytest.mark.parametrize("number", [errno.EACCES, errno.ESTALE, errno.EIO])
def test_a_directory_that_goes_stale_is_said_and_raises_nothing(
    run: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    replace_json(run / "status.json", json.loads((run / "status.json").read_text()) | {"state": "stopped"})
    opened = open_run(run)
    steps = opened.frame_steps
    refuse(monkeypatch, run, number, "stat", "lstat", "iterdir")
    assert opened.unreachable == f"this run's directory can't be read ({os.strerror(number)})"
    assert not opened.replaced
    assert opened.frame_steps.tolist() == steps.tolist()
    assert os.strerror(number) in opened.problems["checkpoints"]
    with pytest.raises(NotPermittedError if number == errno.EACCES else NotFoundError, match="can't be read"):
        Run(run)


def test_damaged_status_is_named_and_the_rest_stays_readable(run: Path) -> None:
    (run / "status.json").write_text("{")
    opened = open_run(run)
    assert opened.status == {}
    assert set(opened.problems) == {"status.json"}
    assert opened.frame().step == opened.metrics["step"][-1] == 40


def test_damaged_frames_are_named_and_the_rest_stays_readable(run: Path) -> None:
    (run / "frames.bin").write_bytes(b"x" * 5_000)
    opened = open_run(run)
    assert len(opened.frame_steps) == 0
    assert "header" in opened.problems["frames.bin"]
    with pytest.raises(DamagedError, match="header"):
        opened.frame()
    assert opened.metrics["step"][-1] == 40


def test_frames_out_of_order_are_named_and_the_ones_before_stay_readable(run: Path) -> None:
    opened = open_run(run)
    count = len(opened.frame_steps)
    size = (run / "frames.bin").stat().st_size
    with (run / "frames.bin").open("r+b") as file:
        file.seek(1024 + 3 * (size - 1024) // count)
        file.write(bytes(8))
    opened = open_run(run)
    assert len(opened.frame_steps) == 3
    assert opened.frame().step == opened.frame_steps[2]
    assert "after the first 3" in opened.problems["frames.bin"]


def test_a_bad_line_is_named_and_the_others_stay_readable(run: Path) -> None:
    lines = (run / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    lines[2] = b"nonsense\n"
    (run / "metrics.jsonl").write_bytes(b"".join(lines))
    opened = open_run(run)
    assert len(opened.metrics["step"]) == len(lines) - 1
    assert opened.problems == {"metrics.jsonl": "1 line can't be read"}


def test_frames_of_another_model_are_damage(run: Path) -> None:
    config = (run / "config.toml").read_text()
    (run / "config.toml").write_text(config.replace("n_features = 20", "n_features = 10"))
    with pytest.raises(DamagedError, match="another model"):
        open_run(run).frame()


def test_a_trainer_that_is_gone_has_failed(run: Path) -> None:
    status = json.loads((run / "status.json").read_text()) | {"state": "running", "pid": 2**22 + 1}
    replace_json(run / "status.json", status)
    found = open_run(run).status
    assert (found["state"], found["outcome"]["reason"]) == ("failed", "its process is gone")


def read_everything(run: Path) -> None:
    """All that a front end asks of a run; only SddError may come out."""

    def attempt(what: str) -> None:
        opened = Run(run)
        try:
            if what == "frame":
                opened.frame().H  # noqa: B018
            elif what == "summary":
                summary(opened, None)
            elif what == "earlier":
                summary(opened, 20)
            else:
                getattr(opened, what)
        except SddError as error:
            assert "\n" not in str(error)

    for what in ("config", "meta", "status", "metrics", "events", "frame_steps", "frame", "summary", "earlier"):
        attempt(what)
    assert [r.name for r in list_runs(run.parent)] == [run.name]


@settings(max_examples=150, deadline=None)
@given(st.lists(Damage, min_size=1, max_size=3))
def test_any_damage_leaves_a_run_readable_and_listed(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[str, int, bytes, bool]]
) -> None:
    run = shutil.copytree(finished, tmp_path_factory.mktemp("damaged") / "a")
    for name, at, new, cut in damage:
        harm(run / name, at, new, cut)
    read_everything(run)
    shutil.rmtree(run.parent)


@settings(max_examples=60, deadline=None)
@given(st.lists(Damage.filter(lambda d: d[0] != "config.toml"), min_size=1, max_size=2))
def test_any_damage_is_refused_or_does_not_matter_when_resuming(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[str, int, bytes, bool]]
) -> None:
    run = shutil.copytree(finished, tmp_path_factory.mktemp("damaged") / "a")
    for name, at, new, cut in damage:
        harm(run / name, at, new, cut)
    try:
        record(run)
    except DamagedError as error:
        assert "\n" not in str(error)
    shutil.rmtree(run.parent)


@pytest.mark.parametrize("name", FILES)
def test_a_directory_in_a_file_s_place_leaves_the_rest_readable(run: Path, name: str) -> None:
    (run / name).unlink()
    (run / name).mkdir()
    read_everything(run)
    opened = open_run(run)
    _ = opened.meta, opened.status, opened.metrics, opened.frame_steps
    assert name == "config.toml" or "can't be read" in opened.problems[name]
    with pytest.raises(SddError):
        record(run)


@pytest.mark.parametrize("value", ["x", None, [], {"a": 1}, True, 10**400, float("nan"), "\x1b[31m", -1])
def test_any_value_in_the_status_can_be_shown(run: Path, value: object, capsys: pytest.CaptureFixture[str]) -> None:
    status = json.loads((run / "status.json").read_text())
    for key in status:
        replace_json(run / "status.json", status | {key: value})
        summary(open_run(run))
    for key in status["outcome"]:
        replace_json(run / "status.json", status | {"outcome": status["outcome"] | {key: value}})
        summary(open_run(run))
    assert "\x1b" not in "".join(capsys.readouterr())

"""Sweeps over a user's own examples: found from anywhere, checked before anything is made, and never in others' way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdd_tui.errors import ConfigError, NotFoundError
from sdd_tui.sweep.axes import Axis
from sdd_tui.sweep.directory import add_cells, create_sweep, read_sweep
from sdd_tui.sweep.presets import added, load
from sdd_tui.sweep.progress import SweepReader
from tests.cli.helpers import assert_one_sentence, sdd
from tests.sweep.sessions import assert_every_cell_finished_once, do

FILE = """
title = "My examples"
[settings]
threads = 1
[settings.data]
n_features = 20
sparsity = 0.8
n_test = 20
file = "own/x.npz"
[settings.optim]
steps = 40
[settings.recording]
rows = 8
frames = 4
[axes]
T = [3, 5]
seed = [0, 1]
[reduce]
over = ["seed"]
"""


def examples(path: Path, rows: int = 6, n: int = 20) -> Path:
    path.parent.mkdir(exist_ok=True)
    X = np.random.default_rng(0).random((rows, n)) * (np.arange(n) % 4 == np.arange(rows)[:, None] % 4)
    np.savez(path, X=X)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A sweep's file, with its examples beside it."""
    examples(tmp_path / "own" / "x.npz")
    (tmp_path / "mine.toml").write_text(FILE)
    return tmp_path / "mine.toml"


def test_ones_own_examples_are_trained_on(runs: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")  # the file is found beside the sweep's
    sweep = load(str(file))
    folder = create_sweep(sweep, runs, "a")
    assert do(folder)
    assert_every_cell_finished_once(folder, sweep)
    assert read_sweep(folder) == sweep
    assert sweep.base.data.file == str(file.parent / "own" / "x.npz")


def test_files_on_the_command_line_are_those_where_one_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent / "own")
    here = str(file.parent / "own" / "x.npz")
    assert load(str(file), ["data.file=x.npz"]).base.data.file == here
    several = load(str(file), ["file=x.npz,../own/y.npz", "T=3", "seed=0"])
    assert several.axes[-1].values == (here, str(file.parent / "own" / ".." / "own" / "y.npz"))
    assert [cell.name for cell in several.cells()] == ["T=3,seed=0,file=x.npz", "T=3,seed=0,file=y.npz"]
    assert added(["file=x.npz"])[0].values == (here,)


def test_a_base_is_found_beside_the_sweeps_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file.parent / "base.toml").write_text('[data]\nfile = "own/x.npz"\nn_features = 20\nsparsity = 0.8\n')
    file.write_text('base = "./base.toml"\n[axes]\nT = [3]\n')
    monkeypatch.chdir("/")
    assert load(str(file)).base.data.file == str(file.parent / "own" / "x.npz")


def test_a_file_that_does_not_fit_is_told_with_the_cell_before_anything_is_made(runs: Path, file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^cell T=50,seed=0: data.file: .* has 6 examples, and n_examples \(T\) is"):
        create_sweep(load(str(file), ["T=3,50"]), runs, "a")
    with pytest.raises(ConfigError, match=r"^cell T=5,seed=0: data.file: .* has 20 features in X, and n_features"):
        create_sweep(load(str(file), ["n=30"]), runs, "a")
    assert not runs.exists()
    folder = create_sweep(load(str(file)), runs, "a")
    with pytest.raises(ConfigError, match=r"^cell T=50,seed=0: data.file"):
        add_cells(folder, added(["T=50"]))
    assert len(read_sweep(folder)) == 4
    (file.parent / "own" / "x.npz").unlink()
    with pytest.raises(NotFoundError, match=r"^cell T=5,seed=0: data.file: .* is not there"):
        create_sweep(load(str(file)), runs, "b")


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_the_command_says_so_in_one_sentence(runs: Path, file: Path, more: list[str]) -> None:
    assert_one_sentence(sdd("sweep", "run", str(file), "T=3,50", *more), 2, "cell T=50,seed=0: data.file:")
    assert not runs.exists()


def test_a_cell_that_cannot_be_begun_is_recorded_and_stops_no_other(runs: Path, file: Path) -> None:
    gone = examples(file.parent / "gone.npz")
    kept = str(file.parent / "own" / "x.npz")
    sweep = load(str(file), [f"file={gone},{kept}", "T=3"])
    folder = create_sweep(sweep, runs, "a")
    gone.unlink()
    assert do(folder)
    reader = SweepReader(folder)
    progress = reader.poll()
    assert set(reader.finished) == {"T=3,seed=0,file=x.npz", "T=3,seed=1,file=x.npz"}
    assert {f.cell for f in progress.failed} == {"T=3,seed=0,file=gone.npz", "T=3,seed=1,file=gone.npz"}
    assert progress.state == "failed" and all("is not there" in f.reason for f in progress.failed)


def test_files_of_one_name_are_different_cells(file: Path) -> None:
    axis = Axis("file", ("data.file",), ("/a/x.npz", "/b/x.npz"), ["/a/x.npz", "/b/x.npz"])
    names = [cell.name for cell in load(str(file), ["T=3", "seed=0"]).cells()]
    sweep = load(str(file), ["T=3", "seed=0", "file=/a/x.npz,/b/x.npz"])
    assert sweep.axes[-1] == axis and names == ["T=3,seed=0"]
    assert [cell.name for cell in sweep.cells()] == ["T=3,seed=0,file=x.npz", "T=3,seed=0,file=x.npz+"]

"""Sweeps done by processes of this machine."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.analysis.geometry import off_centre
from sdd_tui.engine import setup
from sdd_tui.errors import ConfigError, NoRoomError, RunFailedError
from sdd_tui.run import checkpoint
from sdd_tui.run import data as run_data
from sdd_tui.run.layout import STATUS
from sdd_tui.run.status import read_status
from sdd_tui.sweep import local
from sdd_tui.sweep.directory import add_cells, ask_to_stop, create_sweep, read_sweep
from sdd_tui.sweep.presets import added
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import Session, begin, check
from tests.run.helpers import lay_traps
from tests.sweep.helpers import tiny
from tests.sweep.sessions import assert_every_cell_finished_once, do, start, workers_of
from tests.waiting import PATIENCE_S, wait_until

LONG = {"steps": 30_000}
"""Cells of about a third of a second."""


LOSING = """
import sys
from sdd_tui.errors import DeviceLostError
from sdd_tui.training import recorder
from sdd_tui.sweep import worker

def lost(run, config, *rest, **more):
    if run.name in ("T=3", "T=4", "T=5"):
        raise DeviceLostError("device cuda: it failed or was lost.")
    return record(run, config, *rest, **more)

record, recorder.record_held = recorder.record_held, lost
sys.exit(worker.main(sys.argv[3:]))
"""
"""A worker that loses its GPU at three of its cells, started as one is: -m sdd_tui.sweep.worker SWEEP …"""


def status(run: Path) -> dict[str, Any]:
    return read_status(run) if (run / STATUS).exists() else {}


def test_a_sweep_that_is_moved_away_ends_with_a_sentence(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}, over=(), steps=10_000_000), runs, "a")
    session, reader = begin(folder, 1), SweepReader(folder)

    def left() -> int:
        if folder.exists() and any(running.step for running in reader.poll().running):
            folder.rename(runs / "elsewhere")
        return 1

    with pytest.raises(NoRoomError, match="a: was removed or moved while its cells were trained"):
        local.LocalRunner().run(folder, session, left)
    assert not folder.exists()


def test_every_cell_is_trained_and_described(runs: Path) -> None:
    sweep = tiny({"T": [3, 5, 100], "seed": [0, 1]})
    folder = create_sweep(sweep, runs, "a")
    assert do(folder)
    assert_every_cell_finished_once(folder, sweep)
    reader = SweepReader(folder)
    assert reader.poll().state == "finished"
    found = reader.finished["T=5,seed=1"]
    assert len(found.D_f) == 8 and list(found.D_f) == sorted(found.D_f, reverse=True)
    assert len(found.D_X_all) == 5
    assert (found.D_X[0], found.D_X[2], found.D_X[4]) == (
        min(found.D_X_all),
        sorted(found.D_X_all)[2],
        max(found.D_X_all),
    )
    assert reader.finished["T=100,seed=1"].D_X_all == ()
    assert found.test_loss == read_status(folder / "cells" / "T=5,seed=1")["test_loss"]


def test_repeated_examples_and_a_shifted_circle_are_measured(runs: Path) -> None:
    axes = {"repeats": [1, 3], "repeated": [2], "hidden": ["linear", "relu"], "T": [7], "seed": [0]}
    folder = create_sweep(tiny(axes), runs, "a")
    assert do(folder)
    reader = SweepReader(folder)
    reader.poll()
    for name, found in reader.finished.items():
        run, cell = folder / "cells" / name, reader.cells[name]
        config = cell.config
        state, _ = checkpoint.load(run, checkpoint.steps(run)[-1], (2, 20), True)
        examples = run_data.some_training_data(config, 1_000)
        H = hidden_vectors(state.params.W[0], examples, config.model.hidden)
        assert found.off_centre == pytest.approx(off_centre(H))
        assert found.D_X[4] == pytest.approx(dimensionality(H).max(), abs=1e-6)
        assert examples.n_rows == 7  # each once
        if cell.at["repeats"] == 1:
            assert found.repeated_loss is None and found.repeated_D_X is None
            continue
        engine = setup.make_engine(config)
        own = engine.evaluate(engine.place(state), engine.load(examples.rows(0, 2)))[0]
        assert found.repeated_loss == pytest.approx(own)
        assert found.repeated_D_X == pytest.approx(dimensionality(H)[:2].mean())


@pytest.mark.parametrize("how", ["cancel", "signal"])
def test_a_stopped_sweep_leaves_checkpoints_and_goes_on(runs: Path, how: str) -> None:
    sweep = tiny({"T": [3, 4], "seed": [0, 1]}, steps=2_000_000)
    folder = create_sweep(sweep, runs, "a")
    process = start(folder)
    wait_until(lambda: any(status(run).get("step") for run in (folder / "cells").glob("*")))
    if how == "cancel":
        ask_to_stop(folder)
    else:
        process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, words.decode()
    assert not workers_of(folder)
    states = [read_status(run)["state"] for run in (folder / "cells").iterdir()]
    assert states and set(states) <= {"stopped", "starting"}
    progress = SweepReader(folder).poll()
    assert (progress.state, progress.failed) == ("stopped", ())


def test_a_cell_that_fails_is_tried_once_more_and_stops_no_other(runs: Path) -> None:
    sweep = tiny({"lr": [1e-3, 1e30], "seed": [0]}, over=[])
    folder = create_sweep(sweep, runs, "a")
    assert do(folder)
    reader = SweepReader(folder)
    progress = reader.poll()
    assert (progress.state, progress.done) == ("failed", 1)
    (failed,) = progress.failed
    assert (failed.cell, failed.attempts) == ("lr=1e+30,seed=0", 2)
    assert "NaN" in failed.reason
    assert do(folder)  # another session tries again, twice
    assert SweepReader(folder).poll().failed[0].attempts == 4


def test_a_cell_whose_worker_is_killed_twice_is_given_up(runs: Path) -> None:
    sweep = tiny({"T": [3], "seed": [0]}, steps=100_000_000)
    folder = create_sweep(sweep, runs, "a")
    process = start(folder)
    killed: set[int] = set()
    while process.poll() is None:
        for pid in set(workers_of(folder)) - killed:
            if read_status(folder / "cells" / "T=3,seed=0").get("step"):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        time.sleep(0.02)
    _, words = process.communicate()
    assert (process.returncode, len(killed)) == (0, 2), words.decode()
    (failed,) = SweepReader(folder).poll().failed
    assert (failed.attempts, failed.reason) == (2, "its process was killed by SIGKILL")


def test_added_cells_are_trained_and_finished_ones_left_alone(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    assert do(folder)
    before = (folder / "cells" / "T=3,seed=0" / "status.json").read_bytes()
    add_cells(folder, added(["T=5"]))
    assert do(folder)
    assert_every_cell_finished_once(folder, read_sweep(folder))
    assert (folder / "cells" / "T=3,seed=0" / "status.json").read_bytes() == before


def test_workers_never_use_more_threads_than_there_are_cores() -> None:
    session = Session("id", "", places=8, cores=8)
    assert [session.threads_for(unfinished) for unfinished in (100, 8, 7, 4, 3, 2, 1)] == [1, 1, 1, 2, 2, 4, 8]
    assert Session("id", "", places=3, cores=8).threads_for(100) == 2
    assert Session("id", "", places=2, cores=8, threads=3).threads_for(1) == 3


def test_more_workers_than_cores_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^5000 workers with 1 threads each are more than the"):
        check(5_000)


def test_files_of_the_working_directory_are_no_modules(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_sweep(tiny({"T": [3]}), runs, "a")
    lay_traps(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert do(folder, jobs=1)
    assert SweepReader(folder).poll().done == 1


def test_workers_that_lose_their_gpu_at_some_cells_do_not_end_the_sweep(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = tmp_path / "losing.py"
    worker.write_text(LOSING)
    monkeypatch.setattr(local, "PYTHON", (sys.executable, str(worker)))
    folder = create_sweep(tiny({"T": [3, 4, 5, 6, 7, 8, 9, 10]}), runs, "a")
    assert do(folder, jobs=1)
    progress = SweepReader(folder).poll()
    assert (progress.state, progress.done) == ("failed", 5)
    assert [(f.cell, f.attempts) for f in progress.failed] == [("T=3", 2), ("T=4", 2), ("T=5", 2)]


def test_workers_that_never_have_a_result_end_the_sweep(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = tmp_path / "dead.py"
    worker.write_text("raise SystemExit('device cuda: it failed or was lost.')")
    monkeypatch.setattr(local, "PYTHON", (sys.executable, str(worker)))
    folder = create_sweep(tiny({"T": [3]}), runs, "a")
    with pytest.raises(RunFailedError, match=r"workers don't start: device cuda: it failed or was lost\."):
        do(folder, jobs=1)

"""What a task of a job array does, without a Slurm."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sdd_tui.errors import BusyError
from sdd_tui.run import liveness
from sdd_tui.run.layout import replace_json
from sdd_tui.run.liveness import me
from sdd_tui.run.lock import Lock, UnseenTrainerError
from sdd_tui.run.status import read_status
from sdd_tui.sweep.directory import ask_to_stop, create_sweep, make_cell, read_sweep
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import begun
from sdd_tui.sweep.slurm import task
from sdd_tui.sweep.slurm.options import SlurmOptions
from sdd_tui.sweep.worker import Worker
from tests.run.helpers import ELSEWHERE
from tests.sweep.fake_slurm import FakeSlurm
from tests.sweep.helpers import tiny
from tests.sweep.sessions import assert_every_cell_finished_once, finished_lines, workers_of
from tests.waiting import PATIENCE_S, wait_until

CODE = "import json, sys; from sdd_tui.sweep.slurm.task import task; task(*json.loads(sys.argv[1]))"
OPTIONS = SlurmOptions(tasks=2)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    found = FakeSlurm(folder)
    found.answer("squeue", "RUNNING\n")
    return found


def start(folder: Path) -> subprocess.Popen[str]:
    """A task in a process of its own, as a node has it."""
    session = begun(folder, OPTIONS.session(4))
    arguments = json.dumps([str(folder), asdict(session), OPTIONS.workers, 2])
    return subprocess.Popen([sys.executable, "-c", CODE, arguments], stderr=subprocess.PIPE, text=True)


def test_a_task_does_its_own_cells_first_and_then_the_others(
    runs: Path, fake: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = tiny({"T": [3, 5], "seed": [0, 1]})
    folder = create_sweep(sweep, runs, "a")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    task = start(folder)
    _, words = task.communicate(timeout=PATIENCE_S)
    assert task.returncode == 0, words
    assert_every_cell_finished_once(folder, sweep)
    assert finished_lines(folder) == ["T=3,seed=1", "T=5,seed=1", "T=3,seed=0", "T=5,seed=0"]
    assert not fake.calls("scontrol")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGUSR2, None])
def test_a_task_that_is_to_yield_writes_checkpoints_and_begins_again_later(
    runs: Path, fake: FakeSlurm, how: signal.Signals | None
) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}, steps=100_000_000), runs, "a")
    task = start(folder)
    run = folder / "cells" / "T=3,seed=0"
    wait_until(lambda: workers_of(folder) and read_status(run).get("step"))
    if how is None:
        ask_to_stop(folder)
    else:
        task.send_signal(how)
    _, words = task.communicate(timeout=PATIENCE_S)
    assert task.returncode == 0, words
    assert not workers_of(folder)
    assert read_status(run)["state"] == "stopped" and list((run / "checkpoints").iterdir())
    assert fake.calls("scontrol") == ([] if how is None else ["requeue 7"])  # who cancels wants no more of it


def test_a_task_whose_workers_don_t_start_says_why(runs: Path, fake: FakeSlurm) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    (folder / "workers").rmdir()
    (folder / "workers").write_text("")
    task = start(folder)
    _, words = task.communicate(timeout=PATIENCE_S)
    assert task.returncode != 0
    assert words.splitlines()[-1].startswith("sdd: ") and "workers" in words.splitlines()[-1]


def test_a_task_that_finds_all_cells_in_other_hands_leaves(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    monkeypatch.setattr(task, "IDLE_S", 1e-9)
    monkeypatch.setattr(task, "LOOK_S", 0.0)
    runner = cast(LocalRunner, SimpleNamespace(busy=lambda folder: False))
    assert task.needed(runner, folder, "session")()  # nobody has begun the cell
    occupy(folder, me())
    assert not task.needed(runner, folder, "session")()
    runner = cast(LocalRunner, SimpleNamespace(busy=lambda folder: True))
    assert task.needed(runner, folder, "session")()  # it is this task's own


def test_a_cell_whose_trainer_on_another_host_may_still_run_is_left_to_it(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    session = begun(folder, OPTIONS.session(1))
    run = make_cell(folder, read_sweep(folder).cells()[0])
    Lock(run).release()  # made, and nobody's
    occupy(folder, me())
    Lock(run).release()  # on this host a lock that can be had is nobody's
    occupy(folder, me() | ELSEWHERE | {"heartbeat": time.time() - 100})  # its clock is late, or it is gone
    with pytest.raises(UnseenTrainerError):
        Lock(run)
    assert not Worker(folder, session, (0, 1), tied=False)._do_some(["T=3,seed=0"], cast(Any, place()))
    occupy(folder, me() | ELSEWHERE | {"heartbeat": time.time() - 99})
    with pytest.raises(BusyError, match=r"another trainer holds this run .*'elsewhere'"):
        Lock(run)
    monkeypatch.setattr(liveness, "STALE_S", 0.0)  # nothing came for so long
    Lock(run).release()


def test_a_worker_that_was_lost_with_its_host_costs_its_cell_an_attempt_once(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    for attempts in (1, 2):
        occupy(folder, me() | ELSEWHERE | {"heartbeat": 1.0})
        worker = Worker(folder, begun(folder, OPTIONS.session(1)), (0, 1), tied=False)
        assert not worker._do_some(["T=3,seed=0"], cast(Any, place()))
        (failed,) = SweepReader(folder).poll().failed
        assert (failed.attempts, failed.reason) == (attempts, "its worker on elsewhere was lost")
    session, reader = begun(folder, OPTIONS.session(1)), SweepReader(folder)
    assert LocalRunner(1).run(folder, session, lambda: reader.left(session.id))
    assert reader.poll().state == "finished" and reader.finished["T=3,seed=0"].attempts == 3


def occupy(folder: Path, who: dict[str, Any]) -> None:
    """Let it look as if somebody trains the cell."""
    run = make_cell(folder, read_sweep(folder).cells()[0])
    status = {"state": "running", "step": 1, "steps": 2, "heartbeat": time.time()}
    replace_json(run / "status.json", status | who)
    replace_json(folder / "workers" / "somebody.0", who | {"cells": ["T=3,seed=0"]})


def place() -> SimpleNamespace:
    return SimpleNamespace(at=lambda *cells: None)

"""Who works on a sweep: places, what they say of lost workers, and sessions that are there or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sdd_tui.run.liveness import me, process_started
from sdd_tui.run.requests import ask
from sdd_tui.run.status import read_status
from sdd_tui.sweep.directory import add_cells, ask_to_stop, create_sweep, make_cell, read_sweep
from sdd_tui.sweep.local import LocalRunner
from sdd_tui.sweep.presets import added
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.results import CellResult, keep
from sdd_tui.sweep.session import Session, begin
from sdd_tui.sweep.slots import at_work, cells_here, in_use, places, take_place, trained_by, used
from tests.sweep.helpers import tiny
from tests.sweep.sessions import start, workers_of
from tests.waiting import PATIENCE_S, wait_until

LOSE = """
import os, sys
from pathlib import Path
from sdd_tui.sweep.slots import take_place
take_place(Path(sys.argv[1]), 1).at("T=3,seed=0")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def folder(runs: Path) -> Path:
    return create_sweep(tiny({"T": [3, 5], "seed": [0, 1]}), runs, "a")


def test_a_place_says_its_cells_in_one_piece_however_often_it_is_read(folder: Path) -> None:
    place = take_place(folder, 1)
    assert place is not None
    over, found = threading.Event(), []

    def read() -> None:
        while not over.is_set():
            found.append(len(places(folder)))

    reading = threading.Thread(target=read)
    reading.start()
    for i in range(2_000):
        place.at(*(["T=3,seed=0", "T=5,seed=1"] * (i % 3)))
    over.set()
    reading.join()
    assert set(found) == {1}
    assert cells_here(folder) == 2
    place.leave()
    assert cells_here(folder) == 0


def test_a_worker_that_takes_the_place_of_a_lost_one_keeps_what_that_said(folder: Path) -> None:
    lost = subprocess.Popen([sys.executable, "-c", LOSE, str(folder)])
    os.waitid(os.P_PID, lost.pid, os.WEXITED | os.WNOWAIT)
    (said,) = places(folder)
    started = said["pid_started"]
    place = take_place(folder, 1)  # of another session, before the one that started it has looked
    assert place is not None
    place.at("T=5,seed=0")
    assert trained_by(folder, lost.pid, started) == ["T=3,seed=0"]
    assert trained_by(folder, os.getpid(), process_started(os.getpid())) == ["T=5,seed=0"]
    assert trained_by(folder, os.getpid(), "at another time") == []  # another process that had this number
    lost.wait()


def paused(runs: Path) -> tuple[Path, Path, subprocess.Popen[bytes]]:
    """A sweep whose only cell is paused, that cell, and the session."""
    folder = create_sweep(tiny({"T": [3], "seed": [0]}, steps=100_000_000), runs, "a")
    run = folder / "cells" / "T=3,seed=0"
    process = start(folder)
    wait_until(lambda: workers_of(folder) and read_status(run).get("step"))
    ask(run, "pause")
    wait_until(lambda: read_status(run)["state"] == "paused")
    return folder, run, process


def test_a_paused_cell_does_not_keep_its_worker_from_stopping(runs: Path) -> None:
    folder, run, process = paused(runs)
    ask_to_stop(folder)
    _, words = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, words.decode()
    assert read_status(run)["state"] == "stopped"


def test_the_workers_of_a_killed_session_leave_a_paused_cell(runs: Path) -> None:
    folder, run, process = paused(runs)
    process.kill()
    process.communicate()
    wait_until(lambda: not workers_of(folder))
    wait_until(lambda: not used(folder))
    assert read_status(run)["state"] == "stopped"


def test_cells_that_two_processes_add_at_once_are_all_there(folder: Path) -> None:
    adding = [threading.Thread(target=add_cells, args=(folder, added([f"T={T}"]))) for T in range(10, 22)]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()
    axis = next(axis for axis in read_sweep(folder).axes if axis.key == "T")
    assert sorted(axis.values) == [3, 5, *range(10, 22)]


def test_a_session_that_has_no_cell_yet_is_there_to_be_cancelled(folder: Path) -> None:
    assert not used(folder)
    with in_use(folder):
        assert used(folder)
        with in_use(folder):  # a worker that begins while somebody looks
            assert used(folder)
    assert not used(folder)


def test_no_more_workers_start_than_there_are_cells(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    class Idle:
        returncode, stdin = 0, None

        def __init__(self, words: list[str], **more: object) -> None:
            started.append(words)
            self.pid = os.getpid()

        def poll(self) -> int | None:
            return None

        def wait(self, timeout: float | None = None) -> int:
            return 0

        def kill(self) -> None: ...

    monkeypatch.setattr(subprocess, "Popen", Idle)
    left = iter([2, 2, 1, 0])
    assert LocalRunner().run(folder, Session("id", "", places=8, cores=8), lambda: next(left))
    assert len(started) == 2


def test_a_cell_somebody_stopped_waits_and_has_not_failed(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0, 1]}, steps=100_000_000), runs, "a")
    process = start(folder)
    stopped = "T=3,seed=0"
    wait_until(lambda: len(workers_of(folder)) == min(2, len(os.sched_getaffinity(0))))
    wait_until(lambda: read_status(folder / "cells" / stopped).get("step"))
    ask(folder / "cells" / stopped, "stop")
    reader = SweepReader(folder)
    wait_until(lambda: len(reader.poll().running) == 1 and reader.results.trouble)  # on one core the other begins now
    progress = reader.poll()
    assert (progress.failed, progress.waiting, progress.state) == ((), 1, "running")
    ask_to_stop(folder)
    _, words = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, words.decode()


def test_what_is_left_is_told_from_training_alone_and_without_cells_that_are_given_up(runs: Path) -> None:
    sweep = tiny({"T": [3, 4, 5, 6], "seed": [0]}, steps=100_000)
    folder = create_sweep(sweep, runs, "a")
    costs = {cell.name: cell.core_seconds for cell in sweep.cells()}
    line = {
        "step": 1,
        "state": "finished",
        "cell": "T=3,seed=0",
        "seconds": 3 * (costs["T=3,seed=0"] - 0.12),
        "threads": 1,
    }
    failed = {"step": 1, "state": "failed", "cell": "T=4,seed=0", "session": "s", "attempts": 1, "reason": "NaN"}
    lines = [line, failed, failed | {"attempts": 2}]
    (folder / "results.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in lines))
    run = folder / "cells" / "T=5,seed=0"
    run.mkdir()
    status = {"state": "running", "step": 0, "steps": 100_000, "heartbeat": time.time()} | me()
    (run / "status.json").write_text(json.dumps(status))
    place = take_place(folder, 1)
    assert place is not None
    place.at("T=5,seed=0")
    reader = SweepReader(folder)
    expected = sum(3 * (costs[f"T={T},seed=0"] - 0.12) + 0.12 for T in (5, 6))  # three times slower than thought
    assert reader.poll().eta_s == pytest.approx(expected, rel=1e-6)
    assert begin(folder).places >= 1
    place.leave()


def test_a_cell_whose_worker_was_killed_as_it_drew_its_data_has_failed(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3, 4], "seed": [0]}), runs, "a")
    cell = read_sweep(folder).cells()[0]
    run = make_cell(folder, cell)
    code = (
        "import os, pathlib, sys; from sdd_tui.run.lock import Lock; from sdd_tui.sweep.slots import take_place\n"
        "take_place(pathlib.Path(sys.argv[1]), 1).at(sys.argv[2]); Lock(pathlib.Path(sys.argv[3])); os._exit(1)"
    )
    lost = [sys.executable, "-c", code, str(folder), cell.name, str(run)]
    subprocess.run(lost, check=False, stderr=subprocess.DEVNULL)
    for attempts in (1, 2):
        keep(folder, CellResult(cell.name, "failed", attempts=attempts, reason="killed", session="s"))
    progress = SweepReader(folder).poll()
    assert ([failed.cell for failed in progress.failed], progress.running, progress.waiting) == ([cell.name], (), 1)
    assert progress.state == "stopped"


def test_a_worker_in_another_container_is_known_by_its_lock(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    place = take_place(folder, 1)
    assert place is not None
    (path,) = (folder / "workers").glob("[!.]*")
    said = json.dumps(me() | {"pid_namespace": "pid:[1]", "pid": 7, "pid_started": "7", "cells": ["T=3,seed=0"]})
    path.write_text(said)
    assert (at_work(folder), cells_here(folder), SweepReader(folder).poll().state) == (1, 1, "running")
    place.leave()
    path.write_text(said)
    assert (at_work(folder), cells_here(folder), SweepReader(folder).poll().state) == (0, 0, "stopped")

"""A worker that trains many cells in one batch leaves what one leaves that trains them one after another."""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.config import RunConfig
from sdd_tui.engine.device_errors import DeviceErrors
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.errors import DeviceFailedError, DeviceLostError, ExitCode, NoDeviceError
from sdd_tui.run import checkpoint, requests
from sdd_tui.run.layout import STATUS
from sdd_tui.run.lock import Lock
from sdd_tui.run.status import read_status
from sdd_tui.sweep import session as sessions
from sdd_tui.sweep.directory import cell_path, create_sweep
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.slots import cells_of, places, take_place
from sdd_tui.sweep.worker import Worker
from tests.engine.triton_engine import TRITON
from tests.sweep.batches import ONE, left_by, trained
from tests.sweep.helpers import tiny

AXES = {"T": [3, 4, 30], "seed": [0, 1], "lr": [1e-3, 1e-2]}


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Models in each call of the engine."""
    found: list[int] = []
    advance = FusedCPU.advance

    def counted(self: FusedCPU, state: Any, data: Any, schedule: Any, k: int) -> None:
        found.append(len(state.params.W))
        advance(self, state, data, schedule, k)

    monkeypatch.setattr(FusedCPU, "advance", counted)
    return found


def test_cells_of_a_batch_have_the_bits_they_have_alone(runs: Path, batches: list[int]) -> None:
    sweep = tiny(AXES)
    alone = trained(sweep, runs, "alone")
    assert set(batches) == {1}
    batches.clear()
    together = trained(sweep, runs, "together", lambda config: 5)
    assert {5, 2} <= set(batches)  # twelve cells: five, five and two
    results = [SweepReader(folder) for folder in (alone, together)]
    for reader in results:
        reader.poll()
    assert results[0].finished.keys() == results[1].finished.keys() == {cell.name for cell in sweep.cells()}
    for cell in sweep.cells():
        assert left_by(alone, cell.name) == left_by(together, cell.name)
        a, b = (reader.finished[cell.name] for reader in results)
        assert (a.test_loss, a.D_f, a.D_X, a.solution) == (b.test_loss, b.D_f, b.D_X, b.solution)


def test_cells_that_differ_in_steps_or_m_go_in_batches_of_their_own(runs: Path, batches: list[int]) -> None:
    trained(tiny({"T": [3, 4], "m": [2, 3], "steps": [20, 40]}), runs, "a", lambda config: 64)
    assert max(batches) == 2


def test_a_batch_has_no_more_cells_than_there_is_room_for_its_largest(runs: Path, batches: list[int]) -> None:
    def room(config: RunConfig) -> int:
        return 64 if config.data.n_examples != 30 else 3

    trained(tiny({"T": [3, 30], "seed": [0, 1, 2, 3]}), runs, "a", room)
    assert max(batches) == 4


def test_a_batch_that_fails_is_done_again_cell_by_cell(
    runs: Path, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = FusedCPU.advance

    def full(self: FusedCPU, state: Any, *more: Any) -> None:
        counted(self, state, *more)
        if len(state.params.W) > 1:
            raise DeviceFailedError("device cuda: there is not enough memory on it for this run.")

    monkeypatch.setattr(FusedCPU, "advance", full)
    folder = trained(tiny({"T": [3, 4, 5]}), runs, "a", lambda config: 64)
    reader = SweepReader(folder)
    assert reader.poll().state == "finished"
    assert {result.attempts for result in reader.finished.values()} == {2}
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    assert sum("not enough memory" in line.get("reason", "") for line in lines) == 3


@pytest.mark.parametrize("room", [1, 64])
def test_a_device_that_is_lost_ends_its_worker_and_a_fresh_one_takes_the_cells(
    runs: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy, calls = FusedCPU.advance, list[int]()

    def lost(self: FusedCPU, state: Any, data: Any, schedule: Any, k: int) -> None:
        if state.step > 5:
            calls.append(state.step)
            raise DeviceLostError("device cuda: it failed or was lost.")
        healthy(self, state, data, schedule, k)

    folder = create_sweep(tiny({"T": [3, 4, 5]}), runs, "a")
    monkeypatch.setattr(FusedCPU, "advance", lost)
    assert Worker(folder, ONE, tied=False, room=lambda config: room).work() == ExitCode.FAILED
    assert len(calls) == 1, "nothing is asked of a device that is lost"
    monkeypatch.setattr(FusedCPU, "advance", healthy)
    assert Worker(folder, ONE, tied=False, room=lambda config: room).work() == ExitCode.DONE
    assert len(SweepReader(folder).poll().failed) == 0


@pytest.mark.parametrize("room", [1, 64])
@pytest.mark.parametrize("full", [False, True], ids=["there is room", "batches run out of memory"])
def test_cells_leave_no_engine_behind(
    runs: Path, room: int, full: bool, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GPU's memory would stay with it, and a batch that ran out of memory run out again cell by cell."""
    counted = FusedCPU.advance

    def advance(self: FusedCPU, state: Any, *more: Any) -> None:
        counted(self, state, *more)
        if full and len(state.params.W) > 1:
            with DeviceErrors("cuda"):
                raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr(FusedCPU, "advance", advance)
    engines, start = list[weakref.ref[FusedCPU]](), FusedCPU.__init__

    def started(self: FusedCPU, *arguments: Any) -> None:
        assert [engine() for engine in engines if engine()] == []
        start(self, *arguments)
        engines.append(weakref.ref(self))

    monkeypatch.setattr(FusedCPU, "__init__", started)
    gc.disable()
    try:
        trained(tiny({"T": [3, 4, 5]}), runs, "a", lambda config: room)
        assert engines and [engine() for engine in engines if engine()] == []
    finally:
        gc.enable()


def test_a_cell_that_diverges_does_not_stop_the_others_of_its_batch(runs: Path) -> None:
    folder = trained(tiny({"T": [3, 4], "lr": [1e-3, 1e30]}), runs, "a", lambda config: 64)
    reader = SweepReader(folder)
    progress = reader.poll()
    assert len(reader.finished) == 2 and len(progress.failed) == 2
    assert all("NaN" in (failed.reason or "") for failed in progress.failed)


@pytest.mark.parametrize("room", [1, 64])
def test_an_error_that_nobody_foresaw_fails_its_cell_and_stops_no_other(
    runs: Path, room: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load = FusedCPU.load

    def broken(self: FusedCPU, data: Any) -> Any:
        return 1 // 0 if len(data.indptr) == 4 + 1 else load(self, data)

    monkeypatch.setattr(FusedCPU, "load", broken)
    reader = SweepReader(trained(tiny({"T": [3, 4, 5], "seed": [0]}, over=[]), runs, "a", lambda config: room))
    (failed,) = reader.poll().failed
    assert (failed.cell, failed.attempts, len(reader.finished)) == ("T=4,seed=0", 2, 2)
    assert "ZeroDivisionError" in failed.reason and "console.log" in failed.reason
    assert "Traceback" in capsys.readouterr().err


def test_a_signal_stops_every_cell_of_a_batch_with_a_checkpoint(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3, 4, 5]}, steps=3_000_000), runs, "a")
    cells = [cell_path(folder, name) for name in ("T=3", "T=4", "T=5")]

    def stop() -> None:
        while not all((run / STATUS).exists() and read_status(run).get("step", 0) > 10 for run in cells):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=stop, daemon=True).start()
    assert Worker(folder, ONE, tied=False, room=lambda config: 3).work() == ExitCode.INTERRUPTED
    for run in cells:
        status = read_status(run)
        assert status["state"] == "stopped" and checkpoint.steps(run) == [status["step"]]
        Lock(run).release()  # nobody has it


def test_a_paused_cell_lets_the_others_of_its_batch_go_on(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3, 4, 5]}, steps=600_000), runs, "a")
    one, *others = (cell_path(folder, name) for name in ("T=3", "T=4", "T=5"))
    seen: list[str] = []

    def state(run: Path) -> dict[str, Any]:
        return read_status(run) if (run / STATUS).exists() else {}

    def pause() -> None:
        while not state(one).get("step"):
            time.sleep(0.01)
        requests.ask(one, "pause")
        while not all(state(run).get("state") == "finished" for run in others):
            time.sleep(0.01)
        seen.append(state(one)["state"])
        requests.ask(one, "continue")

    thread = threading.Thread(target=pause, daemon=True)
    thread.start()
    assert Worker(folder, ONE, tied=False, room=lambda config: 3).work() == 0
    thread.join()
    assert seen == ["paused"]
    assert SweepReader(folder).poll().state == "finished"


def test_workers_share_what_is_left(runs: Path, batches: list[int]) -> None:
    folder = create_sweep(tiny({"T": [3, 4, 5, 6]}), runs, "a")
    two = Session("here", "", 2, 2, 1)
    assert Worker(folder, two, tied=False, room=lambda config: 64).work() == 0
    assert max(batches) == 2


def test_a_worker_names_every_cell_of_its_batch(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3, 4]}), runs, "a")
    place = take_place(folder, 1)
    assert place is not None
    place.at("T=3", "T=4")
    assert [cells_of(p) for p in places(folder)] == [["T=3", "T=4"]]
    place.at()
    assert [cells_of(p) for p in places(folder)] == [[]]
    place.leave()


@TRITON
def test_a_batch_fills_a_gpu_and_its_memory_and_no_more() -> None:
    from sdd_tui.engine.fused_cuda import batch_capacity

    def most(T: int, free: float = 60e9, n: int = 10_000, m: int = 2) -> int:
        return batch_capacity.most_within(n, m, T, 10.0 * (T + 10_000), True, 4, int(free))

    assert most(3) == most(100) == batch_capacity.MOST
    assert most(1_000) == 20
    assert most(100_000) == 1
    assert most(1, free=1e6) == 1
    sizes = [most(T) for T in np.unique(np.logspace(0, 6, 40).astype(int)).tolist()]
    assert sizes == sorted(sizes, reverse=True)
    assert most(100, free=100e6) < most(100)


def test_a_session_has_a_worker_for_each_gpu(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "cores", lambda: 16)
    assert [sessions.check(gpus=gpus).places for gpus in (0, 1, 4, 32)] == [16, 1, 4, 16]
    assert sessions.check(jobs=3, gpus=8).places == 3
    sweep = tiny({"T": [3]})
    for devices, count in ((["cpu"], 0), (["cuda:0", "cuda:1"], 2), (["cuda:1"], 1)):
        monkeypatch.setattr(sessions, "devices_for", lambda config, devices=devices: devices)
        assert sessions.gpus_of(sweep) == count

    def missing(config: RunConfig) -> list[str]:
        raise NoDeviceError("no GPU is here")

    monkeypatch.setattr(sessions, "devices_for", missing)
    assert sessions.gpus_of(sweep) == 0


def test_workers_of_a_host_use_its_gpus_in_turn(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sdd_tui.engine import setup

    folder = create_sweep(tiny({"T": [3]}), runs, "a")
    config = next(iter(Worker(folder, ONE, tied=False).cells.values())).config
    monkeypatch.setattr(setup, "gpu_problem", lambda device="cuda": "")
    monkeypatch.setattr(setup, "gpu_count", lambda: 2)
    used = [Worker(folder, ONE, tied=False, number=number)._here(config).device for number in range(3)]
    assert used == ["cuda:0", "cuda:1", "cuda:0"]


def test_a_sweep_for_a_cluster_may_ask_for_a_device_that_is_not_here(runs: Path) -> None:
    sweep = tiny({"T": [3]})
    sweep = Sweep(sweep.preset, sweep.title, sweep.base.model_copy(update={"device": "cuda:7"}), sweep.axes)
    with pytest.raises(NoDeviceError, match="cuda:7"):
        create_sweep(sweep, runs, "a")
    assert create_sweep(sweep, runs, "a", here=False).is_dir()

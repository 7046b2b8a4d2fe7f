"""Not to see a trainer is not its end: what a viewer makes of processes, locks and heartbeats."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.run import liveness, requests
from sdd_tui.run.create import create
from sdd_tui.run.index import listed
from sdd_tui.run.layout import replace_json
from sdd_tui.run.liveness import gone, me, process_started
from sdd_tui.run.lock import Lock
from sdd_tui.run.status import read_status
from tests.cli.helpers import COMMAND, sdd
from tests.run.helpers import ELSEWHERE, small

RUNNING = {"state": "running", "step": 1, "steps": 2, "beats": 1}


def state(run: Path, **values: Any) -> str:
    """The state of a run whose status says this, as every reader shows it."""
    replace_json(run / "status.json", RUNNING | {"heartbeat": time.time()} | me() | values)
    shown = listed(run)
    found = str(read_status(run)["state"])
    assert shown is not None and shown.state == found
    return found


@pytest.fixture
def run(runs: Path) -> Path:
    found = create(small(), runs, "a")
    Lock(found).release()
    return found


@pytest.fixture
def nobody() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_process_that_is_there_runs_and_one_that_is_not_has_failed(run: Path, nobody: int) -> None:
    assert state(run) == "running"
    assert state(run, pid_started="before") == "failed"
    assert state(run, pid=nobody) == "failed"
    assert read_status(run)["outcome"]["reason"] == "its process is gone"


def test_a_held_lock_knows_better_than_what_can_be_seen_of_processes(run: Path, nobody: int) -> None:
    for where in ({}, {"pid_namespace": "pid:[1]"}, ELSEWHERE):
        for age in (0, 90, -3_600, 1e6):
            lock = Lock(run, force=True)
            assert state(run, pid=nobody, heartbeat=time.time() - age, **where) == "running"
            lock.release()
    assert state(run, pid=nobody) == "failed"


def test_a_free_lock_of_this_machine_knows_as_well(run: Path) -> None:
    assert state(run, pid_namespace="pid:[1]") == "failed"  # another container's
    assert state(run, boot="before the restart") == "failed"


def test_a_process_that_proc_hides_is_not_taken_for_gone(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_permitted(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(liveness, "process_started", lambda pid: None)
    lock = Lock(run)
    hidden = 2**31 - 1  # past the highest there can be, so /proc has nothing of it
    monkeypatch.setattr(os, "kill", not_permitted)
    assert state(run, pid=hidden, pid_started="1") == "running"
    lock.release()
    assert state(run, pid=hidden, pid_started="1") == "failed"
    no_locks(monkeypatch)
    assert state(run, pid=hidden, pid_started="1") == "running"


def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(fd: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.mark.parametrize("where", [ELSEWHERE, {"pid_namespace": "pid:[1]"}])
@pytest.mark.parametrize("skew", [0, 90, 3_600, -3_600])
def test_elsewhere_a_counter_that_moves_is_life_and_one_that_stands_still_is_not(
    run: Path, monkeypatch: pytest.MonkeyPatch, skew: float, where: dict[str, str]
) -> None:
    no_locks(monkeypatch)
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    heartbeat = time.time() - skew  # by a clock that is late, or early
    for beats in range(1, 5):
        assert state(run, heartbeat=heartbeat, beats=beats, **where) == "running"
        now[0] += 50
    assert state(run, heartbeat=heartbeat, beats=4, **where) == "running"
    now[0] += 11
    assert state(run, heartbeat=heartbeat, beats=4, **where) == "failed"
    host = where.get("host", me()["host"])
    assert read_status(run)["outcome"]["reason"] == f"nothing is heard of its process on {host} any more"
    assert state(run, heartbeat=heartbeat, beats=5, **where) == "running"


def test_elsewhere_what_is_hours_old_has_failed_until_it_moves(run: Path) -> None:
    assert state(run, heartbeat=time.time() - 1e6, **ELSEWHERE) == "failed"
    assert state(run, heartbeat=time.time() - 1e6, beats=2, **ELSEWHERE) == "running"


def test_a_run_of_before_heartbeats_were_counted_is_watched_by_its_heartbeats(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"state": "running", "host": "elsewhere", "pid": 1, "pid_started": "1"}
    assert not gone(run, old | {"heartbeat": time.time() - 90})
    assert not gone(run, old | {"heartbeat": time.time() - 89})
    monkeypatch.setattr(liveness, "STALE_S", 0.0)
    assert gone(run, old | {"heartbeat": time.time() - 89})
    here = me()
    assert not gone(run, old | {name: here[name] for name in ("host", "pid", "pid_started")})
    assert gone(run, old | {"host": here["host"], "pid": here["pid"]})


def test_a_run_that_nobody_took_has_failed_after_a_while(runs: Path) -> None:
    run = create(small(), runs, "a")
    made = {"state": "starting", "step": 0, "steps": 2}
    assert not gone(run, made | {"heartbeat": time.time()})
    for age in (3_600, -3_600):
        assert gone(run, made | {"heartbeat": time.time() - age}) == "its trainer never began"
    lock = Lock(run)
    assert not gone(run, made | {"heartbeat": 0.0})
    lock.release()


def test_a_trainer_killed_before_its_first_status_is_gone_at_once(runs: Path) -> None:
    run = create(small(), runs, "a")
    assert read_status(run)["state"] == "starting"
    code = "import os, pathlib, sys; from sdd_tui.run.lock import Lock; Lock(pathlib.Path(sys.argv[1])); os._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(run)], check=False, stderr=subprocess.DEVNULL)
    assert read_status(run)["state"] == "failed"


@pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "-pf", "--mount-proc", "true"], capture_output=True, check=False).returncode != 0,
    reason="needs the right to make a PID namespace",
)
def test_a_trainer_in_another_pid_namespace_runs_and_a_second_one_is_refused(runs: Path) -> None:
    run = create(small("optim.steps=100000000"), runs, "a")
    trainer = subprocess.Popen(
        ["unshare", "-pf", "--kill-child", "--mount-proc", *COMMAND, "resume", "a", "--quiet"],
        stderr=subprocess.DEVNULL,
    )
    try:
        while read_status(run)["state"] == "starting":
            time.sleep(0.05)
        assert read_status(run)["state"] == "running"
        refused = sdd("resume", "a")
        assert (refused.code, "another trainer holds this run" in refused.err) == (5, True)
        requests.ask(run, "stop")
        assert trainer.wait(300) == 0
        assert read_status(run)["state"] == "stopped"
    finally:
        trainer.kill()
        trainer.wait()


def test_a_process_has_a_start_time_while_it_lives() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert process_started(process.pid) is not None
    process.communicate(b"\n")
    assert process_started(process.pid) is None


def test_a_zombie_is_not_alive(run: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    who = me() | {"pid": process.pid, "pid_started": process_started(process.pid)}
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert state(run, **who) == "failed"
    process.wait()


@pytest.mark.parametrize(("has_proc", "most"), [(True, 30), (False, 2)])
def test_where_asking_for_a_process_starts_another_it_is_asked_once_a_second(
    run: Path, monkeypatch: pytest.MonkeyPatch, has_proc: bool, most: int
) -> None:
    asked = []

    def started(pid: int) -> str:
        asked.append(pid)
        return "now"

    monkeypatch.setattr(liveness, "HAS_PROC", has_proc)
    monkeypatch.setattr(liveness, "process_started", started)
    status = RUNNING | me() | {"pid_started": "now"}
    asked.clear()
    assert not any(gone(run, status) for _ in range(30))
    assert 1 <= len(asked) <= most
    assert gone(run, status | {"pid_started": "before"})


@pytest.mark.parametrize("heartbeat", [None, "now", 10**400, float("nan"), [1]])
def test_a_heartbeat_that_is_none_is_no_life(run: Path, heartbeat: object) -> None:
    assert gone(run, {"state": "running", "host": "elsewhere", "pid": 1, "heartbeat": heartbeat, "beats": [1]})


@pytest.mark.parametrize("pid", [0, -1, 2**40, "1", None])
def test_a_number_that_no_process_can_have_is_nobody_s(run: Path, pid: object) -> None:
    assert state(run, pid=pid) == "failed"


def test_a_trainer_elsewhere_that_is_just_starting_is_watched(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create(small(), runs, "a")
    replace_json(run / "lock", me() | ELSEWHERE)
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    for age in (0, 90, 1e6):  # made long before it was begun, or by another clock
        made = {"state": "starting", "step": 0, "steps": 2, "heartbeat": time.time() - age}
        assert not gone(run, made)
    now[0] += 61
    assert gone(run, made) == "nothing is heard of its process on elsewhere any more"

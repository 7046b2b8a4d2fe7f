from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError
from sdd_tui.store import lock
from sdd_tui.store.layout import replace_json
from sdd_tui.store.lock import Lock, alive, me, process_started


def test_the_second_one_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    first = Lock(tmp_path)
    with pytest.raises(BusyError, match=f"process {os.getpid()} on '{socket.gethostname()}'"):
        Lock(tmp_path)
    first.release()
    Lock(tmp_path).release()


def test_force_goes_on_all_the_same(tmp_path: Path) -> None:
    first = Lock(tmp_path)
    Lock(tmp_path, force=True).release()
    first.release()


@pytest.mark.parametrize("left", [b"", b"garbage", b'{"pid": 1, "host": "gone"}', b'{"pid": "x"}'])
def test_a_lock_file_that_nobody_holds_is_no_lock(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "lock").write_bytes(left)
    Lock(tmp_path).release()


def test_a_holder_that_wrote_nonsense_is_unknown(tmp_path: Path) -> None:
    first = Lock(tmp_path)
    (tmp_path / "lock").write_bytes(b"\xff[")
    with pytest.raises(BusyError, match="unknown"):
        Lock(tmp_path)
    first.release()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    code = "import sys,time; from pathlib import Path; from sdd_tui.store.lock import Lock; "
    code += "Lock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(BusyError, match=f"process {process.pid} "):
        Lock(tmp_path)
    process.kill()
    process.communicate()
    Lock(tmp_path).release()


class TestWhereFlockDoesNotWork:
    @pytest.fixture(autouse=True)
    def no_flock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def flock(fd: int, how: int) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr(fcntl, "flock", flock)

    def status(self, run: Path, **values: object) -> None:
        replace_json(run / "status.json", {"state": "running", "heartbeat": time.time(), **values})

    def test_a_run_without_a_trainer_is_free(self, tmp_path: Path) -> None:
        Lock(tmp_path).release()
        self.status(tmp_path, state="starting")
        Lock(tmp_path).release()

    def test_a_live_process_here_holds_it(self, tmp_path: Path) -> None:
        self.status(tmp_path, **me())
        with pytest.raises(BusyError):
            Lock(tmp_path)

    def test_a_dead_process_here_does_not(self, tmp_path: Path) -> None:
        self.status(tmp_path, **me() | {"pid_started": "before"})
        Lock(tmp_path).release()

    def test_a_fresh_heartbeat_elsewhere_holds_it(self, tmp_path: Path) -> None:
        self.status(tmp_path, host="elsewhere", pid=1)
        with pytest.raises(BusyError):
            Lock(tmp_path)

    def test_a_stale_heartbeat_elsewhere_does_not(self, tmp_path: Path) -> None:
        self.status(tmp_path, host="elsewhere", pid=1, heartbeat=time.time() - 3600)
        Lock(tmp_path).release()

    def test_an_unreadable_status_does_not(self, tmp_path: Path) -> None:
        (tmp_path / "status.json").write_text("{")
        Lock(tmp_path).release()


def test_a_process_has_a_start_time_while_it_lives() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert process_started(process.pid) is not None
    process.communicate(b"\n")
    assert process_started(process.pid) is None


def test_a_zombie_is_not_alive() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    status = me() | {"state": "running", "pid": process.pid, "pid_started": process_started(process.pid)}
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(status)
    process.wait()


@pytest.mark.parametrize(("has_proc", "most"), [(True, 30), (False, 2)])
def test_where_asking_for_a_process_starts_another_it_is_asked_once_a_second(
    monkeypatch: pytest.MonkeyPatch, has_proc: bool, most: int
) -> None:
    asked = []

    def started(pid: int) -> str:
        asked.append(pid)
        return "now"

    monkeypatch.setattr(lock, "HAS_PROC", has_proc)
    monkeypatch.setattr(lock, "process_started", started)
    status = me() | {"state": "running", "pid_started": "now"}
    asked.clear()
    assert all(alive(status) for _ in range(30))
    assert 1 <= len(asked) <= most
    assert not alive(status | {"pid_started": "before"})


@pytest.mark.parametrize("heartbeat", [None, "now", 10**400, float("nan"), [1]])
def test_a_heartbeat_that_is_none_is_no_life(heartbeat: object) -> None:
    assert not alive({"state": "running", "host": "elsewhere", "pid": 1, "heartbeat": heartbeat})

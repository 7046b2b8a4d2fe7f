from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError
from sdd_tui.run import liveness, lock
from sdd_tui.run.create import create
from sdd_tui.run.layout import replace_json
from sdd_tui.run.liveness import held, me
from sdd_tui.run.lock import Lock, UnseenTrainerError, hold
from tests.run.helpers import ELSEWHERE, small


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
    code = "import sys,time; from pathlib import Path; from sdd_tui.run.lock import Lock; "
    code += "Lock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(BusyError, match=f"process {process.pid} "):
        Lock(tmp_path)
    process.kill()
    process.communicate()
    Lock(tmp_path).release()


def test_a_viewer_s_look_refuses_no_trainer(tmp_path: Path) -> None:
    Lock(tmp_path).release()
    looks, over = [0], threading.Event()

    def look() -> None:
        while not over.is_set():
            assert held(tmp_path / "lock") in (True, False)
            looks[0] += 1

    viewers = [threading.Thread(target=look) for _ in range(2)]
    for viewer in viewers:
        viewer.start()
    try:
        while looks[0] < 500:
            Lock(tmp_path).release()
    finally:
        over.set()
        for viewer in viewers:
            viewer.join()


def test_a_look_that_lasts_is_waited_for(tmp_path: Path) -> None:
    Lock(tmp_path).release()
    fd = os.open(tmp_path / "lock", os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_SH)
    looking = threading.Timer(0.1, os.close, [fd])
    looking.start()
    Lock(tmp_path).release()
    looking.join()


@pytest.mark.parametrize("age", [0.0, 90.0, -3_600.0])
def test_a_trainer_on_another_host_is_watched_though_the_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    status = {"state": "running", "heartbeat": time.time() - age, "beats": 1} | me() | ELSEWHERE
    said: list[str] = []

    def beat(words: str) -> None:
        said.append(words)
        replace_json(tmp_path / "status.json", status | {"beats": 2})

    monkeypatch.setattr(lock, "WATCH_S", 0.0)
    replace_json(tmp_path / "status.json", status)
    with pytest.raises(BusyError, match=f"another trainer holds this run .process {os.getpid()} on 'elsewhere'"):
        hold(tmp_path, on_words=beat)
    (words,) = said
    assert "can't be seen from here, and may still run. Watching for up to 60 s" in words
    Lock(tmp_path, force=True).release()
    monkeypatch.setattr(liveness, "STALE_S", 0.0)  # nothing came for so long
    hold(tmp_path).release()


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
        with pytest.raises(BusyError, match="another trainer holds"):
            Lock(tmp_path)

    def test_a_dead_process_here_does_not(self, tmp_path: Path) -> None:
        self.status(tmp_path, **me() | {"pid_started": "before"})
        Lock(tmp_path).release()

    @pytest.mark.parametrize("where", [ELSEWHERE, {"pid_namespace": "pid:[1]"}])
    def test_one_that_can_t_be_seen_may_hold_it_until_it_was_silent_for_long(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: dict[str, str]
    ) -> None:
        self.status(tmp_path, **me() | {"pid_started": "before"} | where)
        with pytest.raises(UnseenTrainerError):
            Lock(tmp_path)
        monkeypatch.setattr(liveness, "STALE_S", 0.0)
        Lock(tmp_path).release()

    def test_a_heartbeat_that_moves_holds_it(self, tmp_path: Path) -> None:
        for beats in (1, 2):
            self.status(tmp_path, **me() | {"pid_namespace": "pid:[1]"}, beats=beats)
            with pytest.raises(BusyError, match="another trainer holds" if beats == 2 else "may still run"):
                Lock(tmp_path)

    def test_a_heartbeat_of_long_ago_does_not(self, tmp_path: Path) -> None:
        self.status(tmp_path, **me() | ELSEWHERE, heartbeat=time.time() - 1e6)
        Lock(tmp_path).release()

    def test_an_unreadable_status_does_not(self, tmp_path: Path) -> None:
        (tmp_path / "status.json").write_text("{")
        Lock(tmp_path).release()


def test_a_trainer_elsewhere_that_is_just_starting_may_still_run(runs: Path) -> None:
    run = create(small(), runs, "a")
    Lock(run).release()
    Lock(run).release()  # who took it here has given it back
    replace_json(run / "lock", me() | ELSEWHERE)
    with pytest.raises(UnseenTrainerError, match="on 'elsewhere'"):
        Lock(run)


def test_who_gave_a_lock_back_may_take_it_again_without_locks(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(fd: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    run = create(small(), runs, "a")
    Lock(run).release()
    Lock(run).release()

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sdd_tui import files
from sdd_tui.engine.setup import initial_state
from sdd_tui.engine.trainer import Event, Frame, Progress
from sdd_tui.errors import BusyError, DamagedError, InterruptedRunError, NoRoomError, RunFailedError
from sdd_tui.run import checkpoint, requests
from sdd_tui.run.create import create
from sdd_tui.run.lock import Lock
from sdd_tui.run.reader import open_run
from sdd_tui.training import recorder, writer
from sdd_tui.training.launch import launch
from sdd_tui.training.recorder import record
from sdd_tui.training.recording_plan import make_plan
from sdd_tui.training.writer import Writer
from tests.run.helpers import asking, assert_same_results, lay_traps, small, trained
from tests.waiting import wait_until

KINDS = {
    "finite": (),
    "infinite": ("T=inf", "data.batch_size=20"),
    "untied": ("tied=false",),
    "linear": ("output=linear",),
    "float64": ("precision=float64",),
    "reference": ("engine=reference", "optim.steps=60"),
}


def wait_for(run: Path, *states: str) -> dict[str, Any]:
    wait_until(lambda: open_run(run).status.get("state") in states, lambda: open_run(run).status)
    return open_run(run).status


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_stopped_and_resumed_is_the_undisturbed_one(runs: Path, kind: str) -> None:
    config = small(*KINDS[kind])
    undisturbed = trained(config, runs, "undisturbed")
    run = create(config, runs, "stopped")
    for step in (10, 40):
        assert record(run, on_event=asking(run, step, "stop")).state == "stopped"
        assert step <= open_run(run).status["step"] < config.optim.steps
    result = record(run)
    assert (result.state, result.status["step"]) == ("finished", config.optim.steps)
    assert_same_results(run, undisturbed)
    courses = [open_run(each).status["course"] for each in (run, undisturbed)]
    assert courses[0] == courses[1] and courses[0][-1] == open_run(run).status["train_loss"]


def test_the_bits_do_not_depend_on_threads_nor_on_being_detached(runs: Path) -> None:
    settings = ("n=1000", "S=0.99", "T=100")
    one = trained(small(*settings, "threads=1"), runs, "one")
    two = trained(small(*settings, "threads=2"), runs, "two")
    detached = create(small(*settings, "threads=2"), runs, "detached")
    launch(detached)
    wait_for(detached, "finished")
    assert_same_results(one, two)
    assert_same_results(one, detached)


def test_rows_and_frames_are_those_of_the_plan(runs: Path) -> None:
    from sdd_tui.training.recording_plan import make_plan

    run = trained(small(), runs)
    plan = make_plan(small())
    assert open_run(run).metrics["step"].tolist() == list(plan.row_steps)
    assert open_run(run).frame_steps.tolist() == list(plan.frame_steps)
    assert checkpoint.steps(run) == list(plan.checkpoint_steps)


def test_the_status_ends_with_the_outcome(runs: Path) -> None:
    status = open_run(trained(small(), runs)).status
    last = {name: column[-1] for name, column in open_run(runs / "a").metrics.items()}
    assert (status["state"], status["step"], status["steps"]) == ("finished", 200, 200)
    for name in ("train_loss", "test_loss", "weight_norm", "bias_norm"):
        assert status[name] == last[name]
    assert status["seconds"] > 0
    assert status["outcome"]["solution"]


def test_the_status_tells_the_present_speed_and_what_the_trainer_holds_in_memory(runs: Path) -> None:
    writer = Writer(runs, small(), make_plan(small(), None))
    runs.mkdir()
    for second in range(31):  # 100 steps a second at first, 10 from the tenth second on
        writer.progress(100 * second if second <= 10 else 1_000 + 10 * (second - 10), float(second))
    assert writer.status["recent_steps_per_second"] == pytest.approx(10)
    assert writer.status["steps_per_second"] == pytest.approx(40)
    status = open_run(trained(small(), runs)).status
    assert 10 < status["peak_memory_mb"] < 100_000
    assert "gpus" not in status


def test_resuming_a_finished_run_changes_nothing_in_it(runs: Path) -> None:
    run = trained(small(), runs)
    before, status = shutil.copytree(run, runs / "before"), open_run(run).status
    record(run)
    assert_same_results(run, before)
    after = open_run(run).status
    for name in ("state", "step", "train_loss", "test_loss", "weight_norm", "bias_norm", "outcome"):
        assert after[name] == status[name], name


def test_a_paused_run_waits_and_goes_on(runs: Path) -> None:
    undisturbed = trained(small(), runs, "undisturbed")
    run = create(small(), runs, "paused")

    def go_on() -> None:
        status = wait_for(run, "paused")
        assert checkpoint.steps(run)[-1] == status["step"]
        requests.ask(run, "continue")

    other = threading.Thread(target=go_on)
    other.start()
    record(run, on_event=asking(run, 50, "pause"))
    other.join()
    assert [e["kind"] for e in open_run(run).events if e["kind"] in ("paused", "continued")] == ["paused", "continued"]
    assert_same_results(run, undisturbed)


def test_a_paused_run_can_be_stopped(runs: Path) -> None:
    run = create(small(), runs)
    assert record(run, on_event=asking(run, 50, "pause", "stop")).state == "stopped"


def test_a_run_pauses_at_exactly_the_steps_it_is_asked_to_run_to(runs: Path) -> None:
    undisturbed = trained(small(), runs, "undisturbed")
    run = create(small(), runs, "stepped")
    saved = []

    def step_on() -> None:
        for here, target in pairwise((60, 61, 62, 62, 63, 199, 200)):
            while (status := wait_for(run, "paused"))["step"] != here:
                time.sleep(0.01)
            saved.append((status["step"], checkpoint.steps(run)[-1]))
            requests.ask(run, "run_to", target)

    other = threading.Thread(target=step_on)
    other.start()
    record(run, on_event=asking(run, 50, ("run_to", 60)))
    other.join()
    assert saved == [(step, step) for step in (60, 61, 62, 62, 63, 199)]
    kinds = [(e["step"], e["kind"]) for e in open_run(run).events if e["kind"] in ("paused", "continued")]
    assert kinds == [(s, k) for s in (60, 61, 62, 63, 199) for k in ("paused", "continued")]
    assert_same_results(run, undisturbed)


def test_single_steps_asked_for_at_once_are_all_done_and_fill_no_events(runs: Path) -> None:
    undisturbed = trained(small(), runs, "undisturbed")
    run = create(small(), runs, "walked")

    def walk() -> None:
        here = wait_for(run, "paused")["step"]
        for _ in range(7):
            requests.ask(run, "step")
        while wait_for(run, "paused")["step"] < here + 7:
            time.sleep(0.01)
        saved.append((here + 7, wait_for(run, "paused")["step"], checkpoint.steps(run)[-1]))
        requests.ask(run, "continue")

    saved: list[tuple[int, int, int]] = []
    other = threading.Thread(target=walk)
    other.start()
    record(run, on_event=asking(run, 50, "step"))
    other.join()
    wanted, there, kept = saved[0]
    assert there == kept == wanted
    events = [(e["step"], e["kind"]) for e in open_run(run).events if e["kind"] in ("paused", "continued")]
    assert events == [(wanted - 7, "paused"), (wanted, "continued")]
    assert_same_results(run, undisturbed)


def test_run_to_a_step_that_has_passed_pauses_right_away(runs: Path) -> None:
    run = create(small(), runs)
    assert record(run, on_event=asking(run, 50, ("run_to", 20), "stop")).state == "stopped"
    status = open_run(run).status
    paused = [e for e in open_run(run).events if e["kind"] == "paused"]
    assert [e["step"] for e in paused] == [status["step"]] and 50 <= status["step"] < 200
    assert paused[0]["text"] == "asked to run to step 20"


def test_the_newest_request_counts(runs: Path) -> None:
    run = create(small(), runs)
    record(run, on_event=asking(run, 50, ("run_to", 100), "pause", ("run_to", 150), "continue"))
    steps = [e["step"] for e in open_run(run).events if e["kind"] == "paused"]
    assert len(steps) == 1 and 50 <= steps[0] < 100
    assert open_run(run).status["state"] == "finished"


def test_a_checkpoint_is_written_when_asked_for(runs: Path) -> None:
    run = create(small(), runs)
    record(run, on_event=asking(run, 50, "checkpoint"))
    assert "checkpoint" in [e["kind"] for e in open_run(run).events]


def test_requests_from_before_are_not_obeyed(runs: Path) -> None:
    run = create(small(), runs)
    requests.ask(run, "stop")
    assert record(run).state == "finished"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_means_a_checkpoint_and_the_way_back(runs: Path, number: signal.Signals) -> None:
    undisturbed = trained(small(), runs, "undisturbed")
    run = create(small(), runs, "a")

    def send(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 50:
            os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    with pytest.raises(InterruptedRunError, match=r"interrupted at step 50; .*sdd resume a"):
        record(run, on_event=send)
    assert signal.getsignal(number) == before
    assert checkpoint.steps(run)[-1] == 50
    assert open_run(run).status["state"] == "stopped"
    record(run)
    assert_same_results(run, undisturbed)


def test_a_second_signal_ends_at_once_and_the_run_can_be_resumed(runs: Path) -> None:
    undisturbed = trained(small(), runs, "undisturbed")
    run = create(small(), runs, "a")
    code = (
        "import os, pathlib, signal, sys\n"
        "from sdd_tui.training.recorder import record\n"
        "def send(event):\n"
        "    if type(event).__name__ == 'Progress' and event.step == 50:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "record(pathlib.Path(sys.argv[1]), on_event=send)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(run)], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"")
    record(run)
    assert_same_results(run, undisturbed)


def test_a_hang_up_that_is_ignored_stays_ignored(runs: Path) -> None:
    run = create(small(), runs, "a")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        record(run, on_event=lambda event: os.kill(os.getpid(), signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert open_run(run).status["state"] == "finished"


@pytest.mark.parametrize("step", [0, 1, 24, 25, 26])
def test_a_run_lost_at_any_step_is_resumed_from_its_newest_checkpoint(runs: Path, step: int) -> None:
    class LostError(Exception):
        pass

    def lose(event: Event) -> None:
        if isinstance(event, Frame | Progress) and event.step >= step:
            raise LostError

    undisturbed = trained(small(), runs, "undisturbed")
    run = create(small(), runs, "a")
    for _ in range(2):
        with pytest.raises(LostError):
            record(run, on_event=lose)
    record(run)
    assert_same_results(run, undisturbed)


def waits(thread: threading.Thread) -> bool:
    """Whether a thread waits for another one."""
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code.co_filename == threading.__file__


def test_nothing_is_written_once_the_lock_was_given_back_whatever_ended_the_run(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create(small(), runs, "a")
    begun, released, order = threading.Event(), threading.Event(), list[str]()
    write, release = checkpoint.write, Lock.release

    def slow(*args: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            wait_until(lambda: released.is_set() or waits(threading.main_thread()))
        write(*args)
        order.append("written")

    def noted(lock: Lock) -> None:
        release(lock)
        order.append("released")
        released.set()

    def interrupt(event: Event) -> None:
        if isinstance(event, Progress) and begun.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr(recorder, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr(checkpoint, "write", slow)
    monkeypatch.setattr(Lock, "release", noted)
    with pytest.raises(KeyboardInterrupt):
        record(run, on_event=interrupt)
    assert begun.is_set() and order[-1] == "released"
    assert not [t for t in threading.enumerate() if t.name.startswith("checkpoint")]


def test_a_checkpoint_whose_wait_was_cut_short_is_waited_for_again(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create(small(), runs, "a")
    hand, go, write = Writer(run, small(), make_plan(small())), threading.Event(), checkpoint.write

    def slow(*args: Any) -> None:
        go.wait(60)
        write(*args)

    def cut_short(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "write", slow)
    hand.checkpoint(initial_state(small()), 0.0, wait=False)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("sdd_tui.training.writer.futures.wait", cut_short)
        hand.settle()
    go.set()
    hand.settle()
    assert checkpoint.steps(run) == [0]


def test_the_name_of_the_checkpoints_is_on_the_disk_with_the_first_one(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, sync = create(small(), runs, "a"), files.sync
    named = list[bool]()

    def noted(path: Path) -> None:
        if path == run:
            named.append((run / "checkpoints").is_dir())
        sync(path)

    monkeypatch.setattr(files, "sync", noted)
    Writer(run, small(), make_plan(small())).checkpoint(initial_state(small()), 0.0)
    assert any(named)


def test_a_run_that_diverges_fails_with_advice(runs: Path) -> None:
    run = create(small("optim.lr=1e30"), runs, "a")
    with pytest.raises(
        RunFailedError, match=r"^a: stopped at step [\d,]+: the loss became NaN\. Try a lower learning rate"
    ):
        record(run)
    status = open_run(run).status
    assert (status["state"], status["outcome"]["reason"]) == ("failed", "the loss became NaN")
    assert "lower learning rate" in status["outcome"]["advice"]
    assert open_run(run).events[-1]["kind"] == "diverged"


def test_a_second_trainer_is_refused_and_changes_nothing(runs: Path) -> None:
    run = create(small(), runs, "a")
    lock = Lock(run)
    before = {p.name: p.read_bytes() for p in run.iterdir()}
    with pytest.raises(BusyError, match=f"process {os.getpid()}"):
        record(run)
    with pytest.raises(BusyError, match=f"process {os.getpid()}"):
        launch(run)
    after = {p.name: p.read_bytes() for p in run.iterdir() if p.name != "console.log"}
    assert after == before
    lock.release()


def test_a_taken_name_is_refused_and_the_run_there_stays(runs: Path) -> None:
    run = trained(small(), runs, "a")
    with pytest.raises(BusyError, match="already"):
        create(small(), runs, "a")
    assert open_run(run).status["state"] == "finished"


def test_a_name_of_runs_that_is_too_long_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match="too long"):
        create(small(), tmp_path / ("x" * 300))


def test_a_file_where_runs_should_go_is_one_sentence(runs: Path) -> None:
    runs.write_text("not a directory")
    with pytest.raises(NoRoomError, match="can't be written"):
        create(small(), runs)


class TestDamage:
    @pytest.fixture
    def run(self, runs: Path) -> Path:
        run = create(small(), runs, "a")
        record(run, on_event=asking(run, 100, "stop"))
        return run

    def refused(self, run: Path, words: str) -> None:
        before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
        with pytest.raises(DamagedError, match=words):
            record(run)
        data = ("metrics.jsonl", "frames.bin", "events.jsonl", "config.toml", "status.json")
        assert all((run / name).read_bytes() == before[run / name] for name in data if run / name in before)

    def test_other_training_data_are_refused(self, run: Path) -> None:
        text = (run / "config.toml").read_text()
        (run / "config.toml").write_text(re.sub("n_examples = 20", "n_examples = 21", text))
        self.refused(run, r"config.toml: was changed: data.n_examples was 20 .* is 21 now")

    def test_another_number_of_steps_is_refused(self, run: Path) -> None:
        text = (run / "config.toml").read_text()
        (run / "config.toml").write_text(re.sub("steps = 200", "steps = 300", text))
        self.refused(run, r"config.toml: was changed: optim.steps was 200 .* is 300 now")

    def test_a_damaged_status_is_refused(self, run: Path) -> None:
        (run / "status.json").write_text("{")
        self.refused(run, r"status\.json")

    def test_a_damaged_meta_is_refused(self, run: Path) -> None:
        (run / "meta.json").write_text("[]")
        self.refused(run, r"meta\.json")

    def test_a_bad_line_of_metrics_is_refused(self, run: Path) -> None:
        lines = (run / "metrics.jsonl").read_text().splitlines(keepends=True)
        (run / "metrics.jsonl").write_text("".join([*lines[:3], "x\n", *lines[4:]]))
        self.refused(run, r"metrics\.jsonl: line 4")

    def test_missing_lines_of_metrics_are_refused(self, run: Path) -> None:
        lines = (run / "metrics.jsonl").read_text().splitlines(keepends=True)
        (run / "metrics.jsonl").write_text("".join(lines[:-1]))
        self.refused(run, r"metrics\.jsonl: lines up to step")

    @pytest.mark.parametrize("cut", [0, 500, -1, -300])
    def test_missing_frames_are_refused(self, run: Path, cut: int) -> None:
        whole = (run / "frames.bin").read_bytes()
        (run / "frames.bin").write_bytes(whole[:cut])
        self.refused(run, r"frames\.bin: frames up to step")

    def test_a_damaged_header_of_frames_is_refused(self, run: Path) -> None:
        (run / "frames.bin").write_bytes(b"x" * 9_999)
        self.refused(run, r"frames\.bin: its header")

    def test_a_damaged_checkpoint_is_refused_with_advice(self, run: Path) -> None:
        newest = checkpoint.path_of(run, checkpoint.steps(run)[-1])
        newest.write_bytes(newest.read_bytes()[:-1])
        self.refused(run, "Delete it to go on from step")

    def test_following_the_advice_gives_the_undisturbed_run(self, run: Path, runs: Path) -> None:
        checkpoint.path_of(run, checkpoint.steps(run)[-1]).unlink()
        record(run)
        assert_same_results(run, trained(small(), runs, "undisturbed"))

    def test_without_checkpoints_it_starts_again(self, run: Path, runs: Path) -> None:
        shutil.rmtree(run / "checkpoints")
        (run / "metrics.jsonl").write_bytes(b"x\nx\n" * 5)
        (run / "frames.bin").write_bytes(b"x" * 9_999)
        with pytest.raises(DamagedError, match=r"metrics\.jsonl"):
            record(run)
        (run / "metrics.jsonl").unlink()
        record(run)
        assert_same_results(run, trained(small(), runs, "undisturbed"))

    def test_half_written_ends_are_cut_off(self, run: Path, runs: Path) -> None:
        for name in ("metrics.jsonl", "events.jsonl", "frames.bin"):
            with (run / name).open("ab") as file:
                file.write(b'{"step": 1')
        record(run)
        assert_same_results(run, trained(small(), runs, "undisturbed"))


class TestLaunch:
    def test_a_trainer_runs_in_a_session_of_its_own_and_has_taken_the_run(self, runs: Path) -> None:
        run = create(small("optim.steps=10000000"), runs, "a")
        pid = launch(run)
        status = json.loads((run / "status.json").read_text())
        assert status["pid"] == pid == os.getsid(pid)
        requests.ask(run, "stop")
        wait_for(run, "stopped")

    def test_what_the_trainer_refuses_is_refused_here(self, runs: Path) -> None:
        run = trained(small(), runs)
        (run / "frames.bin").write_bytes(b"x" * 9_999)
        with pytest.raises(DamagedError, match="header"):
            launch(run)

    def test_files_of_the_working_directory_are_no_modules(
        self, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = create(small(), runs, "a")
        lay_traps(tmp_path)
        monkeypatch.chdir(tmp_path)
        launch(run)
        wait_for(run, "finished")

    def test_a_killed_child_has_failed_at_once(self, runs: Path) -> None:
        run = create(small("optim.steps=10000000"), runs, "a")
        os.kill(launch(run), signal.SIGKILL)
        assert wait_for(run, "failed")["outcome"]["reason"] == "its process is gone"


def test_a_console_log_that_can_t_be_written_costs_no_run(runs: Path) -> None:
    run = create(small(), runs, "a")
    (run / "console.log").mkdir()
    assert record(run).state == "finished"


def test_a_run_whose_files_are_removed_is_not_trained_on(runs: Path) -> None:
    run = create(small(), runs, "a")

    def remove(event: Event) -> None:
        if isinstance(event, Progress) and event.step == 50:
            wait_until(lambda: 0 not in checkpoint.steps(run))  # what the checkpoint of step 25 does last
            for path in run.iterdir():  # as by an `rm -r` that the trainer's next file makes leave the directory
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    with pytest.raises(NoRoomError, match="its files were removed while it was trained"):
        record(run, on_event=remove)
    assert not (run / "status.json").exists()


def test_a_clock_set_back_does_not_freeze_the_status(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create(small(), runs, "a")
    seen = list[int]()
    late = time.time() - 3_600

    def set_back(event: Event) -> None:
        if isinstance(event, Progress):
            monkeypatch.setattr(time, "time", lambda: late)
            seen.append(json.loads((run / "status.json").read_text())["step"])

    monkeypatch.setattr(writer, "HEARTBEAT_S", 0.0)
    record(run, on_event=set_back)
    assert seen[-1] > 0

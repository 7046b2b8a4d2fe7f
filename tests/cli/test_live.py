"""A trainer in a process of its own, and what others ask of it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sdd_tui.run import checkpoint
from tests.cli.helpers import COMMAND, ENDLESS, TINY, Caller, assert_one_sentence, steps_done
from tests.run.helpers import assert_same_results
from tests.waiting import PATIENCE_S, wait_until


@contextmanager
def trainer(*args: str, run: Path) -> Iterator[subprocess.Popen[str]]:
    """`sdd ARGS`, once it has begun to record new steps."""
    before = steps_done(run)
    process = subprocess.Popen([*COMMAND, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: steps_done(run) > before + 3 or process.poll() is not None)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_writes_a_checkpoint_and_resume_goes_on(call: Caller, runs: Path, number: int) -> None:
    run = runs / "a"
    with trainer("run", *ENDLESS, "--name", "a", "--quiet", run=run) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, out) == (130, "")
        assert err.startswith("sdd: a: interrupted at step ")
        assert "`sdd resume a` goes on" in err
        assert err.count("\n") == 1
    step = checkpoint.steps(run)[-1]
    assert step == json.loads(call("show", "a", "--json").out)["step"]
    with trainer("resume", "a", "--json", run=run) as process:
        stopped = call("stop", "a")
        assert (stopped.code, stopped.out.split(" at ")[0]) == (0, "a: stopped")
        out, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        values = json.loads(out)
        assert (values["status"], values["step"] > step) == ("stopped", True)


def test_a_run_interrupted_by_ctrl_c_ends_as_the_undisturbed_one(call: Caller, runs: Path) -> None:
    settings = ("quick", "steps=30000", "threads=1", "--quiet", "--name")
    with trainer("run", *settings, "a", run=runs / "a") as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130
    assert call("resume", "a", "--quiet").code == 0
    assert call("run", *settings, "b").code == 0
    assert_same_results(runs / "a", runs / "b")


def test_a_live_run_can_be_asked_and_takes_no_second_trainer(call: Caller, runs: Path) -> None:
    with trainer("run", *ENDLESS, "--name", "a", run=runs / "a") as process:
        assert_one_sentence(call("resume", "a", "--quiet"), 5, f"process {process.pid} on")
        assert_one_sentence(call("resume", "a", "--detach"), 5, f"process {process.pid} on")
        assert call("pause", "a").out.startswith("a: paused at step ")
        assert "paused" in call("ls").out
        before = json.loads(call("show", "a", "--json").out)["step"]
        assert call("step", "a").out == f"a: paused at step {before + 1:,}.\n"
        assert call("step", "a", "--to", str(before + 500)).out == f"a: paused at step {before + 500:,}.\n"
        assert call("step", "a", "--to", str(before + 500)).out == f"a: paused at step {before + 500:,}.\n"
        assert_one_sentence(call("step", "a", "--to", "0"), 2, f"Step 0 is past: a is at step {before + 500:,}.")
        assert call("checkpoint", "a").out == f"a: checkpoint at step {before + 500:,}.\n"
        assert checkpoint.steps(runs / "a")[-1] == json.loads(call("show", "a", "--json").out)["step"] == before + 500
        assert call("continue", "a").out.startswith("a: running at step ")
        assert call("checkpoint", "a").out.startswith("a: checkpoint at step ")
        assert checkpoint.steps(runs / "a")[-1] > before + 500
        shown = call("show", "a")
        assert shown.code == 0
        assert call("stop", "a").out.startswith("a: stopped at step ")
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert "stopped, as asked" in out
    assert "Traceback" not in err
    assert_one_sentence(call("stop", "a"), 1, "it is stopped")


def test_a_detached_run_is_live_at_once_and_can_be_stopped(call: Caller, runs: Path) -> None:
    answer = call("run", *ENDLESS, "--name", "a", "--detach")
    assert (answer.code, answer.out) == (0, "a\n")
    assert json.loads(call("show", "a", "--json").out)["status"] in ("starting", "running")
    assert call("stop", "a").code == 0
    assert call("resume", "a", "--detach").out == "a\n"
    assert call("stop", "a").code == 0


def test_force_takes_a_held_run_after_a_warning(call: Caller, runs: Path) -> None:
    from sdd_tui.run.lock import Lock

    call("run", *TINY, "--quiet", "--name", "a")
    lock = Lock(runs / "a")
    assert call("resume", "a", "--quiet").code == 5
    forced = call("resume", "a", "--quiet", "--force")
    lock.release()
    assert forced.code == 0
    assert "both will damage it" in forced.err


def test_a_killed_run_is_shown_as_failed_with_advice(call: Caller, runs: Path) -> None:
    with trainer("run", *ENDLESS, "--name", "a", run=runs / "a") as process:
        process.kill()
        process.wait()
        assert json.loads(call("show", "a", "--json").out)["status"] == "failed"
        assert "sdd resume goes on" in call("show", "a").out


def test_a_run_that_diverges_is_exit_code_1_and_one_sentence(call: Caller) -> None:
    answer = call("run", *TINY, "lr=1e30", "--quiet", "--name", "a", "--json")
    assert_one_sentence(answer, 1, "the loss became NaN. Try a lower learning rate (it was 1e+30).")
    assert json.loads(call("show", "a", "--json").out)["status"] == "failed"


def test_a_run_deleted_while_it_trains_is_one_sentence(call: Caller, runs: Path) -> None:
    with trainer("run", *ENDLESS, "--name", "a", "--quiet", run=runs / "a") as process:
        (runs / "a").rename(runs / "elsewhere")
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 7
    assert err.startswith("sdd: ")
    assert err.count("\n") == 1


def test_too_big_a_model_is_one_sentence(runs: Path) -> None:
    limited = ["bash", "-c", 'ulimit -v 6000000; exec "$@"', "bash", *COMMAND]
    args = ["run", *TINY, "n=200000", "m=10000", "--name", "a", "--quiet"]
    done = subprocess.run([*limited, *args], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "not enough memory" in done.stderr


def test_the_progress_bar_of_a_terminal_shows_no_hostile_text_raw(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('preset = "\\u001b]0;owned\\u0007[red]x[/red]"\n[data]\nn_features = 20\nsparsity = 0.8\n')
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "run", str(path), "T=5", "steps=2000", "threads=1"], stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert process.wait(timeout=PATIENCE_S) == 0
    assert b"[red]x[/red]" in said
    assert b"\x1b]0;owned" not in said


def test_a_run_that_is_finished_is_left_as_it_is_by_resume(call: Caller, runs: Path) -> None:
    assert call("run", *TINY, "--name", "a", "--quiet").code == 0

    def kept() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in (runs / "a").rglob("*") if p.is_file() and p.name != "lock"}

    before = kept()
    again = call("resume", "a")
    assert again.code == 0 and "finished, step 40 of 40" in again.out and "it is finished" in again.err
    assert call("resume", "a", "--detach").code == 0
    after = kept()
    assert {k: v for k, v in after.items() if not k.endswith("console.log")} == {
        k: v for k, v in before.items() if not k.endswith("console.log")
    }

"""Job arrays, without a Slurm: what is asked of it, and what follows from its answers."""

from __future__ import annotations

import re
import shlex
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError, NoDeviceError, RunFailedError
from sdd_tui.sweep.directory import ask_to_stop, create_sweep
from sdd_tui.sweep.session import begun
from sdd_tui.sweep.slurm import jobs, task
from sdd_tui.sweep.slurm.jobs import SlurmRunner
from sdd_tui.sweep.slurm.options import SlurmOptions
from sdd_tui.sweep.slurm.queue import Task, queued
from tests.sweep.fake_slurm import FakeSlurm
from tests.sweep.helpers import tiny

OPTIONS = SlurmOptions(tasks=2)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setattr(jobs, "QUEUE_S", 0.0)
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.1)
    return FakeSlurm(folder)


@pytest.fixture
def folder(runs: Path) -> Path:
    return create_sweep(tiny({"T": [3, 5], "seed": [0, 1]}), runs, "a")


def test_options_become_sbatch_s() -> None:
    assert SlurmOptions().flags() == {"time": "60", "cpus-per-task": "1", "requeue": True, "signal": "B:USR2@90"}
    flags = SlurmOptions("gpu", 2, 4, 8, 1, 0, ("mem=4G", "--exclusive", "mail_user=a@b.c")).flags()
    assert flags == {
        "time": "2",
        "cpus-per-task": "8",
        "requeue": True,
        "signal": "B:USR2@30",
        "partition": "gpu",
        "gpus-per-node": "1",
        "mem": "4G",
        "exclusive": True,
        "mail-user": "a@b.c",
    }


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (SlurmOptions(more=("mem 4G",)), "--slurm-option mem 4G: write KEY=VALUE"),
        (SlurmOptions(more=("=4G",)), "--slurm-option =4G: write KEY=VALUE"),
        (SlurmOptions(more=("",)), "can't be used"),
        (SlurmOptions(more=("comment=x\nrm -rf ~",)), r"'comment=x\?rm -rf ~' can't be used"),
        (SlurmOptions(more=("array=0-9",)), "array is set by `sdd sweep` itself"),
        (SlurmOptions(more=("cpus_per_task=9",)), "cpus-per-task is set by `sdd sweep` itself"),
        (SlurmOptions(partition="\x1b[31m"), "--partition .* can't be used"),
        (SlurmOptions(cpus=2, threads=3), "--threads-per-job 3: a task has only --cpus 2"),
    ],
)
def test_options_that_can_t_be_are_refused(fake: FakeSlurm, options: SlurmOptions, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        options.check(4)
    assert not fake.calls("sbatch")


@pytest.mark.parametrize(
    ("options", "cells", "tasks", "places"),
    [
        (SlurmOptions(), 5, 5, 5),
        (SlurmOptions(), 1_000, 16, 16),
        (SlurmOptions(tasks=40), 1_000, 40, 40),
        (SlurmOptions(tasks=40), 3, 3, 3),
        (SlurmOptions(cpus=4), 10, 3, 12),
        (SlurmOptions(cpus=4, threads=2), 10, 5, 10),
    ],
)
def test_there_are_no_more_tasks_than_have_something_to_do(
    options: SlurmOptions, cells: int, tasks: int, places: int
) -> None:
    assert options.tasks_for(cells) == tasks
    session = options.session(cells)
    assert session.places == places  # were all tasks on one host, none would wait for a place
    for unfinished in range(1, cells + 1):
        assert min(unfinished, options.workers) * session.threads_for(unfinished) <= options.cpus


def test_without_submitit_or_slurm_there_is_one_sentence(fake: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    (fake.folder / "scontrol").unlink()
    monkeypatch.setenv("PATH", str(fake.folder))
    with pytest.raises(NoDeviceError, match=r"^--slurm: there is no scontrol on this machine"):
        OPTIONS.check(4)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NoDeviceError, match=r"^--slurm: submitit is not installed here\. Run `pip install"):
        OPTIONS.check(4)


def test_slurm_is_asked_before_anything_is_submitted(fake: FakeSlurm) -> None:
    replace(OPTIONS, partition="debug", more=("exclusive",)).check(4)
    (asked,) = fake.calls("sbatch")
    flags = "--array=0-1 --time=60 --cpus-per-task=1 --requeue --signal=B:USR2@90 --partition=debug --exclusive"
    assert asked == f"--test-only {flags} --output=/dev/null --wrap=true"
    fake.answer("sbatch", err="sbatch: error: invalid account: \x1b[31m\nallocation failure: Invalid account\n")
    with pytest.raises(
        ConfigError, match=r"^Slurm refuses the tasks: invalid account: \?\[31m; Invalid account. Asked"
    ):
        OPTIONS.check(4)
    fake.answer("sbatch", err="sbatch: error: Unable to contact slurm controller (connect failure)\n")
    with pytest.raises(RunFailedError, match=r"^Slurm: Unable to contact slurm controller"):
        OPTIONS.check(4)


def test_a_job_array_is_submitted_and_waited_for(fake: FakeSlurm, folder: Path) -> None:
    said: list[str] = []
    fake.answer("squeue", "7_0|PENDING|Priority\n7_1|PENDING|Resources\n8_0|RUNNING|None\n")
    answers = iter([True] * 3)
    session = begun(folder, OPTIONS.session(4))
    assert SlurmRunner(OPTIONS, said.append).run(folder, session, lambda: next(answers, False))
    assert said == ["Slurm job 7: 2 tasks", "Slurm job 7: waiting in the queue (Priority, Resources)"]
    script = (folder / "slurm" / "7_submission.sh").read_text()
    assert "#SBATCH --array=0-1%2\n" in script and "#SBATCH --job-name=sdd-a\n" in script
    assert re.search(r"^exec \S+ -P -u -m submitit.core._submit \S+/a/slurm$", script, re.M)
    assert fake.calls("scancel") == ["--state=PENDING 7"]  # those that were to begin again


def test_a_session_that_is_done_leaves_the_waiting_tasks_of_others(fake: FakeSlurm, folder: Path) -> None:
    (folder / "slurm").mkdir()
    (folder / "slurm" / "8_submission.sh").touch()
    fake.answer("squeue", "7_1|PENDING|Resources\n8_0|PENDING|Priority\n")
    answers = iter([2, 1])
    session = begun(folder, OPTIONS.session(4))
    assert SlurmRunner(OPTIONS).run(folder, session, lambda: next(answers, 0))
    assert fake.calls("scancel") == ["--state=PENDING 7"]


def test_nothing_is_submitted_when_nothing_is_left(fake: FakeSlurm, folder: Path) -> None:
    assert SlurmRunner(OPTIONS).run(folder, begun(folder, OPTIONS.session(4)), lambda: 0)
    assert fake.calls("sbatch") == []


def test_what_a_task_loads_is_small_and_ours_by_name(fake: FakeSlurm, folder: Path) -> None:
    from submitit.core.utils import DelayedSubmission

    SlurmRunner(OPTIONS).submit(folder, begun(folder, OPTIONS.session(4)))
    job = folder / "slurm" / "7_1_submitted.pkl"
    assert job.stat().st_size < 1_000
    call = DelayedSubmission.load(job).function
    assert isinstance(call, partial) and call.func is task.task
    assert call.args[0] == str(folder) and call.args[2:] == (1, 2)


def test_a_percent_sign_in_a_path_is_one_in_slurm_s_names_of_logs(fake: FakeSlurm, tmp_path: Path) -> None:
    folder = create_sweep(tiny({"T": [3, 5], "seed": [0, 1]}), tmp_path / "50% of %u", "a")
    SlurmRunner(OPTIONS).submit(folder, begun(folder, OPTIONS.session(4)))
    script = (folder / "slurm" / "7_submission.sh").read_text(encoding="utf-8")
    for option, end in ("output", "out"), ("error", "err"):
        (named,) = [line for line in script.splitlines() if line.startswith(f"#SBATCH --{option}=")]
        assert shlex.split(named)[1] == f"--{option}={tmp_path}/50%% of %%u/a/slurm/%A_%a_0_log.{end}"


@pytest.mark.parametrize(("name", "words"), [("%j", "reads %j as a number"), ("a\nb", "lines of printable UTF-8")])
def test_a_path_that_slurm_can_not_have_is_refused(fake: FakeSlurm, tmp_path: Path, name: str, words: str) -> None:
    folder = create_sweep(tiny({"T": [3, 5], "seed": [0, 1]}), tmp_path / name, "a")
    with pytest.raises(ConfigError, match=words):
        SlurmRunner(OPTIONS).submit(folder, begun(folder, OPTIONS.session(4)))
    assert not (folder / "slurm").exists()
    assert fake.calls("sbatch") == []


def test_a_refused_job_leaves_no_files(fake: FakeSlurm, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake.answer("sbatch", err="sbatch: error: Batch job submission failed: Job violates accounting policy\n")
    with pytest.raises(
        RunFailedError, match=r"^Slurm did not take the tasks: Batch job submission failed: Job violates"
    ):
        SlurmRunner(OPTIONS).submit(folder, begun(folder, OPTIONS.session(4)))
    assert list((folder / "slurm").iterdir()) == []
    assert capsys.readouterr().err == ""


def test_tasks_that_end_too_early_are_a_failure_in_their_last_words(fake: FakeSlurm, folder: Path) -> None:
    (folder / "slurm").mkdir()
    (folder / "slurm" / "7_1_0_log.err").write_text("…\nModuleNotFoundError: No module named 'sdd_tui'\n")
    with pytest.raises(
        RunFailedError, match=r"a: the tasks of job 7 ended before .*No module named 'sdd_tui' `sdd sweep"
    ):
        SlurmRunner(OPTIONS).run(folder, begun(folder, OPTIONS.session(4)), lambda: True)


def test_a_queue_that_does_not_answer_ends_nothing(fake: FakeSlurm, folder: Path) -> None:
    said: list[str] = []
    fake.answer("squeue", err="slurm_load_jobs error: Unable to contact slurm controller\n")
    answers = iter([True] * 3)
    session = begun(folder, OPTIONS.session(4))
    assert SlurmRunner(OPTIONS, said.append).run(folder, session, lambda: next(answers, False))
    assert said[1:] == ["Slurm: squeue failed: slurm_load_jobs error: Unable to contact slurm controller"]


def test_ctrl_c_ends_the_job_and_a_request_its_waiting_tasks(fake: FakeSlurm, folder: Path) -> None:
    fake.answer("squeue", "7_0|RUNNING|None\n7_1|PENDING|Priority\n")
    session = begun(folder, OPTIONS.session(4))
    looks = iter(range(1, 9))

    def interrupted_at_the_second_look() -> int:
        if next(looks) == 2:
            signal.raise_signal(signal.SIGINT)
        return 4

    assert not SlurmRunner(OPTIONS).run(folder, session, interrupted_at_the_second_look)
    assert fake.calls("scancel") == ["7"]
    ask_to_stop(folder)
    assert not SlurmRunner(OPTIONS).run(folder, session, lambda: True)
    assert fake.calls("scancel") == ["7", "--state=PENDING 7"]


def test_the_queue_holds_tasks_of_this_sweep_only(
    fake: FakeSlurm, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queued(folder) == [] and not fake.calls("squeue")
    (folder / "slurm").mkdir()
    (folder / "slurm" / "12_submission.sh").touch()
    fake.answer("squeue", "12_0|PENDING|Resources\n1_0|RUNNING|None\nnonsense\n")
    assert queued(folder) == [Task("12_0", "PENDING", "Resources")]
    assert fake.calls("squeue") == ["-h -r -n sdd-a -o %i|%T|%r"]
    monkeypatch.setenv("PATH", "/nowhere")  # a laptop that sees the same files
    assert queued(folder) == []


@pytest.mark.parametrize(("state", "requeued"), [("RUNNING", True), ("COMPLETING", False), ("", False)])
def test_a_task_begins_again_unless_slurm_ends_it(
    fake: FakeSlurm, monkeypatch: pytest.MonkeyPatch, state: str, requeued: bool
) -> None:
    fake.answer("squeue", state + "\n")
    monkeypatch.setenv("SLURM_JOB_ID", "9")
    task.go_on_later()
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "7")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    task.go_on_later()
    assert fake.calls("scontrol") == (["requeue 9", "requeue 7_1"] if requeued else [])

"""Sweeps on a real Slurm, which the test starts; the commands are those of docs/cluster.md."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.slurm.queue import Task, queued
from tests.cli.helpers import COMMAND, assert_one_sentence, sdd
from tests.cluster.commands import commands
from tests.cluster.own_slurm import OwnSlurm, install, why_not
from tests.run.helpers import assert_same_results
from tests.sweep.sessions import assert_every_cell_finished_once

pytest.importorskip("submitit")
pytestmark = [pytest.mark.cluster, pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.timeout(600)]

RUN, DETACHED, STATUS, CANCEL, RESUME = commands()
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def slurm() -> Iterator[OwnSlurm]:
    install()
    with OwnSlurm() as started:
        yield started


@pytest.fixture(autouse=True)
def its_environment(slurm: OwnSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in slurm.environment.items():
        monkeypatch.setenv(name, value)


def local(words: list[str], name: str) -> list[str]:
    """The same sweep on this machine."""
    return [*words[: words.index("--name")], "--name", name, "--quiet"]


def wait_for(what: str, come: Callable[[], object], slurm: OwnSlurm, patience: float = PATIENCE_S) -> None:
    until = time.monotonic() + patience
    while not come():
        assert time.monotonic() < until, f"no {what}\n{slurm.logs()}"
        time.sleep(0.1)


def running(folder: Path) -> list[str]:
    """Cells that are being trained, with some steps done."""
    return [r.cell for r in SweepReader(folder).poll().running if r.step] if (folder / "sweep.toml").exists() else []


def task(folder: Path, index: int) -> Task | None:
    return next((t for t in queued(folder) if t.id.endswith(f"_{index}")), None)


def restarts(slurm: OwnSlurm, found: Task) -> int:
    said = slurm.ask("scontrol", "show", "job", "-o", found.id).decode()
    return int(said.split("Restarts=")[1].split()[0])


def hosts(folder: Path) -> set[str]:
    """Where cells were trained last."""
    return {json.loads(path.read_text())["host"] for path in (folder / "cells").glob("*/status.json")}


def processes_of(found: Task) -> list[int]:
    """The processes of a task, the youngest, which are workers, first."""
    job, _, index = found.id.partition("_")
    mine = {f"SLURM_ARRAY_JOB_ID={job}".encode(), f"SLURM_ARRAY_TASK_ID={index}".encode()}
    processes = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mine <= set((path / "environ").read_bytes().split(b"\0")):
                processes.append(int(path.name))
    return sorted(processes, reverse=True)


def cell_kinds(folder: Path) -> list[list[str]]:
    """What happened in each cell, by kind of event."""
    logs = sorted((folder / "cells").glob("*/events.jsonl"))
    return [[json.loads(line)["kind"] for line in log.read_text().splitlines()] for log in logs]


def test_a_sweep_completes_though_a_task_is_cancelled_and_another_requeued(runs: Path, slurm: OwnSlurm) -> None:
    assert sdd(*local(RUN, "here"), timeout=300).code == 0
    folder = runs / "wide"
    process = subprocess.Popen([*COMMAND, *RUN], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_for("two cells in training", lambda: len(running(folder)) == 2, slurm)
        first, second = task(folder, 0), task(folder, 1)
        assert first and second and (first.state, second.state) == ("RUNNING", "RUNNING")
        slurm.ask("scontrol", "requeue", second.id)
        wait_for("requeued task", lambda: (now := task(folder, 1)) and now.state != "RUNNING", slurm)
        wait_for("second beginning", lambda: (now := task(folder, 1)) and now.state == "RUNNING", slurm)
        assert restarts(slurm, second) == 1
        wait_for("two cells in training again", lambda: len(running(folder)) == 2, slurm)
        slurm.ask("scancel", first.id)
        out, words = process.communicate(timeout=300)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, words
    assert "12 of 12 cells done" in out
    assert words.splitlines()[1].startswith("Slurm job ")
    reader = SweepReader(folder)
    assert_every_cell_finished_once(folder, reader.sweep)
    assert hosts(folder) == set(slurm.nodes)
    kinds = cell_kinds(folder)
    assert sum("resumed" in happened for happened in kinds) >= 2  # from the checkpoints of both
    assert all(result.attempts == 1 for result in reader.finished.values())
    for cell in reader.cells:
        assert_same_results(runs / "here" / "cells" / cell, folder / "cells" / cell)
    wait_for("empty queue", lambda: not queued(folder), slurm)


def test_a_detached_sweep_is_shown_cancelled_and_resumed_with_more_cells(runs: Path, slurm: OwnSlurm) -> None:
    began = sdd(*DETACHED)
    assert (began.code, began.out) == (0, "later\n"), began.err
    folder = runs / "later"
    wait_for("two cells in training", lambda: len(running(folder)) == 2, slurm)
    said = sdd(*STATUS)
    assert said.out.startswith("later: running") and said.out.count("Slurm task") == 2
    assert [t["state"] for t in json.loads(sdd(*STATUS, "--json").out)["slurm"]] == ["RUNNING", "RUNNING"]
    warned = task(folder, 0)
    assert warned
    slurm.ask("scancel", "--batch", "--signal=USR2", warned.id)  # as Slurm does before the time limit
    wait_for("requeued task", lambda: restarts(slurm, warned) == 1, slurm)
    cancelled = sdd(*CANCEL)
    assert (cancelled.code, cancelled.out) == (0, "later: stopped, 0 of 2 cells done.\n"), cancelled.err
    assert queued(folder) == []
    assert_one_sentence(sdd(*CANCEL), 1, "it is stopped, so there is nothing to cancel")
    process = subprocess.Popen([*COMMAND, *RESUME], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for("two cells in training", lambda: len(running(folder)) == 2, slurm)
    process.send_signal(signal.SIGINT)
    out, words = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, ""), words
    assert words.splitlines()[-1] == "sdd: later: stopped with 0 of 3 cells done; `sdd sweep resume later` goes on."
    assert queued(folder) == [] and SweepReader(folder).poll().state == "stopped"
    done = sdd(*RESUME, timeout=300)
    assert done.code == 0, done.err
    reader = SweepReader(folder)
    assert_every_cell_finished_once(folder, reader.sweep)
    assert len(reader.cells) == 3
    assert sum(happened.count("resumed") >= 2 for happened in cell_kinds(folder)) == 2


def test_a_task_that_goes_down_with_all_its_processes_costs_its_cell_an_attempt_and_the_other_goes_on(
    runs: Path, slurm: OwnSlurm
) -> None:
    assert sdd(*[word.replace("later", "killed") for word in DETACHED]).code == 0
    folder = runs / "killed"
    wait_for("two cells in training", lambda: len(running(folder)) == 2, slurm)
    killed = task(folder, 0)
    assert killed
    for pid in processes_of(killed):
        os.kill(pid, signal.SIGKILL)
    wait_for("end", lambda: SweepReader(folder).poll().state == "finished", slurm, 300)
    reader = SweepReader(folder)
    reader.poll()
    assert_every_cell_finished_once(folder, reader.sweep)
    if len(slurm.nodes) > 1:
        assert sorted(result.attempts for result in reader.finished.values()) == [1, 2]
    wait_for("empty queue", lambda: not queued(folder), slurm)


def test_what_slurm_refuses_is_one_sentence_in_its_words_and_makes_nothing(runs: Path) -> None:
    there = RUN[: RUN.index("--partition")]
    refused = sdd(*there, "--partition", "no-such")
    assert_one_sentence(refused, 2, "invalid partition specified: no-such")
    assert_one_sentence(sdd(*there, "--partition", "debug", "--slurm-option", "nonsense=1"), 2, "--nonsense=1")
    assert_one_sentence(sdd(*there, "--partition", "debug", "--gpus", "1"), 2, "gres")
    assert not runs.exists()


def test_a_slurm_that_does_not_answer_is_one_sentence(
    runs: Path, slurm: OwnSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(slurm.environment["SLURM_CONF"], tmp_path / "slurm.conf")
    with (tmp_path / "slurm.conf").open("a") as conf:
        conf.write("SlurmctldPort=1\nMessageTimeout=2\n")
    monkeypatch.setenv("SLURM_CONF", str(tmp_path / "slurm.conf"))
    assert_one_sentence(sdd(*RUN), 1, "Unable to contact slurm controller")
    assert not runs.exists()

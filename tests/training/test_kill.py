from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from sdd_tui.config import RunConfig
from sdd_tui.run.create import create
from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.session import begin
from sdd_tui.sweep.worker import Worker
from sdd_tui.training.recorder import record
from tests.run.helpers import assert_same_results, small, trained
from tests.sweep.helpers import tiny
from tests.training.processes import step_of, train
from tests.waiting import PATIENCE_S


def killed_and_resumed(config: RunConfig, runs: Path, kills: int, rng: random.Random) -> Path:
    """A run killed with SIGKILL at random moments between 5 and 95 % of its steps, and resumed after each."""
    run = create(config, runs, "killed")
    for share in sorted(rng.uniform(0.05, 0.95) for _ in range(kills)):
        process = train(run)
        while step_of(run) < share * config.optim.steps and process.poll() is None:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        process.kill()
        _, words = process.communicate()
        assert process.returncode in (-9, 0), words.decode()  # 0: it was faster than the kill
    process = train(run)
    _, words = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, words.decode()
    return run


def test_a_run_killed_three_times_is_the_undisturbed_one(runs: Path) -> None:
    config = small("n=1000", "S=0.99", "T=100", "optim.steps=60000", "recording.frames=100")
    undisturbed = trained(config, runs, "undisturbed")
    assert_same_results(killed_and_resumed(config, runs, 3, random.Random(1)), undisturbed)


def test_a_run_killed_between_its_last_event_and_its_status_finishes_once(runs: Path) -> None:
    run = trained(small(), runs, "whole")
    status, events = json.loads((run / "status.json").read_text()), (run / "events.jsonl").read_text()
    (run / "status.json").write_text(json.dumps(status | {"state": "running"}))
    record(run)
    again = [json.loads(line)["kind"] for line in (run / "events.jsonl").read_text().splitlines()]
    assert again.count("finished") == 1 and again[-1] == "finished" and '"finished"' in events


def test_what_kills_left_of_files_is_cleared_when_the_run_is_resumed(runs: Path) -> None:
    run = create(small(), runs, "a")
    (run / "checkpoints").mkdir()
    for name in (".status.json.new", ".meta.json.0123abcd.new", "checkpoints/.step-000000001.safetensors.0123abcd.new"):
        (run / name).write_bytes(b"half")
    record(run)
    assert [p.name for p in run.rglob("*") if p.name.endswith(".new")] == []


def test_a_checkpoint_goes_only_once_the_next_and_all_that_leads_up_to_it_are_on_the_disk(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create(small("recording.checkpoints=2"), runs, "a")
    done: list[str] = []
    sync, replace, unlink = os.fsync, Path.replace, Path.unlink

    def synced(fd: int) -> None:
        sync(fd)
        here = {p.stat().st_ino: p.name for p in run.rglob("*")}
        done.append(here.get(os.fstat(fd).st_ino, "something else"))

    def replaced(self: Path, target: Path) -> Path:
        done.append(f"{target.name} named")
        return replace(self, target)

    def unlinked(self: Path, missing_ok: bool = False) -> None:
        if self.exists():
            done.append(f"{self.name} gone")
        unlink(self, missing_ok)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(Path, "unlink", unlinked)
    record(run)
    (gone,) = (i for i, what in enumerate(done) if what == "step-000000000.safetensors gone")
    (named,) = (i for i, what in enumerate(done) if what == "step-000000100.safetensors named")
    before, between = done[done.index("step-000000000.safetensors named") : named], done[named:gone]
    assert {"metrics.jsonl", "frames.bin"} <= set(before)
    assert any(what.startswith(".step-000000100.safetensors.") for what in before)
    assert "checkpoints" in between


def test_all_of_a_finished_run_and_of_a_finished_sweep_is_on_the_disk(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[tuple[int, int]] = set()
    sync = os.fsync

    def noting(fd: int) -> None:
        sync(fd)
        synced.add((os.fstat(fd).st_ino, os.fstat(fd).st_size))

    monkeypatch.setattr(os, "fsync", noting)
    run = trained(small(), runs)
    folder = create_sweep(tiny({"T": [3]}, over=()), runs, "swept")
    Worker(folder, begin(folder, 1, 1), tied=False).work()
    kept = ("*.toml", "*.json", "*.jsonl", "*.bin", "*.safetensors")
    files = [p for place in (run, folder) for kind in kept for p in place.rglob(kind)]
    assert len(files) > 20
    assert [p for p in files if (p.stat().st_ino, p.stat().st_size) not in synced] == []


@pytest.mark.science
def test_a_long_run_killed_twenty_times_is_the_undisturbed_one(runs: Path) -> None:
    config = small("n=1000", "S=0.99", "T=100", "optim.steps=1000000", "recording.frames=100")
    undisturbed = trained(config, runs, "undisturbed")
    assert_same_results(killed_and_resumed(config, runs, 20, random.Random(2)), undisturbed)

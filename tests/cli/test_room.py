"""Full and read-only places: exit code 7, one sentence, and nothing lost that was there."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.engine.fused_cpu import FusedCPU, cache
from sdd_tui.run import checkpoint
from tests.cli.helpers import TINY, Caller, assert_one_sentence, mount
from tests.run.helpers import asking, assert_same_results

BIG = ("quick", "steps=2000", "threads=1", "recording.frames=100", "recording.budget_mb=50", "--quiet", "--name", "a")


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_when_there_is_room(
    call: Caller, disk: Path, tmp_path: Path
) -> None:
    assert_one_sentence(call("run", *BIG, "--runs-dir", str(disk)), 7, "no space left on device")
    run = disk / "a"
    shown = json.loads(call("show", str(run), "--json").out)
    assert shown["status"] == "failed"
    state, _ = checkpoint.load(run, checkpoint.steps(run)[-1], (2, 1000), True)
    assert state.params.finite()
    assert_one_sentence(call("resume", str(run), "--quiet"), 7, "no space left on device")
    assert not mount("-o", "remount,size=8m", str(disk)).returncode
    assert call("resume", str(run), "--quiet").code == 0
    assert call("run", *BIG, "--runs-dir", str(tmp_path / "roomy")).code == 0
    assert_same_results(run, tmp_path / "roomy" / "a")


def test_a_disk_with_no_room_for_a_run_keeps_nothing_of_it(call: Caller, disk: Path) -> None:
    with suppress(OSError):
        (disk / "filler").write_bytes(bytes(2_000_000))
    assert_one_sentence(call("run", *BIG, "--runs-dir", str(disk)), 7, "no space left on device")
    assert {p.name for p in disk.iterdir()} <= {"filler"}


def test_a_read_only_place_is_one_sentence_and_can_be_read(call: Caller, disk: Path) -> None:
    from sdd_tui.presets import load
    from sdd_tui.run.create import create
    from sdd_tui.training.recorder import record

    run = create(load("quick", TINY[1:]), disk, "a")
    record(run, on_event=asking(run, 10, "stop"))
    assert not mount("-o", "remount,ro", str(disk)).returncode
    before = {p: p.read_bytes() for p in disk.rglob("*") if p.is_file()}
    for command in ("run", *TINY), ("run", *TINY, "--detach"):
        assert_one_sentence(call(*command, "--runs-dir", str(disk)), 7, "read-only file system")
    for options in ("--quiet",), ("--detach",):
        assert_one_sentence(call("resume", str(run), *options), 7, "read-only file system")
    assert call("show", str(run)).code == 0
    assert call("ls", "--runs-dir", str(disk)).out.count("\n") == 2
    assert {p: p.read_bytes() for p in disk.rglob("*") if p.is_file()} == before


def test_without_a_home_runs_are_trained_and_doctor_says_so(no_home: None, call: Caller) -> None:
    assert call("run", *TINY, "--quiet").code == 0
    answer = call("doctor")
    assert answer.code == 0
    assert answer.out.count("no home directory") == 2


@pytest.mark.parametrize("inside", ["", "deep/in"])
def test_doctor_says_that_a_file_is_no_place_for_kernels_or_runs(
    call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(file / inside))
    found = json.loads(call("doctor", "--json", "--runs-dir", str(file / inside)).out)
    words = f"can't be used: {file} is not a directory"
    assert found["kernel cache"].endswith(f", {words}")
    assert found["room for runs"] == words


def test_a_configuration_directory_that_can_not_be_seen_is_in_nobody_s_way(call: Caller, own_settings: Path) -> None:
    (own_settings / "config").symlink_to("config")
    assert call("run", *TINY, "--quiet").code == 0
    answer = call("doctor")
    assert answer.code == 0
    assert "can't be read: defaults" in answer.out


def test_kernels_that_can_not_be_kept_are_one_sentence_of_a_run(
    call: Caller, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, advance = "/nowhere: can't be kept (no space left on device)", FusedCPU.advance

    def compiling(self: FusedCPU, *args: Any) -> None:
        monkeypatch.setattr(cache, "_problems", [words])
        advance(self, *args)

    monkeypatch.setattr(cache, "_problems", [])
    monkeypatch.setattr(FusedCPU, "advance", compiling)
    answer = call("run", *TINY, "--name", "a")
    assert answer.code == 0
    assert answer.err.splitlines().count(words) == 1
    assert (runs / "a" / "console.log").read_text(encoding="utf-8").count(words) == 1

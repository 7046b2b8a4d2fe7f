"""Links inside a run lead nowhere: nothing is written, cut or deleted through them, and no pipe is waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sdd_tui.errors import DamagedError, NoRoomError, NotFoundError, SddError
from sdd_tui.run import checkpoint, requests
from sdd_tui.run.create import create
from sdd_tui.run.index import find_run, list_runs
from sdd_tui.run.layout import OWN, append_line
from sdd_tui.run.lock import Lock
from sdd_tui.run.manage import rename, trash
from sdd_tui.run.notes import write_note
from sdd_tui.run.reader import open_run
from sdd_tui.training import recorder
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from tests.run.helpers import asking, small

NAMES = (
    *("lock", "console.log", "metrics.jsonl", "events.jsonl", "frames.bin", "status.json", "meta.json", "notes.json"),
    *(".notes.json.new", ".status.json.new", ".meta.json.new"),
)


def begun(runs: Path, name: str = "a") -> Path:
    """A run stopped half-way."""
    run = create(small(), runs, name)
    record(run, on_event=asking(run, 100, "stop"))
    return run


def stand(link: Path, target: Path) -> None:
    """Put a link in the place of a file."""
    if link.is_dir():
        link.rename(link.with_name("aside"))
    link.unlink(missing_ok=True)
    link.symlink_to(target)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("there", [True, False])
def test_a_file_of_a_run_that_is_a_link_changes_nothing_elsewhere(
    runs: Path, tmp_path: Path, name: str, there: bool
) -> None:
    run, precious = begun(runs), tmp_path / "precious"
    text = (run / name).read_bytes() if (run / name).exists() else b"mine"
    if there:
        precious.write_bytes(text)
    stand(run / name, precious)
    for act in (lambda: record(run), lambda: write_note(run, "a note")):
        try:
            act()
        except SddError as error:
            assert str(error).isprintable()
    assert (precious.read_bytes() if there else precious.exists()) == (text if there else False)


def test_a_line_through_a_link_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").symlink_to("elsewhere")
    with pytest.raises(NoRoomError, match=r"it is a link\). Nothing is written through a link .*: remove it"):
        append_line(tmp_path / "metrics.jsonl", {"step": 1})


def test_checkpoints_of_another_run_stay_when_a_link_to_them_is_resumed(runs: Path) -> None:
    other, run = begun(runs, "other"), begun(runs)
    before = checkpoint.steps(other)
    assert len(before) > 2
    stand(run / "checkpoints", Path("../other/checkpoints"))
    for act in (lambda: record(run), lambda: checkpoint.steps(run)):
        with pytest.raises(DamagedError, match="it is a link"):
            act()
    assert checkpoint.steps(other) == before


@pytest.mark.parametrize("name", OWN)
def test_a_run_one_of_whose_folders_is_a_link_is_not_trained_and_nothing_changes_behind_it(
    runs: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(recorder, "CHECKPOINT_S", 0.0)  # each step that is computed again is saved
    other = begun(runs, "other")
    run = branch(other, 90, [], runs, "a")
    (run / "control" / "done").mkdir(parents=True)
    requests.ask(run, "pause")
    behind = other / name if name.startswith("c") and (other / name).exists() else other
    stand(run / name, Path(os.path.relpath(behind, (run / name).parent)))
    before = {p: p.stat().st_mtime_ns for p in (other, *other.rglob("*")) if p.name != "lock"}
    with pytest.raises(DamagedError, match=rf"a/{name}: it is a link, and a run's folders are its own\. Remove it"):
        record(run)
    with pytest.raises(DamagedError, match="it is a link"):
        branch(run, 90, [], runs, "b")
    assert {p: p.stat().st_mtime_ns for p in (other, *other.rglob("*")) if p.name != "lock"} == before


def test_requests_are_neither_put_nor_taken_through_a_link(runs: Path, tmp_path: Path) -> None:
    run = create(small(), runs, "a")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "1.json").write_text('{"request": "stop"}')
    (run / "control").symlink_to(tmp_path / "elsewhere")
    assert requests.take(run) == []
    with pytest.raises(DamagedError, match="it is a link"):
        requests.ask(run, "stop")
    assert [p.name for p in (tmp_path / "elsewhere").iterdir()] == ["1.json"]


@pytest.mark.parametrize("act", [trash, lambda path: rename(path, "b")])
def test_latest_that_names_no_run_moves_nothing(runs: Path, tmp_path: Path, act: Callable[[Path], Path]) -> None:
    create(small(), runs, "a")
    (tmp_path / "mine").mkdir()
    (runs / "latest").unlink()
    (runs / "latest").symlink_to(tmp_path / "mine")
    assert find_run("latest", runs) == runs / "a"
    with pytest.raises(SddError, match="not a run"):
        act(tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == []


FOREIGN = {
    "a site": {"config.toml": 'baseURL = "https://example.org"\n[params]\n'},
    "a service": {"status.json": '{"state": "running", "step": 3}'},
    "a service with settings": {"config.toml": "", "status.json": '{"status": "ok"}'},
    "a package": {"config.toml": "no", "meta.json": '{"name": "mine"}', "frames.bin": "GIF89a"},
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("act", [trash, lambda path: rename(path, "b")])
def test_a_folder_of_another_program_is_no_run_and_stays_as_it_is(
    runs: Path, act: Callable[[Path], Path], kind: str
) -> None:
    create(small(), runs, "a")
    (theirs := runs / "theirs").mkdir()
    for name, text in FOREIGN[kind].items():
        (theirs / name).write_text(text)
    (runs / "latest").unlink()
    (runs / "latest").symlink_to("theirs")
    assert find_run("latest", runs) == runs / "a"
    assert [run.name for run in list_runs(runs)] == ["a"]
    with pytest.raises(NotFoundError, match="not a run"):
        act(theirs)
    for word in (str(theirs), "theirs"):
        with pytest.raises(NotFoundError):
            find_run(word, runs)
    assert {p.name: p.read_text() for p in theirs.iterdir()} == FOREIGN[kind]


@pytest.mark.parametrize(
    "name", ["config.toml", "meta.json", "status.json", "notes.json", "metrics.jsonl", "events.jsonl", "frames.bin"]
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_in_a_run_keeps_nobody_waiting(runs: Path, name: str, kind: str) -> None:
    run, _ = begun(runs), begun(runs, "b")
    (run / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(run / name)
    else:
        (run / name).symlink_to("/dev/zero")
    assert {r.name for r in list_runs(runs)} == {"a", "b"}
    found = open_run(run)
    found.poll()
    for look in (lambda: found.status, lambda: found.meta, found.frame):
        try:
            look()
        except SddError as error:
            assert str(error).isprintable()
    if name != "notes.json":
        with pytest.raises(SddError):
            record(run)


@pytest.mark.parametrize("path", ["lock", "checkpoints/step-000000100.safetensors", "control/1.json", "console.log"])
def test_a_pipe_where_a_trainer_reads_or_writes_keeps_it_from_nothing_but_that(runs: Path, path: str) -> None:
    run = begun(runs)
    (run / path).unlink(missing_ok=True)
    os.mkfifo(run / path)
    try:
        record(run)
    except SddError as error:
        assert str(error).isprintable()


def test_a_lock_that_is_a_pipe_is_no_lock(runs: Path) -> None:
    run = create(small(), runs, "a")
    os.mkfifo(run / "lock")
    with pytest.raises(NoRoomError, match="not a regular file"):
        Lock(run)

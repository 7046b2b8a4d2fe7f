from __future__ import annotations

import errno
import json
import os
import shutil
import time
from pathlib import Path

import pytest

from sdd_tui.config import to_toml
from sdd_tui.errors import ConfigError, NotFoundError, NotPermittedError
from sdd_tui.run.create import create
from sdd_tui.run.index import find_run, list_runs, listed
from sdd_tui.run.layout import replace_json
from sdd_tui.run.manage import trash
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.training.recorder import record
from tests.run.helpers import refuse_system, small, trained

NAMES = ("20261122-143012-pentagon-3f2a", "20261122-150000-pentagon-77aa", "20261123-090000-circle-3f2b")


@pytest.fixture
def three(runs: Path) -> Path:
    for name in NAMES:
        create(small(), runs, name)
    return runs


@pytest.mark.parametrize("word", [NAMES[0], "20261122-143012", "20261122-14", "3f2a", "pentagon-3f2a"])
def test_a_run_is_found_by_name_prefix_or_last_digits(three: Path, word: str) -> None:
    assert find_run(word, three) == three / NAMES[0]


def test_a_run_is_found_by_path(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_run(str(three / NAMES[0]), Path("elsewhere")) == three / NAMES[0]
    monkeypatch.chdir(three / NAMES[0])
    assert find_run(".", Path("elsewhere")) == three / NAMES[0]


def test_latest_is_the_one_made_last(three: Path) -> None:
    assert find_run("latest", three) == three / NAMES[2]


def test_latest_without_its_link_is_the_one_made_last(three: Path) -> None:
    (three / "latest").unlink()
    replace_json(three / NAMES[1] / "status.json", {"state": "stopped", "heartbeat": time.time() + 5})
    assert find_run("latest", three) == three / NAMES[2]


def test_latest_of_no_runs_is_not_found(runs: Path) -> None:
    with pytest.raises(NotFoundError, match="no runs yet"):
        find_run("latest", runs)


def test_what_could_be_several_is_not_guessed(three: Path) -> None:
    with pytest.raises(NotFoundError, match=f"could be {NAMES[0]}, {NAMES[1]}: say more"):
        find_run("20261122", three)


def test_a_whole_name_wins_over_a_prefix(three: Path) -> None:
    create(small(), three, "2026")
    assert find_run("2026", three) == three / "2026"


@pytest.mark.parametrize(
    "word", ["nothing", "", "\x1b[31m", "../runs/x", "/nowhere", "~nobody/x", "./" + "x" * 5_000, "*"]
)
def test_what_is_not_there_is_not_found_in_one_printable_sentence(three: Path, word: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        find_run(word, three)
    assert str(caught.value).isprintable()


def test_a_directory_that_is_no_run_is_said_to_be_none(three: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="not a run"):
        find_run(str(tmp_path), three)


def test_the_list_says_how_far_runs_are_newest_first(runs: Path) -> None:
    trained(small(), runs, "done")
    create(small(), runs, "begun")
    begun, done = list_runs(runs)
    assert (begun.name, begun.state, begun.step, begun.train_loss) == ("begun", "starting", 0, None)
    assert (done.name, done.state, done.step, done.steps, done.preset) == ("done", "finished", 200, 200, "small")
    assert done.train_loss is not None
    assert done.settings["data"]["n_features"] == 50


def test_no_directory_is_an_empty_list(runs: Path) -> None:
    assert list_runs(runs) == []


def test_files_and_other_directories_are_not_listed(three: Path) -> None:
    (three / "notes.txt").write_text("mine")
    (three / "empty").mkdir()
    for name in ("broken", "round", "latest.old"):
        (three / name).symlink_to(name if name == "round" else "nowhere")
    (three / ".hidden").symlink_to(NAMES[0])
    assert {r.name for r in list_runs(three)} == set(NAMES)


def test_a_link_to_a_run_elsewhere_is_a_run_by_its_own_name(three: Path, tmp_path: Path) -> None:
    create(small(), tmp_path / "store", "other")
    (three / "big").symlink_to(tmp_path / "store" / "other")
    assert {r.name for r in list_runs(three)} == {*NAMES, "big"}
    assert find_run("big", three) == three / "big"
    record(find_run("big", three))
    assert [r.state for r in list_runs(three) if r.name == "big"] == ["finished"]
    with pytest.raises(ConfigError, match="this is a link"):
        trash(three / "big")


def test_a_copied_run_is_as_old_as_it_was(three: Path) -> None:
    for number, name in enumerate(NAMES):
        os.utime(three / name / "config.toml", (1e9 - number, 1e9 - number))
    assert [r.name for r in list_runs(three)] == list(reversed(NAMES))
    (three / "latest").unlink()
    assert find_run("latest", three) == three / NAMES[2]
    (three / NAMES[0] / "meta.json").write_text("{}")
    assert list_runs(three)[-1].created == 1e9


def test_what_may_not_be_seen_is_not_taken_for_nothing(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_system(monkeypatch, three, errno.EACCES)
    for look in (list_runs, list_sweeps, lambda runs: find_run("latest", runs)):
        with pytest.raises(NotPermittedError, match=r"can't be read \(Permission denied\)\. Have its owner"):
            look(three)


@pytest.mark.parametrize("hidden", ["", "config.toml", "status.json"])
def test_a_run_whose_files_may_not_be_read_is_unreadable_and_not_damaged(
    three: Path, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    refuse_system(monkeypatch, three / NAMES[1] / hidden, errno.EACCES)
    assert {r.name: r.state for r in list_runs(three)} == dict.fromkeys(NAMES, "starting") | {NAMES[1]: "unreadable"}


def test_a_trainer_that_is_gone_has_failed(runs: Path) -> None:
    run = create(small(), runs, "a")
    replace_json(run / "status.json", {"state": "running", "host": "elsewhere", "pid": 1, "heartbeat": 0})
    entry = listed(run)
    assert entry is not None
    assert entry.state == "failed"


@pytest.mark.parametrize("name", ["config.toml", "status.json"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"[" * 9_999])
def test_a_damaged_run_is_listed_as_damaged(runs: Path, name: str, content: bytes | None) -> None:
    run = create(small(), runs, "a")
    (run / name).unlink()
    if content is not None:
        (run / name).write_bytes(content)
    entry = listed(run)
    assert entry is not None
    assert (entry.name, entry.state) == ("a", "damaged")


@pytest.mark.parametrize("value", ["x", None, [], {}, True, 10**400, float("nan"), float("inf"), "\x1b[31m", -1])
def test_any_status_can_be_listed(runs: Path, value: object) -> None:
    run = create(small(), runs, "a")
    keys = ("state", "step", "steps", "train_loss", "heartbeat", "host", "pid", "pid_started", "outcome")
    for key in keys:
        replace_json(run / "status.json", {"state": "running", key: value})
        entry = listed(run)
        assert entry is not None
        assert entry.state.isprintable()


def test_two_thousand_finished_runs_are_listed_again_without_opening_a_file_of_them(
    runs: Path, touched: list[str]
) -> None:
    text = to_toml(small())
    for i in range(2_000):
        run = runs / f"run-{i}"
        run.mkdir(parents=True)
        (run / "config.toml").write_text(text.replace("n_examples = 20", f"n_examples = {i + 1}"))
        (run / "status.json").write_text(json.dumps({"state": "finished", "step": i, "steps": i, "test_loss": 1.0}))
    for files_of_a_run in (2, 0):
        touched.clear()
        assert len(list_runs(runs)) == 2_000
        assert len([path for path in touched if path.startswith(f"{runs}/run-")]) == 2_000 * files_of_a_run


def test_a_list_follows_every_file_that_is_replaced(runs: Path) -> None:
    run = create(small(), runs, "a")
    for step in range(30):
        replace_json(run / "status.json", {"state": "stopped", "step": step})
        (run / "config.toml").write_text(to_toml(small(f"T={step + 1}")))
        entry = listed(run)
        assert entry is not None
        assert (entry.step, entry.settings["data"]["n_examples"]) == (step, step + 1)


def test_without_symbolic_links_runs_are_made_all_the_same_and_latest_is_the_newest(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: str) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "symlink_to", refused)
    run = create(small(), three, "d")
    os.utime(run / "config.toml", (4e9, 4e9))
    assert not [p.name for p in three.iterdir() if "latest" in p.name], "an old link would mislead"
    assert find_run("latest", three) == run


def test_a_directory_called_latest_stops_no_run_and_stays(three: Path) -> None:
    (three / "latest").unlink()
    shutil.copytree(three / NAMES[0], three / "latest")
    os.utime(three / "latest" / "config.toml", (5e9, 5e9))
    run = create(small(), three, "d")
    os.utime(run / "config.toml", (4e9, 4e9))
    assert find_run("latest", three) == run
    assert (three / "latest" / "config.toml").exists()
    assert not [p for p in three.iterdir() if p.name.startswith(".")]

"""Renaming runs, and the trash folder."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError, ConfigError, NotFoundError, NotPermittedError
from sdd_tui.run.create import create
from sdd_tui.run.index import find_run, list_runs
from sdd_tui.run.layout import replace_json
from sdd_tui.run.liveness import me
from sdd_tui.run.lock import Lock
from sdd_tui.run.manage import rename, trash
from tests.run.helpers import refuse_system, small, trained


def at_rest(runs: Path, name: str) -> Path:
    """A run that was stopped."""
    run = create(small(), runs, name)
    replace_json(run / "status.json", {"state": "stopped", "step": 3})
    return run


def names(runs: Path) -> set[str]:
    return {r.name for r in list_runs(runs)}


def test_a_renamed_run_is_found_by_its_new_name_and_latest_follows(runs: Path) -> None:
    at_rest(runs, "a")
    run = at_rest(runs, "b")
    assert rename(run, "c") == runs / "c"
    assert names(runs) == {"a", "c"}
    assert find_run("latest", runs) == (runs / "c").resolve()


def test_latest_stays_where_it_is_when_another_run_is_renamed(runs: Path) -> None:
    run = at_rest(runs, "a")
    at_rest(runs, "b")
    rename(run, "c")
    assert (runs / "latest").readlink() == Path("b")


@pytest.mark.parametrize("taken", ["run", "file", "broken link"])
def test_a_taken_name_is_refused_and_nothing_moves(runs: Path, taken: str) -> None:
    run = at_rest(runs, "a")
    other = runs / "b"
    if taken == "run":
        at_rest(runs, "b")
    elif taken == "file":
        other.write_text("mine")
    else:
        other.symlink_to("nowhere")
    with pytest.raises(BusyError, match="already"):
        rename(run, "b")
    assert "a" in names(runs)
    assert os.path.lexists(other)


def test_an_empty_directory_takes_no_name(runs: Path) -> None:
    run = at_rest(runs, "a")
    (runs / "b").mkdir()
    rename(run, "b")
    (runs / "c").mkdir()
    at_rest(runs, "c")
    assert names(runs) == {"b", "c"}


def test_its_own_name_is_no_change(runs: Path) -> None:
    run = at_rest(runs, "a")
    assert rename(run, "a") == run


@pytest.mark.parametrize("name", ["", "..", "a/b", "latest", ".trash", "x" * 101, "a\n", "-a"])
def test_a_name_that_could_leave_the_runs_directory_is_refused(runs: Path, name: str) -> None:
    run = at_rest(runs, "a")
    with pytest.raises(ConfigError, match="a run's name is"):
        rename(run, name)
    assert names(runs) == {"a"}


@pytest.mark.parametrize("state", ["starting", "running", "paused"])
def test_a_run_with_a_trainer_stays_where_it_is(runs: Path, state: str) -> None:
    run = create(small(), runs, "a")
    replace_json(run / "status.json", {"state": state, **me()})
    with pytest.raises(BusyError, match=f"it is {state}"):
        rename(run, "b")
    with pytest.raises(BusyError, match=f"it is {state}"):
        trash(run)
    assert names(runs) == {"a"}


def test_a_run_whose_lock_is_held_stays_where_it_is(runs: Path) -> None:
    run = at_rest(runs, "a")
    lock = Lock(run)
    with pytest.raises(BusyError, match="another trainer"):
        trash(run)
    lock.release()
    trash(run)
    assert names(runs) == set()


def test_trash_keeps_every_run_it_was_given_and_none_is_listed(runs: Path) -> None:
    for i in range(3):
        run = at_rest(runs, "a")
        (run / "mine").write_text(str(i))
        trash(run)
    assert names(runs) == set()
    assert {p.name: (p / "mine").read_text() for p in (runs / ".trash").iterdir()} == {"a": "0", "a.2": "1", "a.3": "2"}


def test_latest_goes_to_the_newest_run_left_and_away_with_the_last(runs: Path) -> None:
    one, two = at_rest(runs, "a"), at_rest(runs, "b")
    os.utime(one / "config.toml", (1, 1))
    trash(two)
    assert (runs / "latest").readlink() == Path("a")
    trash(one)
    assert not os.path.lexists(runs / "latest")


def test_a_damaged_run_can_be_thrown_away(runs: Path) -> None:
    run = at_rest(runs, "a")
    (run / "status.json").write_text("no")
    trash(run)
    assert names(runs) == set()


@pytest.mark.parametrize("left", ["meta.json", "status.json", "frames.bin", "checkpoints", "empty files"])
def test_a_run_without_its_settings_is_known_by_what_is_left_and_can_be_thrown_away(runs: Path, left: str) -> None:
    run = trained(small(), runs)
    for name in ("meta.json", "status.json", "frames.bin", "checkpoints"):
        if name != left:
            (run / name).rename(runs / name)
    (run / "config.toml").write_text("no")
    if left == "empty files":
        for name in ("meta.json", "status.json"):
            (run / name).touch()
    (entry,) = list_runs(runs)
    assert entry.state == "damaged"
    trash(run)
    assert names(runs) == set()


def test_a_run_that_may_not_be_read_stays_where_it_is(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = at_rest(runs, "a")
    before = {p.name for p in run.iterdir()}
    with monkeypatch.context() as theirs:
        refuse_system(theirs, run / "config.toml", errno.EACCES)
        with pytest.raises(NotPermittedError, match="Have its owner let you read it"):
            trash(run)
    assert {p.name for p in run.iterdir()} == before


def test_links_are_never_followed(runs: Path, tmp_path: Path) -> None:
    run = at_rest(tmp_path / "elsewhere", "a")
    runs.mkdir()
    link = runs / "a"
    link.symlink_to(run)
    with pytest.raises(ConfigError, match="link"):
        trash(link)
    with pytest.raises(ConfigError, match="link"):
        rename(link, "b")
    (tmp_path / "outside").mkdir()
    (runs / ".trash").symlink_to(tmp_path / "outside")
    mine = at_rest(runs, "mine")
    with pytest.raises(ConfigError, match="link"):
        trash(mine)
    assert names(runs) == {"a", "mine"}
    assert list((tmp_path / "outside").iterdir()) == []
    assert (run / "config.toml").exists()


def test_a_link_inside_a_run_moves_with_it_and_what_it_names_stays(runs: Path, tmp_path: Path) -> None:
    run = at_rest(runs, "a")
    (tmp_path / "precious").write_text("mine")
    (run / "link").symlink_to(tmp_path / "precious")
    assert (trash(run) / "link").is_symlink()
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_run_that_is_gone_is_not_found(runs: Path) -> None:
    with pytest.raises(NotFoundError, match="no such run any more"):
        trash(runs / "a")

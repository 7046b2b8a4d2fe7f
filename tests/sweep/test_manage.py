"""Renaming sweeps, and the trash folder."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError, ConfigError, NotFoundError
from sdd_tui.run.layout import replace_json
from sdd_tui.run.liveness import me
from sdd_tui.sweep.directory import create_sweep, list_sweeps, make_cell, read_sweep
from sdd_tui.sweep.manage import rename, trash
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.results import keep
from sdd_tui.sweep.slots import in_use, unused
from tests.sweep.fake_slurm import FakeSlurm
from tests.sweep.helpers import tiny
from tests.sweep.sessions import start, wait_for
from tests.sweep.synthetic import made_up
from tests.waiting import PATIENCE_S, wait_until


def at_rest(runs: Path, name: str = "a") -> Path:
    """A sweep of two cells, both finished."""
    sweep = tiny({"T": [3], "seed": [0, 1]})
    folder = create_sweep(sweep, runs, name)
    for cell in sweep.cells():
        run = make_cell(folder, cell)
        replace_json(run / "status.json", {"state": "finished", "step": 40})
        keep(folder, made_up(cell))
    return folder


def names(runs: Path) -> set[str]:
    return {folder.name for folder in list_sweeps(runs)}


def test_a_renamed_sweep_keeps_its_cells_and_what_came_out(runs: Path) -> None:
    folder = rename(at_rest(runs), "b")
    assert names(runs) == {"b"} and folder == runs / "b"
    assert read_sweep(folder) == tiny({"T": [3], "seed": [0, 1]})
    assert SweepReader(folder).poll().done == 2
    assert rename(folder, "b") == folder


def test_trash_keeps_every_sweep_it_was_given_and_none_is_listed(runs: Path) -> None:
    for _ in range(2):
        trash(at_rest(runs))
    assert names(runs) == set()
    assert {p.name for p in (runs / ".trash").iterdir()} == {"a", "a.2"}
    assert SweepReader(runs / ".trash" / "a.2").poll().done == 2


@pytest.mark.parametrize("name", ["..", "a/b", "latest", ".trash"])
def test_a_name_that_could_leave_the_runs_directory_is_refused(runs: Path, name: str) -> None:
    folder = at_rest(runs)
    with pytest.raises(ConfigError, match="a run's name is"):
        rename(folder, name)
    assert names(runs) == {"a"}


def test_a_taken_name_is_refused_and_nothing_moves(runs: Path) -> None:
    folder, _ = at_rest(runs), at_rest(runs, "b")
    with pytest.raises(BusyError, match="already"):
        rename(folder, "b")
    assert names(runs) == {"a", "b"}


def test_a_sweep_that_a_session_trains_stays_where_it_is_until_that_is_killed(runs: Path) -> None:
    sweep = tiny({"T": [3, 4], "seed": [0, 1]}, steps=2_000_000)
    folder = create_sweep(sweep, runs, "a")
    session = start(folder)
    wait_until_in_use(folder, session)
    for refused in (partial(trash, folder), partial(rename, folder, "b")):
        with pytest.raises(BusyError, match=r"^a: cells of it are being trained, .* `sdd sweep cancel a` stops it\.$"):
            refused()
    assert names(runs) == {"a"} and not (runs / ".trash").exists()
    session.kill()
    session.communicate()

    def moved() -> bool:
        try:
            trash(folder)
        except BusyError:  # its workers write their checkpoints yet
            return False
        return True

    wait_until(moved)
    assert names(runs) == set()


def wait_until_in_use(folder: Path, session: subprocess.Popen[bytes]) -> None:
    def in_use() -> bool:
        assert session.poll() is None, "it did not start"
        with unused(folder) as free:
            return not free

    wait_until(in_use)


def test_no_session_begins_while_a_sweep_is_moved(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}), runs, "a")
    with unused(folder) as free:
        assert free
        session = start(folder)
        _, words = session.communicate(timeout=PATIENCE_S)
    assert session.returncode != 0 and b"it is being renamed or thrown away" in words
    session = start(folder)
    wait_for(folder, 1, session)
    session.communicate(timeout=PATIENCE_S)
    assert session.returncode == 0


def test_any_number_of_sessions_use_a_sweep_at_once(runs: Path) -> None:
    folder = at_rest(runs)
    with in_use(folder), in_use(folder), pytest.raises(BusyError, match="are being trained"):
        trash(folder)
    trash(folder)


def test_a_sweep_with_a_cell_that_is_trained_by_itself_stays_where_it_is(runs: Path) -> None:
    folder = at_rest(runs)
    replace_json(folder / "cells" / "T=3,seed=1" / "status.json", {"state": "running", **me()})
    with pytest.raises(BusyError, match="its cell T=3,seed=1 is being trained"):
        trash(folder)
    assert names(runs) == {"a"}


def test_a_sweep_with_tasks_in_slurms_queue_stays_where_it_is(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "slurm"
    programs.mkdir()
    slurm = FakeSlurm(programs)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    folder = at_rest(runs, "queued")
    (folder / "slurm").mkdir()
    (folder / "slurm" / "7_submission.sh").write_text("")
    slurm.answer("squeue", "7_0|PENDING|Priority")
    with pytest.raises(BusyError, match=r"tasks of it are in Slurm's queue.*sdd sweep cancel queued"):
        trash(folder)
    slurm.answer("squeue", "")
    assert trash(folder).is_dir() and not folder.exists()


def test_a_damaged_sweep_can_be_thrown_away(runs: Path) -> None:
    folder = at_rest(runs)
    (folder / "sweep.toml").write_text("no")
    (folder / "cells" / "T=3,seed=0" / "status.json").write_text("no")
    trash(folder)
    assert names(runs) == set()


def test_links_are_never_followed(runs: Path, tmp_path: Path) -> None:
    elsewhere = at_rest(tmp_path / "elsewhere")
    runs.mkdir()
    (runs / "a").symlink_to(elsewhere)
    for refused in (partial(trash, runs / "a"), partial(rename, runs / "a", "b")):
        with pytest.raises(ConfigError, match="link"):
            refused()
    mine = at_rest(runs, "mine")
    (tmp_path / "outside").mkdir()
    (runs / ".trash").symlink_to(tmp_path / "outside")
    with pytest.raises(ConfigError, match="link"):
        trash(mine)
    (runs / ".trash").unlink()
    (tmp_path / "precious").write_text("mine")
    (mine / "workers" / "link").symlink_to(tmp_path / "precious")
    assert (trash(mine) / "workers" / "link").is_symlink()
    assert (tmp_path / "precious").read_text() == "mine"
    assert SweepReader(elsewhere).poll().done == 2


def test_a_sweep_that_is_gone_is_not_found(runs: Path) -> None:
    with pytest.raises(NotFoundError, match="no such sweep any more"):
        trash(runs / "a")

"""What appears whole or not at all, and what kills leave."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sdd_tui.run.create import create
from sdd_tui.run.index import list_runs
from sdd_tui.run.staging import clear, exchange, move_in, staging
from sdd_tui.sweep.directory import create_sweep, make_cell
from sdd_tui.training.branch import branch
from tests.run.helpers import refuse, small, trained
from tests.sweep.helpers import tiny


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def killed(folder: Path, body: str) -> None:
    """A process that is killed where `body` says `kill()`; `folder` is where it works."""
    head = """
        import os, signal, sys
        from pathlib import Path
        from sdd_tui.run.staging import staging, exchange
        folder = Path(sys.argv[1])
        def kill():
            os.kill(os.getpid(), signal.SIGKILL)
    """
    code = textwrap.dedent(head) + textwrap.dedent(body)
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_what_is_made_is_hidden_until_it_is_in_its_place(tmp_path: Path) -> None:
    with staging(tmp_path) as made:
        made.mkdir()
        (made / "x").write_text("whole")
        assert [p.name[0] for p in tmp_path.iterdir()] == ["."]
        clear(tmp_path)  # it isn't left: somebody makes it
        move_in(made, tmp_path / "a")
    assert names(tmp_path) == {"a"} and names(tmp_path / "a") == {"x"}


@pytest.mark.parametrize("there", ["a directory with something in it", "a file", "a link"])
def test_nothing_is_moved_over_what_is_there(tmp_path: Path, there: str) -> None:
    place = tmp_path / "a"
    if there == "a file":
        place.write_text("mine")
    elif there == "a link":
        (tmp_path / "other").mkdir()
        place.symlink_to("other")
    else:
        place.mkdir()
        (place / "mine").write_text("mine")
    with staging(tmp_path) as made:
        made.mkdir()
        with pytest.raises(FileExistsError):
            move_in(made, place)


def test_what_a_kill_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    killed(tmp_path, "with staging(folder) as made:\n    made.mkdir(); (made / 'x').write_text('half'); kill()")
    assert len(names(tmp_path)) == 1
    create(small(), tmp_path, "a")
    assert names(tmp_path) == {"a", "latest"}


def test_what_a_kill_had_put_aside_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "x").write_text("old")
    body = """
        with staging(folder) as made:
            made.mkdir()
            made.__class__.replace = lambda self, target, usual=Path.replace: (
                kill() if self.name == "made" else usual(self, target))
            exchange(made, folder / "export")
    """
    killed(tmp_path, body)
    assert "export" not in names(tmp_path)
    clear(tmp_path)
    assert names(tmp_path) == {"export"} and (tmp_path / "export" / "x").read_text() == "old"


def test_what_was_put_aside_when_it_is_interrupted_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "x").write_text("old")
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        if self.name == "made":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), staging(tmp_path) as made:
        made.mkdir()
        exchange(made, tmp_path / "export")
    assert names(tmp_path) == {"export"} and (tmp_path / "export" / "x").read_text() == "old"


@pytest.mark.parametrize("kind", ["a file", "a directory"])
def test_what_is_replaced_stays_until_the_new_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    synced, order, fsync, replace = set[int](), list[bool](), os.fsync, Path.replace

    def note_sync(fd: int) -> None:
        synced.add(os.fstat(fd).st_ino)
        fsync(fd)

    def note_replace(self: Path, target: Path) -> Path:
        order.append(all(p.stat().st_ino in synced for p in made_of))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    place = tmp_path / "export"
    for text in ("old", "new"):
        with staging(tmp_path) as made:
            content = made
            if kind == "a directory":
                (made / "inside").mkdir(parents=True)
                content = made / "inside" / "x"
            content.write_text(text)
            made_of = [made, *made.rglob("*")]
            exchange(made, place)
    assert order[:2] == [True, True]
    assert tmp_path.stat().st_ino in synced


def test_a_folder_that_can_t_be_looked_into_is_not_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clear(tmp_path / ("x" * 300))
    refuse(monkeypatch, tmp_path, errno.EACCES, "glob", "is_symlink")
    clear(tmp_path)


def test_what_is_put_aside_is_gone_once_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "x").write_text("old")
    with staging(tmp_path) as made:
        made.mkdir()
        exchange(made, tmp_path / "export")
    assert names(tmp_path) == {"export"} and names(tmp_path / "export") == set()


def test_a_link_that_looks_like_a_remain_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "lock").write_text("mine")
    (tmp_path / ".sdd-making-0").symlink_to("precious")
    clear(tmp_path)
    assert names(tmp_path / "precious") == {"lock"}


def stopping_at(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the calls of fsync after so many end what is being done, with everything on the disk left as it is."""
    left = [count]

    def sync(fd: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(shutil, "rmtree", lambda *args, **more: None)


@pytest.mark.parametrize("kind", ["run", "branch", "sweep", "cell"])
def test_a_kill_at_any_moment_leaves_a_whole_one_or_none_and_the_name_is_free(
    runs: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    parent = trained(small(), runs, "parent")
    sweep = tiny({"T": [3]})
    folder = create_sweep(sweep, runs, "swept")

    def make() -> None:
        if kind == "run":
            create(small(), runs, "a")
        elif kind == "branch":
            branch(parent, 100, small(), runs, "a")
        elif kind == "sweep":
            create_sweep(sweep, runs, "a")
        else:
            make_cell(folder, sweep.cells()[0])

    place = folder / "cells" if kind == "cell" else runs
    before, count = {n for n in names(place) if n[0] != "."}, 0
    whole = {"sweep.toml", "cells"} if kind == "sweep" else {"config.toml", "meta.json", "status.json"}
    while True:
        with monkeypatch.context() as patch:
            stopping_at(patch, count)
            try:
                make()
                break
            except KeyboardInterrupt:
                new = {n for n in names(place) if n[0] != "."} - before
        if new:  # it is whole once it is there
            assert {p.name for p in (place / new.pop()).iterdir()} >= whole
            break
        count += 1
    assert count > 2
    listed = {r.name for r in list_runs(runs)}
    assert listed - {"a"} == {"parent"}

"""Opening, replacing and syncing files of ours."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sdd_tui import files


@pytest.mark.parametrize("write", [files.open_append, files.open_update, files.open_lock])
def test_nothing_is_opened_for_writing_through_a_link(tmp_path: Path, write: Callable[[Path], object]) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "link").symlink_to("precious")
    with pytest.raises(OSError, match="It is a link"):
        write(tmp_path / "link")
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("open_it", [files.open_read, files.open_append, files.open_update, files.open_lock])
def test_a_pipe_or_a_device_is_refused_at_once(tmp_path: Path, open_it: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="Not a regular file"):
            open_it(path)


def test_a_replaced_link_is_gone_and_what_it_named_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    for name in ("a", ".a.new"):
        (tmp_path / name).symlink_to("precious")
    files.replace(tmp_path / "a", b"new")
    assert (tmp_path / "precious").read_text() == "mine"
    assert not (tmp_path / "a").is_symlink()


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_is_written_over_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", refused)
    files.replace(tmp_path / "a", b"new", over=False)
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("a", "link"):
        with pytest.raises(FileExistsError):
            files.replace(tmp_path / name, b"newer", over=False)
    assert (tmp_path / "a").read_bytes() == b"new" and (tmp_path / "a").stat().st_nlink == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "link"]


def refused(old: Path, new: Path) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_replaced_file_is_on_the_disk_before_it_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def sync(fd: int) -> None:
        found = os.fstat(fd)
        done.append("folder" if stat.S_ISDIR(found.st_mode) else f"{found.st_size} bytes")

    usual = Path.replace

    def replace(self: Path, target: Path) -> Path:
        done.append("renamed")
        return usual(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    files.replace(tmp_path / "a", b"12345")
    assert done == ["5 bytes", "renamed", "folder"]


def test_a_disk_that_is_full_when_it_is_synced_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.replace(tmp_path / "a", b"old")

    def full(fd: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.replace(tmp_path / "a", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]


def test_a_file_system_that_cannot_sync_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(fd: int) -> None:
        raise OSError(22, os.strerror(22))

    monkeypatch.setattr(os, "fsync", unknown)
    files.replace(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_file_larger_than_any_of_ours_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(8_000_000_000)
    with pytest.raises(OSError, match="Larger than 1,048,576 bytes"):
        files.read(tmp_path / "huge")
    assert files.tail(tmp_path / "huge", 10) == "\0" * 10


def test_a_directory_is_made_once_and_a_link_to_one_is_none(tmp_path: Path) -> None:
    files.make_folder(tmp_path / "a")
    files.make_folder(tmp_path / "a")
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(OSError, match="It is a link"):
        files.make_folder(tmp_path / "link")


def test_remains_of_kills_are_cleared_and_nothing_else(tmp_path: Path) -> None:
    for name in (".status.json.new", ".status.json.0123abcd.new", ".new", "new", "a.new", ".trash"):
        (tmp_path / name).write_text("x")
    files.clear_remains(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"new", "a.new", ".trash"}
    for name in (".status.json.0123abcd.new", ".notes.json.0123abcd.new"):
        (tmp_path / name).write_text("x")
    files.clear_remains(tmp_path, "notes.json")
    assert {p.name for p in tmp_path.iterdir()} == {"new", "a.new", ".trash", ".notes.json.0123abcd.new"}


def aged(path: Path, seconds: float) -> Path:
    """A file that was last written so long before now."""
    path.write_text("half")
    os.utime(path, (path.stat().st_mtime - seconds,) * 2)
    return path


def test_who_replaces_a_file_clears_what_kills_left_of_it_and_nobody_else_s_write(tmp_path: Path) -> None:
    old = aged(tmp_path / ".fig.svg.0123abcd.new", 4_000)
    stay = [
        aged(tmp_path / ".fig.svg.0123abce.new", 3_000),  # somebody may be writing it
        aged(tmp_path / ".other.svg.0123abcd.new", 4_000),
        aged(tmp_path / ".fig.svg.mine.new", 4_000),
        aged(tmp_path / ".fig.svg.new", 4_000),
    ]
    (tmp_path / ".fig.svg.0123abcf.new").mkdir()
    files.replace(tmp_path / "fig.svg", b"whole")
    assert not old.exists() and all(path.exists() for path in stay)
    assert (tmp_path / "fig.svg").read_bytes() == b"whole"

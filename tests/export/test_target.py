from __future__ import annotations

import os
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError, ConfigError, NoRoomError
from sdd_tui.export.target import exporting, named

OURS = ("*.ours",)


def make(path: Path, force: bool = False, text: str = "new") -> None:
    with exporting(path, force) as temporary:
        temporary.write_text(text)


def make_folder(path: Path, force: bool = False) -> None:
    with exporting(path, force, OURS) as temporary:
        (temporary / "inside").mkdir(parents=True)
        (temporary / "inside" / "x.ours").write_text("new")


def test_what_was_made_is_there_under_its_name_and_nothing_else(tmp_path: Path) -> None:
    make(tmp_path / "a")
    make_folder(tmp_path / "b")
    assert {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")} == {"a", "b", "b/inside", "b/inside/x.ours"}


@pytest.mark.parametrize("error", [OSError(28, "full"), KeyboardInterrupt(), ValueError()])
def test_an_error_leaves_nothing_and_what_was_there_before(tmp_path: Path, error: BaseException) -> None:
    for path, make_some in ((tmp_path / "a", make), (tmp_path / "b", make_folder)):
        make_some(path)
        before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
        ours = OURS if make_some is make_folder else ()
        with pytest.raises((NoRoomError, type(error))), exporting(path, True, ours) as temporary:
            if ours:
                temporary.mkdir()
                (temporary / "half.ours").write_text("half")
            else:
                temporary.write_text("half")
            raise error
        assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("place", ["{long}", "{long}/a"])
def test_a_name_that_is_too_long_is_one_sentence(tmp_path: Path, place: str) -> None:
    with pytest.raises(NoRoomError, match="too long"):
        make(tmp_path / place.format(long="x" * 300))


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("a", "link"):
        with pytest.raises(BusyError, match="is there already"):
            make(tmp_path / name)
    assert (tmp_path / "a").read_text() == "old"


def test_force_replaces_a_file_or_an_earlier_export(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    make(tmp_path / "a", force=True)
    assert (tmp_path / "a").read_text() == "new"
    make_folder(tmp_path / "b")
    (tmp_path / "b" / "y.ours").write_text("old")
    make_folder(tmp_path / "b", force=True)
    assert {p.name for p in (tmp_path / "b").rglob("*")} == {"inside", "x.ours"}
    assert {p.name for p in tmp_path.iterdir()} == {"a", "b"}


def test_force_never_replaces_a_part_of_a_run_or_a_sweep(run: Path, sweep_folder: Path) -> None:
    newest = max((run / "checkpoints").iterdir())
    for path in (run / "metrics.jsonl", run / "config.toml", run / "frames.bin", newest, sweep_folder / "sweep.toml"):
        before = path.read_bytes()
        with pytest.raises(ConfigError, match="what a run or a sweep is made of"):
            make(path, force=True)
        assert path.read_bytes() == before
    make(run / "mine.csv")
    make(run / "mine.csv", force=True)


def test_the_standard_output_is_no_place_for_an_export() -> None:
    with pytest.raises(ConfigError, match="standard output"):
        named("-", "a.csv")
    assert named("./-", "a.csv") == Path("-")


def test_force_never_replaces_anybody_s_directory(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "deep").mkdir(parents=True)
    (home / "deep" / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match="other files"):
        make_folder(home, force=True)
    with pytest.raises(ConfigError, match="is a directory"):
        make(home, force=True)
    link = tmp_path / "link"
    link.symlink_to(home)
    with pytest.raises(ConfigError):
        make_folder(link, force=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="is a file"):
        make_folder(tmp_path / "file", force=True)
    assert (home / "deep" / "thesis.tex").read_text() == "years of work"


def test_a_place_that_is_not_there_or_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match="its directory is not there"):
        make(tmp_path / "no" / "a")
    with pytest.raises(NoRoomError, match="Choose a shorter name"):
        make(tmp_path / ("x" * 300))
    (tmp_path / "file").write_text("x")
    with pytest.raises(NoRoomError):
        make(tmp_path / "file" / "a")


def test_force_never_replaces_a_pipe_or_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    for name in ("pipe", "null"):
        with pytest.raises(ConfigError, match="is a device or a pipe"):
            make(tmp_path / name, force=True)
    assert (tmp_path / "pipe").is_fifo() and (tmp_path / "null").is_symlink()

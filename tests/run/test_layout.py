from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError, DamagedError, NoRoomError, NotFoundError, NotPermittedError
from sdd_tui.run.layout import append_line, check_name, new_name, read_json, real, replace, runs_dir, whole, writing
from tests.run.helpers import refuse_system


@pytest.mark.parametrize("name", ["a", "20261122-143012-pentagon-3f2a", "T=5".replace("=", "_"), "1.5+x", "x" * 100])
def test_a_plain_name_is_taken_as_it_is(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/abs",
        "a\\b",
        ".hidden",
        "-rf",
        "a..b",
        "latest",
        "Latest",
        "x" * 101,
        "a\nb",
        "a\n",
        "\x1b[31mred",
        "a b",
        "ünï",
        "a\x00b",
        "[red]x[/red]",
        "~root",
        "$HOME",
        "a;b",
    ],
)
def test_a_hostile_name_is_refused_in_one_printable_sentence(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_name(name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("preset", ["pentagon", "../../etc", "", "\x1b[31m", "ü" * 300, "a b", "x" * 500])
def test_a_fresh_name_is_a_good_one_whatever_the_preset_is_called(preset: str) -> None:
    assert check_name(new_name(preset))


def test_fresh_names_begin_with_the_time() -> None:
    assert new_name("pentagon", 0.0).startswith("19")
    assert new_name("pentagon") != new_name("pentagon")


def test_the_option_wins_over_the_environment_and_runs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDD_RUNS_DIR", "/elsewhere")
    assert runs_dir("/given") == Path("/given")
    assert runs_dir() == Path("/elsewhere")
    monkeypatch.delenv("SDD_RUNS_DIR")
    assert runs_dir() == Path("runs")
    assert runs_dir("~nobody-of-that-name/runs") == Path("~nobody-of-that-name/runs")


def test_replacing_leaves_the_new_file_and_nothing_else(tmp_path: Path) -> None:
    replace(tmp_path / "a", "old")
    replace(tmp_path / "a", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "new"


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(tmp_path / "a", "old")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(NoRoomError, match="no space left"):
        replace(tmp_path / "a", "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "old")]


def test_a_run_deleted_meanwhile_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match="no such file"):
        append_line(tmp_path / "gone" / "metrics.jsonl", {"step": 1})


def test_what_is_no_error_of_the_file_system_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), writing(Path("x")):
        raise ZeroDivisionError


def test_a_line_is_a_line(tmp_path: Path) -> None:
    append_line(tmp_path / "a", {"text": "two\nlines\u2028\x1b"})
    append_line(tmp_path / "a", {"step": 2})
    lines = (tmp_path / "a").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"text": "two\nlines\u2028\x1b"}, {"step": 2}]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"null", b"\xff", b"[" * 99_999, b'{"a": 1' + b"0" * 9_999 + b"}"]
)
def test_what_is_not_a_table_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DamagedError):
        read_json(tmp_path / "a")


def test_no_file_is_not_found_and_a_directory_is_damage(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_json(tmp_path / "a")
    with pytest.raises(DamagedError):
        read_json(tmp_path)


@pytest.mark.parametrize(
    ("value", "as_real", "as_whole"),
    [
        (1, 1.0, 1),
        (1.5, 1.5, None),
        (True, None, None),
        ("1", None, None),
        (None, None, None),
        ([], None, None),
        (float("nan"), None, None),
        (float("inf"), None, None),
        (10**400, None, None),
    ],
)
def test_a_number_is_a_finite_number(value: object, as_real: float | None, as_whole: int | None) -> None:
    assert (real(value), whole(value)) == (as_real, as_whole)


def test_the_newest_run_is_latest(runs: Path) -> None:
    from sdd_tui.run.create import create
    from tests.run.helpers import small

    for name in ("a", "b"):
        create(small(), runs, name)
        assert (runs / "latest").readlink() == Path(name)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "Free some room or choose another place with -o"),
        (errno.EDQUOT, "Your quota is used up"),
        (errno.EACCES, "that you may write to with -o, or have its owner let you"),
        (errno.EROFS, "that you may write to with -o"),
        (errno.EMFILE, "ulimit -n"),
        (errno.EFBIG, "ulimit -f"),
        (errno.ENAMETOOLONG, "a shorter name"),
        (errno.EISDIR, "A directory lies in its place"),
        (errno.EIO, "The disk or the connection to it fails"),
        (errno.ESTALE, "The file server has lost it"),
        (errno.EXDEV, "Choose another place with -o"),
    ],
)
def test_advice_fits_what_the_file_system_said(tmp_path: Path, number: int, advice: str) -> None:
    with pytest.raises(NoRoomError) as caught, writing(tmp_path / "a", "-o"):
        raise OSError(number, os.strerror(number))
    assert advice in str(caught.value) and os.strerror(number).lower() in str(caught.value)
    assert ("room" in str(caught.value)) == (number in (errno.ENOSPC, errno.EDQUOT))


def test_a_file_that_may_not_be_read_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("{}")
    refuse_system(monkeypatch, tmp_path / "a", errno.EACCES)
    with pytest.raises(NotPermittedError, match=r"a: can't be read \(Permission denied\)\. Have its owner") as caught:
        read_json(tmp_path / "a")
    assert caught.value.exit_code == 7

"""Where a picture goes: names that are free, and what is said of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError, ConfigError, NoRoomError, SddError
from sdd_tui.tui.pictures.target import checked, suggested

STILL = (".svg", ".png", ".pdf")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_name_that_is_taken_gets_a_number(here: Path) -> None:
    assert suggested("loss", ".svg") == "loss.svg"
    (here / "loss.svg").touch()
    (here / "loss-2.svg").symlink_to("nowhere")
    assert suggested("loss", ".svg") == "loss-3.svg"
    assert suggested("loss", ".pdf") == "loss.pdf"


def test_a_name_without_an_ending_gets_the_one_that_is_chosen(here: Path) -> None:
    assert checked("loss", STILL, ".pdf") == here / "loss.pdf"
    assert checked(" Loss.PNG ", STILL, ".pdf") == here / "Loss.PNG"


def test_a_picture_may_go_elsewhere(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "paper").mkdir()
    monkeypatch.setenv("HOME", str(here))
    assert checked("~/paper/a.svg", STILL, ".svg") == here / "paper" / "a.svg"
    assert checked("paper/a", STILL, ".svg") == here / "paper" / "a.svg"


@pytest.mark.parametrize("typed", ["", "  ", ".", "..", "/", "../", "a/", "a/.", "x" * 300, "x" * 300 + ".svg"])
@pytest.mark.parametrize("ending", [".svg", ".gif"])
def test_what_is_no_name_is_refused_in_one_sentence(typed: str, ending: str) -> None:
    with pytest.raises(SddError) as refused:
        checked(typed, (ending,), ending)
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


@pytest.mark.parametrize("typed", ["a.jpg", "a.svg.exe", "a.gif", "passwd.toml"])
def test_another_ending_is_refused_with_those_there_are(typed: str) -> None:
    with pytest.raises(ConfigError, match=r"not an ending of it\. It is written as \.svg, \.png or \.pdf\."):
        checked(typed, STILL, ".svg")
    with pytest.raises(ConfigError, match=r"is written as \.svg\."):
        checked("a.jpg", (".svg",), ".svg")


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda p: p.symlink_to("nowhere"), os.mkfifo])
def test_nothing_is_written_over_what_is_there(here: Path, make: object) -> None:
    make(here / "a.svg")  # type: ignore[operator]
    with pytest.raises(BusyError, match=r"a\.svg is there already"):
        checked("a.svg", STILL, ".svg")


@pytest.mark.parametrize("typed", ["nowhere/a.svg", "../nowhere/a.svg", "file/a.svg"])
def test_a_directory_that_is_not_there_is_said(here: Path, typed: str) -> None:
    (here / "file").touch()
    with pytest.raises(NoRoomError, match="can't be written"):
        checked(typed, STILL, ".svg")


def test_a_directory_that_is_gone_or_may_not_be_written_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(NoRoomError, match="permission denied"):
        checked("a.svg", STILL, ".svg")
    (here / "gone").mkdir()
    monkeypatch.chdir(here / "gone")
    (here / "gone").rmdir()
    with pytest.raises(NoRoomError, match="no such file or directory"):
        checked("a.svg", STILL, ".svg")
    assert suggested("a", ".svg") == "a.svg"

"""A terminal whose text can't hold braille: the whole screen is ASCII, by what will be written with."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sdd_tui.draw.marks import drawable
from tests.terminal import APP, Terminal


@pytest.mark.parametrize(
    ("encoding", "holds"),
    [("utf-8", True), ("UTF8", True), ("gb18030", True), ("iso-8859-1", False), ("cp437", False), (None, False)],
)
def test_what_an_encoding_can_hold(encoding: str | None, holds: bool) -> None:
    assert drawable(encoding) == holds


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii"])
def test_the_app_draws_in_ascii_and_says_why(runs: Path, recorded: Path, own_settings: Path, encoding: str) -> None:
    recorded.rename(runs / "漢字 é")
    with Terminal([*APP, "--runs-dir", str(runs)], env={"PYTHONIOENCODING": encoding}) as terminal:
        terminal.until(lambda text: "experiments" in text and "1 run" in text)
        terminal.command("Braille, half blocks or ASCII")
        terminal.until(lambda text: "has no braille" in text)
        terminal.send("\t\r")
        terminal.until(lambda text: "frame 8 of 8" in text and "train 2.99e-8" in text)
        assert terminal.written.isascii()
        assert not re.search(rb"\\[uxU]\d", terminal.written)
        assert any("####" not in line and line.count("-") > 20 for line in terminal.shown.lines)
        assert not (own_settings / "config").exists()  # what was chosen for terminals that can is still chosen


def test_what_is_typed_is_in_the_locales_encoding(runs: Path) -> None:
    with Terminal([*APP, "--runs-dir", str(runs)], env={"PYTHONIOENCODING": "iso-8859-1"}) as terminal:
        terminal.until(lambda text: "experiments" in text)
        terminal.send("e")
        terminal.until(lambda text: "with changes" in text)

        os.write(terminal.master, b"\xe9\xe8")
        terminal.until(lambda text: "'??'" in text or "'\xe9\xe8'" in text)

"""The README names what there is: commands, presets, keys, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer.main

from sdd_tui.cli.app import app
from sdd_tui.errors import ExitCode
from sdd_tui.presets import presets
from sdd_tui.tui.keys import KEYS
from tests.make_readme import PICTURE, made, picture
from tests.measured import FIGURE, NUMBERS, VERIFIED, digest

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_every_command_is_there_and_no_other() -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    named = set()
    for words in re.findall(r"^sdd ([a-z|]+)|`sdd ([a-z|]+)|\$ sdd ([a-z]+)", README, re.M):
        named |= set("".join(words).split("|"))
    assert named == commands


def test_every_preset_is_in_the_table() -> None:
    assert re.findall(r"^\| `(\w+)` \|", README, re.M) == [p.name for p in presets()]


def test_what_is_made_from_the_program_is_up_to_date() -> None:
    assert made(README) == README, "run python -m tests.make_readme"


def test_every_key_stands_once_in_its_part() -> None:
    assert len({(k.screen, k.key) for k in KEYS}) == len(KEYS)


def test_every_exit_code_is_there() -> None:
    sentence = README.split("Exit codes:")[1].split("## ")[0]
    assert {int(code) for code in re.findall(r"\b(\d+)\b", sentence)} == {int(code) for code in ExitCode}


def test_it_opens_with_one_sentence_and_a_picture_of_the_run_screen_as_it_is() -> None:
    title, sentence, image = README.split("\n\n")[:3]
    assert title == "# sdd-tui" and sentence.endswith(".") and sentence.count(". ") == 0
    assert image.startswith("![") and image.endswith("(docs/run-screen.svg)")
    assert words(PICTURE.read_text()) == words(picture()), "run python -m tests.make_readme"


def test_the_main_figure_is_the_one_that_was_made_of_the_runs_in_the_table() -> None:
    assert f"(docs/{FIGURE.name})" in README
    kept, claims = json.loads(NUMBERS.read_text()), json.loads((VERIFIED / "paper.json").read_text())["claims"]
    assert digest(FIGURE) == kept["sha256"], "run python -m tests.make_readme --figure SWEEP"
    means = {found[1].replace(",", ""): c["ours"] for c in claims if (found := MEAN.fullmatch(c["quantity"]))}
    assert len(means) >= 10
    for T, loss in means.items():
        assert kept["test_loss"][T] == pytest.approx(loss, rel=1e-12)


MEAN = re.compile(r"mean test loss (?:over seeds|of eight seeds), T = ([\d,]+)")
"""Claims whose quantity is a point of the figure's curve."""


def words(svg: str) -> list[str]:
    """Everything written in a picture."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)

"""The README and docs/ name what there is: commands, options, presets, keys, exit codes, files."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from sdd_tui.cli.app import app
from sdd_tui.errors import ExitCode
from sdd_tui.presets import presets
from sdd_tui.tui.keys import KEYS
from tests import panel_pictures
from tests.make_docs import PAGES, PICTURE, README, made, picture
from tests.measured import FIGURE, NUMBERS, VERIFIED, digest, verified

DOCS = README.parent / "docs"
TEXT = README.read_text(encoding="utf-8")
SDD = typer.main.get_command(app)


def commands() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of every `sdd` command that stands in a block of code."""
    for page in PAGES:
        for block in re.findall(r"^```\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
            for line in block.splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True)
                if words and words[0] == "sdd":
                    yield page.name, words[1:]


def unknown(words: list[str]) -> list[str]:
    """What the program doesn't know of a command: its name, or options."""
    command, rest = SDD, words
    while hasattr(command, "commands"):
        names = rest[0].split("|")
        if missing := [name for name in names if name not in command.commands]:
            return missing
        command, rest = command.commands[names[0]], rest[1:]
    known = {option for param in command.params for option in param.opts}
    return [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]


def test_every_command_in_the_pages_is_one_with_its_options() -> None:
    found = list(commands())
    assert len(found) > 40
    assert [(page, words) for page, words in found if unknown(words)] == []


def test_every_command_there_is_stands_in_the_page_of_the_command_line() -> None:
    named = {name for page, words in commands() if page == "cli.md" for name in words[0].split("|")}
    assert named == set(SDD.commands)  # type: ignore[attr-defined]


def test_every_preset_is_in_the_readme() -> None:
    assert re.findall(r"^\| `(\w+)` \|", TEXT, re.M) == [p.name for p in presets()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_made_from_the_program_is_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert made(text) == text, "run python -m tests.make_docs"


@pytest.mark.parametrize("page", [*PAGES, README.parent / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        assert "://" in link or (page.parent / link).exists(), link


def test_every_page_is_linked_from_the_readme() -> None:
    assert {p.name for p in DOCS.glob("*.md")} == set(re.findall(r"\(docs/(\w+\.md)\)", TEXT))


def test_every_key_stands_once_in_its_part() -> None:
    keys = [(entry.screen, key) for entry in KEYS for key in entry.keys]
    assert len(set(keys)) == len(keys)


def test_every_exit_code_is_there() -> None:
    sentence = (DOCS / "cli.md").read_text(encoding="utf-8").split("Exit codes:")[1].split("\n\n")[0]
    assert {int(code) for code in re.findall(r"\b(\d+)\b", sentence)} == {int(code) for code in ExitCode}


def test_the_readme_is_short_and_opens_with_one_sentence_and_a_picture() -> None:
    assert len(TEXT.encode()) <= 8 << 10
    title, sentence, image = TEXT.split("\n\n")[:3]
    assert title == "# sdd-tui" and sentence.endswith(".") and sentence.count(". ") == 0
    assert image.startswith("![") and image.endswith("(docs/pentagon.gif)")


def test_the_picture_of_the_run_screen_shows_it_as_it_is() -> None:
    assert words(PICTURE.read_text()) == words(picture()), "run python -m tests.make_docs"


def test_the_pictures_of_the_panels_show_them_as_they_are() -> None:
    found = {name: words(svg) for name, svg in panel_pictures.made().items()}
    kept = {path.name: words(path.read_text(encoding="utf-8")) for path in panel_pictures.PICTURES.glob("*.svg")}
    varied = {f"{name}-{width}.svg" for name in panel_pictures.BY_MACHINE for width, _ in panel_pictures.SIZES}
    assert set(kept) == set(found)
    assert [name for name in found if name not in varied and kept[name] != found[name]] == [], "run tests.make_docs"


def test_the_main_figure_is_the_one_that_was_made_of_the_runs_in_the_table() -> None:
    assert f"({FIGURE.name})" in (DOCS / "verified.md").read_text(encoding="utf-8")
    kept, claims = json.loads(NUMBERS.read_text()), verified()[0]["claims"]
    assert digest(FIGURE) == kept["sha256"], "run python -m tests.make_docs --figure SWEEP"
    points = [(found[1].replace(",", ""), c) for c in claims if (found := MEAN.fullmatch(c["quantity"]))]
    means = {T: c["ours"] for T, c in points if c["verdict"] != "not measured"}
    assert len(means) >= 10
    for T, loss in means.items():
        assert kept["test_loss"][T] == pytest.approx(loss, rel=1e-12)


MEAN = re.compile(r"mean test loss, T = ([\d,]+)")
"""Claims whose quantity is a point of the figure's curve."""


def test_what_the_readme_says_is_what_the_kept_results_say(capsys: pytest.CaptureFixture[str]) -> None:
    """`sdd verify --kept` exits with 1 while a claim fails or is not measured."""
    with pytest.raises(SystemExit):
        SDD(["verify", "--kept", "--json"])
    found = json.loads(capsys.readouterr().out)
    (paper,) = [part for part in verified() if part["tier"] == "paper"]
    assert {c["claim"]: c["written"] for c in found["claims"]} == {c["claim"]: c["written"] for c in paper["claims"]}
    for claim in paper["claims"]:
        assert f"| {claim['written']['ours']} | {claim['written']['spread']} |" in (DOCS / "verified.md").read_text(
            encoding="utf-8"
        )


def test_the_kept_results_take_little_room() -> None:
    assert sum(path.stat().st_size for path in VERIFIED.rglob("*") if path.is_file()) < 10e6


def words(svg: str) -> list[str]:
    """Everything written in a picture."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)

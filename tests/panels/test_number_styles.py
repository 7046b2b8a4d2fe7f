"""Numbers have one style on the screen, whoever wrote them: in what is kept of panels and of whole screens."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

GOLDENS = TESTS / "panels" / "__snapshots__" / "test_goldens.ambr"

COLOURS = re.compile(r"\s*(\d+:\S* ?)+")
"""A golden's line of how many characters have which colour."""

SCREENS = sorted((TESTS / "tui" / "__snapshots__").rglob("*.svg"))

WORDS = re.compile(r"<text[^>]*>([^<]*)</text>")

COMMAND = re.compile(r"`[^`]*`")
"""What is to be typed has the numbers that a command line takes."""

SHORT_HEADS = "test_picture_of_a_grid"
"""What pictures of maps are called, where heads without room for 1,000 are 1k."""

OTHER_STYLES = {
    "thousands as k": re.compile(r"\b\d+k\b"),
    "a thousand without a comma": re.compile(r"(?<![\w.,:/=-])[1-9]\d{3,}(?![\w:/-])|\bT ?= ?\d{4}"),
    "a power of ten with a plus or zeros in front": re.compile(r"\de(\+|-0)\d"),
    "a power of ten for what is written in full": re.compile(r"(?<![\w.])\d(\.\d+)?e[3-6]\b"),
    "inf for ∞": re.compile(r"=inf\b"),
}


def goldens() -> Iterator[tuple[str, str]]:
    for line in GOLDENS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and not COLOURS.fullmatch(line):
            yield GOLDENS.name, line


def screens() -> Iterator[tuple[str, str]]:
    for screen in SCREENS:
        for words in WORDS.findall(screen.read_text(encoding="utf-8")):
            yield screen.name, COMMAND.sub("", html.unescape(words).replace("\xa0", " "))


@pytest.mark.parametrize("style", OTHER_STYLES)
def test_kept_panels_and_screens_have_one_style_of_numbers(style: str) -> None:
    assert len(SCREENS) > 40
    found = {(name, words) for name, words in (*goldens(), *screens()) if OTHER_STYLES[style].search(words)}
    assert {
        (name, words) for name, words in found if not (style == "thousands as k" and name.startswith(SHORT_HEADS))
    } == set()

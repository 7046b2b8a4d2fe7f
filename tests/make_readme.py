"""Writes the parts of the README that are made from the program: `python -m tests.make_readme`."""

from __future__ import annotations

import re
from pathlib import Path

from sdd_tui.tui.keys import PARTS, help_lines

README = Path(__file__).parent.parent / "README.md"

TITLES = {"home": "On the lists", "run": "On a run", "compare": "On a comparison", "form": "In the form"}


def keys() -> str:
    """The tables of keys, a screen each."""
    parts = []
    for screen in PARTS:
        rows = [f"| {key.replace('|', chr(92) + '|')} | {words} |" for key, words in help_lines(screen)]
        parts.append("\n".join([f"| {TITLES[screen]} | |", "|---|---|", *rows]))
    return "\n\n".join(parts)


PIECES = {"keys": keys}
"""Name of a pair of comments in the README -> what stands between them."""


def made(text: str) -> str:
    """The README with every piece made anew."""
    for name, make in PIECES.items():
        between = re.compile(rf"(<!-- {name}: .*? -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        assert between.search(text), name
        text = between.sub(lambda found, make=make: found[1] + make() + found[2], text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(made(README.read_text()))

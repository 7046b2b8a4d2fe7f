"""Writes the parts of the README that are made from the program: `python -m tests.make_readme`."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.keys import PARTS, help_lines
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.settings import Settings, as_text

README = Path(__file__).parent.parent / "README.md"
PICTURE = README.parent / "docs" / "run-screen.svg"
RECORDED = Path(__file__).parent / "tui" / "recorded" / "pentagon-small"

TITLES = {
    "home": "On the lists",
    "run": "On a run",
    "compare": "On a comparison",
    "sweep": "On a sweep",
    "form": "In the form",
}


def keys() -> str:
    """The tables of keys, a screen each."""
    parts = []
    for screen in PARTS:
        rows = [f"| {key.replace('|', chr(92) + '|')} | {words} |" for key, words in help_lines(screen)]
        parts.append("\n".join([f"| {TITLES[screen]} | |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def settings() -> str:
    """The settings file, as the app writes it."""
    return f"```toml\n{as_text(Settings()).strip()}\n```"


def picture() -> str:
    """The run screen, as SVG."""

    async def drawn(folder: Path) -> str:
        runs = folder / "runs"
        run = shutil.copytree(RECORDED, runs / RECORDED.name)
        app = SddApp(runs, run, Settings())
        async with app.run_test(size=(120, 40)) as pilot:
            while not isinstance(app.screen, RunScreen) or len(app.screen.view.history) < 8:
                await pilot.pause(0.1)
            await pilot.pause(0.3)
            return app.export_screenshot(title="sdd-tui")

    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, XDG_STATE_HOME=folder):  # nobody's layout
        return asyncio.run(drawn(Path(folder)))


PIECES = {"keys": keys, "settings": settings}
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
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture())

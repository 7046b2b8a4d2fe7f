"""Writes the parts of the README and of docs/ that are made from the program: `python -m tests.make_docs`.

Measurements come in with `--on "2 cores of ..., November 2026"` and `--verified FILE` for what `sdd verify --json`
printed, `--benched FILE` for `sdd bench --json`, `--app FILE` for `make bench-app`; the main figure with
`--figure SWEEP` for each sweep of it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.keys import PARTS, help_rows
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.settings import Settings, as_text
from tests import panel_pictures
from tests.measured import (
    BENCH_AVX2,
    app,
    bench,
    chosen,
    claims,
    keep_app,
    keep_bench,
    keep_figure,
    keep_verified,
    speed,
)

README = Path(__file__).parent.parent / "README.md"
PAGES = (README, *sorted(README.parent.glob("docs/*.md")))
PICTURE = README.parent / "docs" / "run-screen.svg"
EXAMPLE = README.parent / "examples" / "notebook.py"
RECORDED = Path(__file__).parent / "tui" / "recorded" / "pentagon-small"

TITLES = {
    "home": "On the lists",
    "run": "On a run",
    "compare": "On a comparison",
    "sweep": "On a sweep",
    "tour": "On the guided tour",
    "playground": "In the playground",
    "form": "In the form",
    "dialogs": "In questions and the help",
}


def keys() -> str:
    """The tables of keys, a screen each; those of a run are open, the others unfold."""
    parts = []
    for screen in sorted(PARTS, key=lambda screen: screen != "run"):
        table = "\n".join([f"| {TITLES[screen]} | |", "|---|---|", *_rows(screen)])
        folded = f"<details><summary>{TITLES[screen]}</summary>\n\n{table}\n\n</details>"
        parts.append(table if screen == "run" else folded)
    return "\n\n".join(parts)


def _rows(screen: str) -> list[str]:
    return [
        line
        for heading, rows in help_rows(screen).items()
        for line in (f"| **{heading}** | |", *(f"| {keys} | {words} |" for keys, words in rows))
    ]


def notebook() -> str:
    """The worked example, as it is run."""
    return f"```python\n{EXAMPLE.read_text(encoding='utf-8').strip()}\n```"


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


PIECES = {
    "panels": panel_pictures.page,
    "keys": keys, "chosen": chosen, "claims": claims, "speed": speed, "bench": bench, "app": app, "notebook": notebook,
    "settings": settings,
}  # fmt: skip
"""Name of a pair of comments in a page -> what stands between them."""


def made(text: str) -> str:
    """A page with each of its pieces made anew."""
    between = re.compile(r"(<!-- (\w+): python -m tests.make_docs -->\n).*?(<!-- /\2 -->)", re.DOTALL)
    return between.sub(lambda found: f"{found[1]}{PIECES[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verified", type=Path, help="what `sdd verify --json` printed")
    parser.add_argument("--benched", type=Path, help="what `sdd bench --json` printed")
    parser.add_argument("--benched-avx2", type=Path, help="the same with NUMBA_CPU_NAME=x86-64-v3")
    parser.add_argument("--app", type=Path, help="what `make bench-app` printed")
    parser.add_argument("--figure", type=Path, action="append", help="a sweep of the main figure")
    parser.add_argument("--on", default="", help="on which machine, and when")
    given = parser.parse_args()
    if given.verified:
        keep_verified(given.verified, given.on)
    if given.benched:
        keep_bench(given.benched, given.on)
    if given.benched_avx2:
        keep_bench(given.benched_avx2, given.on, BENCH_AVX2)
    if given.app:
        keep_app(given.app, given.on)
    if given.figure:
        keep_figure(given.figure)
    for page in PAGES:
        page.write_text(made(page.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")
    panel_pictures.PICTURES.mkdir(exist_ok=True)
    for name, svg in panel_pictures.made().items():
        (panel_pictures.PICTURES / name).write_text(svg, encoding="utf-8")

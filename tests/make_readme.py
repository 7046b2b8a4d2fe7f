"""Writes the parts of the README that are made from the program: `python -m tests.make_readme`.

What `sdd verify --json` printed comes in with `--verified FILE --on "2 cores of ..., November 2026"`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
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
VERIFIED = README.parent / "docs" / "verified"
"""What `sdd verify --json` printed, with the command, the machine and the date, and without the runs' paths."""

EXAMPLE = README.parent / "examples" / "notebook.py"
RECORDED = Path(__file__).parent / "tui" / "recorded" / "pentagon-small"

TITLES = {
    "home": "On the lists",
    "run": "On a run",
    "compare": "On a comparison",
    "sweep": "On a sweep",
    "form": "In the form",
}


def keys() -> str:
    """The tables of keys, a screen each; those of a run are open, the others unfold."""
    parts = []
    for screen in sorted(PARTS, key=lambda screen: screen != "run"):
        rows = [f"| {key.replace('|', chr(92) + '|')} | {words} |" for key, words in help_lines(screen)]
        table = "\n".join([f"| {TITLES[screen]} | |", "|---|---|", *rows])
        folded = f"<details><summary>{TITLES[screen]}</summary>\n\n{table}\n\n</details>"
        parts.append(table if screen == "run" else folded)
    return "\n\n".join(parts)


def claims() -> str:
    """What `sdd verify` found at the paper's scale and scaled down: a table each."""
    parts = []
    for path in sorted(VERIFIED.glob("*.json")):
        found = json.loads(path.read_text())
        said = [claim["verdict"] for claim in found["claims"]]
        rows = [
            f"| {c['says']} | {c['quantity']} | {c['paper']} | {_number(c['ours'])} | {_bounds(*c['accepted'])} | "
            f"{c['verdict']} |"
            for c in found["claims"]
        ]
        head = "| the claim | measured | the paper | we got | accepted | |\n|---|---|---|---|---|---|"
        words = f"{found['command']}, {found['on']}: {said.count('holds')} of {len(said)} claims hold."
        parts.append("\n".join([words, "", head, *rows]))
    return "\n\n".join(parts)


def _number(value: float | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2e}" if 0 < abs(value) < 1e-3 else f"{value:.4g}"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"≤ {_number(high)}" if low is None else f"≥ {_number(low)}"
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def notebook() -> str:
    """The worked example, as it is run."""
    return f"```python\n{EXAMPLE.read_text().strip()}\n```"


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


PIECES = {"keys": keys, "claims": claims, "notebook": notebook, "settings": settings}
"""Name of a pair of comments in the README -> what stands between them."""


def made(text: str) -> str:
    """The README with every piece made anew."""
    for name, make in PIECES.items():
        between = re.compile(rf"(<!-- {name}: .*? -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        assert between.search(text), name
        text = between.sub(lambda found, make=make: found[1] + make() + found[2], text)  # type: ignore[misc]
    return text


def keep(path: Path, on: str) -> None:
    """Keep what `sdd verify --json` printed, without the paths of the runs on that machine."""
    found = json.loads(path.read_text())
    tier = found["tier"]
    command = "`sdd verify`" if tier == "paper" else f"`sdd verify --{tier}`"
    kept = {key: value for key, value in found.items() if key != "claims"}
    without = [{key: value for key, value in claim.items() if key != "runs"} for claim in found["claims"]]
    VERIFIED.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"command": command, "on": on, **kept, "claims": without}, indent=1, ensure_ascii=False)
    (VERIFIED / f"{tier}.json").write_text(text + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verified", type=Path, help="what `sdd verify --json` printed")
    parser.add_argument("--on", default="", help="on which machine, and when")
    given = parser.parse_args()
    if given.verified:
        keep(given.verified, given.on)
    README.write_text(made(README.read_text()))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture())

"""Text from elsewhere on a real terminal: nothing of it is obeyed, and the lines stay where they belong."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from sdd_tui.run.layout import CONFIG, CONSOLE, EVENTS, META, NOTES, STATUS, read_json, replace_json
from tests.terminal import APP, FENCED_APP, Terminal

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b6n\x1bPq\x1b\\\x08\r[red]x[/red][@click=app.quit]y[/]\u202ez\u200b"
"""A title, a cleared screen, a question, a device string, ways back on the line, markup, a reversed direction."""

WIDE = "漢字 e\u0301\u0302 ｗｗ ½ 👩\u200d👧 한"
"""Two cells a character, none, and characters that join."""

COMMANDS = re.compile(
    r"[\x80-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]|\x1bPq|\x08|\x1b\][^\x07\x1b]*owned|\x1b\[31m"
)
"""What only the hostile text says to a terminal."""


@pytest.fixture(params=[EVIL, WIDE], ids=["commands", "wide"])
def hostile(runs: Path, recorded: Path, request: pytest.FixtureRequest) -> Path:
    """A run in which every text is hostile."""
    text: str = request.param
    run = runs / text.replace("/", "")
    shutil.copytree(recorded, run)
    replace_json(run / NOTES, {"tags": [text, "fine"], "note": text})
    replace_json(run / META, {"schema": 1, "host": text, "command": [text], "parent": {"run": text, "step": 5}})
    outcome = {"text": text, "advice": text}
    replace_json(run / STATUS, read_json(run / STATUS) | {"outcome": outcome, "host": text, "state": "failed"})
    with (run / EVENTS).open("a") as file:
        for kind in ("spike", text):
            file.write(json.dumps({"step": 20_000, "time": 0, "kind": kind, "text": text}) + "\n")
    (run / CONSOLE).write_text((text + "\n") * 20)
    return run


def beginning(run: Path) -> str:
    """What every place that names the run has of its name; the panels' cells hold no wide character, but one half."""
    return "½" if "½" in run.name else "]0;owned"


def ragged(terminal: Terminal) -> list[str]:
    """Lines of home that don't end at the edge of the panel: what stands on them is wider than was thought."""
    return ["".join(row) for row in terminal.shown.cells[1:-1] if row[-1] not in ("│", "╮", "╯")]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_hostile_text_is_shown_and_never_obeyed(runs: Path, hostile: Path, size: tuple[int, int]) -> None:
    shown = beginning(hostile)
    with Terminal([*FENCED_APP, "--runs-dir", str(runs), str(hostile)], *size) as terminal:
        terminal.until(lambda text: "frame" in text and shown in text)
        for key in "69":  # events; system with the console log
            terminal.send(key)
            terminal.fence()
            terminal.send("f")
            terminal.until(lambda text: text.count(shown) > 2)
            terminal.send("f")
            terminal.fence()
        terminal.send("\x1b")
        terminal.until(lambda text: "experiments" in text and shown in text and not ragged(terminal))
        assert terminal.process.poll() is None
        assert not COMMANDS.findall(terminal.written.decode("utf-8", "replace"))


def test_an_error_that_names_a_hostile_path_is_a_toast_and_no_command(runs: Path, hostile: Path) -> None:
    config = hostile / CONFIG
    config.write_text(f"no_such_setting = 1\n{config.read_text()}")
    shown = beginning(hostile)
    with Terminal([*APP, "--runs-dir", str(runs)], 120, 40) as terminal:
        terminal.until(lambda text: "experiments" in text and shown in text)
        terminal.send("\te")
        terminal.until(lambda text: "no_such_setting" in text)
        assert terminal.process.poll() is None
        assert not COMMANDS.findall(terminal.written.decode("utf-8", "replace"))


@pytest.mark.parametrize("words", [["ls"], ["show"], ["diff", "pentagon-small"], ["show", "--panel", "events"]])
def test_the_command_line_prints_hostile_text_and_obeys_none_of_it(runs: Path, hostile: Path, words: list[str]) -> None:
    named = [] if words == ["ls"] else [str(hostile)]
    command = [sys.executable, "-m", "sdd_tui", *words[:1], *named, *words[1:], "--runs-dir", str(runs)]
    with Terminal(command, 120, 40) as terminal:
        assert terminal.ended() == 0, terminal.text
        assert beginning(hostile) in terminal.text
        assert not COMMANDS.findall(terminal.written.decode("utf-8", "replace"))

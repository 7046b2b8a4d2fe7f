"""Text from elsewhere where it can be typed over, asked about and pasted: nothing of it is obeyed there either."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdd_tui.run.layout import CONFIG, NOTES, replace_json
from tests.terminal import APP, Terminal
from tests.tui.sweeping import made

EVIL = "\x1b]52;c;b3duZWQ=\x07\x1b]2;owned\x1b\\\x1b[2J\x9b6n\x1bPq\x1b\\\x08[link=x\x1b]0;y]z[/link]\u202e"
"""The clipboard, a title, a cleared screen, a question, a device string, a way back, a link, another direction."""

OBEYED = re.compile(r"\x1b\]52|\x1b\]2;|\x1b\]0;|\x1b\]8;|\x1bP|[\x80-\x9f\u202e\x08]")
"""What the app itself never says to a terminal."""

SEEN = "52;c;b3d"
"""Of it, what is to be read wherever it is shown."""


@pytest.fixture
def hostile(runs: Path, recorded: Path, own_settings: Path) -> Path:
    """A run and a sweep in which every text is hostile, and a filter that is remembered."""
    run = runs / EVIL.replace("/", "")
    shutil.copytree(recorded, run)
    for name, config in ((run, run / CONFIG), (recorded, recorded / CONFIG)):
        text = re.sub(r"(?m)^(title|preset) = .*$", lambda m: f"{m[1]} = {json.dumps(EVIL)}", config.read_text())
        config.write_text(text.replace('file = ""', f"file = {json.dumps(EVIL)}") if name == run else text)
    replace_json(run / NOTES, {"tags": [EVIL], "note": EVIL})
    sweep = made(runs, recorded, {"T": [5], "seed": [0]}, "swept")
    plan = sweep / "sweep.toml"
    plan.write_text(re.sub(r"(?m)^title = .*$", lambda m: f"title = {json.dumps(EVIL)}", plan.read_text()))
    sweep.rename(runs / f"sweep{run.name}")
    return run


class Driven:
    """The app, driven on a real terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def press(self, keys: str, *shown: str) -> None:
        """Type, and wait for what is shown."""
        self.terminal.send(keys)
        self.terminal.until(lambda text: all(words in text for words in shown))

    def leave(self, *gone: str) -> None:
        """Esc, until something is no longer shown."""
        self.terminal.send("\x1b")
        self.terminal.until(lambda text: not any(words in text for words in gone))

    def paste(self, text: str) -> None:
        """Paste, as terminals do that are asked to say so."""
        os.write(self.terminal.master, f"\x1b[200~{text}\x1b[201~".encode())


@pytest.fixture
def app(runs: Path, hostile: Path) -> Iterator[Driven]:
    """Home, with nothing obeyed of what was shown until the end."""
    with Terminal([*APP, "--runs-dir", str(runs)], 140, 50) as terminal:
        terminal.until(lambda text: "experiments" in text and SEEN in text)
        yield Driven(terminal)
        assert terminal.process.poll() is None
        found = OBEYED.findall(terminal.written.decode("utf-8", "replace"))
        assert not found, found


def test_in_the_forms_that_start_a_run_again(app: Driven) -> None:
    app.press("\te", "start", "again, with changes")
    app.press("", f"title                ?]{SEEN}")
    app.leave("again, with changes")


def test_in_the_form_of_a_branch_and_the_header_of_a_run(runs: Path, hostile: Path) -> None:
    with Terminal([*APP, "--runs-dir", str(runs), str(hostile)], 140, 50) as terminal:
        driven = Driven(terminal)
        driven.press("", SEEN, "frame 8 of 8")
        driven.press("b", "branch from step", f"title                ?]{SEEN}")
        assert not OBEYED.findall(terminal.written.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("key", "question"), [("r", "Letters, digits"), ("t", "Tags of"), ("n", "Note about"), ("d", "to the trash?")]
)
def test_in_what_is_asked_about_a_run(app: Driven, key: str, question: str) -> None:
    app.press(f"\t{key}", question, SEEN)
    app.leave(question)


def test_in_the_list_of_sweeps_what_is_asked_there_and_a_sweep(app: Driven) -> None:
    app.press("S", "Enter opens or starts", f"sweep?]{SEEN}")
    app.press("r", "Letters, digits")
    app.leave("Letters, digits")
    app.press("d", "to the trash?")
    app.press("n", "Enter opens or starts")
    app.press("\r", "1 of 1 cells", f"sweep?]{SEEN}")


def test_in_a_comparison(app: Driven) -> None:
    app.press("\t \x1b[B ", "2 marked")
    app.press("C", "what differs", SEEN)


@pytest.mark.parametrize(
    ("keys", "there"),
    [("/", "filter"), ("\tn", "Note about"), ("\x10", "Search"), ("e\x1b[A\x1b[A", "with changes")],
    ids=["filter", "ask", "palette", "form"],
)
def test_pasted(app: Driven, keys: str, there: str) -> None:
    app.press(keys, there)
    app.paste(f"zqz{EVIL}zqz")
    app.press("", "zqz")


def test_remembered_as_the_filter(runs: Path, hostile: Path, own_settings: Path) -> None:
    state = own_settings / "state" / "sdd-tui"
    state.mkdir(parents=True)
    (state / "view.json").write_text(json.dumps({"home": {"filter": EVIL}}))
    with Terminal([*APP, "--runs-dir", str(runs)], 140, 50) as terminal:
        Driven(terminal).press("", "filter", SEEN)
        assert not OBEYED.findall(terminal.written.decode("utf-8", "replace"))

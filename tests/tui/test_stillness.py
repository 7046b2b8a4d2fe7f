"""Where nothing happens nothing is sent: a screen that is looked at over SSH, or left open overnight, costs nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import FENCED_APP, Terminal


@pytest.fixture(params=["home", "run"])
def open_app(request: pytest.FixtureRequest, runs: Path, recorded: Path) -> Iterator[Terminal]:
    """The app on home, or on a finished run with home below it."""
    os.utime(recorded / "config.toml", (1e9, 1e9))  # younger runs have their age told in seconds
    what = [recorded.name] if request.param == "run" else []
    with Terminal([*FENCED_APP, "--runs-dir", str(runs), *what]) as terminal:
        terminal.until(lambda text: "q Quit" in text)
        terminal.settled()
        terminal.turn(4)  # Textual draws a new screen once more, and the same
        yield terminal


def test_a_screen_on_which_nothing_happens_sends_nothing(open_app: Terminal) -> None:
    written = len(open_app.written)
    open_app.turn(20)
    assert bytes(open_app.written[written:]) == b""

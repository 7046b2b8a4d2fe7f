"""The dialog of pictures in tests: what it offers, and what one chooses in it."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.pictures.dialog import PictureScreen, SubjectList
from tests.tui.driving import settled, text_of, until


def dialog(pilot: Pilot[None]) -> PictureScreen:
    """The dialog that is shown."""
    screen = pilot.app.screen
    assert isinstance(screen, PictureScreen)
    return screen


def offered(pilot: Pilot[None]) -> list[str]:
    """What there can be a picture of."""
    return [str(option.prompt) for option in dialog(pilot).query_one(SubjectList).options]


def name(pilot: Pilot[None]) -> str:
    """The name that stands there."""
    return dialog(pilot).query_one(Input).value


def drawing(pilot: Pilot[None]) -> bool:
    """Whether a process draws."""
    assert isinstance(pilot.app, SddApp)
    return pilot.app.pictures.writing


async def choose(pilot: Pilot[None], subject: str, typed: str = "") -> None:
    """Ask for a picture; `typed` in the place of its name."""
    await pilot.press("w")
    await settled(pilot)
    await pilot.press(*["down"] * offered(pilot).index(subject))
    if typed:
        dialog(pilot).query_one(Input).value = typed
    await pilot.press("enter")


async def written(pilot: Pilot[None], subject: str, path: Path) -> bytes:
    """What is written of something into a file."""
    await choose(pilot, subject, path.name)
    await until(pilot, lambda: said(pilot, f"Written: {path}"))
    assert not drawing(pilot)
    return path.read_bytes()


def said(pilot: Pilot[None], words: str) -> bool:
    """Whether this was said."""
    return any(words in notification.message for notification in pilot.app._notifications)


def footer(pilot: Pilot[None]) -> str:
    """The last line of the screen."""
    return text_of(pilot).splitlines()[-1]

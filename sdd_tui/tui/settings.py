"""The app's settings, in settings.toml under the user's configuration directory, and what it remembers by itself.

The docstring under a field is its comment in the file. Nothing here is needed: a missing file means the defaults.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import Field, ValidationError

from sdd_tui.config import Section
from sdd_tui.errors import ConfigError, SddError
from sdd_tui.store.layout import read_json, replace, settings_path, writing
from sdd_tui.tables import read_toml

MOST_REMEMBERED = 200
"""Runs whose place is remembered."""


class Settings(Section):
    """How the app looks and how much it sends."""

    theme: str = "sdd-dark"
    """Colours: sdd-dark, sdd-light, or any of Textual's themes (nord, gruvbox, textual-light …)."""
    marks: Literal["braille", "half", "ascii"] = "braille"
    """What pictures are made of: braille dots, half blocks, or plain ASCII (which the whole screen then is)."""
    fps: Annotated[int, Field(ge=1, le=30)] = 10
    """Frames a second at most."""
    bandwidth: Literal["auto", "low", "full"] = "auto"
    """Whether pictures move less often on a slow link: by what the terminal's answers take, always, or never."""


def read_settings() -> Settings:
    """The settings. Raises ConfigError for a file that can't be used."""
    path = settings_path()
    if not path.is_file():
        return Settings()
    values = read_toml(path)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        raise ConfigError(f"{path}: {name} can't be used: {first['msg'][0].lower()}{first['msg'][1:]}.") from None


def write_settings(settings: Settings) -> None:
    """Write the file. Raises NoRoomError."""
    path = settings_path()
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, as_text(settings))


def as_text(settings: Settings) -> str:
    """The settings as TOML, each under its comment."""
    lines = ["# sdd-tui: settings of the app. Delete a line for its default."]
    for name, info in Settings.model_fields.items():
        lines += [
            "",
            f"# {' '.join((info.description or '').split())}",
            f"{name} = {json.dumps(getattr(settings, name))}",
        ]
    return "\n".join(lines) + "\n"


class Memory:
    """What the app remembers: layout, look, and the step in view of each run. Lost, it starts afresh."""

    def __init__(self) -> None:
        self._path = platformdirs.user_state_path("sdd-tui") / "view.json"
        self._written: dict[str, Any] = {}
        try:
            self.values = read_json(self._path)
        except SddError:
            self.values = {}

    def table(self, name: str) -> dict[str, Any]:
        """A table of it; {} for anything else."""
        value = self.values.get(name)
        return value if isinstance(value, dict) else {}

    def keep(self, **values: Any) -> None:
        """Remember these."""
        self.values |= values

    def keep_place(self, run: str, step: int | None) -> None:
        """Remember the step in view of a run; None follows it."""
        places = {k: v for k, v in self.table("places").items() if k != run}
        if step is not None:
            places[run] = step
        self.values["places"] = dict(list(places.items())[-MOST_REMEMBERED:])

    def save(self) -> None:
        """Write it, if it has changed; a place that can't be written to is no reason to stop."""
        text = json.dumps(self.values, indent=1)
        if text == json.dumps(self._written, indent=1):
            return
        try:
            with writing(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            replace(self._path, text + "\n")
        except SddError:
            return
        self._written = json.loads(text)

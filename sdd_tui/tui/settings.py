"""The app's settings, in settings.toml under the user's configuration directory, and what it remembers by itself.

The docstring under a field is its comment in the file. Nothing here is needed: a missing file means the defaults.
"""

from __future__ import annotations

import json
import os
import stat
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sdd_tui.config import Section
from sdd_tui.errors import ConfigError, NoRoomError, SddError
from sdd_tui.run.layout import read_json, replace, writing
from sdd_tui.tables import read_toml
from sdd_tui.user_dirs import NO_HOME, settings_path, user_dir

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


def read_settings() -> tuple[Settings, str]:
    """The settings; with a sentence where it can't be seen what they are, and the defaults have to do. Raises
    ConfigError for a file that can't be used."""
    path = settings_path()
    try:
        if path is None or not stat.S_ISREG(path.stat().st_mode):
            return Settings(), ""
        path.open("rb").close()
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), ""
    except OSError as error:
        return Settings(), f"{path}: can't be read ({os.strerror(error.errno or 0).lower()}), so the defaults are used."
    values = read_toml(path)
    try:
        return Settings.model_validate(values), ""
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        raise ConfigError(f"{path}: {name} can't be used: {first['msg'][0].lower()}{first['msg'][1:]}.") from None


def write_settings(settings: Settings) -> None:
    """Write the file. Raises NoRoomError."""
    path = settings_path()
    if path is None:
        raise NoRoomError(f"Settings can't be kept: {NO_HOME}. Set HOME or XDG_CONFIG_HOME.")
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
    """What the app remembers: layout, looks, Home's order, and what of each run is in view. Lost, it starts afresh.

    Other apps may write the same file: only what was changed here is written, over what lies there by then.
    """

    def __init__(self) -> None:
        folder = user_dir("state")
        self._path = folder / "view.json" if folder else None
        self.values = self._read()
        self._written = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            return read_json(self._path) if self._path else {}
        except SddError:
            return {}

    def table(self, name: str) -> dict[str, Any]:
        """A table of it; {} for anything else."""
        return _table(self.values, name)

    def keep(self, **values: Any) -> None:
        """Remember these."""
        self.values |= values

    def place(self, place: str) -> dict[str, Any]:
        """What was in view at a place; {} where nothing is known."""
        return _table(self.table("places"), place)

    def keep_place(self, place: str, seen: dict[str, Any]) -> None:
        """Remember what is in view of a run, or of several beside each other; {} for the usual view."""
        places = {k: v for k, v in self.table("places").items() if k != place}
        self.values["places"] = places | ({place: seen} if seen else {})

    def save(self) -> None:
        """Write it, if it has changed; a place that can't be written to is no reason to stop."""
        now = json.loads(json.dumps(self.values))
        if now == self._written or self._path is None:
            return
        merged = self._read()
        for name in now | self._written:
            old, new = _table(self._written, name), _table(now, name)
            if now.get(name) != self._written.get(name):
                merged[name] = _changed(_table(merged, name), old, new) if old or new else now.get(name)
        if "places" in merged:
            merged["places"] = dict(list(_table(merged, "places").items())[-MOST_REMEMBERED:])
        try:
            with writing(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            replace(self._path, json.dumps(merged, indent=1) + "\n")
        except SddError:
            return
        self._written = now


def _table(values: dict[str, Any], name: str) -> dict[str, Any]:
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def _changed(there: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A table as it lies there, with what changed from the old one to the new one; what is new comes last."""
    changed = {key: value for key, value in new.items() if value != old.get(key)}
    kept = {key: value for key, value in there.items() if key not in changed and (key in new or key not in old)}
    return kept | changed

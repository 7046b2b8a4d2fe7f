"""What is said about the highlighted run: title, changed settings, outcome, note and tags. Pure."""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import Any

from rich.text import Text

from sdd_tui import presets
from sdd_tui.config import RunConfig, field_help
from sdd_tui.errors import plain
from sdd_tui.notation import ALIASES
from sdd_tui.numerals import rounded
from sdd_tui.run.index import Listed
from sdd_tui.run.status import findings

SYMBOL_OF = {setting: symbol for symbol, setting in ALIASES.items()}

CHANGED = ", changed: "
"""What stands between the title of a preset and the settings that were changed in a run of it."""

NOT_COMPARED = {"preset", "title"}


def details(run: Listed, status: dict[str, Any], width: int) -> Text:
    """One line a thing that is known, or several for an outcome or a note; nothing about what isn't."""
    text = Text()
    changes = changed(run.settings, run.preset)
    title = run.settings.get("title")
    if isinstance(title, str) and title:
        words = title.split(CHANGED)[0] if changes else title
        text.append(f"{plain(words, 200)}\n")
    if changes:
        text.append("changed  ", "dim").append(f"{plain('  '.join(changes), max(9, width - 9))}\n")
    outcome = status.get("outcome")
    if isinstance(outcome, dict) and (words := "; ".join(findings(outcome))):
        text.append("outcome  ", "dim").append(f"{words}\n")
    if run.note:
        text.append("note     ", "dim").append(f"{run.note}\n", "italic")
    if run.tags:
        text.append("tags     ", "dim").append(f"{' '.join(run.tags)}\n")
    if run.host not in (None, socket.gethostname()):
        text.append("host     ", "dim").append(f"{run.host}\n")
    return text


def changed(settings: dict[str, Any], preset: str | None) -> list[str]:
    """`T=7`, `lr=0.01`, …: how settings differ from a preset's, or from the defaults where it is none of ours."""
    usual = _usual(preset if preset in _names() else None)
    now = {name: value for name, value in _flat(settings).items() if name in usual}
    found = {name: value for name, value in now.items() if value != usual[name]}
    if "data.seed" in found and found["data.seed"] == found.get("model.seed"):
        found = {("seed" if name == "data.seed" else name): v for name, v in found.items() if name != "model.seed"}
    return [f"{shorter(name)}={_shown(value)}" for name, value in found.items()]


@lru_cache
def shorter(name: str) -> str:
    """What people call a setting: its symbol, or its last name where that is the only one."""
    leaf = name.split(".")[-1]
    same = [known for known in field_help() if known.split(".")[-1] == leaf]
    return SYMBOL_OF.get(name, leaf if len(same) == 1 else name)


@lru_cache
def _names() -> frozenset[str]:
    return frozenset(known.name for known in presets.presets())


@lru_cache
def _usual(preset: str | None) -> dict[str, Any]:
    config = RunConfig() if preset is None else presets.load(preset)
    return {name: value for name, value in _flat(config.model_dump()).items() if name not in NOT_COMPARED}


def _flat(tables: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in tables.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value == "inf":
        return "∞"
    return (
        f"{value:,}"
        if isinstance(value, int)
        else rounded(value, 6)
        if isinstance(value, float)
        else plain(str(value), 40)
    )

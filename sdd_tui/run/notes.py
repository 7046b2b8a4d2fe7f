"""What a person wrote about a run: tags and a note, in notes.json of its directory.

The text is hostile until read here: other people's runs are opened too. A damaged file reads as empty and stays as it
is until someone writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sdd_tui.errors import ConfigError, DamagedError, NotFoundError, plain
from sdd_tui.run.layout import NOTES, read_json, replace_json

TAG = re.compile(r"\w[\w.+-]{0,39}")
"""One word, so that `tag:word` can ask for it."""

MOST_TAGS = 20

LONGEST_NOTE = 2_000
"""Characters."""

LARGEST = 64_000
"""Bytes of notes.json at most; the longest note with every tag has about 10,000."""


@dataclass(frozen=True)
class Notes:
    """Tags, in the order they were given, and a note on one line."""

    tags: tuple[str, ...] = ()
    note: str = ""


def read_notes(run: Path) -> Notes:
    """The notes of a run; empty where there are none or they can't be read."""
    path = run / NOTES
    try:
        found = read_json(path, LARGEST)
    except (DamagedError, NotFoundError):
        return Notes()
    return Notes(_tags(found.get("tags")), _line(found.get("note")))


def write_note(run: Path, note: str) -> None:
    """Replace the note. Raises ConfigError for one that is too long, NoRoomError."""
    if len(line := _line(note, LONGEST_NOTE + 1)) > LONGEST_NOTE:
        raise ConfigError(f"The note of {plain(run.name)} has more than {LONGEST_NOTE:,} characters: shorten it.")
    _write(run, Notes(read_notes(run).tags, line))


def write_tags(run: Path, tags: Iterable[str]) -> None:
    """Replace the tags. Raises ConfigError for a tag that isn't one word or for too many, NoRoomError."""
    wanted = tuple(dict.fromkeys(tags))
    for tag in wanted:
        if not TAG.fullmatch(tag):
            raise ConfigError(f"{plain(tag)!r} is not a tag: one word of 1-40 letters, digits, '_', '.', '+' or '-'.")
    if len(wanted) > MOST_TAGS:
        raise ConfigError(f"{plain(run.name)} would have {len(wanted)} tags; {MOST_TAGS} are the most.")
    _write(run, Notes(wanted, read_notes(run).note))


def _write(run: Path, notes: Notes) -> None:
    replace_json(run / NOTES, asdict(notes))


def _tags(value: Any) -> tuple[str, ...]:
    words = [plain(tag, 40) for tag in value if isinstance(tag, str) and tag.strip()] if isinstance(value, list) else []
    return tuple(dict.fromkeys(words))[:MOST_TAGS]


def _line(value: Any, longest: int = LONGEST_NOTE) -> str:
    """Text on one line: line ends become spaces, control characters `?`."""
    return plain(" ".join(value.split()), longest) if isinstance(value, str) else ""

"""Tags and notes: written and read back, and hostile until read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.run.create import create
from sdd_tui.run.index import listed
from sdd_tui.run.notes import Notes, read_notes, write_note, write_tags
from tests.run.helpers import small


@pytest.fixture
def run(runs: Path) -> Path:
    return create(small(), runs, "a")


def test_tags_and_note_are_written_apart_and_read_together(run: Path) -> None:
    assert read_notes(run) == Notes()
    write_tags(run, ["paper", "long-run", "paper"])
    write_note(run, "  two\nlines ")
    assert read_notes(run) == Notes(("paper", "long-run"), "two lines")
    write_tags(run, [])
    assert read_notes(run) == Notes((), "two lines")


def test_the_list_shows_them_as_soon_as_they_change(run: Path) -> None:
    for words in ("one", "two", ""):
        write_note(run, words)
        write_tags(run, ["t", *words.split()])
        entry = listed(run)
        assert entry is not None
        assert (entry.tags, entry.note) == (("t", *words.split()), words)


@pytest.mark.parametrize("tag", ["", "two words", "-x", "a,b", "\x1b[31m", "x" * 41, "a\n"])
def test_a_tag_is_one_word(run: Path, tag: str) -> None:
    write_tags(run, ["kept"])
    with pytest.raises(ConfigError, match="is not a tag") as caught:
        write_tags(run, [tag])
    assert str(caught.value).isprintable()
    assert read_notes(run).tags == ("kept",)


def test_too_much_is_refused(run: Path) -> None:
    with pytest.raises(ConfigError, match="20 are the most"):
        write_tags(run, [f"t{i}" for i in range(21)])
    with pytest.raises(ConfigError, match="2,000 characters"):
        write_note(run, "x" * 2_001)
    assert not (run / "notes.json").exists()


@pytest.mark.parametrize("content", [b"", b"no", b"[]", b"\xff", b"[" * 9_999, b'{"note": "' + b"x" * 99_999 + b'"}'])
def test_a_damaged_file_reads_as_empty_and_is_kept_until_someone_writes(run: Path, content: bytes) -> None:
    (run / "notes.json").write_bytes(content)
    assert read_notes(run) == Notes()
    assert listed(run) is not None
    assert (run / "notes.json").read_bytes() == content
    write_note(run, "new")
    assert read_notes(run).note == "new"


HOSTILE: list[object] = [5, None, [], "  ", "\x1b]0;x\x07", *(f"{i}" * 99 for i in range(50))]


@pytest.mark.parametrize("value", [None, 5, True, {}, HOSTILE, "x\x1b[2J"])
def test_any_value_reads_as_printable_text(run: Path, value: object) -> None:
    (run / "notes.json").write_text(json.dumps({"tags": value, "note": value, "more": value}))
    found = read_notes(run)
    assert len(found.tags) <= 20
    assert all(tag.isprintable() and len(tag) <= 40 for tag in found.tags)
    assert found.note.isprintable()

"""Growing files of JSON lines: reading from where one left off, and cutting back.

A half-written last line means "not yet". A line before the end that can't be read is damage: readers skip it and say
so, resuming refuses.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.errors import DamagedError, not_permitted
from sdd_tui.run.layout import whole, writing

TAIL = 64
"""Bytes remembered of what was read last: they tell a file that was cut back and has grown again."""

LONGEST = 1 << 20
"""Bytes of a line at most; a row has some hundreds, a sweep's result some thousands. What is longer is passed over."""


class Lines:
    """Reads a growing file; `poll` returns what is new. It notices a file that was cut back or replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad = 0
        """Complete lines that could not be read."""
        self.behind = False
        """Whether the last poll left something unread."""
        self.trouble = ""
        """Why the last poll could not read a file that is there."""
        self._offset = 0
        self._inode = 0
        self._tail = b""
        self._inside = False
        """Whether what was read ends inside a line that is too long."""

    def poll(self, most_bytes: int = LONGEST) -> tuple[bool, list[dict[str, Any]]]:
        """(whether what was read before is void, new rows); at most so many bytes' worth, or one longer line."""
        try:
            with files.open_read(self.path) as file:
                inode = os.fstat(file.fileno()).st_ino
                file.seek(self._offset - len(self._tail))
                void = self._inode not in (0, inode) or file.read(len(self._tail)) != self._tail
                if void:
                    self._begin()
                self._inode = inode
                file.seek(self._offset)
                raw = file.read(most_bytes)
                if len(raw) == most_bytes and b"\n" not in raw:
                    raw += file.readline(LONGEST - len(raw))
        except OSError as error:
            void = self._offset > 0
            self._begin()
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            self.trouble = "" if missing else str(error.strerror)
            return void, []
        self.trouble = ""
        complete = raw[: raw.rfind(b"\n") + 1]
        too_long = not complete and (self._inside or len(raw) >= LONGEST)
        taken = raw if too_long else complete
        self.behind = len(raw) >= most_bytes and bool(taken)
        if taken:
            self._offset += len(taken)
            self._tail = (self._tail + taken)[-TAIL:]
        lines = complete.splitlines()[1:] if self._inside else complete.splitlines()
        self.bad += too_long and not self._inside
        self._inside = too_long or (self._inside and not taken)
        rows = parse_all(lines)
        self.bad += len(lines) - len(rows)
        return void, rows

    def _begin(self) -> None:
        self._offset, self._inode, self._tail, self.bad, self.behind = 0, 0, b"", 0, False
        self._inside = False


def parse(line: bytes) -> dict[str, Any] | None:
    """One line as a row with a whole-number step, or None."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and whole(row.get("step")) is not None else None


def parse_all(lines: list[bytes]) -> list[dict[str, Any]]:
    """The lines that can be read, as rows. All at once where nothing is wrong, which is twice as fast as one by one."""
    try:
        found = json.loads(b"[" + b",0,".join(lines) + b"]")  # zeros show where one line ends and the next begins
        rows = found[::2]
        alone = len(rows) == len(lines) and not any(found[1::2])
        if alone and all(type(r) is dict and whole(r.get("step")) is not None for r in rows):
            return list(rows)
    except (ValueError, RecursionError):
        pass
    return [row for line in lines if (row := parse(line)) is not None]


def cut(path: Path, step: int, recorded: Sequence[int] = (), before: str = "") -> dict[str, Any]:
    """Keep the lines up to `step`, and none from the first of the kind `before` on; the last of them, or {}.

    They must begin with the steps of `recorded`. Raises DamagedError when they don't, or when one of them can't be
    read; NoRoomError.
    """
    keep = 0
    last: dict[str, Any] = {}
    steps: list[int] = []
    for number, line in enumerate(_complete_lines(path), 1):
        row = parse(line)
        if row is None or row["step"] < last.get("step", 0):
            raise DamagedError(f"{path}: line {number} can't be read. Restore it, or start a new run.")
        if row["step"] > step or (before and row.get("kind") == before):
            break
        last = row
        steps.append(row["step"])
        keep += len(line)
    if steps[: len(recorded)] != list(recorded):
        raise DamagedError(
            f"{path}: lines up to step {step:,} are missing, or config.toml was changed. Restore it, or start anew."
        )
    with writing(path), suppress(FileNotFoundError), files.open_update(path) as file:
        file.truncate(keep)
    return last


def _complete_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that have an end, and none if there is no file; one that is too long comes in pieces."""
    try:
        with files.open_read(path) as file:
            while line := file.readline(LONGEST):
                if not line.endswith(b"\n") and len(line) < LONGEST:
                    return
                yield line
    except FileNotFoundError:
        return
    except PermissionError:
        raise not_permitted(str(path)) from None
    except OSError as error:
        raise DamagedError(f"{path}: can't be read ({error.strerror}).") from None

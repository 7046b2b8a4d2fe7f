"""Growing files of JSON lines: reading from where one left off, and cutting back.

A half-written last line means "not yet". A line before the end that can't be read is damage: readers skip it and say
so, resuming refuses.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sdd_tui.errors import DamagedError
from sdd_tui.store.layout import writing


class Lines:
    """Reads a growing file; `poll` returns what is new. It notices a file that was cut back or replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad = 0
        """Complete lines that could not be read."""
        self._offset = 0
        self._inode = 0

    def poll(self, most_bytes: int = 1 << 24) -> tuple[bool, list[dict[str, Any]]]:
        """(whether what was read before is void, new rows)."""
        try:
            with self.path.open("rb") as file:
                stat = self.path.stat()
                void = self._inode not in (0, stat.st_ino) or stat.st_size < self._offset
                if void:
                    self._offset, self.bad = 0, 0
                self._inode = stat.st_ino
                file.seek(self._offset)
                raw = file.read(most_bytes)
        except OSError:
            void, self._offset, self._inode = self._offset > 0, 0, 0
            return void, []
        complete = raw[: raw.rfind(b"\n") + 1]
        self._offset += len(complete)
        rows = []
        for line in complete.splitlines():
            row = parse(line)
            if row is None:
                self.bad += 1
            else:
                rows.append(row)
        return void, rows


def parse(line: bytes) -> dict[str, Any] | None:
    """One line as a row with a whole-number step, or None."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or type(row.get("step")) is not int:
        return None
    return row


def cut(path: Path, step: int) -> None:
    """Keep the lines up to `step`. Raises DamagedError for a line before the end that can't be read, NoRoomError."""
    if not path.exists():
        return
    raw = path.read_bytes()
    complete = raw[: raw.rfind(b"\n") + 1]
    keep = 0
    last = -1
    for number, line in enumerate(complete.splitlines(keepends=True), 1):
        row = parse(line)
        if row is None or row["step"] < last:
            raise DamagedError(f"{path}: line {number} can't be read. Restore it, or start a new run.")
        last = row["step"]
        if last > step:
            break
        keep += len(line)
    with writing(path), path.open("r+b") as file:
        file.truncate(keep)

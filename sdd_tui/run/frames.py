"""frames.bin: a self-describing header, then fixed-size records, found by seeking.

Readers use seek and read, never mmap: resuming cuts the file back, and touching the cut part of a map kills the reader.
The header is one JSON line padded with spaces to HEADER bytes: format, version, header_bytes, record_bytes and, in
order, each field's name, little-endian numpy type and shape. The first field is `step`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sdd_tui import files
from sdd_tui.engine.interface import Tensors
from sdd_tui.errors import DamagedError, not_permitted
from sdd_tui.run.layout import writing

HEADER = 1024
FORMAT = "sdd-frames"
VERSION = 1
MOST_FRAMES = 100_000
"""recording.frames at most."""

NUMBERS = ("<f4", "<f2")
"""Types of recorded parameters."""


@dataclass(frozen=True)
class Format:
    """What a record holds."""

    record: np.dtype[Any]
    header_bytes: int

    @staticmethod
    def of(params: Tensors, dtype: str) -> Format:
        """The format for one model's parameters; `dtype` is f4 or f2."""
        fields: list[tuple[str, str] | tuple[str, str, tuple[int, ...]]] = [("step", "<i8")]
        fields += [(name, f"<{dtype}", a.shape[1:]) for name, a in params.arrays().items()]
        return Format(np.dtype(fields), HEADER)

    def header(self) -> bytes:
        """The header's bytes."""
        assert self.record.names is not None
        fields = []
        for name in self.record.names:
            base, shape = self.record[name].base, self.record[name].shape
            fields.append({"name": name, "dtype": base.str, "shape": list(shape)})
        text = json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "header_bytes": HEADER,
                "record_bytes": self.record.itemsize,
                "fields": fields,
            }
        )
        return text.encode().ljust(HEADER - 1) + b"\n"

    def pack(self, step: int, params: Tensors) -> bytes:
        """One record."""
        record = np.zeros(1, self.record)
        record["step"] = step
        for name, array in params.arrays().items():
            with np.errstate(over="ignore"):
                record[name] = array[0]
        return record.tobytes()

    def count(self, size: int) -> int:
        """Whole records in a file of `size` bytes, as many as a run can have."""
        return max(0, min(MOST_FRAMES, (size - self.header_bytes) // self.record.itemsize))


def read_format(header: bytes, path: Path) -> Format:
    """The format that a frames file's header describes. Raises DamagedError."""
    try:
        head = json.loads(header)
        fields = [(str(f["name"]), str(f["dtype"]), tuple(int(s) for s in f["shape"])) for f in head["fields"]]
        known = (head["format"], head["version"], head["header_bytes"]) == (FORMAT, VERSION, HEADER)
        if not known or fields[0] != ("step", "<i8", ()) or any(f[1] not in NUMBERS for f in fields[1:]):
            raise ValueError
        record = np.dtype([(n, d, s) if s else (n, d) for n, d, s in fields])
        if record.itemsize != head["record_bytes"] or not {"W", "b"} <= set(record.names or ()):
            raise ValueError
        return Format(record, HEADER)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError):
        raise DamagedError(f"{path}: its header can't be read.") from None


class FrameFile:
    """Reads a growing frames file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._format: Format | None = None
        self._steps: NDArray[np.int64] = np.zeros(0, np.int64)
        self._identity: tuple[int, int] = (0, 0)
        self._newest: tuple[int, bytes] = (-1, b"")
        """Number and bytes of the last record: who looks for a new one mostly wants to see it."""

    def steps(self) -> NDArray[np.int64]:
        """Steps of the whole records, now. Empty while there is no file; raises DamagedError where it or its header
        can't be read."""
        try:
            if not self._is_known():
                with files.open_read(self.path) as file:
                    self._look(file)
        except (FileNotFoundError, NotADirectoryError):
            self._forget()
        except PermissionError:
            self._forget()
            raise not_permitted(str(self.path)) from None
        except OSError as error:
            self._forget()
            raise DamagedError(f"{self.path}: can't be read ({error.strerror}).") from None
        return self._steps

    @property
    def rounded(self) -> bool:
        """Whether the records last looked at hold parameters in less than float32."""
        record = self._format.record if self._format else np.dtype([])
        return any(record[name].base != np.dtype("<f4") for name in record.names or () if name != "step")

    def read(self, index: int) -> tuple[int, dict[str, NDArray[np.float32]]]:
        """(step, arrays) of one record. Raises DamagedError when it is not there any more."""
        try:
            raw = self._newest[1] if index == self._newest[0] and self._is_known() else self._raw(index)
        except OSError:
            raise DamagedError(f"{self.path}: can't be read any more.") from None
        record = self._format.record if self._format else np.dtype([])
        if len(raw) < max(1, record.itemsize):
            raise DamagedError(f"{self.path}: frame {index} is not there any more.")
        row = np.frombuffer(raw, record)[0]
        names = [n for n in record.names or () if n != "step"]
        with np.errstate(invalid="ignore"):  # damaged numbers may be signalling NaNs
            return int(row["step"]), {n: np.asarray(row[n], np.float32) for n in names}

    def _raw(self, index: int) -> bytes:
        with files.open_read(self.path) as file:
            self._look(file)
            return self._bytes(file, index)

    def _bytes(self, file: BinaryIO, index: int) -> bytes:
        """A record; nothing where there is none."""
        if self._format is None:
            return b""
        size = self._format.record.itemsize
        file.seek(self._format.header_bytes + index * size)
        return file.read(size)

    def _is_known(self) -> bool:
        """Whether the file is the one that was last looked at, and no longer; what can't be told, opening it tells."""
        try:
            stat = self.path.stat()
        except OSError:
            return False
        return self._format is not None and (stat.st_ino, stat.st_size) == self._identity

    def _look(self, file: BinaryIO) -> None:
        """Take in what the open file has now."""
        stat = os.fstat(file.fileno())
        if self._format is None or stat.st_ino != self._identity[0] or stat.st_size < self._identity[1]:
            self._forget()  # replaced or cut back: what was read may be gone
            if stat.st_size < HEADER:
                return
            self._format = read_format(file.read(HEADER), self.path)
        self._identity = (stat.st_ino, stat.st_size)
        count = self._format.count(stat.st_size)
        fresh = [self._read_step(file, i) for i in range(len(self._steps), count)]
        if fresh:
            self._steps = np.concatenate([self._steps, np.array(fresh, np.int64)])
            self._newest = count - 1, self._bytes(file, count - 1)

    def _forget(self) -> None:
        self._format, self._steps, self._identity = None, np.zeros(0, np.int64), (0, 0)
        self._newest = -1, b""

    def _read_step(self, file: BinaryIO, index: int) -> int:
        assert self._format is not None
        file.seek(self._format.header_bytes + index * self._format.record.itemsize)
        return int.from_bytes(file.read(8), "little", signed=True)


def cut(path: Path, recorded: Sequence[int]) -> None:
    """Keep the records of the steps `recorded`, which the file must begin with. Raises DamagedError, NoRoomError."""
    if not recorded:
        with writing(path):
            path.unlink(missing_ok=True)
        return
    if FrameFile(path).steps()[: len(recorded)].tolist() != list(recorded):
        raise DamagedError(
            f"{path}: frames up to step {recorded[-1]:,} are missing, or config.toml was changed. Restore it, or start"
            " a new run."
        )
    with writing(path), files.open_update(path) as file:
        form = read_format(file.read(HEADER), path)
        file.truncate(form.header_bytes + len(recorded) * form.record.itemsize)

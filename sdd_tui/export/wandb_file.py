"""W&B's file of a run: whether it is whole, as its library drops what it can't write without a word, and its records
changed, as the library takes the time of writing for the run's.

The file is a LevelDB log of protocol buffers: blocks of 32 KiB with records of (checksum, length, type) and data, after
a header of 7 bytes; a run that ended has an exit record.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

BLOCK = 32_768
HEADER = struct.Struct("<IHB")
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def is_whole(path: Path) -> bool:
    """Whether the run in this file ended, and every record up to there can be read."""
    from google.protobuf.message import DecodeError
    from wandb.proto.wandb_internal_pb2 import Record

    try:
        return any(Record.FromString(data).HasField("exit") for data in _records(path.read_bytes()))
    except (OSError, DecodeError):
        return False


def rewrite(path: Path, change: Callable[[Any], None]) -> None:
    """Write a whole file anew, with each record changed."""
    from wandb.proto.wandb_internal_pb2 import Record

    before = path.read_bytes()
    after = bytearray(before[: HEADER.size])
    for data in _records(before):
        record = Record.FromString(data)
        change(record)
        _append(after, record.SerializeToString())
    path.write_bytes(after)


def _append(raw: bytearray, data: bytes) -> None:
    """Add a record, in pieces where it goes over the ends of blocks."""
    begun = False
    while data or not begun:
        left = BLOCK - len(raw) % BLOCK
        if left < HEADER.size:
            raw += bytes(left)
            continue
        piece, data = data[: left - HEADER.size], data[left - HEADER.size :]
        kind = (MIDDLE if data else LAST) if begun else (FIRST if data else FULL)
        raw += HEADER.pack(zlib.crc32(piece, zlib.crc32(bytes([kind]))), len(piece), kind) + piece
        begun = True


def _records(raw: bytes) -> Iterator[bytes]:
    """The records, up to the first one that isn't whole."""
    at, parts = HEADER.size, b""
    while at + HEADER.size <= len(raw):
        left = BLOCK - at % BLOCK
        if left < HEADER.size:
            at += left
            continue
        _, length, kind = HEADER.unpack_from(raw, at)
        data = raw[at + HEADER.size : at + HEADER.size + length]
        if len(data) < length or not FULL <= kind <= LAST:
            return
        at += HEADER.size + length
        parts = data if kind in (FULL, FIRST) else parts + data
        if kind in (FULL, LAST):
            yield parts

"""Whether a W&B file is whole: its library drops what it can't write, without a word.

The file is a LevelDB log of protocol buffers: blocks of 32 KiB with records of (checksum, length, type) and data, after
a header of 7 bytes; a run that ended has an exit record.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

BLOCK = 32_768
HEADER = struct.Struct("<IHB")
FULL, FIRST, LAST = 1, 2, 4


def is_whole(path: Path) -> bool:
    """Whether the run in this file ended, and every record up to there can be read."""
    from google.protobuf.message import DecodeError
    from wandb.proto.wandb_internal_pb2 import Record

    try:
        return any(Record.FromString(data).HasField("exit") for data in _records(path.read_bytes()))
    except (OSError, DecodeError):
        return False


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

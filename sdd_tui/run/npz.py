"""Reads arrays that a user made from an .npz file; nothing in it is trusted, and nothing pickled is loaded."""

from __future__ import annotations

import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.errors import ConfigError, NotFoundError, plain

BROKEN = (
    OSError,
    ValueError,
    EOFError,
    MemoryError,
    RuntimeError,  # encrypted; also NotImplementedError: a compression unknown here
    SyntaxError,
    tokenize.TokenError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What zipfile and numpy raise for files that are not what they should be."""


def read_npz(path: str, wanted: Collection[str]) -> dict[str, NDArray[Any]]:
    """Those of the wanted arrays that an .npz file holds. Raises NotFoundError, ConfigError."""
    name = plain(path, 200)
    try:
        if Path(path).exists() and not Path(path).is_file():  # opening a pipe would wait for somebody to write
            raise ConfigError(f"data.file: {name} is not a file.")
        with Path(path).open("rb") as file:
            if file.read(4)[:2] != b"PK":
                raise ConfigError(f"data.file: {name} is not an .npz file; numpy.savez makes one.")
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                found = {key: arrays[key] for key in wanted if key in arrays.files}
        for key, array in found.items():
            if not isinstance(array, np.ndarray):  # numpy gives the bytes of what isn't one
                raise ConfigError(f"data.file: {name}: {key} in it is not an array. numpy.savez writes them.")
        return found
    except FileNotFoundError:
        raise NotFoundError(f"data.file: {name} is not there. Put it back, or choose another.") from None
    except BROKEN as error:
        detail = plain(str(error).splitlines()[0], 200) if str(error) else type(error).__name__
        raise ConfigError(f"data.file: {name} can't be read ({detail}).") from None

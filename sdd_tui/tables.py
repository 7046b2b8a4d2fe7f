"""Reads TOML files; light, so that listing runs needs no validation library."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.errors import ConfigError, NotFoundError, not_permitted, plain

LARGEST = 64_000
"""Bytes of settings at most; a configuration has about 1,500, and tomllib takes a minute for 100 kB of dotted keys."""


def read_toml(
    path: Path, loads: Callable[[str], dict[str, Any]] = tomllib.loads, recorded: bool = False
) -> dict[str, Any]:
    """The tables of a TOML file; one that was `recorded` by us is no pipe, and its last line has an end. Raises
    NotFoundError, NotPermittedError and ConfigError."""
    name = plain(str(path), 200)
    try:
        with files.open_read(path) if recorded else path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise ConfigError(f"{name}: has more than {LARGEST:,} bytes, which no file of settings needs.")
        if recorded and not raw.endswith(b"\n"):
            raise ConfigError(f"{name}: is not whole, as its last line has no end. Restore it, or start anew.")
        return loads(raw.decode())
    except FileNotFoundError:
        raise NotFoundError(f"{name}: there is no such file.") from None
    except PermissionError:
        raise not_permitted(name) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        detail = plain(str(error)) if str(error) else type(error).__name__
        raise ConfigError(f"{name}: this is not TOML ({detail}).") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name}: can't be read ({plain(str(error))}).") from None


def loads_alike(text: str) -> dict[str, Any]:
    """What `tomllib.loads` gives, four times as fast for files whose tables are mostly the same as another's.

    Tables are shared between files: look, don't change.
    """
    first, *rest = text.split("\n[")
    found: dict[str, Any] = {}
    try:
        for table in (_table(piece) for piece in (first, *("[" + piece for piece in rest))):
            if found.keys() & table.keys():  # [a] and [a.b], or an array of tables
                return tomllib.loads(text)
            found |= table
    except tomllib.TOMLDecodeError:  # a piece isn't what it looks like, or the file is wrong
        return tomllib.loads(text)
    return found


@lru_cache(maxsize=4096)
def _table(text: str) -> dict[str, Any]:
    return tomllib.loads(text)

"""Where an export goes: under a temporary name first, so that there is a whole one or none.

Nothing is overwritten unasked; `force` replaces a file that is no part of a run or a sweep, or a directory in which
there is nothing but an export.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from sdd_tui.errors import BusyError, ConfigError, NoRoomError, plain
from sdd_tui.run.layout import CONFIG, home, writing
from sdd_tui.run.staging import clear, exchange, staging
from sdd_tui.sweep.directory import SWEEP

OPTION = "-o"
"""What names another place."""

RECORDED = (".toml", ".json", ".jsonl", ".bin", ".safetensors", ".log")
"""How the files of runs and sweeps end; no format of an export does."""


@contextmanager
def exporting(path: Path, force: bool, ours: tuple[str, ...] = ()) -> Iterator[Path]:
    """A temporary path beside `path` to write to; what was made there is moved to `path` in the end, and is gone after
    an error or an interruption.

    `ours` are patterns of the files in a directory that may be replaced; without them the export is a file. Raises
    BusyError for what is there already, ConfigError for what may not be replaced, NoRoomError.
    """
    clear(path.parent)
    check_target(path, force, ours)
    if not path.parent.is_dir():
        raise NoRoomError(f"{plain(str(path), 500)}: can't be written, as its directory is not there. Make it first.")
    with writing(path, OPTION), staging(path.parent) as temporary:
        yield temporary
        exchange(temporary, path)


def named(text: str | None, default: str) -> Path:
    """The path a user named, or a default name in the current directory. Raises ConfigError for `-`."""
    if text == "-":
        raise ConfigError("-o -: an export goes to a file or a directory, not to the standard output. Name one.")
    return home(text) if text else Path(default)


def check_target(path: Path, force: bool, ours: tuple[str, ...] = (), option: str = OPTION) -> None:
    """Whether something may be written to a path: nothing is there, or what `force` may replace; `option` names
    another place. Raises BusyError, ConfigError, NoRoomError."""
    name = plain(str(path), 500)
    with writing(path, option):  # a name that is too long, or a directory that may not be entered
        there = path.is_symlink() or path.exists()
        directory = path.is_dir() and not path.is_symlink()
    if not there:
        return
    if not force:
        raise BusyError(f"{name}: is there already. Add --force to replace it, or name another place.")
    if not ours and path.is_dir():
        raise ConfigError(f"{name}: is a directory, and a file is to be written. Name another place with {option}.")
    if not ours and _is_recorded(path):
        raise ConfigError(
            f"{name}: is what a run or a sweep is made of, so it stays. Name another place with {option}."
        )
    if not ours and path.exists() and not path.is_file():
        raise ConfigError(
            f"{name}: is a device or a pipe, and a file is to be written. Name another place with {option}."
        )
    if ours and not directory:
        kind = "link" if path.is_symlink() else "file"
        raise ConfigError(f"{name}: is a {kind}, and a directory is to be written. Name another place with {option}.")
    if ours and not all(_is_ours(p, ours) for p in path.rglob("*")):
        raise ConfigError(f"{name}: holds other files than an export's, so it stays. Name another place with {option}.")


def _is_recorded(path: Path) -> bool:
    """Whether a file looks like one that a run or a sweep is made of: its kind, and what lies beside it or above."""
    where = path.resolve().parents[:2]  # checkpoints/ and parent/ are inside a run
    return path.suffix in RECORDED and any((folder / name).exists() for folder in where for name in (CONFIG, SWEEP))


def _is_ours(path: Path, ours: tuple[str, ...]) -> bool:
    if path.is_symlink():
        return False
    return path.is_dir() or any(fnmatch(path.name, pattern) for pattern in ours)

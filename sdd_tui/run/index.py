"""Finding runs: listing a runs directory without opening big files, and resolving what a user calls a run."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.errors import DamagedError, NotFoundError, NotPermittedError, SddError, not_permitted, plain
from sdd_tui.run.course import Course
from sdd_tui.run.layout import (
    ACTIVE,
    CELLS,
    CHECKPOINTS,
    CONFIG,
    FRAMES,
    LATEST,
    META,
    NOTES,
    STATUS,
    home,
    read_json,
    real,
)
from sdd_tui.run.notes import Notes, read_notes
from sdd_tui.run.status import checked
from sdd_tui.run.written import check_whole
from sdd_tui.tables import loads_alike, read_toml

STATES = (*ACTIVE, "finished", "stopped", "failed")

OPENING = b'{"format": "sdd-frames"'
"""How frames.bin begins."""

UNREADABLE = "unreadable"
"""The state of a run whose files may not be read."""


@dataclass(frozen=True)
class Listed:
    """A run as it is listed; what can't be read is None."""

    name: str
    path: Path
    state: str
    """A state of status.json, `failed` when the trainer is gone, `damaged`, or `unreadable`: somebody else's."""
    step: int | None
    steps: int | None
    train_loss: float | None
    test_loss: float | None
    created: float
    """When it was made, as meta.json says."""
    host: str | None
    preset: str | None
    settings: dict[str, Any]
    """The tables of config.toml, unvalidated; {} where they can't be read. Look, don't change."""
    tags: tuple[str, ...] = ()
    note: str = ""
    regime: str | None = None
    """What became of it, as its outcome says: memorising, middle, generalising; None before its end."""
    parent: str | None = None
    """The name of the run that it is a branch of."""
    course: Course = ()
    """The train loss from the first step to the last; empty where the status says nothing of it."""


def list_runs(runs: Path) -> list[Listed]:
    """Every run in a directory, newest first. Raises NotPermittedError or DamagedError where that can't be seen."""
    found = [entry for p in folders_in(runs) if (entry := listed(p)) is not None]
    return sorted(found, key=lambda r: (r.created, r.name), reverse=True)


def folders_in(runs: Path) -> list[Path]:
    """The directories, and links to some, that may be runs or sweeps; none where there is no such directory. Raises as
    above."""
    try:
        with os.scandir(runs) as entries:
            return [runs / e.name for e in entries if not e.name.startswith(".") and e.name != LATEST and _leads(e)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError:
        raise not_permitted(str(runs)) from None
    except OSError as error:
        raise DamagedError(f"{runs}: can't be read ({error.strerror}).") from None


def _leads(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a directory, or a link that leads to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def created(folder: Path, first: str = CONFIG) -> float | None:
    """When a run, or the sweep whose `first` file is another one, was made: its meta.json says it, as copies have other
    times; else when that file was written. None where it isn't there."""
    written = _stamp(f"{folder}/{first}")
    return None if written is None else _made(_about(folder), written)


def _made(meta: dict[str, Any], written: Stamp) -> float:
    made = real(meta.get("created"))
    return written[1] / 1e9 if made is None else made


def _origin(meta: dict[str, Any]) -> str | None:
    parent = meta.get("parent")
    name = parent.get("run") if isinstance(parent, dict) else None
    return name if isinstance(name, str) else None


def _about(folder: Path) -> dict[str, Any]:
    """What lists say of a meta.json; {} where there is none."""
    meta = _stamp(f"{folder}/{META}")
    return _meta(folder, meta) if meta is not None else {}


def listed(run: Path) -> Listed | None:
    """One run as it is listed, or None for a directory that isn't one."""
    folder = str(run)
    config, written, notes = (_stamp(f"{folder}/{name}") for name in (CONFIG, STATUS, NOTES))
    if config is None and written is None:
        return _unseen(run) if _hides(folder) else None
    status: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    state = "damaged"
    try:
        status = checked(_status(run, written), run)
        state = status["state"]
    except NotPermittedError:
        state = UNREADABLE
    except SddError:
        pass
    try:
        settings = _settings(run, config)
    except NotPermittedError:
        state = UNREADABLE
    except SddError:
        state = "damaged"
    meta = _about(run)
    if not settings and state != UNREADABLE and not _is_ours(run, status, meta):
        return None
    words = _notes(run, notes) if notes is not None else Notes()
    outcome = status.get("outcome", {})
    preset = settings.get("preset")
    return Listed(
        run.name,
        run,
        state,
        status.get("step"),
        status.get("steps"),
        status.get("train_loss"),
        status.get("test_loss"),
        _made(meta, config) if config is not None else 0.0,
        plain(str(status["host"])) if "host" in status else None,
        plain(preset) if isinstance(preset, str) else None,
        settings,
        words.tags,
        words.note,
        plain(outcome["solution"], 20) if isinstance(outcome.get("solution"), str) else None,
        _origin(meta),
        status.get("course", ()),
    )


def _is_ours(run: Path, status: dict[str, Any], meta: dict[str, Any]) -> bool:
    """Whether a directory whose config.toml is damaged or gone is a run all the same: other programs have files of that
    name. One file that is a run's alone says so, or that all three lie there with which a run begins."""
    if "schema_version" in meta or (status.get("state") in STATES and "heartbeat" in status):
        return True
    if all(_stamp(f"{run}/{name}") is not None for name in (CONFIG, META, STATUS)):
        return True
    try:
        with files.open_read(run / FRAMES) as file:
            if file.read(len(OPENING)) == OPENING:
                return True
    except OSError:
        pass
    try:
        return any((run / CHECKPOINTS).glob("step-*.safetensors"))
    except OSError:
        return False


def _hides(folder: str) -> bool:
    """Whether a directory lets nobody but its owner see what is in it."""
    try:
        os.stat(f"{folder}/{CONFIG}")  # noqa: PTH116  # as in _stamp
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EPERM)
    return False


def _unseen(run: Path) -> Listed:
    return Listed(run.name, run, UNREADABLE, None, None, None, None, 0.0, None, None, {})


# Lists are looked at twice a second: a file is read again only when its stamp has changed.

Stamp = tuple[int, int, int]
"""Inode, time of change in ns, size."""


def _stamp(path: str) -> Stamp | None:
    try:
        stat = os.stat(path)  # noqa: PTH116  # a Path a file costs more than the call, thousands of times
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=10_000)
def _settings(run: Path, stamp: Stamp | None) -> dict[str, Any]:
    settings = read_toml(run / CONFIG, loads_alike, recorded=True)
    check_whole(run / CONFIG, settings)
    return settings


@lru_cache(maxsize=10_000)
def _meta(folder: Path, stamp: Stamp) -> dict[str, Any]:
    """What lists say of a meta.json; {} where it can't be read."""
    try:
        meta = read_json(folder / META)
    except SddError:
        return {}
    return {name: meta[name] for name in ("created", "parent", "schema_version") if name in meta}


@lru_cache(maxsize=10_000)
def _status(run: Path, stamp: Stamp | None) -> dict[str, Any]:
    return read_json(run / STATUS)


@lru_cache(maxsize=10_000)
def _notes(run: Path, stamp: Stamp | None) -> Notes:
    return read_notes(run)


def find_run(word: str, runs: Path) -> Path:
    """The run that `word` means: a path, a name, `latest`, a unique prefix, the four digits at a name's end, or
    `SWEEP/CELL`.

    Raises NotFoundError.
    """
    path = home(word)
    if ("/" in word or word.startswith((".", "~"))) and _is_dir(path):
        if listed(path.resolve()) is None:
            raise NotFoundError(f"{plain(word)}: this directory is not a run.")
        return path.resolve()
    sweep, _, cell = word.rpartition("/")
    if sweep and _is_dir(inside := runs / sweep / CELLS / cell) and listed(inside) is not None:
        return inside
    listing = list_runs(runs)
    names = sorted(r.name for r in listing)
    if word == LATEST:
        link = runs / LATEST
        if link.is_symlink() and _is_dir(link) and listed(link.resolve()) is not None:
            return link.resolve()
        if listing:
            return listing[0].path
        raise NotFoundError(f"{runs}: there are no runs yet. `sdd run pentagon` makes one.")
    name = meant(word, names)
    if name is None:
        raise NotFoundError(f"{plain(word)}: there is no such run in {runs}. `sdd ls` lists them.")
    return runs / name


def meant(word: str, names: Sequence[str]) -> str | None:
    """The one of these names that `word` means: itself, or what it begins or ends. Raises NotFoundError if it could be
    several."""
    if word in names:
        return word
    near = [n for n in names if word and (n.startswith(word) or n.endswith(f"-{word}"))]
    if len(near) > 1:
        some = ", ".join(plain(n) for n in near[:5])
        raise NotFoundError(f"{plain(word)} could be {some}{' …' if len(near) > 5 else ''}: say more.")
    return near[0] if near else None


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long for the file system
        return False

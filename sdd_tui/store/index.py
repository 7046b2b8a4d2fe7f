"""Finding runs: listing a runs directory without opening big files, and resolving what a user calls a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sdd_tui.errors import NotFoundError, SddError, plain
from sdd_tui.store.layout import CELLS, CONFIG, LATEST, NOTES, STATUS, TRASH, home, read_json
from sdd_tui.store.notes import Notes, read_notes
from sdd_tui.store.status import checked
from sdd_tui.tables import loads_alike, read_toml


@dataclass(frozen=True)
class Listed:
    """A run as it is listed; what can't be read is None."""

    name: str
    path: Path
    state: str
    """A state of status.json, `failed` when the trainer is gone, or `damaged`."""
    step: int | None
    steps: int | None
    train_loss: float | None
    test_loss: float | None
    created: float
    """When config.toml was written, which happens once."""
    host: str | None
    preset: str | None
    settings: dict[str, Any]
    """The tables of config.toml, unvalidated; {} where they can't be read. Look, don't change."""
    tags: tuple[str, ...] = ()
    note: str = ""


def list_runs(runs: Path) -> list[Listed]:
    """Every run in a directory, newest first."""
    try:
        with os.scandir(runs) as entries:
            folders = [runs / e.name for e in entries if e.is_dir(follow_symlinks=False) and e.name != TRASH]
    except OSError:
        return []
    found = [entry for p in folders if (entry := listed(p)) is not None]
    return sorted(found, key=lambda r: (r.created, r.name), reverse=True)


def listed(run: Path) -> Listed | None:
    """One run as it is listed, or None for a directory that isn't one."""
    folder = str(run)
    config, written, notes = (_stamp(f"{folder}/{name}") for name in (CONFIG, STATUS, NOTES))
    if config is None and written is None:
        return None
    status: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    state = "damaged"
    try:
        status = checked(_status(run, written), run)
        state = status["state"]
    except SddError:
        pass
    try:
        settings = _settings(run, config)
    except SddError:
        state = "damaged"
    words = _notes(run, notes) if notes is not None else Notes()
    preset = settings.get("preset")
    return Listed(
        run.name,
        run,
        state,
        status.get("step"),
        status.get("steps"),
        status.get("train_loss"),
        status.get("test_loss"),
        config[1] / 1e9 if config else 0.0,
        plain(str(status["host"])) if "host" in status else None,
        plain(preset) if isinstance(preset, str) else None,
        settings,
        words.tags,
        words.note,
    )


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
    return read_toml(run / CONFIG, loads_alike)


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
        if link.is_symlink() and link.is_dir():
            return link.resolve()
        if newest := next((r for r in listing if r.name != LATEST), None):  # a directory of that name is a copied link
            return newest.path
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

"""Finding runs: listing a runs directory without opening big files, and resolving what a user calls a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sdd_tui.errors import NotFoundError, SddError, plain
from sdd_tui.store.layout import CONFIG, STATUS, home
from sdd_tui.store.status import read_status
from sdd_tui.tables import read_toml


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
    """The tables of config.toml, unvalidated; {} where they can't be read."""


def list_runs(runs: Path) -> list[Listed]:
    """Every run in a directory, newest first."""
    try:
        folders = [p for p in runs.iterdir() if p.is_dir() and not p.is_symlink()]
    except OSError:
        return []
    found = [entry for p in folders if (entry := listed(p)) is not None]
    return sorted(found, key=lambda r: (r.created, r.name), reverse=True)


def listed(run: Path) -> Listed | None:
    """One run as it is listed, or None for a directory that isn't one."""
    if not (run / CONFIG).exists() and not (run / STATUS).exists():
        return None
    try:
        status = read_status(run)
        state = status["state"]
    except SddError:
        status, state = {}, "damaged"
    settings: dict[str, Any] = {}
    created = 0.0
    try:
        stat = (run / CONFIG).stat()
        created = stat.st_mtime
        settings = _settings(run / CONFIG, stat.st_mtime_ns, stat.st_size)
    except (SddError, OSError):
        state = "damaged"
    preset = settings.get("preset")
    return Listed(
        run.name,
        run,
        state,
        status.get("step"),
        status.get("steps"),
        status.get("train_loss"),
        status.get("test_loss"),
        created,
        plain(str(status["host"])) if "host" in status else None,
        plain(preset) if isinstance(preset, str) else None,
        settings,
    )


@lru_cache(maxsize=10_000)
def _settings(path: Path, modified: int, size: int) -> dict[str, Any]:
    """A configuration's tables, read again only when the file has changed: lists are looked at twice a second."""
    return read_toml(path)


def find_run(word: str, runs: Path) -> Path:
    """The run that `word` means: a path, a name, `latest`, a unique prefix, or the four digits at a name's end.

    Raises NotFoundError.
    """
    path = home(word)
    if ("/" in word or word.startswith((".", "~"))) and _is_dir(path):
        if listed(path.resolve()) is None:
            raise NotFoundError(f"{plain(word)}: this directory is not a run.")
        return path.resolve()
    names = sorted(r.name for r in list_runs(runs))
    if word == "latest":
        link = runs / "latest"
        if link.is_dir():
            return link.resolve()
        if names:
            return list_runs(runs)[0].path
        raise NotFoundError(f"{runs}: there are no runs yet. `sdd run pentagon` makes one.")
    if word in names:
        return runs / word
    near = [n for n in names if word and (n.startswith(word) or n.endswith(f"-{word}"))]
    if len(near) == 1:
        return runs / near[0]
    if near:
        some = ", ".join(plain(n) for n in near[:5])
        raise NotFoundError(f"{plain(word)} could be {some}{' …' if len(near) > 5 else ''}: say more.")
    raise NotFoundError(f"{plain(word)}: there is no such run in {runs}. `sdd ls` lists them.")


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long for the file system
        return False

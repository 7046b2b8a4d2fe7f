"""Makes the directory of a run that has not begun."""

from __future__ import annotations

import time
from pathlib import Path

from sdd_tui.config import RunConfig, to_toml
from sdd_tui.engine.setup import resolve_device
from sdd_tui.errors import BusyError
from sdd_tui.presets import anchored
from sdd_tui.run.branch_point import BranchPoint
from sdd_tui.run.data import some_training_data, test_data
from sdd_tui.run.layout import (
    CONFIG,
    META,
    SCHEMA_VERSION,
    STATUS,
    check_name,
    new_name,
    point_latest,
    replace,
    replace_json,
    writing,
)
from sdd_tui.run.staging import clear, move_in, staging
from sdd_tui.version import __version__


def create(config: RunConfig, runs: Path, name: str | None = None, branch_point: BranchPoint | None = None) -> Path:
    """Make the directory of a run that has not begun; with an origin, of a branch (branch.py checks the settings).

    Raises BusyError for a taken name, ConfigError, NotFoundError, NoRoomError.
    """
    run = runs / (check_name(name) if name is not None else new_name(config.preset))
    clear(runs)
    make(config, run, branch_point)
    point_latest(run)
    return run


def make(config: RunConfig, run: Path, branch_point: BranchPoint | None = None) -> None:
    """Make the directory of a run at a path, whole or not at all. Raises BusyError for a taken name, ConfigError,
    NotFoundError, NoRoomError."""
    resolve_device(config)
    config = _with_its_file(config)
    runs = run.parent
    with writing(runs):
        runs.mkdir(parents=True, exist_ok=True)
        with staging(runs) as made:
            made.mkdir()
            _fill(made, config, branch_point)
            try:
                move_in(made, run)
            except FileExistsError:
                raise BusyError(f"{run}: there is a run (or a file) of that name already.") from None


def _fill(run: Path, config: RunConfig, branch_point: BranchPoint | None) -> None:
    replace(run / CONFIG, to_toml(config), lasting=False)  # the names of all are synced in the end
    parent = {"run": branch_point.run, "step": branch_point.step} if branch_point else None
    meta = {"schema_version": SCHEMA_VERSION, "created": time.time(), "parent": parent}
    replace_json(run / META, meta | {"versions": {"sdd-tui": __version__}}, lasting=False)
    if branch_point:
        branch_point.keep(run)
    step = branch_point.step if branch_point else 0
    status = {"state": "starting", "step": step, "steps": config.optim.steps, "heartbeat": time.time()}
    replace_json(run / STATUS, status)


def _with_its_file(config: RunConfig) -> RunConfig:
    """The configuration with data.file as an absolute path, once what is in it can be used."""
    if not config.data.file:
        return config
    data = config.data.model_copy(update={"file": anchored(config.data.file, Path())})
    config = config.model_copy(update={"data": data})
    some_training_data(config, 1)
    test_data(config, 1)
    return config

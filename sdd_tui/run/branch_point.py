"""Where a branch begins: what it keeps of its parent, in parent/, so that it needs the parent itself no more.

That is the parent's configuration, its meta.json (for the SHA-256 of X) and its nearest checkpoint at or before the
step. Front ends make branches, so nothing is computed here; the branch's trainer does that (replay.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.config import RunConfig, to_toml
from sdd_tui.engine.interface import State
from sdd_tui.errors import ConfigError, DamagedError, plain
from sdd_tui.run import checkpoint
from sdd_tui.run.layout import CONFIG, META, PARENT, check_own, read_json, replace, replace_json, whole, writing
from sdd_tui.run.reader import Run
from sdd_tui.run.run_config import read_run_config
from sdd_tui.run.status import read_status

TAKEN_OVER = (("data", "n_features"), ("model", "n_hidden"), ("model", "tied"), ("precision",))
"""Settings that decide what the parameters are; a branch can't change them."""


@dataclass(frozen=True)
class BranchPoint:
    """A step of a parent, and what it takes to compute the state there again."""

    run: str
    """The parent's name."""
    step: int
    config: RunConfig
    """The parent's configuration."""
    meta: dict[str, Any]
    """The parent's meta.json."""
    state: State | None
    """The parent's nearest checkpoint at or before the step; None: from its initial state."""

    @property
    def words(self) -> str:
        """`step 2,000 of NAME`."""
        return f"step {self.step:,} of {plain(self.run, 100)}"

    def check(self, config: RunConfig) -> None:
        """Whether a branch from here can have this configuration. Raises ConfigError."""
        for path in TAKEN_OVER:
            old, new = (reduce(getattr, path, c) for c in (self.config, config))
            if old != new:
                raise ConfigError(
                    f"{'.'.join(path)} = {new}: a branch takes over its parent's parameters, so this stays {old}."
                    " Start a new run for another."
                )
        if self.step >= config.optim.steps:
            raise ConfigError(
                f"step {self.step:,}: nothing is left to train there (optim.steps = {config.optim.steps:,})."
                " Choose an earlier step, or more steps."
            )

    def keep(self, branch: Path) -> None:
        """Write it into a branch. Raises NoRoomError."""
        folder = branch / PARENT
        with writing(folder):
            files.make_folder(folder)
        replace(folder / CONFIG, to_toml(self.config))
        replace_json(folder / META, self.meta)
        if self.state is not None:
            checkpoint.save(folder, self.state, 0.0, set())


def find_branch_point(parent: Path, step: int) -> BranchPoint:
    """The origin of a branch of the run at `parent`. Raises ConfigError, NotFoundError, DamagedError."""
    check_own(parent)
    config, meta, name = read_run_config(parent), read_json(parent / META), parent.resolve().name
    own = _parent(parent, meta)
    first, last = own[1] if own else 0, _last(parent, config)
    if not first <= step <= last:
        beginning = f"; it is a branch itself, of {plain(own[0])}" if own and step < first else ""
        raise ConfigError(
            f"step {step:,}: {plain(name, 100)} has steps {first:,} to {last:,}{beginning}. Choose one of these."
        )
    state = nearest(parent, step, config)
    if state is None and own:
        raise ConfigError(
            f"{plain(name, 100)}: this branch has not come to its own first step yet. Train it, then branch from it."
        )
    return BranchPoint(name, step, config, meta, state)


def read_branch_point(branch: Path, config: RunConfig) -> BranchPoint | None:
    """What a branch with this configuration keeps of its parent; None for a run that isn't one. Raises DamagedError."""
    if not (branch / META).exists():
        return None
    found = _parent(branch, read_json(branch / META))
    if found is None:
        return None
    folder = branch / PARENT
    if not (folder / META).exists():
        raise DamagedError(f"{folder / META}: is missing, so this branch's first step can't be computed. Branch again.")
    theirs = read_run_config(folder)
    if found[1] > theirs.optim.steps:
        raise DamagedError(f"{branch / META}: the parent has no step {found[1]:,}. Restore it, or branch again.")
    origin = BranchPoint(*found, theirs, read_json(folder / META), nearest(folder, found[1], theirs))
    try:
        origin.check(config)
    except ConfigError as error:
        raise DamagedError(f"{branch / CONFIG}: was changed: {error}") from None
    return origin


def _parent(run: Path, meta: dict[str, Any]) -> tuple[str, int] | None:
    """(name, step) of the parent that a run's meta.json names. Raises DamagedError."""
    parent = meta.get("parent")
    if parent is None:
        return None
    name, step = (parent.get("run"), whole(parent.get("step"))) if isinstance(parent, dict) else (None, None)
    if not isinstance(name, str) or step is None or step < 0:
        raise DamagedError(f"{run / META}: parent is not the name and step of a run. Restore it, or branch again.")
    return name, step


def _last(run: Path, config: RunConfig) -> int:
    """The last step a run has done, as far as is known: its status is up to a heartbeat behind its frames."""
    frames = Run(run).frame_steps
    recorded = min(int(frames[-1]), config.optim.steps) if len(frames) else 0
    return max(read_status(run).get("step") or 0, recorded)


def nearest(run: Path, step: int, config: RunConfig) -> State | None:
    """The newest checkpoint at or before a step, of a run that may be training. Raises DamagedError."""
    shape = (config.model.n_hidden, config.data.n_features)
    while before := [s for s in checkpoint.steps(run) if s <= step]:
        try:
            return checkpoint.load(run, before[-1], shape, config.model.tied)[0]
        except DamagedError:
            if before[-1] in checkpoint.steps(run):
                raise
            continue  # its trainer dropped it meanwhile, for a newer one
    return None

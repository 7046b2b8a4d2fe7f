"""Makes a branch: a new run that begins at a step of another one and goes on with other settings.

Parameters, Adam's moments and the count of steps are taken over; the schedule is the branch's own, at the same step.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sdd_tui.config import RunConfig
from sdd_tui.errors import plain
from sdd_tui.presets import with_overrides
from sdd_tui.run.branch_point import find_branch_point
from sdd_tui.run.create import create


def branch(parent: Path, step: int, settings: Sequence[str] | RunConfig, runs: Path, name: str | None = None) -> Path:
    """Make the directory of a branch that begins at `step` of the run at `parent`.

    `settings` are KEY=VALUE changes to the parent's configuration, or a whole one. The parent may be training, and may
    be deleted afterwards. Raises ConfigError, NotFoundError, DamagedError, BusyError for a taken name, NoRoomError.
    """
    branch_point = find_branch_point(parent, step)
    config = settings if isinstance(settings, RunConfig) else with_overrides(branch_point.config, settings)
    branch_point.check(config)
    title = ", ".join([*filter(None, [config.title]), f"from {branch_point.words}"])
    return create(config.model_copy(update={"title": plain(title, 300)}), runs, name, branch_point)

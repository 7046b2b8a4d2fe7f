"""meta.json: which data, versions, machine and process a run was trained with."""

from __future__ import annotations

import platform
import shlex
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.interface import Engine
from sdd_tui.engine.trainer import Problem
from sdd_tui.errors import DamagedError
from sdd_tui.run.bits import check_settings, machines_of, settings_of
from sdd_tui.run.data import test_data, training_data
from sdd_tui.run.layout import META, read_json
from sdd_tui.run.liveness import me
from sdd_tui.version import __version__

MOST_CHECKED = 4_000_000
"""Active features of drawn examples that are drawn to be checked; 2,000,000 take a quarter of a second."""


def session_meta(run: Path, config: RunConfig, problem: Problem, engine: Engine) -> dict[str, Any]:
    """Check that settings and X are those this run began with; meta.json with who trains it now, on what. Raises
    DamagedError."""
    path = run / META
    if not path.exists():
        raise DamagedError(f"{path}: is missing, so this run's data can't be checked. Start a new run.")
    meta = read_json(path)
    check_settings(run, meta, config)
    return meta | {
        "settings": settings_of(config),
        "machines": machines_of(meta),
        "data_sha256": check_data(path, meta, problem.train),
        "test_sha256": check_data(path, meta, problem.test, "test"),
        **machine_of(engine),
        "git": _git(),
        "platform": platform.platform(),
        "threads": engine.threads,
        "command": shlex.join(sys.argv),
        **me(),
    }


def machine_of(engine: Engine) -> dict[str, Any]:
    """What decides the bits of an engine here, as meta.json says it."""
    return {
        "versions": {"sdd-tui": __version__, "python": platform.python_version()}
        | _versions("numpy", "numba", "torch", "triton"),
        "engine": engine.name,
        "device": engine.device,
        "processor": engine.processor,
    }


def check_data(
    path: Path, meta: dict[str, Any], data: Examples | FreshExamples, which: Literal["training", "test"] = "training"
) -> str:
    """SHA-256 of X (of the first step's batch when T = ∞), once it is the one in the meta.json at `path`, if one is
    there. Raises DamagedError."""
    sha256 = (data if isinstance(data, Examples) else data.steps(0, 1)).sha256()
    if meta.get("data_sha256" if which == "training" else "test_sha256", sha256) != sha256:
        raise DamagedError(
            f"{path}: the {which} data drawn here is not what this run began with (SHA-256 differs)."
            " Was config.toml changed, or the file that data.file names? Start a new run."
        )
    return sha256


def check_drawn(
    run: Path, meta: dict[str, Any], config: RunConfig, which: Literal["training", "test"] = "training"
) -> None:
    """Whether settings and examples are those a run began with, for who looks at it: all of a file's are held against
    their SHA-256, and drawn ones as far as that takes less than half a second. More of them come from the same seed by
    the same rule as those of a smaller set. Raises DamagedError, and of a file NotFoundError, ConfigError."""
    check_settings(run, meta, config)
    d = config.data
    T = d.batch_size if d.n_examples == "inf" else d.n_examples
    active = (T if which == "training" else d.n_test) * d.n_features * (1 - d.sparsity)
    if d.file or active <= MOST_CHECKED:
        check_data(run / META, meta, training_data(config) if which == "training" else test_data(config), which)


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache  # a process that trains many runs asks once
def _git() -> str | None:
    """The commit of the program itself, with `-dirty` where files differ; None for an installed package."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    if not (Path(__file__).parents[2] / ".git").exists():
        return None
    try:
        found = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None

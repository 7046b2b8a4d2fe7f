"""Whether a recorded table of settings is whole. Light: listing runs needs it.

A crash can leave nothing of a file, or its beginning, and a setting that is missing means its default: so all that the
first version wrote has to be there, and nothing may be left out that it wrote. Settings that came later may be missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sdd_tui.errors import DamagedError

FIRST: dict[str, tuple[str, ...]] = {
    "data": ("n_features", "sparsity", "n_examples", "batch_size", "normalise", "seed", "n_test", "test_seed"),
    "model": ("n_hidden", "tied", "output", "init", "init_flavour", "seed"),
    "optim": ("lr", "weight_decay", "beta1", "beta2", "eps", "steps", "warmup", "schedule", "reduction"),
    "recording": ("rows", "frames", "checkpoints", "budget_mb"),
}
"""Table -> its settings in the first version."""

ALONE = ("preset", "title", "engine", "device", "precision", "threads")
"""Settings of the first version that stand in no table."""


PARTS = ("preset", "title", "zip", "settings", "axes", "reduce")
"""Of a sweep."""


def check_whole(path: Path, tables: dict[str, Any]) -> None:
    """Whether a run's settings are all there. Raises DamagedError."""
    _refuse(path, [*_lacking(tables, ALONE), *_settings(tables)])


def check_whole_sweep(path: Path, tables: dict[str, Any]) -> None:
    """Whether a sweep's parts, and the settings that its cells have in common, are all there. Raises DamagedError."""
    settings = _table(tables, "settings")
    _refuse(
        path,
        [
            *_lacking(tables, PARTS),
            *_lacking(settings, ALONE[2:]),
            *_settings(settings),
            *_lacking(_table(tables, "reduce"), ("over", "how")),
        ],
    )


def _refuse(path: Path, missing: list[str]) -> None:
    if missing:
        raise DamagedError(f"{path}: is not whole ({missing[0]} is missing). Restore it, or start anew.")


def _settings(tables: dict[str, Any]) -> list[str]:
    found = ((table, name) for table, names in FIRST.items() for name in _lacking(_table(tables, table), names))
    return [f"{table}.{name}" for table, name in found]


def _lacking(table: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name not in table]


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    value = tables.get(name)
    return value if isinstance(value, dict) else {}

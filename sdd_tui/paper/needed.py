"""What a claim needs trained: cells of an ordinary sweep, and when two configurations are the same training.

Pure. Invariant: cells of equal identity have the same data, model and optimiser, so either's result will do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sdd_tui.sweep.axes import Axis, Value
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.presets import load

IMMATERIAL = ("preset", "title", "recording", "threads", "device")
"""Settings that do not say what is computed."""


@dataclass(frozen=True)
class NeededSweep:
    """A sweep preset with its overrides."""

    preset: str
    overrides: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    """Figures that its sweep can be drawn as."""

    @cached_property
    def sweep(self) -> Sweep:
        """The sweep. Raises NotFoundError, ConfigError."""
        return load(self.preset, self.overrides)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Its cells, cheap ones first."""
        return tuple(self.sweep.cells())

    def where(self, at: Mapping[str, tuple[Value, ...]]) -> list[Cell]:
        """The cells at these values of some axes."""
        return [cell for cell in self.cells if all(cell.at.get(key) in values for key, values in at.items())]


@dataclass(frozen=True)
class Need:
    """The cells of a plan that a claim is judged by."""

    plan: NeededSweep
    at: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """Axis -> the values that matter; every value of an axis that is not named."""

    @property
    def cells(self) -> list[Cell]:
        """The cells."""
        return self.plan.where(self.at)


def identity(settings: Mapping[str, Any]) -> str:
    """What two configurations (nested tables) have in common when they are the same training."""
    kept = {k: v for k, v in settings.items() if k not in IMMATERIAL}
    if kept["data"]["n_examples"] != "inf":  # only fresh data come in batches
        kept["data"] = {k: v for k, v in kept["data"].items() if k != "batch_size"}
    return json.dumps(kept, sort_keys=True)


def only(sweep: Sweep, cells: Iterable[Cell]) -> Sweep:
    """The sweep of some of its cells: the whole grid where these are all, else every axis value by value."""
    chosen = sorted(cells, key=lambda cell: cell.number)
    if len(chosen) == len(sweep):
        return sweep
    axes = []
    for axis in sweep.axes:
        values = [cell.at[axis.key] for cell in chosen]
        axes.append(Axis(axis.key, axis.settings, tuple(values), values))
    return replace(sweep, axes=tuple(axes), tied=(tuple(axis.key for axis in axes),))

"""A sweep: a base configuration, axes, and how seeds are put together; and its cells, cheap ones first.

Pure. Invariant: the same sweep has the same cells, of the same names, in the same order, on any machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any, Literal

from sdd_tui.config import RunConfig, parse_config, suggest
from sdd_tui.errors import ConfigError, plain
from sdd_tui.presets import put
from sdd_tui.sweep.axes import Axis, Value, overlapping
from sdd_tui.sweep.estimate import core_seconds

MOST_CELLS = 10_000
"""Cells of a sweep that nobody has confirmed."""

How = Literal["mean", "best"]
UNFIT = re.compile(r"[^A-Za-z0-9._+-]")
"""What a cell's name shows as a dash; it is a directory's name."""

LONGEST_NAME = 200


@dataclass(frozen=True)
class Cell:
    """One training of a sweep. It holds no configuration of its own: there may be thousands in every worker."""

    name: str
    """From the coordinates: `T=100,seed=2`."""
    at: dict[str, Value]
    """Axis -> value."""
    core_seconds: float
    """What training it is expected to take on one core."""
    number: int
    """Its place in the grid, whose last axis changes fastest."""
    sweep: Sweep = field(repr=False, compare=False)

    @property
    def settings(self) -> dict[str, Any]:
        """The whole configuration as nested tables, unvalidated."""
        title = f"{self.sweep.title}: {self.name}" if self.sweep.title else self.name
        return self.sweep.settings(self.at) | {"title": title}

    @property
    def config(self) -> RunConfig:
        """The configuration of the cell's run. Raises ConfigError."""
        return parse_config(self.settings, f"cell {self.name}")


@dataclass(frozen=True)
class Sweep:
    """What a sweep's file says."""

    preset: str
    title: str
    base: RunConfig
    axes: tuple[Axis, ...]
    tied: tuple[tuple[str, ...], ...] = ()
    """Axes that go together, value by value, instead of making a grid."""
    over: tuple[str, ...] = ()
    """Axes that are put together in the end: seeds."""
    how: How = "mean"
    """Their mean and spread, or the run with the lowest training loss."""

    def check(self, confirmed: bool = False) -> list[RunConfig]:
        """Whether every cell can be trained, and whether there are too many: one configuration of each kind of engine
        and device that cells ask for. Raises ConfigError."""
        source = plain(self.preset)
        if not self.axes:
            raise ConfigError(f"{source}: has no axes. Write [axes] with a list of values, or T=3,5,8.")
        if twice := overlapping(self.axes):
            raise ConfigError(f"{source}: the axes {twice[0].key} and {twice[1].key} both set {twice[2]}. Drop one.")
        self._check_words(source)
        if len(self) > MOST_CELLS and not confirmed:
            raise ConfigError(
                f"{source}: has {len(self):,} cells, more than {MOST_CELLS:,}. Add --yes to train them all the same."
            )
        found: dict[tuple[str, str], RunConfig] = {}
        for cell in self.cells():
            try:
                config = cell.config
            except ConfigError as error:
                raise ConfigError(f"{source}: {error}") from None
            found.setdefault((config.engine, config.device), config)
        return list(found.values())

    def __len__(self) -> int:
        return math.prod(len(_together(group)) for group in self._groups())

    def cells(self) -> list[Cell]:
        """The cells, cheap ones first: all of a figure's small points are there early."""
        return list(self._cells)

    @cached_property
    def _cells(self) -> tuple[Cell, ...]:
        found: list[Cell] = []
        taken: set[str] = set()
        for at in self._points():
            name = _name(at)
            while name in taken:  # two values that look alike in a directory's name
                name += "+"
            taken.add(name)
            found.append(Cell(name, at, core_seconds(self.settings(at)), len(found), self))
        return tuple(sorted(found, key=lambda cell: cell.core_seconds))

    def settings(self, at: dict[str, Value]) -> dict[str, Any]:
        """The settings at a point, as nested tables, unvalidated."""
        settings = deepcopy(self._base)
        for axis in self.axes:
            for name in axis.settings:
                put(settings, name, at[axis.key])
        return settings

    @cached_property
    def _base(self) -> dict[str, Any]:
        return self.base.model_dump() | {"preset": self.preset}

    def with_added(self, more: list[Axis]) -> Sweep:
        """This sweep with more values on its axes. Raises ConfigError for a setting that isn't one of them."""
        axes = {axis.settings: axis for axis in self.axes}
        for axis in more:
            if axis.settings not in axes:
                known = ", ".join(a.key for a in self.axes)
                raise ConfigError(
                    f"{plain(axis.key)} is not an axis of this sweep ({known}), so cells can't be added along it."
                    " Start a new sweep."
                )
            mine = axes[axis.settings]
            axes[axis.settings] = mine.with_values(axis, again=any(mine.key in tie for tie in self.tied))
        return replace(self, axes=tuple(axes.values()))

    @property
    def shown(self) -> tuple[Axis, ...]:
        """The axes that are not put together."""
        return tuple(axis for axis in self.axes if axis.key not in self.over)

    def _groups(self) -> list[list[Axis]]:
        """Axes that go together, in the order of the axes."""
        groups: list[list[Axis]] = []
        for axis in self.axes:
            tie = next((t for t in self.tied if axis.key in t), ())
            group = next((g for g in groups if g[0].key in tie), None)
            if group is None:
                groups.append([axis])
            else:
                group.append(axis)
        return groups

    def _points(self) -> Iterator[dict[str, Value]]:
        groups = [[dict(zip([a.key for a in g], v, strict=True)) for v in _together(g)] for g in self._groups()]
        for parts in product(*groups):
            whole = {key: value for part in parts for key, value in part.items()}
            yield {axis.key: whole[axis.key] for axis in self.axes}

    def _check_words(self, source: str) -> None:
        keys = [axis.key for axis in self.axes]
        for what, words in (("reduce.over", self.over), *(("zip", tie) for tie in self.tied)):
            for word in words:
                if word not in keys:
                    hint = suggest(word, keys) or f" The axes are {', '.join(keys)}."
                    raise ConfigError(f"{source}: {what}: {plain(word)} is not an axis of this sweep.{hint}")
        if len(set(flat := [word for tie in self.tied for word in tie])) < len(flat):
            raise ConfigError(f"{source}: zip: an axis can go together with others only once.")
        for group in self._groups():
            if len({len(axis.values) for axis in group}) > 1:
                sizes = " and ".join(f"{axis.key} {len(axis.values)}" for axis in group)
                raise ConfigError(f"{source}: zip: these axes must have as many values as each other ({sizes}).")


def _together(group: list[Axis]) -> list[tuple[Value, ...]]:
    """The different values of axes that go together, one each."""
    return list(dict.fromkeys(zip(*(axis.values for axis in group), strict=False)))


def _name(at: dict[str, Value]) -> str:
    name = ",".join(f"{UNFIT.sub('-', key)}={UNFIT.sub('-', _text(value))}" for key, value in at.items())
    return name[:LONGEST_NAME]


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value.rstrip("/").rpartition("/")[2]  # of a path, the file
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if _short(value) else str(value)


def _short(value: Value) -> bool:
    """Whether a real number is as well written as `0.001` or `1e-05`."""
    return isinstance(value, float) and float(f"{value:g}") == value

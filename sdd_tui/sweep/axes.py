"""The axes of a sweep: settings that take several values, written as lists or as ranges.

    T = [3, 5, 8]   lr = "logspace(1e-4, 1e-2, 5)"   seed = "range(0, 4)"   T=3,5,8   seed=range(0,4)

Pure. An axis knows the values as they were written too, so that a sweep's file stays short.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sdd_tui.config import suggest
from sdd_tui.errors import ConfigError, plain
from sdd_tui.numerals import NO_POINT, Written, has_point, number
from sdd_tui.presets import is_number, is_whole, settings_of, value_of

Value = bool | int | float | str

RANGES = ("logspace", "linspace", "range")
CALL = re.compile(r"\s*([A-Za-z_]+)\s*\((.*)\)\s*", re.DOTALL)

DIGITS = 6
"""Significant digits of the values of logspace and linspace: what a cell is called must stay readable."""

MOST_VALUES = 1_000_000
"""Values of an axis at most."""

NO_AXIS = ("preset", "title")
"""Words about a run rather than settings of it."""


@dataclass(frozen=True)
class Axis:
    """One axis: the setting (for `seed`, both of them) and its values, in the order they were written."""

    key: str
    """The setting as it was written: T, seed, lr, data.seed."""
    settings: tuple[str, ...]
    """Dotted names."""
    values: tuple[Value, ...]
    written: list[Value] | str
    """The values as TOML: a list, or a range."""

    def with_values(self, more: Axis, again: bool) -> Axis:
        """This axis with another one's values after its own, or in their places where its own are numbers that ascend;
        those it has already only if `again`."""
        values = (*self.values, *(v for v in more.values if again or v not in self.values))
        if not again and list(self.values) == sorted(self.values, key=_place):
            values = tuple(sorted(values, key=_place))
        return self if values == self.values else Axis(self.key, self.settings, values, list(values))


def parse_axis(key: str, written: Any, source: str) -> Axis:
    """An axis from TOML: a list of values, a range, or a single value. Raises ConfigError."""
    where = f"{source}: axis {plain(key)}"
    try:
        settings = settings_of(key)
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from None
    if settings[0] in NO_AXIS:
        raise ConfigError(f"{where}: this is no setting that can vary. Give it one value under [settings].")
    if isinstance(written, str) and (call := CALL.fullmatch(written)):
        values: list[Any] = _range(call[1], call[2], is_whole(settings[0]), where)
    else:
        values = list(written) if isinstance(written, list) else [written]
        written = values
    if wrong := [v for v in values if not isinstance(v, bool | int | float | str) or _is_huge(v)]:
        raise ConfigError(f"{where}: {plain(_shown(wrong[0]))} is not a value. Write numbers or words.")
    if is_whole(settings[0]) and (pointed := [text for v in values if has_point(text := _text(v))]):
        raise ConfigError(f"{where}: {plain(pointed[0])} can't be used: {NO_POINT}.")
    values = [_as(v, settings[0]) for v in values]
    if not values:
        raise ConfigError(f"{where}: has no values. Write at least one, for example {plain(key)} = [3, 5].")
    return Axis(key, settings, tuple(values), written if isinstance(written, str) else values)


def parse_words(key: str, text: str, source: str) -> Axis:
    """An axis from the command line: `3,5,8`, a range, a TOML list, or one value. Raises ConfigError."""
    if CALL.fullmatch(text):
        return parse_axis(key, text, source)
    name = settings_of(key)[0]
    found = [value_of(part, name) for part in text.split(",") if part.strip()]
    if text.lstrip().startswith("[") and isinstance(whole := value_of(text, name), list):
        found = whole
    return parse_axis(key, found, source)


def is_axis(text: str) -> bool:
    """Whether a VALUE of the command line means several values."""
    return "," in text or CALL.fullmatch(text) is not None


def overlapping(axes: Sequence[Axis]) -> tuple[Axis, Axis, str] | None:
    """Two axes that set the same setting, and which, if there are any."""
    seen: dict[str, Axis] = {}
    for axis in axes:
        for name in axis.settings:
            if name in seen:
                return seen[name], axis, name
            seen[name] = axis
    return None


def _range(name: str, arguments: str, whole: bool, where: str) -> list[Value]:
    """The values of `name(arguments)`; of a whole-number setting they are rounded, and those that fall together are
    one."""
    if name not in RANGES:
        hint = suggest(name, list(RANGES)) or f" There are {', '.join(RANGES)}."
        raise ConfigError(f"{where}: {plain(name)} is not a range.{hint}")
    try:
        numbers = [float(part) for part in arguments.split(",")]
    except ValueError:
        numbers = []
    if name == "range" and (pointed := [part.strip() for part in arguments.split(",") if has_point(part)]):
        raise ConfigError(f"{where}: {plain(pointed[0])} can't be used: {NO_POINT}.")
    wanted = {"range": (2, 3)}.get(name, (3, 3))
    if not wanted[0] <= len(numbers) <= wanted[1] or not all(math.isfinite(v) for v in numbers):
        example = {"range": "range(3, 31)", "linspace": "linspace(0, 1, 5)"}.get(name, "logspace(3, 1e5, 20)")
        raise ConfigError(f"{where}: {name}({plain(arguments)}) can't be read. Write it like {example}.")
    if name == "range":
        return _steps(numbers, where)
    first, last, count = numbers
    if not (count.is_integer() and 1 <= count <= MOST_VALUES):
        raise ConfigError(f"{where}: {name} needs a whole number of values from 1 (it was {count:g}).")
    if name == "logspace" and (first <= 0 or last <= 0):
        raise ConfigError(f"{where}: logspace needs two numbers above 0 (they were {first:g} and {last:g}).")
    spaced = (np.geomspace if name == "logspace" else np.linspace)(first, last, int(count)).tolist()
    return list(dict.fromkeys(round(v) if whole else float(f"{v:.{DIGITS}g}") for v in spaced))


def _steps(numbers: list[float], where: str) -> list[Value]:
    """As Python's range: the last number is left out."""
    if not all(v.is_integer() and abs(v) < 2**53 for v in numbers) or (len(numbers) == 3 and numbers[2] == 0):
        raise ConfigError(f"{where}: range needs whole numbers, and a step other than 0.")
    found = range(*(int(v) for v in numbers))
    if len(found) > MOST_VALUES:
        raise ConfigError(f"{where}: has {len(found):,} values, and {MOST_VALUES:,} are the most.")
    return list(found)


def _text(value: Any) -> str:
    """A number as it was written, where that is known; nothing for what is no number."""
    if isinstance(value, Written):
        return value.text
    return value if isinstance(value, str) and number(value) is not None else ""


def _as(value: Value, name: str) -> Value:
    """1e3 as 1000 where the setting is a whole number, 1 as 1.0 where it is a real one; so equal values look alike."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, float) and is_whole(name) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    real = isinstance(value, float) or (is_number(name) and not is_whole(name) and abs(value) < 2**53)
    return float(value) if real else value


def _place(value: Value) -> float:
    """Where a value stands among numbers; words, but for inf, all at one place."""
    if isinstance(value, str):
        return math.inf if value == "inf" else -math.inf
    return float(value)


def _is_huge(value: Value) -> bool:
    return isinstance(value, int) and abs(value) >= 2**63


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, or lists nested as deeply
        return "a value of thousands of digits"

"""The ways in which a sweep's points differ, and the axis that charts of them stand on.

Pure. Axes that go together are one way. T and S together are two: how often a feature occurs, T(1 - S), and S.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sdd_tui.sweep.axes import Axis, Value
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.reduce import Point

EXAMPLES, SPARSITY, HIDDEN = "data.n_examples", "data.sparsity", "model.n_hidden"
"""What an axis sets: it may be written T, n_examples or data.n_examples."""

OCCURRENCES = "T(1-S)"

APART = 0.12
"""How far ∞ stands from the last number, as a share of what the numbers span."""


@dataclass(frozen=True)
class ChartAxis:
    """One way in which points differ."""

    key: str
    """What it is called."""
    settings: tuple[str, ...]
    """What it sets."""
    of: Callable[[Point], Value]
    """Where a point lies; equal for points that lie in one column of a map."""
    x: Callable[[Point], float]
    """The same as an exact number: ∞ for T = inf, NaN for what is none."""


def ways(sweep: Sweep, points: Sequence[Point]) -> list[ChartAxis]:
    """The ways, the one with the most numbers first: charts go along it."""
    free: list[Axis] = []
    for axis in sorted(sweep.shown, key=lambda axis: -len(set(axis.values))):
        if not any(_tied(sweep, axis, other) for other in free):
            free.append(axis)
    found = [_along(axis) for axis in sweep.shown if axis in free]
    found.sort(key=lambda way: -len({x for p in points if not math.isnan(x := way.x(p))}))
    pair = _examples_and_sparsity(sweep)
    if pair is None:
        return found
    S = _along(pair[1])
    return [_occurrences(S, points), S, *(way for way in found if way.key not in (pair[0].key, pair[1].key))]


def occurring(sweep: Sweep) -> bool:
    """Whether T and S go together, so that what counts is how often a feature occurs."""
    return _examples_and_sparsity(sweep) is not None


def ordered(values: Iterable[Value]) -> list[Value]:
    """The different values: numbers ascending, ∞ last; words in the order they came."""
    found = list(dict.fromkeys(values))
    return found if any(math.isnan(real(v)) for v in found) else sorted(found, key=real)


def real(value: Value) -> float:
    """A coordinate as a number; ∞ for T = inf, NaN for what is none."""
    if value == "inf":
        return math.inf
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


@dataclass(frozen=True)
class Scale:
    """An axis of x: logarithmic where it spans a decade, with a place at its right end for ∞."""

    log: bool = False
    span: tuple[float, float] | None = None
    """Its ends; None where there is nothing to span."""
    last: float | None = None
    """The last number, where the right end stands for ∞."""
    whole: bool = False
    """Whether all the numbers are whole."""

    def place(self, x: float) -> float:
        """Where an x is drawn; NaN where it can't be."""
        if x == math.inf:
            return math.nan if self.span is None or self.last is None else self.span[1]
        return x


def scale(xs: Iterable[float]) -> Scale:
    """The axis that holds these."""
    values = set(xs)
    finite = sorted(x for x in values if math.isfinite(x))
    if len(finite) + (math.inf in values) < 2 or not finite:
        return Scale()
    low, high = finite[0], finite[-1]
    whole = all(x == int(x) for x in finite)
    log = low > 0 and (high >= 10 * low or low == high)
    if math.inf not in values:
        return Scale(log, (low, high), whole=whole)
    end = high * max(10.0, high / low) ** APART if log else high + APART * ((high - low) or 1.0)
    return Scale(log, (low, end), high, whole)


def _along(axis: Axis) -> ChartAxis:
    return ChartAxis(axis.key, axis.settings, lambda p: p.at[axis.key], lambda p: real(p.at[axis.key]))


def _occurrences(S: ChartAxis, points: Sequence[Point]) -> ChartAxis:
    """T(1 - S); to two digits where that keeps a line's points apart, so that lines of a map share columns."""

    def exact(point: Point) -> float:
        return math.inf if point.occurrences is None else point.occurrences

    def rounded(point: Point) -> Value:
        return float(f"{exact(point):.2g}") if point.occurrences is not None else "inf"

    together = len({(S.of(p), rounded(p)) for p in points}) == len({(S.of(p), exact(p)) for p in points})
    return ChartAxis(OCCURRENCES, (), rounded if together else (lambda p: p.occurrences or "inf"), exact)


def _examples_and_sparsity(sweep: Sweep) -> tuple[Axis, Axis] | None:
    T = next((axis for axis in sweep.shown if EXAMPLES in axis.settings), None)
    S = next((axis for axis in sweep.shown if SPARSITY in axis.settings), None)
    return (T, S) if T and S and _tied(sweep, T, S) else None


def _tied(sweep: Sweep, one: Axis, other: Axis) -> bool:
    return any(one.key in tie and other.key in tie for tie in sweep.tied)

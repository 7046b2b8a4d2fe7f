"""What a benchmark found, beside the bar it is held to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Values of one thing, and what its median (and 95th percentile) may be."""

    name: str
    what: str
    unit: str
    values: Sequence[float]
    bar: float
    at_least: bool = False
    """Whether the bar is a lower one."""
    bar_95: float | None = None
    """A bar for the 95th percentile too."""
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """More numbers for --json."""

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The value that one in twenty is worse than."""
        ordered = sorted(self.values, reverse=self.at_least)
        return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]

    @property
    def holds(self) -> bool:
        """Whether it meets its bars."""
        middle = self.median >= self.bar if self.at_least else self.median <= self.bar
        return middle and (self.bar_95 is None or self.p95 <= self.bar_95)

    def line(self) -> str:
        """A row of the table."""
        sign = "≥" if self.at_least else "≤"
        bar = f"{sign} {self.bar:g}" + (f", 95 % {sign} {self.bar_95:g}" if self.bar_95 is not None else "")
        found = f"{self.median:8.3g} {self.p95:8.3g} {len(self.values):4}  {self.unit:<9} {bar:<20}"
        return f"{self.what:<66} {found} {'holds' if self.holds else 'MISSED'}{'  ' * bool(self.note)}{self.note}"

    def as_json(self) -> dict[str, Any]:
        """Everything, for --json."""
        kept = {k: getattr(self, k) for k in ("name", "what", "unit", "bar", "bar_95", "at_least", "note")}
        found = {"median": self.median, "p95": self.p95, "holds": self.holds, "values": list(self.values)}
        return kept | found | self.details


HEAD = f"{'':<66} {'median':>8} {'p95':>8} {'n':>4}  {'unit':<9} {'bar':<20}"

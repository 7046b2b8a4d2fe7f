"""What a claim accepts, and why: a range in which our number must lie, or an interval of our runs that the paper's
number must meet.

Pure. Invariant: a rule is chosen by what the paper shows, never by what came out: see `Prediction`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sdd_tui.numerals import counted
from sdd_tui.paper.measured import Measured
from sdd_tui.paper.prediction import interval
from sdd_tui.paper.published import DECIMALS, READ_TO, Reading


@dataclass(frozen=True)
class Range:
    """Our number must lie from low to high: an order, a rate, a bound, a closed form, somebody's range."""

    low: float
    high: float
    reason: str
    """Why exactly this range."""

    @property
    def rule(self) -> str:
        """What is asked, in words."""
        return f"ours is {self.words()}"

    def ends(self, measured: Measured | None) -> tuple[float, float]:
        """Where our number must lie."""
        return self.low, self.high

    def holds(self, measured: Measured) -> bool:
        """Whether it does."""
        return self.low <= measured.value <= self.high

    def words(self, measured: Measured | None = None) -> str:
        """The range, as people write it: whole, however our value is rounded."""
        low, high = f"{self.low:.6g}", f"{self.high:.6g}"
        if math.isinf(self.high):
            return f"≥ {low}"
        if math.isinf(self.low):
            return f"≤ {high}"
        return low if low == high else f"{low} to {high}"


@dataclass(frozen=True)
class Prediction:
    """The paper's number must lie where our runs say that such a number lies (`prediction.interval`, 95 %): a number of
    one model where the figure shows one model, a mean of four where it shows that. It is as exact as it can be read."""

    reading: Reading

    @property
    def error(self) -> float:
        """How exactly the figure can be read."""
        return READ_TO[self.reading.quantity]

    @property
    def rule(self) -> str:
        """What is asked, in words."""
        return f"the paper's lies in the 95 % prediction interval of our runs for {self.of}{self._read}"

    @property
    def of(self) -> str:
        """What the figure's number is of."""
        return "one model" if self.reading.models == 1 else f"a mean of {self.reading.models}"

    @property
    def reason(self) -> str:
        """Why that is the rule here."""
        read = f", read to {self.error:g}" if self.error else ""
        return f"the figure shows {self.of}{read}; seeds differ (Student's t)"

    @property
    def _read(self) -> str:
        return f", ± {self.error:g}" if self.error else ""

    def ends(self, measured: Measured | None) -> tuple[float, float]:
        """Where the paper's number must lie; everywhere while nothing is measured."""
        if measured is None or measured.spread is None:
            return -math.inf, math.inf
        low, high = interval(measured.spread, len(measured.values), self.reading.models)
        return low - self.error, high + self.error

    def holds(self, measured: Measured) -> bool:
        """Whether any of what the paper may show lies there."""
        low, high = self.ends(measured)
        return low <= self.reading.high and self.reading.low <= high

    def words(self, measured: Measured | None = None) -> str:
        """The interval, as people write it."""
        low, high = self.ends(measured)
        if math.isinf(low) or measured is None:
            return f"95 % interval for {self.of}"
        decimals = DECIMALS[self.reading.quantity]
        return f"{low:.{decimals}f} to {high:.{decimals}f} ({self.of}, from {counted(len(measured.values), 'run')})"


Accepted = Range | Prediction

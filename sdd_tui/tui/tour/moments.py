"""A tour's recordings, and how a sentence finds the step that it is about.

A sentence names a condition, not a step: it is said of the first recorded frame at which the condition holds, with that
frame's own numbers, and not at all where it holds nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.geometry import describe
from sdd_tui.analysis.regimes import DEDICATED, MEMORISED
from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.numerals import unpadded
from sdd_tui.panels.view import View
from sdd_tui.run.reader import Run

RECORDED = Path(__file__).parent / "recorded"
"""The recorded runs."""

Floats = NDArray[np.float64]

JUDGED = 200
"""Training examples whose own losses are looked at."""


class Moment:
    """A recorded frame and the losses recorded with it: what sentences may speak of."""

    def __init__(self, snapshot: Snapshot, row: dict[str, float]) -> None:
        self.snapshot, self.step = snapshot, snapshot.step
        self.train, self.test = row["train_loss"], row["test_loss"]
        """Losses in the paper's units: answering zero scores 1."""

    @property
    def judged(self) -> int:
        """How many training examples are looked at one by one."""
        return min(JUDGED, self.snapshot.examples.n_rows)

    @cached_property
    def memorised(self) -> int:
        """How many of those are memorised."""
        return int((self.snapshot.example_losses(self.judged) < MEMORISED).sum())

    @property
    def stored(self) -> int:
        """Examples away from the origin."""
        return self.snapshot.geometry.stored

    @property
    def lost(self) -> int:
        """Examples left at the origin."""
        return self.snapshot.geometry.lost

    @property
    def longest(self) -> float:
        """The length of the longest hidden vector."""
        return float(self.snapshot.hidden_norms.max())

    @property
    def farthest(self) -> float:
        """The length of the longest feature."""
        return float(self.snapshot.feature_norms.max())

    @property
    def gaps(self) -> Floats:
        """Degrees between neighbours among the hidden vectors."""
        return self.snapshot.geometry.gaps

    @property
    def dedicated(self) -> NDArray[np.int64]:
        """Features with a direction of their own, by their numbers."""
        return np.flatnonzero(self.snapshot.D_f >= DEDICATED)

    @property
    def feature_gaps(self) -> Floats:
        """Degrees between neighbours among those."""
        return describe(self.snapshot.features[:, self.dedicated]).gaps

    def spoken(self) -> dict[str, object]:
        """Everything by its name, as sentences have it."""
        shares = np.sort(self.snapshot.D_f)[::-1]
        return {
            **{
                name: getattr(self, name)
                for name in ("train", "test", "judged", "memorised", "stored", "lost", "longest")
            },
            "farthest": self.farthest,
            "gaps": _each(self.gaps, "{:.0f}°") if len(self.gaps) < 10 else "",
            "narrowest": self.gaps.min(initial=360),
            "widest": self.gaps.max(initial=0),
            "dedicated": len(self.dedicated),
            "feature_gaps": _each(self.feature_gaps, "{:.0f}°"),
            "D_X": _each(self.snapshot.D_X, "{:.2f}") if self.judged < 10 else "",
            "D_X_median": float(np.median(self.snapshot.D_X)),
            "D_f_largest": shares[0],
            "D_f_five": _each(shares[:5], "{:.2f}"),
        }


def _each(values: Iterable[float], form: str) -> str:
    *first, last = [form.format(value) for value in values] or [""]
    return f"{', '.join(first)} and {last}" if first else last


@dataclass(frozen=True)
class Line:
    """A sentence of a station: where to look, what it is said of, and its words with names of `Moment.spoken`."""

    panel: str
    holds: Callable[[Moment], bool]
    words: str


@dataclass(frozen=True)
class Station:
    """A recorded model and its sentences."""

    T: int
    title: str
    source: str
    """Where the paper shows it."""
    lines: tuple[Line, ...]

    @property
    def run(self) -> Path:
        """Its recording."""
        return RECORDED / f"T-{self.T}"


@dataclass(frozen=True)
class Said:
    """A sentence, and the step that it is about."""

    step: int
    panel: str
    words: str


def moments(station: Station) -> list[Moment]:
    """Every recorded frame of a station. Raises SddError where it can't be read."""
    view = View(Run(station.run))
    view.poll(float("inf"))
    return [Moment(view.run.frame(int(step)), view.row_at(step)) for step in view.steps]


def said(station: Station, found: Sequence[Moment]) -> list[Said]:
    """What is said of a station's frames, in their order; a sentence that they don't bear out is left out."""
    spoken, begin = list[Said](), 0
    for line in station.lines:
        at = next((i for i in range(begin, len(found)) if line.holds(found[i])), None)
        if at is not None:
            spoken.append(Said(found[at].step, line.panel, unpadded(line.words.format(**found[at].spoken()))))
            begin = at
    return spoken

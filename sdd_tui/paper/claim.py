"""A claim: one number that finished cells give, and what is accepted; and its verdict.

Pure. Invariant: what is accepted stands in the claim, with its reason, before anything is measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sdd_tui.errors import SddError
from sdd_tui.paper.accepted import Accepted, Prediction
from sdd_tui.paper.evidence import Evidence, FinishedCell
from sdd_tui.paper.measured import Measured
from sdd_tui.paper.needed import Need

Tier = Literal["quick", "scaled", "paper", "full"]
Word = Literal["holds", "fails", "not measured"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One thing that the paper or a comment on it says."""

    key: str
    """What it is called on the command line."""
    says: str
    source: str
    """Which figure, section or comment says it."""
    quantity: str
    """What the number is."""
    paper: str
    """The paper's value of it, as one would quote it."""
    accepts: Accepted
    """What must hold for ours, and why."""
    need: Need
    measure: Callable[[Evidence], Measured]
    form: str = ".4f"
    """How the number is written."""


@dataclass(frozen=True)
class Verdict:
    """What became of a claim."""

    claim: Claim
    word: Word
    measured: Measured | None
    runs: tuple[FinishedCell, ...]
    """The runs behind it."""
    note: str = ""
    """What else there is to say: why it was not measured."""

    @property
    def ours(self) -> str:
        """Our value, as people write it."""
        if self.measured is None or math.isnan(self.measured.value):
            return "—"
        return format(self.measured.value, self.claim.form)

    @property
    def accepted(self) -> str:
        """What is accepted, as people write it."""
        return self.claim.accepts.words(self.measured)

    @property
    def spread(self) -> str:
        """How the runs scatter, as people write it."""
        spread = self.measured.spread if self.measured else None
        return "" if spread is None else f"{spread.lowest:{self.claim.form}} to {spread.highest:{self.claim.form}}"


def judge(claim: Claim, runs: tuple[FinishedCell, ...], missing: int, why: str = "") -> Verdict:
    """The verdict on a claim from the runs that it needs; `missing` of them are not there."""
    if missing or not runs:
        total = missing + len(runs)
        note = f"{missing:,} of {total:,} cells are not there" if total else "its sweep has no such cells"
        return Verdict(claim, "not measured", None, runs, f"{note}: {why}" if why else note)
    try:
        measured = claim.measure(Evidence(runs))
    except SddError as error:
        return Verdict(claim, "not measured", None, runs, str(error))
    if math.isnan(measured.value) and not measured.note:
        return Verdict(claim, "not measured", measured, runs, "no run is of this kind")
    if isinstance(claim.accepts, Prediction) and len(measured.values) == 1:
        return Verdict(claim, "not measured", measured, runs, "one run knows no scatter: the rule needs two")
    return Verdict(claim, "holds" if claim.accepts.holds(measured) else "fails", measured, runs, measured.note)

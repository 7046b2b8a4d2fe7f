"""What finished cells say of a claim: one number, and the runs behind it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sdd_tui.sweep.reduce import Spread


@dataclass(frozen=True)
class Measured:
    """What the cells say."""

    value: float
    """NaN where no run is of the kind that the claim is about (there is no note then), or one has no finite value."""
    values: tuple[float, ...] = ()
    """Of the runs behind the value, where it is a mean or a median of theirs."""
    note: str = ""

    @property
    def spread(self) -> Spread | None:
        """How those scatter."""
        return Spread.of(list(self.values)) if self.values else None

"""What a run's vectors do and what came out of it, in the words of events and of the outcome."""

from __future__ import annotations

from typing import Any

from sdd_tui.config import RunConfig
from sdd_tui.engine.base import Real
from sdd_tui.engine.geometry import DEDICATED, Geometry, describe, solution
from sdd_tui.engine.metrics import dimensionality, hidden_vectors
from sdd_tui.engine.setup import some_training_data

WATCHED = 64
"""Training sets up to this size are watched for polygons formed and examples lost."""

SUMMARISED = 2_000
"""Training examples looked at in the end."""


class Watcher:
    """Compares each frame with the one before; small training sets only."""

    def __init__(self, config: RunConfig) -> None:
        T = config.data.n_examples
        self._examples = some_training_data(config, WATCHED) if T != "inf" and T <= WATCHED else None
        self._before: Geometry | None = None

    def look(self, W: Real) -> list[tuple[str, str]]:
        """(kind, words) of what happened since the last look, for encoder weights W (m, n)."""
        if self._examples is None:
            return []
        now = describe(hidden_vectors(W, self._examples))
        before, self._before = self._before, now
        found: list[tuple[str, str]] = []
        if before is None:
            return found
        if now.polygon and now.polygon != before.polygon:
            found.append(("polygon", f"the hidden vectors form a regular polygon of {now.polygon}"))
        if now.lost > before.lost:
            found.append(("lost", f"{now.lost} of {self._examples.n_rows} examples are at the origin"))
        if now.two_circles and not before.two_circles:
            found.append(("circles", "the hidden vectors lie on two circles"))
        return found


def summary(config: RunConfig, W: Real, train_loss: float, test_loss: float) -> dict[str, Any]:
    """What came out, for the status file and the last words; encoder weights W are (m, n)."""
    H = hidden_vectors(W, some_training_data(config, SUMMARISED))
    D_f = dimensionality(W)
    geometry = describe(H)
    return {
        "solution": solution(train_loss, test_loss, D_f, H),
        "polygon": geometry.polygon,
        "stored": geometry.stored,
        "lost": geometry.lost,
        "two_circles": geometry.two_circles,
        "largest_D_f": float(D_f.max()),
        "dedicated_features": int((D_f >= DEDICATED).sum()),
        "reason": "",
        "advice": "",
    }

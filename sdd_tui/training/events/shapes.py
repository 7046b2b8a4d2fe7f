"""What the recorded parameters say: polygons, circles, examples and features that come and go, the regime.

Invariant: what is found depends on two neighbouring frames and their test losses alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, example_losses, hidden_vectors
from sdd_tui.analysis.geometry import Geometry, describe
from sdd_tui.analysis.regimes import DEDICATED, regime
from sdd_tui.config import RunConfig
from sdd_tui.engine.interface import State, Tensors
from sdd_tui.run.data import some_training_data
from sdd_tui.training.events.losses import Found

WATCHED = 2_000
"""Training examples watched at most: the first ones."""

WATCHED_NUMBERS = 20_000
"""Coordinates of hidden vectors watched at most, so that a look stays near a millisecond for larger m too."""

JUDGED_NUMBERS = 500_000
"""Outputs computed at most to say which examples are memorised: a millisecond or two."""

NAMED = 5
"""New features named at most."""


@dataclass(frozen=True)
class Shape:
    """What is compared between frames."""

    geometry: Geometry
    regime: str
    own: NDArray[np.int64]
    """Features with a direction of their own, those with the largest D_f first."""


class ShapeWatch:
    """Compares each frame with the one before; a first one is only taken in."""

    def __init__(self, config: RunConfig) -> None:
        most = min(WATCHED, max(1, WATCHED_NUMBERS // config.model.n_hidden))
        self._examples = some_training_data(config, most)
        self._hidden = config.model.hidden
        self._finite = config.data.n_examples != "inf"
        judged = max(1, JUDGED_NUMBERS // config.data.n_features) if self._finite else 0
        self._judged = self._examples.rows(0, min(judged, self._examples.n_rows))
        self._output = config.model.output
        all_of_them = config.data.n_examples == self._examples.n_rows
        self._of = f"of {'' if all_of_them else 'the first '}{self._examples.n_rows:,}"
        self._before: Shape | None = None

    def frame(self, params: Mapping[str, NDArray[Any]], test_loss: float) -> list[Found]:
        """What happened since the last frame, for parameters W (m, n), b (n,) and, when untied, V (m, n) as they are
        recorded."""
        with np.errstate(all="ignore"):  # parameters on their way to infinity
            now = self._look(params, test_loss)
        before, self._before = self._before, now
        if before is None:
            return []
        found = self._examples_moved(before.geometry, now.geometry) if self._finite else []
        if len(now.own) > len(before.own):
            old = set(before.own.tolist())
            found.append(("born", _born([i for i in now.own.tolist() if i not in old])))
        if now.regime != before.regime:
            found.append(("regime", f"{before.regime} → {now.regime}"))
        return found

    def _look(self, params: Mapping[str, NDArray[Any]], test_loss: float) -> Shape:
        W, V = params["W"], params.get("V")
        H, D_f = hidden_vectors(W, self._examples, self._hidden), dimensionality(W)
        own = np.flatnonzero(D_f >= DEDICATED)
        model = Tensors(W[None], params["b"][None], None if V is None else V[None])
        losses = example_losses(State.start(model, self._output, self._hidden), self._judged)
        now = regime(losses, D_f, test_loss, len(W))
        return Shape(describe(H), now.name, own[np.argsort(-D_f[own], kind="stable")])

    def _examples_moved(self, before: Geometry, now: Geometry) -> list[Found]:
        found: list[Found] = []
        if now.polygon and now.polygon != before.polygon:
            found.append(("polygon", f"regular polygon of {now.polygon}"))
        if before.polygon and not now.polygon:
            found.append(("polygon", f"no polygon of {before.polygon} any more"))
        if now.stored > before.stored:
            found.append(("stored", f"{now.stored:,} {self._of} away from the origin"))
        if now.lost > before.lost:
            found.append(("lost", f"{now.lost:,} {self._of} at the origin"))
        if now.two_circles and not before.two_circles:
            found.append(("circles", "two circles"))
        return found


def _born(features: list[int]) -> str:
    """New features in words, the first ones by index."""
    names = ", ".join(map(str, features[:NAMED]))
    if len(features) == 1:
        return f"feature {names} has its own direction"
    more = f" and {len(features) - NAMED:,} more" if len(features) > NAMED else ""
    return f"features {names}{more} have own directions"

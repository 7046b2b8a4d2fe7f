"""What the recorded train losses say: a jump, a standstill. The thresholds are ours.

Invariant: what is found depends on the recorded rows alone, so a resumed run finds what the undisturbed one does.
"""

from __future__ import annotations

import math
from collections import deque

from sdd_tui.config import RunConfig
from sdd_tui.numerals import short

Found = tuple[str, str]
"""(kind, words) of an event."""

RECENT = 5
"""Rows before, whose lowest loss a jump is measured from."""

FACTOR, RISE = 2.0, 0.05
"""A jump is to more than this factor of that loss, and by more than this much (the zero output's loss is 1)."""

PARTS = 64
"""A standstill is looked for on rows this far apart at least: the first in each 64th of the run."""

STILL = 1e-3
"""Share of the loss, and of all that was gained since the first row, that a standstill does not reach."""

ZERO = 1e-6
"""A loss that has come this low has nowhere to go."""


class LossWatch:
    """Takes rows in order and says what is remarkable about each."""

    def __init__(self, config: RunConfig, start: int) -> None:
        o = config.optim
        self._start, self._steps, self._peak = start, o.steps, o.lr
        self._warm = max(start, round(o.warmup * o.steps))
        self._endless = config.data.n_examples == "inf"
        self._recent: deque[float] = deque(maxlen=RECENT + 2)
        self._even: list[tuple[int, float]] = []
        self._part = -1

    def row(self, step: int, loss: float, lr: float) -> list[Found]:
        """What happened at a recorded row; a loss that is not finite is left to others."""
        if not math.isfinite(loss):
            return []
        found: list[Found] = []
        self._recent.append(loss)
        recent = list(self._recent)
        if spiked(recent) and not spiked(recent[:-1]):
            found.append(("spike", f"train loss {short(min(recent[:-1]))} → {short(loss)}"))
        part = (step - self._start) * PARTS // (self._steps - self._start)
        if part > self._part:
            self._part = part
            self._even.append((step, loss))
            if lr > 0.1 * self._peak and not self._endless and self._stalled():
                found.append(("stall", f"train loss stays at {short(loss)}"))
        return found

    def _stalled(self) -> bool:
        """Whether the last quarter of the run brought nothing: at its beginning warm-up was over, and since then the
        loss has fallen neither by a thousandth of itself nor by a thousandth of what was gained since the first row.

        With T = ∞ each row's loss is of another batch, so nothing is said. The second condition keeps it silent where
        all there is to gain is little (the middle regime: 1 to 0.991), the first where the loss falls towards 0.
        """
        now, loss = self._even[-1]
        before = [i for i, (step, _) in enumerate(self._even) if step <= now - (self._steps - self._start) / 4]
        if not before or self._even[before[-1]][0] < self._warm or loss < ZERO:
            return False
        losses = [loss for _, loss in self._even]
        old = losses[before[-1]]
        fallen, gained = old - min(losses[before[-1] + 1 :]), losses[0] - min(losses)
        return fallen <= STILL * old and fallen <= STILL * gained


def spiked(losses: list[float]) -> bool:
    """Whether the last loss is a jump: more than twice the lowest of the five rows before, and 0.05 more.

    The second condition keeps it silent on losses near 0, which flicker by factors, and in warm-up. A learning rate
    far too high throws the loss above the zero output's 1 within some rows.
    """
    before, now = losses[-RECENT - 1 : -1], losses[-1] if losses else math.nan
    return bool(before) and now > FACTOR * min(before) and now > min(before) + RISE

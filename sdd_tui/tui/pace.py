"""Heavy frames one at a time: after each the terminal is asked for its cursor, and the next waits for the answer.

Without that, frames queue up on a slow link: a key was answered after 6.4 s at 125 KB/s, with it after about 0.3 s.
Terminals that never answer get a low frame rate. Time and the question are arguments, so that tests hold them still.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Literal

QUESTION = "\x1b[6n"
"""Device status report: the terminal answers with its cursor's place."""

PATIENCE_S = 1.0
"""Seconds after which an answer is taken for lost."""

SILENT = 3
"""Questions without any answer after which the terminal is taken to answer none."""

SILENT_S = 0.5
"""Seconds between two frames then."""

SLOW_S, QUICK_S = 0.12, 0.05
"""Median answers from here on mean a slow link; below, a quick one again."""

SLOW_FRAME_S = 0.25
"""Seconds between two frames on a slow link."""


class Pace:
    """Says when the next heavy frame may be drawn."""

    def __init__(
        self, ask: Callable[[], None], clock: Callable[[], float], bandwidth: Literal["auto", "low", "full"] = "auto"
    ) -> None:
        self._ask, self._clock = ask, clock
        self._bandwidth = bandwidth
        self._asked: float | None = None
        self._sent = -1e9
        self._lost = 0
        self._answers: deque[float] = deque(maxlen=7)
        self.on_ready: Callable[[], None] | None = None
        """What draws when the terminal has answered."""
        self.on_slow: Callable[[bool], None] | None = None
        """Told when the link turns out to be slow, or quick again."""
        self.slow = bandwidth == "low"
        """Whether the link is slow."""

    @property
    def silent(self) -> bool:
        """Whether the terminal answers nothing."""
        return self._lost >= SILENT and not self._answers

    @property
    def words(self) -> str:
        """Why pictures move less often than they could; empty when they don't."""
        if self._bandwidth == "full":
            return ""
        if self.silent:
            return f"silent terminal: {1 / SILENT_S:.0f} frames a second"
        return f"slow link: {1 / SLOW_FRAME_S:.0f} frames a second" if self.slow else ""

    @property
    def ready(self) -> bool:
        """Whether a frame may be drawn now."""
        now = self._clock()
        if self._bandwidth == "full":
            return True
        if self._asked is not None:
            if now - self._asked < PATIENCE_S:
                return False
            self._asked = None
            self._lost += 1
        if self.silent:
            return now - self._sent >= SILENT_S
        return not self.slow or now - self._sent >= SLOW_FRAME_S

    def sent(self) -> None:
        """A frame is on its way."""
        self._sent = self._clock()
        if self._bandwidth != "full" and not self.silent:
            self._asked = self._sent
            self._ask()

    def answered(self) -> None:
        """The terminal has answered: it has shown everything sent before."""
        if self._asked is None:
            return
        self._answers.append(self._clock() - self._asked)
        self._asked, self._lost = None, 0
        if self._bandwidth == "auto" and len(self._answers) >= 3:
            typical, before = median(self._answers), self.slow
            self.slow = typical > SLOW_S or (before and typical > QUICK_S)
            if self.on_slow and self.slow != before:
                self.on_slow(self.slow)
        if self.on_ready and not self.slow:
            self.on_ready()

"""Where on a run's timeline one is: following the newest frame, standing at a step, or playing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

SPEEDS = (2, 5, 10, 20, 50)
"""Frames a second that playing may show."""

Steps = NDArray[np.int64]


@dataclass(frozen=True)
class Playhead:
    """`step` is None while the newest frame is followed."""

    step: int | None = None
    playing: bool = False
    speed: int = 10
    part: float = 0.0
    """Frames played but not yet shown, or less than 0 where the frame in view came a little early."""

    def index(self, steps: Steps) -> int:
        """Which of the frames is in view; -1 when there is none."""
        if self.step is None:
            return len(steps) - 1
        return max(0, int(np.searchsorted(steps, self.step, side="right")) - 1) if len(steps) else -1

    def moved(self, steps: Steps, by: int) -> Playhead:
        """So many frames on; past the last one it follows again."""
        if not len(steps):
            return self
        at = self.index(steps) + by
        if at >= len(steps):
            return Playhead(None, speed=self.speed)
        return Playhead(int(steps[max(0, at)]), speed=self.speed)

    def jumped(self, step: int) -> Playhead:
        """To a step."""
        return Playhead(step, speed=self.speed)

    def to_event(self, steps: Steps, events: Sequence[int], direction: int) -> Playhead:
        """To the frame of the next event after the one in view, or of the last one before."""
        if not len(steps):
            return self
        here = int(steps[self.index(steps)])
        frames = {int(steps[min(len(steps) - 1, int(np.searchsorted(steps, e)))]) for e in events}
        wanted = [f for f in frames if (f > here if direction > 0 else f < here)]
        return self.jumped(min(wanted) if direction > 0 else max(wanted)) if wanted else self

    def toggled(self, steps: Steps) -> Playhead:
        """Playing or standing; from the end it plays from the beginning."""
        if self.playing or not len(steps):
            return replace(self, playing=False)
        at_end = self.index(steps) == len(steps) - 1
        return Playhead(int(steps[0] if at_end else steps[self.index(steps)]), True, self.speed)

    def faster(self) -> Playhead:
        """At the next speed."""
        return replace(self, speed=SPEEDS[(SPEEDS.index(self.speed) + 1) % len(SPEEDS)])

    def after(self, steps: Steps, seconds: float) -> Playhead:
        """Where playing is after so many seconds; it stands still at the last frame."""
        if not self.playing or not len(steps):
            return self
        part = self.part + seconds * self.speed
        by = max(0, round(part))  # to the nearest: rounded down, ten ticks a second would show ten frames as seven
        at = min(self.index(steps) + by, len(steps) - 1)
        return Playhead(int(steps[at]), at < len(steps) - 1, self.speed, part - by)


def nearest(steps: Steps, step: int) -> int:
    """The recorded step that lies nearest to a step, the earlier of two. Raises ValueError when there is none."""
    return int(steps[np.abs(steps - min(step, int(steps[-1]))).argmin()])

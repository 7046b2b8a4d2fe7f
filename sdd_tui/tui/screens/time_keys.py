"""The keys of the timeline, for every screen that has a playhead and frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sdd_tui.run.requests import asked_step
from sdd_tui.tui.messages import StepSought, TimelineWheeled
from sdd_tui.tui.playhead import Playhead, nearest
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.view_keys import ChartKeys


class TimeKeys(ChartKeys):
    """Stepping, playing, jumping."""

    head: Playhead = Playhead()

    @property
    def steps(self) -> NDArray[np.int64]:
        """Steps that have a frame."""
        raise NotImplementedError

    def seek(self, head: Playhead) -> None:
        """Show what is there: the charts too mark the step in view, even with the mouse on another one."""
        self.head = head
        scroll = ("", 0) if self.options.scroll[0] == "events" else self.options.scroll  # those lie around the step
        self.change(cross=None, scroll=scroll)

    def action_frames(self, by: int) -> None:
        """So many frames on."""
        self.seek(self.head.moved(self.steps, by))

    def action_first(self) -> None:
        """The first frame."""
        if len(self.steps):  # a branch begins later than step 0
            self.seek(self.head.jumped(int(self.steps[0])))

    def action_newest(self) -> None:
        """Follow the newest frame."""
        self.seek(Playhead(None, speed=self.head.speed))

    def action_play(self) -> None:
        """Play or pause."""
        self.seek(self.head.toggled(self.steps))

    def action_go_to_step(self) -> None:
        """Ask for a step, and show the recorded frame nearest to it."""

        def apply(text: str) -> None:
            self.seek(self.head.jumped(nearest(self.steps, asked_step(text))))

        if len(self.steps):
            words = (
                f"The recorded frame nearest to it, from {self.steps[0]:,} to {self.steps[-1]:,}; nothing is trained."
            )
            self.app.push_screen(AskScreen("Go to step", "", words, apply))
        else:
            self.notify("There is no frame to go to yet.", timeout=2)

    def action_speed(self) -> None:
        """The next speed."""
        self.seek(self.head.faster())
        self.notify(f"{self.head.speed} frames a second", timeout=1)

    def on_step_sought(self, event: StepSought) -> None:
        """A click on the bar."""
        self.seek(self.head.jumped(event.step))

    def on_timeline_wheeled(self, event: TimelineWheeled) -> None:
        """The wheel over the bar."""
        self.action_frames(event.by)

"""Obeys what people ask of a trainer, between two calls of the engine: pause, continue, one step, run to a step, stop.

The newest request counts. A signal means stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sdd_tui.run import requests
from sdd_tui.run.requests import Asked
from sdd_tui.training.interruption import Interruption
from sdd_tui.training.writer import Writer


class Control:
    """Looks at the requests of a run; `save` writes a checkpoint, and an event if it is given words."""

    def __init__(
        self, run: Path, writer: Writer, steps: int, save: Callable[[str], None], hosted: bool = False
    ) -> None:
        self.interruption = Interruption(hosted)
        self.halt: int | None = None
        """The step somebody asked to run to."""
        self.on_pause: Callable[[bool], None] = lambda paused: None
        """Told when a pause begins and ends."""
        self._run, self._writer, self._steps, self._save = run, writer, steps, save
        self._put_off: list[Asked] = []
        self._stepping = False
        """Whether the newest request is a single step."""
        self._told = False
        """Whether the last event says that it is paused: a walk of single steps would fill the events."""
        requests.take(run)  # requests from before this session are not obeyed

    def stop_early(self) -> bool:
        """Before the first step there is only stopping; everything else is put off."""
        self._put_off += requests.take(self._run)
        return self.interruption.wanted or any(asked.request == "stop" for asked in self._put_off)

    def stop(self, step: int) -> bool:
        """Obey, at `step`; True when training is to stop. A pause lasts until it is taken back."""
        paused = False
        if self.halt is not None and self.halt <= step < self._steps:
            paused = self._switch(step, True, f"at step {step:,}, as asked")
        while True:
            waiting, self._put_off = [*self._put_off, *requests.take(self._run)], []
            for asked in waiting:
                if asked.request == "stop":
                    return True
                if asked.request == "checkpoint":
                    self._save("as asked")
                    continue
                self.halt = self._target(asked, step)
                pause = asked.request == "pause" or (asked.step is not None and asked.step <= step)
                if pause != paused or (self._told and not pause and not self._stepping):
                    to = f"run to step {asked.step:,}" if asked.step is not None else asked.request
                    paused = self._switch(step, pause, f"asked to {to}")
            if self.interruption.wanted:
                return True
            if not paused:
                return False
            time.sleep(0.05)
            self._writer.alive("paused")

    def _target(self, asked: Asked, step: int) -> int | None:
        """Where to halt; a single step counts from the one that was asked for before it and is not done yet."""
        ahead = self.halt if self._stepping else None
        self._stepping = asked.request == "step"
        return (step if ahead is None else ahead) + 1 if self._stepping else asked.step

    def _switch(self, step: int, pause: bool, words: str) -> bool:
        """Pause, with a checkpoint, or go on; `pause` itself."""
        told = pause or (self._told and self._stepping)
        if told != self._told:
            self._writer.event(step, "paused" if told else "continued", words)
            self._told = told
        if pause:
            self.halt = None
            self._save("")
        self._writer.state("paused" if pause else "running")
        self.on_pause(pause)
        return pause

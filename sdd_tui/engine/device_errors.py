"""An engine on a GPU whose failures are one sentence each: the one place where a device's errors become ours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.devices import device_errors
from sdd_tui.engine.interface import Engine, State, Tensors
from sdd_tui.engine.schedule import Schedule


class Guarded:
    """Another engine, which is asked inside `device_errors`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name, self.device, self.note = engine.name, engine.device, engine.note

    @property
    def processor(self) -> str:
        """The engine's."""
        return self.engine.processor

    @property
    def threads(self) -> int | None:
        """The engine's."""
        return self.engine.threads

    def needs_compiling(self) -> bool:
        """The engine's answer."""
        return self.engine.needs_compiling()

    def place(self, state: State) -> State:
        """The state where the engine computes."""
        with device_errors(self.device):
            return self.engine.place(state)

    def fetch(self, state: State) -> State:
        """The state on the host."""
        with device_errors(self.device):
            return self.engine.fetch(state)

    def parameters(self, state: State) -> Tensors:
        """The parameters on the host."""
        with device_errors(self.device):
            return self.engine.parameters(state)

    def load(self, data: Examples | FreshExamples) -> Any:
        """The data in the engine's form."""
        with device_errors(self.device):
            return self.engine.load(data)

    def advance(self, state: State, data: Any, schedule: Schedule, k: int) -> None:
        """k steps."""
        with device_errors(self.device):
            self.engine.advance(state, data, schedule, k)

    def gradients(self, state: State, data: Any, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss."""
        with device_errors(self.device):
            return self.engine.gradients(state, data, schedule)

    def evaluate(self, state: State, data: Any) -> NDArray[np.float64]:
        """Exact losses."""
        with device_errors(self.device):
            return self.engine.evaluate(state, data)

"""The engine interface: what every engine must do, and the state it does it to.

Numpy only. Invariant: an engine owns no loop, clock, file or random state; the same state, data and schedule give the
same result. Every array has a leading model axis (B = 1 is the common case); models of a batch share n, m, tying and
activations, and may differ in T (ragged) and in every hyper-parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.schedule import Schedule

Real = NDArray[np.float32] | NDArray[np.float64]
Activation = Literal["relu", "linear"]


@dataclass
class Tensors:
    """Parameters of a batch of models, or anything shaped like them (gradients, moments)."""

    W: Real
    """(B, m, n) encoder; column j is feature j's vector."""
    b: Real
    """(B, n) output bias."""
    V: Real | None = None
    """(B, m, n) decoder, or None when tied (V = W)."""

    def arrays(self) -> dict[str, Real]:
        """The arrays by name: W (B, m, n), b (B, n) and, when untied, V (B, m, n)."""
        named = {"W": self.W, "b": self.b}
        return named if self.V is None else {**named, "V": self.V}

    def zeros(self) -> Tensors:
        """Zeros of the same shapes."""
        return Tensors(np.zeros_like(self.W), np.zeros_like(self.b), None if self.V is None else np.zeros_like(self.V))

    def model(self, b: int) -> Tensors:
        """Model `b` alone, as views."""
        pick = slice(b, b + 1)
        return Tensors(self.W[pick], self.b[pick], None if self.V is None else self.V[pick])

    def finite(self) -> bool:
        """Whether every number is finite."""
        return all(bool(np.isfinite(a.sum())) or bool(np.isfinite(a).all()) for a in self.arrays().values())


@dataclass
class State:
    """Everything training changes: parameters, Adam's moments and the number of steps done."""

    params: Tensors
    first: Tensors
    second: Tensors
    output: Activation = "relu"
    step: int = 0
    hidden: Activation = "linear"

    @property
    def tied(self) -> bool:
        """Whether the decoder is the encoder's transpose."""
        return self.params.V is None

    def model(self, b: int) -> Self:
        """Model `b` alone; its tensors are views of this state's."""
        first, second = self.first.model(b), self.second.model(b)
        return replace(self, params=self.params.model(b), first=first, second=second)

    @staticmethod
    def start(params: Tensors, output: Activation, hidden: Activation = "linear") -> State:
        """The state before the first step."""
        return State(params, params.zeros(), params.zeros(), output, hidden=hidden)


def join(states: Sequence[State]) -> State:
    """One batch of the models of several states on the host, which are at the same step."""

    def tensors(parts: Sequence[Tensors]) -> Tensors:
        arrays: dict[str, Any] = {k: np.concatenate([p.arrays()[k] for p in parts]) for k in parts[0].arrays()}
        return Tensors(**arrays)

    return replace(
        states[0],
        params=tensors([s.params for s in states]),
        first=tensors([s.first for s in states]),
        second=tensors([s.second for s in states]),
    )


class Engine(Protocol):
    """What trains; see the conformance suite for what each method must satisfy."""

    name: str
    device: str
    computed: float
    """Share of a step's (feature, example) pairs that the last steps computed one by one."""

    @property
    def note(self) -> str:
        """What one should know, mostly nothing; complete once a step has been done."""
        ...

    @property
    def processor(self) -> str:
        """What computes, as far as bits depend on it: another one may round differently."""
        ...

    @property
    def threads(self) -> int | None:
        """Threads it computes with, where it decides that itself."""
        ...

    def needs_compiling(self) -> bool:
        """Whether the first step has to wait some seconds for a compiler."""
        ...

    def place(self, state: State) -> State:
        """The state where this engine computes, in its precision."""
        ...

    def fetch(self, state: State) -> State:
        """The state as numpy arrays on the host."""
        ...

    def parameters(self, state: State) -> Tensors:
        """The state's parameters as numpy arrays on the host, without its moments."""
        ...

    def load(self, data: Examples | FreshExamples) -> Any:
        """The data in the form this engine reads; finite data is always drawn on the host."""
        ...

    def advance(self, state: State, data: Any, schedule: Schedule, k: int) -> None:
        """Do k optimiser steps, in place."""
        ...

    def gradients(self, state: State, data: Any, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss at the state's step."""
        ...

    def evaluate(self, state: State, data: Any) -> NDArray[np.float64]:
        """(B,) losses in the paper's units (sum over features, mean over examples), from float64 residuals; a feature's
        squared error counts by its importance. The data of a single model serve every model of the state."""
        ...


def weight_norm(W: Real) -> float:
    """‖W‖_F."""
    return float(np.sqrt((np.asarray(W, np.float64) ** 2).sum()))


def bias_norm(b: Real) -> float:
    """‖b‖."""
    return float(np.sqrt((np.asarray(b, np.float64) ** 2).sum()))

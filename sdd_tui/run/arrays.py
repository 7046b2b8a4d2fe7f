"""What a run recorded of its parameters, as arrays over the recorded steps, and its newest exact ones.

For notebooks and exports, which want all of it at once; the app reads single frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import dimensionality, hidden_vectors
from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import Activation, Real, State
from sdd_tui.errors import DamagedError, NotFoundError
from sdd_tui.run import checkpoint
from sdd_tui.run.branch_point import nearest
from sdd_tui.run.example_moments import ExampleMoments
from sdd_tui.run.reader import Run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """The parameters of a model at a step."""

    step: int
    W: Real
    """(m, n) encoder; column j is feature j's vector."""
    b: Real
    """(n,) output bias."""
    V: Real | None = None
    """(m, n) decoder, or None when tied (V = W)."""

    def __repr__(self) -> str:
        return f"Parameters(step={self.step:,}, {_shapes(W=self.W, b=self.b, V=self.V)})"

    @staticmethod
    def of(state: State) -> Parameters:
        """A copy of the only model's, W (m, n), b (n,) and V (m, n), in the precision it is trained in."""
        V = state.params.V
        return Parameters(
            state.step, state.params.W[0].copy(), state.params.b[0].copy(), None if V is None else V[0].copy()
        )


@dataclass(frozen=True)
class Frames:
    """Parameters at k recorded steps, and what follows from them; T counts the examples shown (2,000 at most)."""

    step: NDArray[np.int64]
    """(k,) steps, ascending."""
    W: Real
    """(k, m, n) encoder."""
    b: Real
    """(k, n) output bias."""
    V: Real | None
    """(k, m, n) decoder, or None when tied."""
    examples: Examples
    """The T training examples of H and D_X."""
    moments: ExampleMoments
    """Those that D_X's sum is over: all of the training set."""
    hidden: Activation = "linear"
    """What hidden vectors pass through."""

    @staticmethod
    def of(found: Sequence[Parameters], config: RunConfig, examples: Examples, moments: ExampleMoments) -> Frames:
        """From the parameters at each step of a model, W (m, n) and b (n,); there may be none."""
        m, n = config.model.n_hidden, config.data.n_features
        decoders = [p.V for p in found if p.V is not None]
        return Frames(
            np.array([p.step for p in found], np.int64),
            _stacked([p.W for p in found], (m, n)),
            _stacked([p.b for p in found], (n,)),
            _stacked(decoders, (m, n)) if decoders else None,
            examples,
            moments,
            config.model.hidden,
        )

    def __len__(self) -> int:
        return len(self.step)

    def __repr__(self) -> str:
        m, T = self.W.shape[1], self.examples.n_rows
        steps = f"steps {self.step[0]:,} to {self.step[-1]:,}" if len(self) else "no steps"
        return f"Frames({len(self)} at {steps}, {_shapes(W=self.W, b=self.b, V=self.V)}, H {(len(self), m, T)})"

    @cached_property
    def H(self) -> Floats:
        """(k, m, T) hidden vectors h_i = W X_i, or ReLU(W X_i)."""
        k, m, _ = self.W.shape
        found = [hidden_vectors(W, self.examples, self.hidden) for W in self.W]
        return np.array(found).reshape(k, m, self.examples.n_rows)

    @cached_property
    def D_f(self) -> Floats:
        """(k, n) feature dimensionality, in [0, 1]."""
        return np.array([dimensionality(W) for W in self.W]).reshape(self.b.shape)

    @cached_property
    def D_X(self) -> Floats:
        """(k, T) dimensionality of these examples among all of the training set, in [0, 1]."""
        pairs = zip(self.W, self.H, strict=True)
        found = [dimensionality(H, self.moments.moment(W, H)) for W, H in pairs]
        return np.array(found).reshape(len(self), self.examples.n_rows)


def read_frames(run: Run) -> Frames:
    """Every recorded frame that can be read. Raises DamagedError, and what `Run.examples` raises."""
    found = []
    for step in run.frame_steps.tolist():
        frame = run.frame(step)
        found.append(Parameters(frame.step, frame.W, frame.b, frame.V))
    return Frames.of(found, run.config, run.examples, run.moments)


def newest_exact_parameters(run: Run) -> Parameters:
    """The newest parameters that are to the bit what was trained, W (m, n), b (n,) and, when untied, V (m, n).

    Those of the newest checkpoint, or of a later frame where frames are exact (float32, and so was training), as a run
    that diverged, was killed or still trains has. Rounded frames count only where there is no checkpoint at all.
    Raises NotFoundError, DamagedError.
    """
    newest = checkpoint.newest(run.path)
    later = run.exact_frame_after(newest[0] if newest else -1)
    if later is not None:
        step, arrays = later
        return Parameters(step, arrays["W"].copy(), arrays["b"].copy(), arrays["V"].copy() if "V" in arrays else None)
    state = nearest(run.path, run.config.optim.steps, run.config)
    if state is not None:
        return Parameters.of(state)
    try:
        frame = run.frame()
    except (NotFoundError, DamagedError) as error:
        raise type(error)(f"{error}".rstrip(".") + ", and there is no checkpoint.") from None
    return Parameters(frame.step, frame.W, frame.b, frame.V)


def _stacked(arrays: Sequence[Real], shape: tuple[int, ...]) -> Real:
    return np.asarray(np.stack(arrays) if arrays else np.zeros((0, *shape), np.float32))


def _shapes(**arrays: Real | None) -> str:
    """W (2, 1000), b (1000,)"""
    return ", ".join(f"{name} {array.shape}" for name, array in arrays.items() if array is not None)

"""Reads a run, running or finished; what is damaged is named in `problems`, everything else stays readable.

For notebooks: `sdd_tui.open_run(path)`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.config import RunConfig, read_config
from sdd_tui.engine.base import Activation
from sdd_tui.engine.data import Examples
from sdd_tui.engine.metrics import dimensionality, hidden_vectors
from sdd_tui.engine.population import Population
from sdd_tui.engine.setup import some_training_data, test_data, training_data
from sdd_tui.errors import ConfigError, DamagedError, NotFoundError, SddError
from sdd_tui.notation import counted
from sdd_tui.store import checkpoint
from sdd_tui.store.frames import FrameFile
from sdd_tui.store.layout import ACTIVE, CONFIG, EVENTS, FRAMES, META, METRICS, STATUS, home, read_json
from sdd_tui.store.lines import Lines
from sdd_tui.store.meta import check_data
from sdd_tui.store.status import read_status
from sdd_tui.store.table import Table

MOST_EXAMPLES, MOST_ACTIVE = 2_000, 2_000_000
"""Examples whose hidden vectors are shown, and the active features they may have together: prefixes nest, so these are
the first ones for any T."""


@dataclass(frozen=True)
class FrameView:
    """The parameters at a recorded step, and what follows from them."""

    step: int
    W: NDArray[np.float32]
    """(m, n): column j is feature j's vector."""
    b: NDArray[np.float32]
    """(n,)."""
    V: NDArray[np.float32] | None
    """(m, n) decoder of an untied model."""
    examples: Examples
    """The training examples of H: all of them, or the first 2,000."""
    population: Population
    """Those that the sums of D_X and D* are over."""
    hidden: Activation = "linear"
    """What hidden vectors pass through."""

    @cached_property
    def H(self) -> NDArray[np.float64]:
        """(m, T): column i is the hidden vector h_i = W X_i, or ReLU(W X_i)."""
        return hidden_vectors(self.W, self.examples, self.hidden)

    @cached_property
    def moment(self) -> NDArray[np.float64]:
        """(m, m) Σ_j h_j h_jᵀ over all training examples, not only those of H."""
        return self.population.moment(self.W, self.H)

    @cached_property
    def D_X(self) -> NDArray[np.float64]:
        """(T,) dimensionality of the examples of H among all training examples, in [0, 1]."""
        return dimensionality(self.H, self.moment)


class Run:
    """One run directory. Everything is read anew when asked for; `poll` keeps a growing table of metrics."""

    def __init__(self, path: Path) -> None:
        """Raises NotFoundError when there is no run at `path`."""
        self.path = path
        if not (path / CONFIG).exists() and not (path / STATUS).exists():
            raise NotFoundError(f"{path}: there is no run here.")
        self.problems: dict[str, str] = {}
        """File -> what can't be read of it."""
        self._metrics, self._events = Lines(path / METRICS), Lines(path / EVENTS)
        self._table = Table()
        self._no_examples: SddError | None = None
        self._happened: list[dict[str, Any]] = []
        self._frames = FrameFile(path / FRAMES)

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.resolve().name

    @cached_property
    def config(self) -> RunConfig:
        """The resolved configuration. Raises DamagedError."""
        return read_run_config(self.path)

    @property
    def meta(self) -> dict[str, Any]:
        """meta.json, or {} with a problem noted."""
        return self._json(META, lambda run: read_json(run / META))

    @property
    def status(self) -> dict[str, Any]:
        """status.json with the state checked: a trainer that is gone has failed. {} where it can't be read."""
        return self._json(STATUS, read_status)

    def poll(self, budget_s: float = math.inf) -> bool:
        """Read what is new in metrics and events, for about `budget_s` seconds; whether anything was."""
        changed = False
        until = time.perf_counter() + budget_s
        sinks: tuple[tuple[Lines, Table | list[dict[str, Any]], str], ...] = (
            (self._metrics, self._table, METRICS),
            (self._events, self._happened, EVENTS),
        )
        for lines, rows, name in sinks:
            more = True
            while more:
                void, new = lines.poll()
                if void:
                    rows.clear()
                rows.extend(new)
                changed = changed or void or bool(new)
                more = lines.behind and time.perf_counter() < until
            self._note(name, f"{counted(lines.bad, 'line')} can't be read" if lines.bad else "")
        return changed

    @property
    def metrics(self) -> dict[str, NDArray[np.float64]]:
        """Column -> (rows,) recorded so far: step, train_loss, test_loss, weight_norm, bias_norm, lr, seconds.

        Losses are in the paper's units (zero output = 1); a number that was not finite reads as NaN.
        """
        self.poll()
        return self._table.columns()

    @property
    def seen(self) -> dict[str, NDArray[np.float64]]:
        """`metrics`, column -> (rows,), as far as `poll` has read."""
        return self._table.columns()

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened: step, time, kind, text."""
        self.poll()
        return list(self._happened)

    @property
    def frame_steps(self) -> NDArray[np.int64]:
        """(k,) steps that have a frame, and the one where a run waits that has its newest checkpoint between two of
        them. Empty, with a problem noted, where the file can't be read."""
        steps = self._recorded_steps()
        waits = self._waits(int(steps[-1]) if len(steps) else -1)
        return steps if waits is None else np.append(steps, waits)

    def _waits(self, after: int) -> int | None:
        """The newest checkpoint's step, when the run is paused or stopped there and it is after the last frame."""
        if self.status.get("state") not in ("paused", "stopped"):
            return None
        newest = checkpoint.newest(self.path)
        return newest[0] if newest is not None and newest[0] > after >= 0 else None

    def _recorded_steps(self) -> NDArray[np.int64]:
        try:
            steps = self._frames.steps()
            wrong = np.flatnonzero(steps[1:] <= steps[:-1])
            good = int(wrong[0]) + 1 if wrong.size else len(steps)
            self._note(FRAMES, f"{len(steps) - good} frames after the first {good} can't be read" if wrong.size else "")
            return steps[:good]
        except SddError as error:
            self._note(FRAMES, str(error).split(": ", 1)[-1])
            return np.zeros(0, np.int64)

    def frame(self, step: int | None = None) -> FrameView:
        """The newest frame, or the last one at or before `step`. Raises NotFoundError, DamagedError."""
        steps = self.frame_steps
        if FRAMES in self.problems and not len(steps):
            raise DamagedError(f"{self.path / FRAMES}: {self.problems[FRAMES]}")
        at = len(steps) - 1 if step is None else int(np.searchsorted(steps, step, side="right")) - 1
        if at < 0:
            raise NotFoundError(f"{self.name}: {self._no_frame(step)}.")
        m, n = self.config.model.n_hidden, self.config.data.n_features
        if at == len(self._recorded_steps()):
            state, _ = checkpoint.load(self.path, int(steps[at]), (m, n), self.config.model.tied)
            found, arrays = state.step, {name: a[0].astype(np.float32) for name, a in state.params.arrays().items()}
        else:
            found, arrays = self._record(at)
        parameters = arrays["W"], arrays["b"], arrays.get("V")
        return FrameView(found, *parameters, self.examples, self.population, self.config.model.hidden)

    def exact_frame_after(self, step: int) -> tuple[int, dict[str, NDArray[np.float32]]] | None:
        """Step, and W (m, n), b (n,) and, when untied, V (m, n) by name, of the last frame after a step, where frames
        are to the bit what was trained: both in float32. None where there is none that can be read."""
        steps = self._recorded_steps()
        if self.config.precision != "float32" or self._frames.rounded or not len(steps) or steps[-1] <= step:
            return None
        try:
            found, arrays = self._record(len(steps) - 1)
        except DamagedError:
            return None
        possible = found <= self.config.optim.steps and all(np.isfinite(a).all() for a in arrays.values())
        return (found, arrays) if possible else None  # a frame has no checksum, and what diverged is not recorded

    def _record(self, at: int) -> tuple[int, dict[str, NDArray[np.float32]]]:
        found, arrays = self._frames.read(at)
        m, n = self.config.model.n_hidden, self.config.data.n_features
        wanted = {"W": (m, n), "b": (n,)} | ({} if self.config.model.tied else {"V": (m, n)})
        if {name: arrays[name].shape for name in arrays if name in ("W", "b", "V")} != wanted:
            raise DamagedError(f"{self.path / FRAMES}: these frames are of another model than {CONFIG} describes.")
        return found, arrays

    def _no_frame(self, step: int | None) -> str:
        if step is not None and len(self.frame_steps):
            return f"there is no frame at step {step:,}"
        active = self.status.get("state") in ACTIVE
        return "there is no frame yet" if active else f"{FRAMES} holds no whole frame"

    @property
    def newest(self) -> dict[str, float]:
        """The last row read by `poll`; {} before there is one."""
        return self._table.last()

    @property
    def happened(self) -> list[dict[str, Any]]:
        """`events` as far as `poll` has read."""
        return self._happened

    @cached_property
    def examples(self) -> Examples:
        """The training examples shown, X (T, n) sparse, drawn again from the seed; of a file, once they are those
        trained on.

        Raises NotFoundError, ConfigError or DamagedError where the file is not what it was; the same until the run is
        opened anew, as a look may take long.
        """
        if self._no_examples is not None:
            raise self._no_examples
        try:
            if self.config.data.file:
                check_data(self.path / META, self.meta, training_data(self.config))
            return some_training_data(self.config, self._most_examples)
        except SddError as error:
            self._no_examples = error
            raise

    @cached_property
    def population(self) -> Population:
        """The training set that D_X is a share among. Raises as above."""
        found = Population(self.config, self.examples)
        if self.config.data.file:
            _ = found.examples  # now, as the file may be gone when a sum is asked for
        return found

    @cached_property
    def test_examples(self) -> Examples:
        """As many test examples, X (T, n) sparse, drawn again from their seed."""
        return test_data(self.config, self._most_examples)

    @property
    def _most_examples(self) -> int:
        d = self.config.data
        active = 1.0 if d.file else 1 - d.sparsity
        return int(min(MOST_EXAMPLES, max(1, MOST_ACTIVE / (d.n_features * active))))

    def _json(self, name: str, read: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        try:
            value = read(self.path)
            self._note(name, "")
            return value
        except SddError as error:
            self._note(name, str(error).split(": ", 1)[-1])
            return {}

    def _note(self, name: str, problem: str) -> None:
        if problem:
            self.problems[name] = problem
        else:
            self.problems.pop(name, None)


def read_run_config(run: Path) -> RunConfig:
    """The configuration of a run. What was written was valid, so anything else was changed or lost: DamagedError."""
    try:
        return read_config(run / CONFIG)
    except (ConfigError, NotFoundError) as error:
        raise DamagedError(str(error)) from None


def open_run(path: str | Path) -> Run:
    """Open a run directory for reading, while it grows or afterwards.

    >>> run = open_run("runs/latest")               # doctest: +SKIP
    >>> run.metrics["test_loss"][-1], run.frame().H  # doctest: +SKIP

    Raises NotFoundError when there is no run.
    """
    return Run(home(str(path)))

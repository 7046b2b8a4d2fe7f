"""Trains small models in this process, without recording them: the newest that was asked for, one after the other.

A change that comes while a model trains replaces it. What is kept is for whoever asks: nothing touches the disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.regimes import Regime, regime
from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import Engine, Tensors
from sdd_tui.engine.setup import initial_state, make_engine, schedule
from sdd_tui.engine.trainer import Frame, Outcome, Problem, Recording, Row, train
from sdd_tui.errors import SddError
from sdd_tui.run.data import some_training_data, test_data, training_data
from sdd_tui.run.example_moments import ExampleMoments
from sdd_tui.training.recording_plan import spaced

ROWS = 16
"""Steps at which losses and planes are looked at."""

SHOWN_S = 0.15
"""Seconds between two pictures at least."""

SHOWN = 2_000
"""Training examples whose hidden vectors are shown."""

JUDGED = 200
"""Training examples whose own losses say whether they are memorised."""


@dataclass(frozen=True)
class Rehearsed:
    """How far a training is."""

    config: RunConfig
    snapshot: Snapshot
    steps: NDArray[np.float64]
    train_loss: NDArray[np.float64]
    test_loss: NDArray[np.float64]
    """(rows,) so far, in the paper's units."""
    regime: Regime
    finished: bool
    problem: str = ""
    """Why training ended before its last step."""


class Rehearsal:
    """A thread that trains what was asked for last, and shows how far it is."""

    def __init__(self, show: Callable[[Rehearsed], None], failed: Callable[[SddError], None]) -> None:
        """`show` and `failed` are called in that thread."""
        self._show, self._failed = show, failed
        self._turn = threading.Condition()
        self._wanted: RunConfig | None = None
        self._closed = False
        self._engine: Engine | None = None
        self._thread = threading.Thread(target=self._work, name="rehearsal", daemon=True)
        self._thread.start()

    def ask(self, config: RunConfig) -> None:
        """Train this from now on, and nothing else."""
        with self._turn:
            self._wanted = config
            self._turn.notify()

    def close(self) -> None:
        """Train nothing any more; returns once nothing does."""
        with self._turn:
            self._closed = True
            self._turn.notify()
        self._thread.join()

    def _work(self) -> None:
        done: RunConfig | None = None
        while True:
            with self._turn:
                self._turn.wait_for(lambda done=done: self._closed or self._wanted is not done)  # type: ignore[misc]
                if self._closed:
                    return
                done = self._wanted
            if done is not None:
                try:
                    self._train(done)
                except SddError as error:
                    self._failed(error)

    def _outdated(self, config: RunConfig) -> bool:
        with self._turn:
            return self._closed or self._wanted is not config

    def _train(self, config: RunConfig) -> None:
        self._engine = engine = self._engine or make_engine(config)
        rows: list[Row] = []
        steps = frozenset(spaced(config.optim.steps, ROWS))
        problem = Problem(training_data(config), test_data(config), schedule(config))
        shown = some_training_data(config, SHOWN)
        last = 0.0
        state = engine.place(initial_state(config))
        for event in train(engine, state, problem, Recording(steps, steps)):
            if self._outdated(config):
                return
            if isinstance(event, Row):
                rows.append(event)
            elif isinstance(event, Frame):
                over = event.step == config.optim.steps
                if over or time.perf_counter() - last > SHOWN_S:
                    self._show(_so_far(config, event, rows, shown, over))
                    last = time.perf_counter()
            elif isinstance(event, Outcome) and not event.finished:
                here = Frame(event.step, engine.parameters(state))
                self._show(_so_far(config, here, rows, shown, True, f"{event.reason}. {event.advice}"))


def _so_far(
    config: RunConfig, event: Frame, rows: list[Row], examples: Examples, finished: bool, problem: str = ""
) -> Rehearsed:
    held = event.params
    params = Tensors(held.W.copy(), held.b.copy(), None if held.V is None else held.V.copy())  # the engine goes on
    model = config.model
    moments, V = ExampleMoments(config, examples), None if params.V is None else params.V[0]
    snapshot = Snapshot(event.step, params.W[0], params.b[0], V, examples, moments, model.hidden, model.output)
    steps, train_loss, test_loss = (
        np.array([getattr(row, name) for row in rows], np.float64) for name in ("step", "train_loss", "test_loss")
    )
    found = regime(snapshot.example_losses(JUDGED), snapshot.D_f, rows[-1].test_loss, model.n_hidden)
    return Rehearsed(config, snapshot, steps, train_loss, test_loss, found, finished, problem)

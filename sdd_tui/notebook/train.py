"""Training in this process, with a callback; recorded as a run when a directory is named for it.

The loop, the recorded steps and the bits are those of `sdd run`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.config import RunConfig, parse_config
from sdd_tui.engine.interface import Tensors
from sdd_tui.engine.setup import initial_state, make_engine, schedule
from sdd_tui.engine.trainer import Event, Frame, Outcome, Problem, Recording, Row
from sdd_tui.engine.trainer import train as steps
from sdd_tui.errors import ConfigError, InterruptedRunError, RunFailedError, SddError, plain
from sdd_tui.notebook.frames import data_frame
from sdd_tui.notebook.run import RecordedRun
from sdd_tui.presets import load, put, settings_of, with_overrides
from sdd_tui.run.arrays import Frames, Parameters
from sdd_tui.run.create import create
from sdd_tui.run.data import some_training_data, test_data, training_data
from sdd_tui.run.example_moments import ExampleMoments
from sdd_tui.run.layout import STATUS, home, read_json, replace_json
from sdd_tui.run.table import Table, with_whole_steps
from sdd_tui.training.outcome import SUMMARISED, summary
from sdd_tui.training.recording_plan import make_plan

Value = bool | int | float | str


@dataclass(frozen=True)
class Moment:
    """A recorded step, as a callback gets it."""

    step: int
    metrics: dict[str, float]
    """train_loss, test_loss, weight_norm, bias_norm, lr and seconds; losses in the paper's units."""
    parameters: Parameters | None
    """W (m, n), b (n,), V (m, n) at steps that have a frame (recording.frames of them), else None."""


@dataclass(frozen=True)
class Trained:
    """What came out of a training: parameters W (m, n), b (n,), V (m, n), metrics (rows,) and frames."""

    config: RunConfig
    parameters: Parameters
    """W (m, n), b (n,) and, when untied, V (m, n) after the last step."""
    metrics: dict[str, NDArray[np.float64]]
    """Column -> (rows,): step, train_loss, test_loss, weight_norm, bias_norm, lr, seconds; losses in the paper's
    units."""
    frames: Frames
    """Parameters and geometry over training, at k recorded steps."""
    run: RecordedRun | None = field(default=None, repr=False)
    """The recorded run, if there is one."""

    def __repr__(self) -> str:
        rows, found = len(self.metrics["step"]), self.outcome["solution"]
        return f"Trained({plain(self.config.preset, 60)!r}, {found}, {rows} rows, {self.parameters}, {self.frames})"

    @property
    def table(self) -> Any:
        """`metrics` as a pandas.DataFrame, or a dict of (rows,) arrays without pandas."""
        return data_frame(with_whole_steps(self.metrics))

    @cached_property
    def outcome(self) -> dict[str, Any]:
        """What was found: solution (memorising, middle or generalising), memorised (a share of the training examples),
        polygon, stored, lost, largest_D_f, dedicated_features."""
        p = self.parameters
        params = Tensors(p.W[None], p.b[None], None if p.V is None else p.V[None])
        found = summary(self.config, params, float(self.metrics["test_loss"][-1]))
        return {name: value for name, value in found.items() if name not in ("reason", "advice")}


def train(
    what: RunConfig | str | PathLike[str],
    *overrides: str,
    callback: Callable[[Moment], object] | None = None,
    run_dir: str | PathLike[str] | None = None,
    **settings: Value,
) -> Trained:
    """Train a model in this process: parameters W (m, n) and b (n,), metrics (rows,) and frames in the result.

    `what` is a preset's name, a TOML file or a configuration; `overrides` are KEY=VALUE as on the command line, and
    `settings` the same as keywords: `train("pentagon", T=6, seed=2, **{"optim.lr": 3e-4})`. `callback` is called with a
    Moment at every recorded step; what it raises ends the training. `run_dir` names a directory to make for the run,
    which is then an ordinary one: the app shows it, `sdd resume` goes on with it. The bits are those of `sdd run`.
    "Superposition, Memorization, and Double Descent", set-up: x' = ReLU(Wᵀ W x + b), AdamW on the full batch.

    Raises ConfigError, NotFoundError, NoDeviceError, BusyError for a taken `run_dir`, NoRoomError, RunFailedError when
    the loss becomes NaN. Ctrl-C is KeyboardInterrupt, in a recorded training after a checkpoint; other signals are left
    to the process that calls this.
    """
    if callback is not None and not callable(callback):
        raise ConfigError(f"callback: {plain(repr(callback))} can't be called.")
    config = _config(what, overrides, settings)
    take = _Collector(callback)
    if run_dir is not None:
        path = home(str(run_dir))
        run = RecordedRun(create(config, path.parent, path.name))
        _record(run.path, take)
        return take.result(run.config, run)
    engine = make_engine(config)
    plan = make_plan(config)
    problem = Problem(training_data(config), test_data(config), schedule(config))
    recording = Recording(frozenset(plan.row_steps), frozenset(plan.frame_steps))
    take.all(steps(engine, engine.place(initial_state(config)), problem, recording))
    return take.result(config)


class _Collector:
    """Keeps what training yields, and tells a callback of each recorded step."""

    def __init__(self, callback: Callable[[Moment], object] | None) -> None:
        self._callback = callback
        self._rows: list[dict[str, Any]] = []
        self._frames: list[Parameters] = []
        self._told = 0

    def all(self, events: Iterable[Event]) -> None:
        """Take every event. Raises RunFailedError."""
        for event in events:
            self(event)
            if isinstance(event, Outcome) and not event.finished:
                raise RunFailedError(f"train: stopped at step {event.step:,}: {event.reason}. {event.advice}")

    def __call__(self, event: Event) -> None:
        """Take an event; a step's frame comes right after its row."""
        if not isinstance(event, Frame):
            self._tell(None)
        if isinstance(event, Row):
            self._rows.append(asdict(event))
        elif isinstance(event, Frame):
            V = event.params.V
            copied = Parameters(
                event.step, event.params.W[0].copy(), event.params.b[0].copy(), None if V is None else V[0].copy()
            )
            self._frames.append(copied)
            self._tell(copied)

    def _tell(self, parameters: Parameters | None) -> None:
        if self._callback is not None and len(self._rows) > self._told:
            self._told = len(self._rows)
            row = dict(self._rows[-1])
            self._callback(Moment(row.pop("step"), row, deepcopy(parameters)))  # to do with as it likes

    def result(self, config: RunConfig, run: RecordedRun | None = None) -> Trained:
        """All of it."""
        table = Table()
        table.extend(self._rows)
        examples = run.examples if run else some_training_data(config, SUMMARISED)
        moments = run.moments if run else ExampleMoments(config, examples)
        frames = Frames.of(self._frames, config, examples, moments)
        return Trained(config, self._frames[-1], table.columns(), frames, run)


def _record(run: Path, take: _Collector) -> None:
    from sdd_tui.training.recorder import record

    try:
        record(run, on_event=take, hosted=True)
    except InterruptedRunError as error:
        raise KeyboardInterrupt(str(error)) from None
    except SddError:
        raise
    except BaseException as error:  # the callback's, or an interruption: nobody trains on, though this process goes on
        reason = (
            "interrupted" if isinstance(error, KeyboardInterrupt) else f"the callback raised {type(error).__name__}"
        )
        words = {"reason": reason, "advice": "sdd resume goes on without the callback"}
        replace_json(run / STATUS, read_json(run / STATUS) | {"state": "failed", "outcome": words})
        raise


def _config(what: RunConfig | str | PathLike[str], overrides: tuple[str, ...], settings: dict[str, Value]) -> RunConfig:
    for override in overrides:
        if not isinstance(override, str):
            raise ConfigError(
                f"{plain(repr(override))}: an override is text, KEY=VALUE, for example 'T=6', or a keyword, T=6."
            )
    config = with_overrides(what, overrides) if isinstance(what, RunConfig) else load(str(what), overrides)
    if not settings:
        return config
    tables = config.model_dump()
    for key, value in settings.items():
        for name in settings_of(key):
            put(tables, name, _plain(value))
    return parse_config(tables, ", ".join(f"{k}={v}" for k, v in settings.items()))


def _plain(value: Any) -> Value:
    """A numpy number as Python's; an infinite T as it is written."""
    found = value.item() if isinstance(value, np.generic) else value
    if isinstance(found, float) and math.isinf(found) and found > 0:
        return "inf"
    result: Value = found
    return result

"""Reads a run, running or finished; what is damaged is named in `problems`, everything else stays readable.

For notebooks: `sdd_tui.open_run(path)`.
"""

from __future__ import annotations

import errno
import math
import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.config import RunConfig
from sdd_tui.engine.data import Examples
from sdd_tui.errors import DamagedError, NotFoundError, SddError, not_permitted, plain
from sdd_tui.numerals import counted
from sdd_tui.run import checkpoint
from sdd_tui.run.data import some_training_data, test_data
from sdd_tui.run.example_moments import ExampleMoments
from sdd_tui.run.frames import FrameFile
from sdd_tui.run.layout import ACTIVE, CHECKPOINTS, CONFIG, EVENTS, FRAMES, META, METRICS, STATUS, home, read_json
from sdd_tui.run.lines import Lines
from sdd_tui.run.meta import check_drawn
from sdd_tui.run.run_config import known_config
from sdd_tui.run.status import read_status
from sdd_tui.run.table import Table

MOST_EXAMPLES, MOST_ACTIVE = 2_000, 2_000_000
"""Examples whose hidden vectors are shown, and the active features they may have together: prefixes nest, so these are
the first ones for any T."""

DENIED = os.strerror(errno.EACCES)

GONE = "is gone"
"""What is said of a path with nothing at it."""


class Run:
    """One run directory. For a viewer `poll` reads what changes, and `told`, `reached`, `seen` and `happened` are what
    it has read; everything else is read anew when asked for."""

    def __init__(self, path: Path) -> None:
        """Raises NotFoundError when there is no run at `path`, NotPermittedError where that may not be seen."""
        self.path = path
        self.identity = _identity(path / CONFIG)
        """Tells the run from another one that may lie here later."""
        if self.identity is None and _why_not(path / STATUS):
            why = _why_not(path / CONFIG)
            if DENIED in why:
                raise not_permitted(plain(str(path), 200))
            raise NotFoundError(f"{plain(str(path), 200)}: {'there is no run here' if why in ('', GONE) else why}.")
        self.name = path.resolve().name
        """The directory's name."""
        self.problems: dict[str, str] = {}
        """File -> what can't be read of it."""
        self._metrics, self._events = Lines(path / METRICS), Lines(path / EVENTS)
        self._table = Table()
        self._no_examples: SddError | None = None
        self._happened: list[dict[str, Any]] = []
        self._frames, self._recorded = FrameFile(path / FRAMES), 0
        self.told: dict[str, Any] = {}
        """`status`, as `poll` has read it."""
        self.reached: NDArray[np.int64] = np.zeros(0, np.int64)
        """`frame_steps`, as `poll` has read them."""
        self.described: dict[str, Any] = {}
        """`meta`, as `poll` has read it."""
        self._described: tuple[int, ...] | None = ()

    @property
    def replaced(self) -> bool:
        """Whether another run lies at the path by now than the one that was opened: what was read is not of it."""
        return _identity(self.path / CONFIG) not in (None, self.identity)

    @property
    def unreachable(self) -> str:
        """What is wrong with the directory as a whole; nothing while it is there."""
        why = _why_not(self.path)
        return f"this run's directory {why}" if why else ""

    def check_permitted(self) -> None:
        """Raises NotPermittedError where the status, or another file that was looked at, may not be read: not to know
        is not to have nothing."""
        _ = self.status
        for name, problem in self.problems.items():
            if DENIED in problem:
                raise not_permitted(str(self.path / name))

    @cached_property
    def config(self) -> RunConfig:
        """The resolved configuration, as far as this version knows it. Raises DamagedError."""
        config, left_out = known_config(self.path)
        self._note(CONFIG, left_out)
        return config

    @property
    def meta(self) -> dict[str, Any]:
        """meta.json, or {} with a problem noted."""
        return self._json(META, lambda run: read_json(run / META))

    @property
    def status(self) -> dict[str, Any]:
        """status.json with the state checked: a trainer that is gone has failed. {} where it can't be read."""
        return self._json(STATUS, read_status)

    def poll(self, budget_s: float = math.inf) -> bool:
        """Read the status, the steps of frames, and for about `budget_s` seconds what is new in metrics and events:
        a viewer's only look at the disk, but for the frames it shows. Whether metrics or events had anything new."""
        self.told = self.status  # before the rows: none are left when it says that the run has ended
        self.reached = self._steps_at(self.told)
        if (identity := _identity(self.path / META)) != self._described:
            self.described, self._described = self.meta, identity
        return self._read_lines(budget_s)

    def _read_lines(self, budget_s: float = math.inf) -> bool:
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
            bad = f"{counted(lines.bad, 'line')} can't be read" if lines.bad else ""
            self._note(name, f"can't be read ({lines.trouble})" if lines.trouble else bad)
        return changed

    @property
    def metrics(self) -> dict[str, NDArray[np.float64]]:
        """Column -> (rows,) recorded so far: step, train_loss, test_loss, weight_norm, bias_norm, lr, seconds.

        Losses are in the paper's units (zero output = 1); a number that was not finite reads as NaN.
        """
        self._read_lines()
        return self._table.columns()

    @property
    def seen(self) -> dict[str, NDArray[np.float64]]:
        """`metrics`, column -> (rows,), as far as `poll` has read."""
        return self._table.columns()

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened: step, time, kind, text."""
        self._read_lines()
        return list(self._happened)

    @property
    def frame_steps(self) -> NDArray[np.int64]:
        """(k,) steps that have a frame, and the one where a run waits that has its newest checkpoint between two of
        them. Empty, with a problem noted, where the file can't be read."""
        return self._steps_at(self.status)

    def _steps_at(self, status: dict[str, Any]) -> NDArray[np.int64]:
        steps = self._recorded_steps()
        waits = self._waits(status, int(steps[-1]) if len(steps) else -1)
        return steps if waits is None else np.append(steps, waits)

    def _waits(self, status: dict[str, Any], after: int) -> int | None:
        """The newest checkpoint's step, when the run is paused or stopped there and it is after the last frame."""
        if status.get("state") not in ("paused", "stopped"):
            return None
        try:
            newest = checkpoint.newest(self.path)
        except DamagedError as error:
            self._note(CHECKPOINTS, _reason(error))
            return None
        self._note(CHECKPOINTS, "")
        return newest[0] if newest is not None and newest[0] > after >= 0 else None

    def _recorded_steps(self) -> NDArray[np.int64]:
        try:
            steps = self._frames.steps()
            wrong = np.flatnonzero(steps[1:] <= steps[:-1])
            self._recorded = good = int(wrong[0]) + 1 if wrong.size else len(steps)
            self._note(FRAMES, f"{len(steps) - good} frames after the first {good} can't be read" if wrong.size else "")
            return steps[:good]
        except SddError as error:
            self._note(FRAMES, _reason(error))
            self._recorded = 0
            return np.zeros(0, np.int64)

    def frame(self, step: int | None = None, among: NDArray[np.int64] | None = None) -> Snapshot:
        """The newest frame, or the last one at or before `step`; of those that `reached` says when they are given.

        Raises NotFoundError, DamagedError.
        """
        steps = self.frame_steps if among is None else among
        if not len(steps):
            raise self.no_frames
        at = len(steps) - 1 if step is None else int(np.searchsorted(steps, step, side="right")) - 1
        if at < 0:
            assert step is not None  # the newest is there
            raise NotFoundError(f"{self.name}: there is no frame at step {step:,}.")
        m, n = self.config.model.n_hidden, self.config.data.n_features
        if at == self._recorded:  # the checkpoint where it waits
            state, _ = checkpoint.load(self.path, int(steps[at]), (m, n), self.config.model.tied)
            found, arrays = state.step, {name: a[0].astype(np.float32) for name, a in state.params.arrays().items()}
        else:
            found, arrays = self._record(at)
        parameters = arrays["W"], arrays["b"], arrays.get("V")
        model = self.config.model
        return Snapshot(found, *parameters, self.examples, self.moments, model.hidden, model.output)

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

    @property
    def no_frames(self) -> SddError:
        """Why there are none, where `frame_steps` is empty."""
        if FRAMES in self.problems:
            return DamagedError(f"{self.path / FRAMES}: {self.problems[FRAMES]}")
        active = self.status.get("state") in ACTIVE
        return NotFoundError(f"{self.name}: {'there is no frame yet' if active else f'{FRAMES} holds no whole frame'}.")

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
        """The training examples shown, X (T, n) sparse, drawn again from the seed or read from a file, once they are
        those trained on.

        Raises NotFoundError, ConfigError or DamagedError where the file or a setting is not what it was; the same until
        the run is opened anew, as a look may take long.
        """
        if self._no_examples is not None:
            raise self._no_examples
        try:
            found = some_training_data(self.config, self._most_examples)
            check_drawn(self.path, self.meta, self.config)
            return found
        except SddError as error:
            self._no_examples = error
            raise

    @cached_property
    def moments(self) -> ExampleMoments:
        """The training set that D_X is a share among. Raises as above."""
        found = ExampleMoments(self.config, self.examples)
        if self.config.data.file:
            _ = found.examples  # now, as the file may be gone when a sum is asked for
        return found

    @cached_property
    def test_examples(self) -> Examples:
        """As many test examples, X (T, n) sparse, drawn again from their seed. Raises as above."""
        check_drawn(self.path, self.meta, self.config, "test")
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
            self._note(name, _reason(error))
            return {}

    def _note(self, name: str, problem: str) -> None:
        if problem:
            self.problems[name] = problem
        else:
            self.problems.pop(name, None)


def _identity(path: Path) -> tuple[int, int] | None:
    """(inode, time in ns) of a file that is never changed, only replaced; None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _reason(error: SddError) -> str:
    """An error without the file that it names."""
    return str(error).split(": ", 1)[-1]


def _why_not(path: Path) -> str:
    """Why nothing can be read at a path; nothing where something can."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return GONE
    except OSError as error:
        return f"can't be read ({error.strerror})"
    return ""


def open_run(path: str | Path) -> Run:
    """Open a run directory for reading, while it grows or afterwards.

    >>> run = open_run("runs/latest")               # doctest: +SKIP
    >>> run.metrics["test_loss"][-1], run.frame().H  # doctest: +SKIP

    Raises NotFoundError when there is no run.
    """
    return Run(home(str(path)))

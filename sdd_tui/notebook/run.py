"""A recorded run as a notebook sees it: what `Run` reads, as data frames and arrays."""

from __future__ import annotations

import warnings
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.errors import ArrayError, plain
from sdd_tui.notebook.frames import data_frame
from sdd_tui.run.arrays import Frames, Parameters, newest_exact_parameters, read_frames
from sdd_tui.run.data import some_training_data, training_data
from sdd_tui.run.index import find_run
from sdd_tui.run.layout import CONFIG, META, STATUS, home, runs_dir
from sdd_tui.run.meta import check_data
from sdd_tui.run.reader import Run
from sdd_tui.run.table import with_whole_steps
from sdd_tui.training.replay import state_at

MOST_DENSE = 500_000_000
"""Numbers of a dense X: 2 GB."""


class RecordedRun(Run):
    """A run on disk, while it trains or afterwards; everything is read anew when asked for.

    n features, m hidden dimensions, T training examples. `metrics` are the recorded losses as (rows,) arrays, `frames`
    the parameters over training, `parameters(step)` the exact ones at any step, `X()` what was trained on; `config`,
    `meta`, `status` and `events` say the rest, and `problems` names files that can't be read.
    """

    def __repr__(self) -> str:
        now = self.status
        return f"RecordedRun({plain(self.name, 100)!r}, {now.get('state', 'unreadable')}, step {now.get('step')})"

    @property
    def table(self) -> Any:
        """`metrics` as a pandas.DataFrame (a dict of (rows,) arrays without pandas): step, train_loss, test_loss,
        weight_norm, bias_norm, lr, seconds. Losses are in the paper's units: the zero output scores 1."""
        return data_frame(with_whole_steps(self.metrics))

    @property
    def frames(self) -> Frames:
        """What was recorded of the parameters, at k steps: step (k,), W (k, m, n), b (k, n), H (k, m, T), D_f (k, n),
        D_X (k, T); T counts the first 2,000 examples at most. Raises DamagedError."""
        return read_frames(self)

    def parameters(self, step: int | None = None) -> Parameters:
        """W (m, n), b (n,) and, when untied, V (m, n) at a step, to the bit. Without one the newest that are
        exact, and their step: a checkpoint's, or a later frame's if frames are not rounded (float16, or of float64).

        A step without a checkpoint is trained again from the checkpoint before it, with the same bits on the same
        machine; on another one a warning says from which step on they may differ. Raises ConfigError for a step that
        was not trained, ArrayError for what is no step, NotFoundError, DamagedError, NoDeviceError.
        """
        if step is None:
            return newest_exact_parameters(self)
        on_words = partial(warnings.warn, stacklevel=3)
        return Parameters.of(state_at(self.path, _whole("step", step), on_words))

    def frame(self, step: int | None = None, among: NDArray[np.int64] | None = None) -> Snapshot:
        """The newest frame, or the last one at or before `step`: W (m, n), b (n,), V (m, n), H (m, T). Raises
        NotFoundError, DamagedError, ArrayError."""
        return super().frame(None if step is None else _whole("step", step), among)

    @property
    def training_data(self) -> Examples | FreshExamples:
        """All T training examples, sparse: indptr (T + 1,), indices and values (nnz,); `.dense()` is X (T, n), `.rows`
        some of them. With T = ∞ the source of fresh ones. Raises DamagedError when they are not those trained on."""
        data = training_data(self.config)
        check_data(self.path / META, self.meta, data)
        return data

    def X(self, rows: int | None = None) -> NDArray[np.float32]:
        """The training examples, each once, or the first `rows` of them, as a dense (T, n) array; with T = ∞ the first
        batch. A count beyond T gives them all, as a slice does.

        Raises ArrayError for more than 2 GB (`training_data` has them sparse) and for what is no count, DamagedError
        for examples that are not those trained on.
        """
        d = self.config.data
        T = d.batch_size if d.n_examples == "inf" else d.n_examples
        wanted = T if rows is None else min(_whole("rows", rows), T)
        if wanted < 0:
            raise ArrayError(f"rows: {wanted:,} is no count. It takes 0 to {T:,}.")
        if wanted * d.n_features > MOST_DENSE:
            raise ArrayError(
                f"X ({wanted:,}, {d.n_features:,}): would take {4e-9 * wanted * d.n_features:.0f} GB. Ask for fewer"
                " rows, or use training_data, which is sparse."
            )
        if d.file and isinstance(checked := self.training_data, Examples):
            return checked.rows(0, wanted).dense()
        _ = self.examples  # which says whether they are those trained on
        return some_training_data(self.config, max(wanted, 1)).rows(0, wanted).dense()


def open_run(run: str | PathLike[str], runs: str | PathLike[str] | None = None) -> RecordedRun:
    """Open a recorded run for reading, while it grows or afterwards.

    `run` is its directory, or a name as on the command line: a unique prefix, its last four digits, `latest`, or
    SWEEP/CELL, looked for in `runs` (SDD_RUNS_DIR or ./runs without it). Raises NotFoundError.

    >>> run = open_run("latest")                        # doctest: +SKIP
    >>> run.metrics["test_loss"][-1], run.frame().H     # (rows,) and (m, T)  # doctest: +SKIP
    """
    path = home(str(run))
    if _is_run(path):
        return RecordedRun(path)
    if isinstance(run, Path):
        return RecordedRun(path)  # which says that there is none
    return RecordedRun(find_run(str(run), runs_dir(None if runs is None else str(runs))))


def _whole(name: str, value: object) -> int:
    """A step or a count, which may be a whole float, as `metrics` has steps. Raises ArrayError."""
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return int(value)
    raise ArrayError(f"{name}: {plain(repr(value))} is no whole number.")


def _is_run(path: Path) -> bool:
    try:
        return (path / CONFIG).exists() or (path / STATUS).exists()
    except OSError:  # a name too long for the file system
        return False

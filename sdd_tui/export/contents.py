"""What a run or a sweep gives to an export: a table, words about it, and arrays.

What can't be read is left out and named in `problems`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import hidden_vectors
from sdd_tui.config import RunConfig, to_toml
from sdd_tui.errors import SddError, plain
from sdd_tui.run.arrays import Frames, Parameters, newest_exact_parameters, read_frames
from sdd_tui.run.layout import CELLS, CHECKPOINTS, CONFIG, FRAMES, META, read_json, real
from sdd_tui.run.reader import Run
from sdd_tui.run.table import with_whole_steps
from sdd_tui.sweep.columns import as_array, cell_columns
from sdd_tui.sweep.directory import SWEEP, cell_path
from sdd_tui.sweep.presets import to_toml as sweep_to_toml
from sdd_tui.sweep.progress import SweepReader


class RunContents:
    """A run as it is now."""

    def __init__(self, run: Run) -> None:
        """Raises NotPermittedError."""
        self.run = run
        self.problems: dict[str, str] = {}
        self.columns = with_whole_steps(run.metrics)
        """`step`, whole, and the other metrics as (rows,) float64; what was not finite is NaN."""
        self.events = run.events
        self.meta, self.status = run.meta, run.status
        run.check_permitted()
        self._note(run.problems)

    @property
    def name(self) -> str:
        """The run's name, fit to print; a sweep's cell has its sweep's before it."""
        path = self.run.path.resolve()
        return plain(f"{path.parents[1].name}-{path.name}" if path.parent.name == CELLS else path.name, 200)

    @property
    def created(self) -> float:
        """When the run was made, in seconds of Unix; 0 where that is not known."""
        return _created(self.meta)

    @cached_property
    def config(self) -> RunConfig | None:
        """The configuration, if it can be read."""
        try:
            return self.run.config
        except SddError as error:
            self.problems[CONFIG] = _said(error)
            return None

    @property
    def words(self) -> dict[str, str]:
        """config (TOML), meta and status (JSON objects), events (a JSON list), for formats that have room for text."""
        found = {"config": to_toml(self.config)} if self.config else {}
        about = {"meta": self.meta, "status": self.status, "events": self.events}
        return {"run": self.name, **found} | {name: json.dumps(value) for name, value in about.items()}

    @cached_property
    def frames(self) -> Frames | None:
        """What was recorded of the parameters, if it can be read."""
        if self.config is None:
            return None
        try:
            found = read_frames(self.run)
        except SddError as error:
            self.problems[FRAMES] = _said(error)
            return None
        self._note(self.run.problems)
        return found

    @cached_property
    def final(self) -> Parameters | None:
        """The newest exact parameters, if there are any; rounded frames may reach further."""
        if self.config is None:
            return None
        try:
            return newest_exact_parameters(self.run)
        except SddError as error:
            if (self.run.path / CHECKPOINTS).exists() or len(self.columns["step"]):
                self.problems[CHECKPOINTS] = _said(error)
            return None

    def _note(self, problems: dict[str, str]) -> None:
        self.problems |= problems


@dataclass(frozen=True)
class CellPlane:
    """A cell's newest exact parameters and the hidden vectors of its training examples."""

    parameters: Parameters
    H: NDArray[np.float64]
    """(m, T), T counting the examples shown (2,000 at most)."""


class SweepContents:
    """A sweep as it is now."""

    def __init__(self, reader: SweepReader) -> None:
        """Raises DamagedError."""
        self.reader = reader
        self.problems: dict[str, str] = {}
        self.lists = cell_columns(reader)
        """Column -> values, one a cell; None for what isn't known."""
        self.words = {"sweep": plain(reader.folder.resolve().name, 200), SWEEP: sweep_to_toml(reader.sweep)}

    @property
    def name(self) -> str:
        """The sweep's name."""
        return self.words["sweep"]

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """`lists` as arrays."""
        return {name: as_array(name, values) for name, values in self.lists.items()}

    def rows(self) -> list[dict[str, Any]]:
        """The cells that ended, well or not, as rows without what isn't known."""
        names = list(self.lists)
        rows = [dict(zip(names, row, strict=True)) for row in zip(*self.lists.values(), strict=True)]
        ended = [row for row in rows if row["state"] in ("finished", "failed", "stopped")]
        return [{k: v for k, v in row.items() if v is not None} for row in ended]

    def created(self, cell: str) -> float:
        """When the run of a cell was made, in seconds of Unix; 0 where that is not known."""
        try:
            return _created(read_json(cell_path(self.reader.folder, cell) / META))
        except SddError:
            return 0.0

    def plane(self, cell: str) -> CellPlane | None:
        """What a finished cell's directory holds of its model; None where that can't be read."""
        try:
            run = Run(cell_path(self.reader.folder, cell))
            parameters = newest_exact_parameters(run)
            hidden = run.config.model.hidden
            return CellPlane(parameters, hidden_vectors(parameters.W, run.examples, hidden))
        except SddError as error:
            self.problems[cell] = _said(error)
            return None


def _created(meta: dict[str, Any]) -> float:
    return min(max(real(meta.get("created")) or 0.0, 0.0), 1e10)


def _said(error: SddError) -> str:
    return str(error).split(": ", 1)[-1]

"""Finished cells as the evidence for a claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.dimensionality import hidden_vectors
from sdd_tui.config import RunConfig, parse_config
from sdd_tui.engine.interface import Tensors
from sdd_tui.errors import DamagedError, SddError
from sdd_tui.run import checkpoint
from sdd_tui.run.data import some_training_data
from sdd_tui.run.layout import CONFIG
from sdd_tui.run.meta import check_drawn
from sdd_tui.run.reader import Run
from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.results import CellResult


@dataclass(frozen=True)
class FinishedCell:
    """A finished cell: where in its sweep's plan it is, what came out, and its run."""

    at: Mapping[str, Value]
    settings: Mapping[str, Any]
    result: CellResult
    run: Path
    measured: dict[str, float] = field(default_factory=dict)
    """Name -> what a claim read of its parameters: once, and of kept results (`kept.py`) all that is known."""
    kept: bool = False
    """Whether it comes with the program, without its parameters."""

    @property
    def config(self) -> RunConfig:
        """The run's configuration."""
        return parse_config(dict(self.settings), str(self.run))

    @cached_property
    def params(self) -> Tensors:
        """W and b at the end. Raises DamagedError."""
        if self.kept:
            raise DamagedError(f"{self.run}: its parameters were not kept, and a claim reads them.")
        model, steps = self.settings["model"], checkpoint.steps(self.run)
        if not steps:
            raise DamagedError(f"{self.run}: its parameters are gone.")
        shape = (model["n_hidden"], self.settings["data"]["n_features"])
        return checkpoint.load(self.run, steps[-1], shape, model["tied"])[0].params

    def check_drawn(self, *which: Literal["training", "test"]) -> None:
        """Whether examples drawn again are those of the run, as far as its meta.json says. Raises DamagedError."""
        _ = self.params  # which says where they are gone
        meta = Run(self.run).meta
        for data in which:
            check_drawn(self.run, meta, self.config, data)

    @property
    def is_there(self) -> bool:
        """Whether the run still has what a verdict may need: one that was deleted or damaged is trained again."""
        if self.kept:
            return True
        if not (self.run / CONFIG).is_file():
            return False
        try:
            return bool(self.params)
        except SddError:
            return False

    @property
    def hidden(self) -> NDArray[np.float64]:
        """(m, T): the hidden vectors at the end. Raises DamagedError."""
        config = self.config
        self.check_drawn("training")
        T = config.data.n_examples
        examples = some_training_data(config, config.data.batch_size if T == "inf" else T)
        return hidden_vectors(self.params.W[0], examples, config.model.hidden)


@dataclass(frozen=True)
class Evidence:
    """The cells of a claim, in the order of their plan."""

    runs: tuple[FinishedCell, ...]

    def of(self, **at: Value) -> Evidence:
        """Those at these values of some axes."""
        return Evidence(tuple(r for r in self.runs if all(r.at.get(k) == v for k, v in at.items())))

    def such(self, is_one: Callable[[FinishedCell], bool]) -> Evidence:
        """Those of a kind."""
        return Evidence(tuple(r for r in self.runs if is_one(r)))

    def along(self, key: str) -> list[Value]:
        """The different values of an axis, ascending."""
        return sorted({r.at[key] for r in self.runs if key in r.at}, key=lambda v: (isinstance(v, str), v))

    def read(self, measure: Callable[[FinishedCell], float]) -> list[float]:
        """A number of each; NaN where it isn't known."""
        return [measure(r) for r in self.runs]

    def mean(self, measure: Callable[[FinishedCell], float]) -> float:
        """The mean of a number over them; NaN where one isn't known, or there is none."""
        values = self.read(measure)
        return float(np.mean(values)) if values else float("nan")

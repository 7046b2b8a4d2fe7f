"""A microscope for the toy models of "Superposition, Memorization, and Double Descent".

For notebooks and scripts; the names below are loaded when they are first used, so that importing the package is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sdd_tui.version import __version__

if TYPE_CHECKING:
    from sdd_tui.analysis.geometry import Geometry
    from sdd_tui.config import RunConfig
    from sdd_tui.errors import SddError
    from sdd_tui.notebook.measures import (
        example_dimensionality,
        feature_dimensionality,
        feature_norms,
        geometry,
        hidden_vectors,
        loss,
        maximal_data_dimensionality,
        reconstruction,
    )
    from sdd_tui.notebook.run import RecordedRun, open_run
    from sdd_tui.notebook.sweep import RecordedSweep, open_sweep
    from sdd_tui.notebook.train import Moment, Trained, train
    from sdd_tui.run.arrays import Frames, Parameters

__all__ = [
    "__version__",
    "open_run",
    "open_sweep",
    "train",
    "hidden_vectors",
    "reconstruction",
    "loss",
    "feature_norms",
    "feature_dimensionality",
    "example_dimensionality",
    "maximal_data_dimensionality",
    "geometry",
    "RecordedRun",
    "RecordedSweep",
    "Trained",
    "Moment",
    "Frames",
    "Parameters",
    "Geometry",
    "RunConfig",
    "SddError",
]

_HOMES = {
    "sdd_tui.config": ("RunConfig",),
    "sdd_tui.analysis.geometry": ("Geometry",),
    "sdd_tui.errors": ("SddError",),
    "sdd_tui.notebook.measures": (
        "hidden_vectors",
        "reconstruction",
        "loss",
        "feature_norms",
        "feature_dimensionality",
        "example_dimensionality",
        "maximal_data_dimensionality",
        "geometry",
    ),
    "sdd_tui.notebook.run": ("RecordedRun", "open_run"),
    "sdd_tui.notebook.sweep": ("RecordedSweep", "open_sweep"),
    "sdd_tui.notebook.train": ("Moment", "Trained", "train"),
    "sdd_tui.run.arrays": ("Frames", "Parameters"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)

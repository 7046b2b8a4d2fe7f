"""Name -> the function that draws it, at a width in inches. Imports matplotlib: only what draws imports this."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from sdd_tui.figures import (
    animation,
    best_of_lr,
    circles,
    collapse,
    double_descent,
    families,
    grid,
    polygons,
    repeats,
    runs,
)
from sdd_tui.figures.sources import Source
from sdd_tui.figures.swept import Swept
from sdd_tui.panels.view import View

OF_SWEEPS: dict[str, Callable[[Swept, float], Figure]] = {
    "double-descent": double_descent.draw,
    "polygons": polygons.draw,
    "norms": families.norms,
    "t-by-m": grid.draw,
    "weight-decay": families.decays,
    "training-length": families.lengths,
    "occurrences": collapse.draw,
    "repeats": repeats.draw,
    "best-of-lr": best_of_lr.draw,
    "reduction": families.reductions,
}
OF_RUNS: dict[str, Callable[[View, float], Figure]] = {
    "two-circles": circles.draw,
    "loss": runs.losses,
    "planes": runs.planes,
    "dimensionality": runs.dimensions,
    "animation": animation.draw,
}


def drawn(name: str, source: Source, width: float) -> Figure:
    """A figure, as an object; of the animation the last frame."""
    return OF_SWEEPS[name](source, width) if isinstance(source, Swept) else OF_RUNS[name](source, width)

"""Finds what a figure shows: lines by name, words, and the points that were drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from sdd_tui.figures.swept import Swept
from sdd_tui.sweep.reduce import Point


def by_gid(parent: Axes | Figure, gid: str) -> list[Line2D]:
    """The lines of a name."""
    return [artist for artist in parent.findobj(Line2D) if artist.get_gid() == gid]


def labels(ax: Axes) -> list[str]:
    """The legend's words."""
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def line(ax: Axes, label: str) -> Line2D:
    """The line that the legend calls so."""
    return next(line for line in ax.get_lines() if line.get_label() == label)


def xy(line: Line2D) -> NDArray[np.float64]:
    """(2, k): the points of a line."""
    return np.asarray(line.get_data(), float)


def band(ax: Axes, label: str) -> NDArray[np.float64]:
    """(2, k): lower and upper edge of the area that the legend calls so, at each x."""
    found = next(area for area in ax.findobj(PolyCollection) if area.get_label() == label)
    x, y = np.concatenate([path.vertices for path in found.get_paths()]).T
    return np.array([[edge(y[x == at]) for at in np.unique(x)] for edge in (np.min, np.max)])


def dots(ax: Axes) -> NDArray[np.float64]:
    """(2, k): where a plane's dots are."""
    return xy(next(found for found in ax.get_lines() if found.get_marker() == "o"))


def ticks(ax: Axes) -> list[str]:
    """The labels below an axis of x."""
    return [tick.get_text() for tick in ax.get_xticklabels()]


def said(figure: Figure, gid: str = "source") -> str:
    """A text of the figure: the small print, on one line."""
    found = next(text for text in figure.findobj(Text) if text.get_gid() == gid)
    return found.get_text().replace("\n", "  ·  ")


def along(trained: dict[str, Path], name: str) -> list[Point]:
    """The points along T of the sweep that a figure is drawn from."""
    return Swept([trained[name]]).along("data.n_examples")

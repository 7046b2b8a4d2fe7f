"""How figures look: one size of type, thin lines, the program's colours on white, text that stays text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sdd_tui.draw.palette import SHADES, colour
from sdd_tui.errors import plain

NARROW = 5.0
"""Inches below which panes stand one above the other."""

INK, GREY, PALE = "#22252a", "#6b7078", "#d9dce1"

STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib and has ‖, ∞ and −
    "mathtext.fontset": "dejavusans",
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.0,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.2,
    "legend.borderaxespad": 0.2,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "svg.fonttype": "none",  # words stay words: searchable, editable
    "pdf.fonttype": 42,
    "svg.hashsalt": "sdd",  # the same figure gives the same file
}

LEFT, RIGHT, TOP, BELOW = 0.55, 0.18, 0.2, 0.36
"""Inches around charts: for the labels of y, for the last tick's half, for a letter, for the labels of x."""

PRINT, LINE = 0.17, 0.09
"""Inches at the bottom for the small print, and for each further line of it."""

BETWEEN = "  ·  "
"""Between the parts of the small print."""


@contextmanager
def styled() -> Iterator[None]:
    """Inside, matplotlib draws in this style, whatever the user's own settings are."""
    with style.context(STYLE, after_reset=True):
        yield


def sheet(width: float, height: float, source: str) -> Figure:
    """An empty figure of a size in inches, and below it the small print that says what it is drawn from."""
    lines = _broken(plain(source, 400), int(width * 25))
    below = PRINT + LINE * (len(lines) - 1)
    figure = Figure(figsize=(width, height + below))
    y = 0.035 / (height + below)
    small = figure.text(0.04 / width, y, "\n".join(lines), fontsize=5, color=GREY, va="bottom", gid="source")
    small.set_parse_math(False)  # a directory may be called anything
    return figure


def _broken(source: str, room: int) -> list[str]:
    """The parts of the small print on lines of at most so many characters."""
    lines = [""]
    for part in source.split(BETWEEN):
        longer = f"{lines[-1]}{BETWEEN}{part}" if lines[-1] else part
        if len(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(part)
    return [line if len(line) <= room else line[: room - 1] + "…" for line in lines]


def pane(figure: Figure, left: float, top: float, width: float, height: float, letter: str = "") -> Axes:
    """Axes at a place measured in inches from the figure's upper left corner; a letter stands at its left edge."""
    whole, high = figure.get_size_inches()
    ax = figure.add_axes((left / whole, 1 - (top + height) / high, width / whole, height / high))
    if letter:
        x, y = max(0.03, left - 0.51) / whole, 1 - (top - 0.03) / high
        figure.text(x, y, letter, fontweight="bold", fontsize=8.5, ha="left", va="bottom", gid=f"pane-{letter}")
    return ax


def paint(name: str) -> str:
    """The colour of a meaning, on white."""
    found = colour(name, dark=False)
    assert found is not None
    return found


def shades(count: int) -> list[str]:
    """Colours of an ordered quantity, from low to high."""
    table = SHADES[False]
    last = len(table) - 1
    return [table[round(i * last / max(1, count - 1))] for i in range(count)] if count <= len(table) else _mixed(count)


def _mixed(count: int) -> list[str]:
    import matplotlib.colors as mc

    ramp = mc.LinearSegmentedColormap.from_list("shades", list(SHADES[False]))
    return [mc.to_hex(ramp(i / (count - 1))) for i in range(count)]

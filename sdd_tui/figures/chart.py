"""What the figures' charts share: the axis of T with ∞ on it, logarithms where they are needed, means over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from sdd_tui.figures.catalogue import T
from sdd_tui.figures.style import GREY, PALE
from sdd_tui.figures.swept import Swept
from sdd_tui.sweep.reduce import MEASURES, Point

DECADE = 10.0
"""An axis whose values span as much is logarithmic."""

BEYOND = 4.0
"""How many times the largest finite T the ∞ stands."""

Stroke = str | tuple[float, tuple[float, ...]]
"""A line style of matplotlib."""

Floats = NDArray[np.float64]


class AxisOfT:
    """Where each T stands: logarithmic where they span a decade, ∞ after a break."""

    def __init__(self, sizes: Iterable[float]) -> None:
        found = sorted({T for T in sizes if not math.isnan(T)})
        self.finite = [T for T in found if math.isfinite(T)] or [1.0]
        self.infinite = math.inf in found
        self.log = self.finite[-1] >= DECADE * self.finite[0]
        width = self.finite[-1] - self.finite[0]
        self._infinity = self.finite[-1] * BEYOND if self.log else self.finite[-1] + 0.15 * (width or 1.0)
        self.last = self._infinity if self.infinite else self.finite[-1]

    def place(self, T: float) -> float:
        """Where T stands."""
        return self._infinity if math.isinf(T) else T

    def beside(self, T: float, share: float) -> float:
        """A share of the axis's length to the right of T."""
        first, at = self.finite[0], self.place(T)
        if self.log:
            return float(at * (self.last / first) ** share)
        return at + share * (self.last - first)

    def dress(self, ax: Axes, label: bool = True, name: str = "training examples, $T$") -> None:
        """Scale, limits, ticks and label of the axis of x."""
        margin = 0.03
        ax.set_xscale("log" if self.log else "linear")
        first, last = self.beside(self.finite[0], -margin), self.beside(self.last, margin)
        ax.set_xlim(*((first, last) if first < last else (0.5 * first, 1.5 * first)))
        if self.log:
            low, high = math.floor(math.log10(self.finite[0])), math.ceil(math.log10(self.finite[-1]))
            decades = [10.0**k for k in range(low, high + 1) if self.finite[0] * 0.8 <= 10.0**k <= self.finite[-1]]
            if len(decades) < 3:
                steps = (1, 3) if self.finite[-1] > 50 * self.finite[0] else (1, 2, 3, 5)
                decades = [s * 10.0**k for k in range(low, high + 1) for s in steps]
                decades = [t for t in decades if self.finite[0] <= t <= self.finite[-1]]
            minor = [d * 10.0**k for k in range(low, high + 1) for d in range(2, 10)]
            ax.xaxis.set_minor_locator(FixedLocator([t for t in minor if self.finite[0] <= t <= self.finite[-1]]))
            ax.xaxis.set_minor_formatter(NullFormatter())
        else:
            few = np.unique(np.linspace(0, len(self.finite) - 1, min(len(self.finite), 8)).round().astype(int))
            decades = [self.finite[i] for i in few]
        ticks = [*decades, *([self._infinity] if self.infinite else [])]
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: self._shown(x)))
        if self.infinite:
            at = self.beside(self.finite[-1], math.log(2) / math.log(self.last / self.finite[0])) if self.log else None
            x = at if at is not None else (self.finite[-1] + self.last) / 2
            ax.plot([x], [0], "|", color="white", ms=7, mew=3, transform=ax.get_xaxis_transform(), clip_on=False)
            ax.text(x, 0, "//", transform=ax.get_xaxis_transform(), ha="center", va="center", fontsize=6, color=GREY)
        if label:
            ax.set_xlabel(name)
        else:
            ax.tick_params(labelbottom=False)

    def _shown(self, x: float) -> str:
        return "∞" if self.infinite and math.isclose(x, self._infinity) else f"{x:,.10g}"


def spans(values: Iterable[float], factor: float = DECADE) -> bool:
    """Whether positive values span a factor, so that they want a logarithmic axis."""
    known = [v for v in values if math.isfinite(v) and v != 0]
    return len(known) > 1 and min(known) > 0 and max(known) >= factor * min(known)


def fit_y(ax: Axes) -> None:
    """A logarithmic axis of y where the lines span a decade, with numbers people read: 1, 2, 5, 10; powers of ten over
    more than three decades."""
    values = [v for line in ax.get_lines() for v in np.asarray(line.get_ydata(), float).tolist()]
    if not spans(values):
        return
    known = [v for v in values if math.isfinite(v) and v > 0]
    ax.set_yscale("log")
    decades = math.log10(max(known) / min(known))
    margin = 10 ** (0.05 * decades)
    ax.set_ylim(min(known) / margin, max(known) * margin)
    few = decades < 3
    ax.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if few else (1,), numticks=12 if few else 7))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _power(y, decades > 5)))
    ax.yaxis.set_minor_locator(LogLocator(10, subs=range(2, 10), numticks=12) if 3 <= decades < 5 else NullLocator())
    ax.yaxis.set_minor_formatter(NullFormatter())


def _power(y: float, wide: bool) -> str:
    """A tick: 0.2, 50, 10,000, and as a power of ten where there are many decades."""
    return f"$10^{{{round(math.log10(y))}}}$" if wide and y != 1 else f"{y:,.10g}"


def level(ax: Axes, y: float, words: str = "", x: float = 0.995, below: bool = False) -> None:
    """A thin horizontal line that means something; the words stand at a share of the axis's width."""
    ax.axhline(y, color=GREY, lw=0.6, ls=(0, (4, 3)), zorder=0.5)
    if words:
        ax.annotate(
            words, (x, y), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            xytext=(0, -2 if below else 1.5), ha="left" if x < 0.3 else "right" if x > 0.7 else "center",
            va="top" if below else "bottom", fontsize=6, color=GREY,
        )  # fmt: skip


def course(
    ax: Axes,
    swept: Swept,
    axis: AxisOfT,
    points: Sequence[Point],
    measure: str,
    colour: str,
    label: str,
    stroke: Stroke = "-",
    x_of: Callable[[Point], float] | None = None,
) -> tuple[Floats, Floats]:
    """A measure along T: the mean as a line with marks, every run as a faint dot. The means' x and y."""
    find = x_of or (lambda point: axis.place(swept.number(point, T)))
    known = [(find(p), p) for p in points if measure in p.values and math.isfinite(find(p))]
    if not known:
        return np.zeros(0), np.zeros(0)
    dots = [(x, v) for x, p in known for r in p.runs if len(p.runs) > 1 and (v := MEASURES[measure](r)) is not None]
    if dots:
        ax.plot(*zip(*dots, strict=True), "o", ms=2.2, mew=0, color=colour, alpha=0.3, zorder=1.5, gid=f"runs-{label}")
    x, y = np.array([x for x, _ in known], float), np.array([p.mean(measure) for _, p in known], float)
    ends = len(x) - 1 if axis.infinite and len(x) > 1 and x[-1] == axis.last and x_of is None else len(x)
    ax.plot(x[:ends], y[:ends], ls=stroke, color=colour, zorder=2, label=label)
    ax.plot(x, y, "o", ms=3, mew=0, color=colour, zorder=2.5)
    return x, y


def faint_grid(ax: Axes) -> None:
    """Pale horizontal lines, where a map of curves has nothing else to hold on to."""
    ax.grid(axis="y", color=PALE, lw=0.4)
    ax.set_axisbelow(True)


def name_lines(ax: Axes, **where: Any) -> None:
    """The legend, where there is anything to name."""
    if ax.get_legend_handles_labels()[0]:
        ax.legend(**where)

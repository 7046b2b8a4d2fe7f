"""Repeated data (Jermyn's comment): an example that occurs R times is stored among generalising features when R exceeds
about 0.4 T/n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from sdd_tui.errors import NotFoundError
from sdd_tui.figures.catalogue import REPEATED, REPEATS, N, T
from sdd_tui.figures.chart import level, spans
from sdd_tui.figures.style import BELOW, GREY, INK, LEFT, NARROW, RIGHT, TOP, paint, pane, shades, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep, of_value
from sdd_tui.paper.published import REPEATS_TO_STORE
from sdd_tui.sweep.reduce import Point
from sdd_tui.sweep.results import CellResult

STORED = 0.5
"""An example whose loss is lower is stored: the zero output has 1, a stored one almost 0."""

MOST = 64
"""Repeated examples looked at."""

HEIGHT = 2.0
ABOVE: dict[str, Any] = {
    "loc": "lower right", "bbox_to_anchor": (1.02, 0.985), "ncols": 4, "fontsize": 6, "columnspacing": 0.8,
}  # fmt: skip
"""Legends stand above: points may lie anywhere inside."""

WHITES_TO_REDS = LinearSegmentedColormap.from_list("stored", ["#ffffff", paint("hidden")])


@dataclass(frozen=True)
class Repeated:
    """A point: where it stands, and the mean loss of the repeated examples in each of its runs."""

    size: float
    """T/n."""
    times: float
    """R."""
    losses: tuple[float, ...]
    point: Point

    @property
    def stored(self) -> float:
        """Share of the runs that store them."""
        return sum(loss < STORED for loss in self.losses) / len(self.losses)


def draw(swept: Swept, width: float) -> Figure:
    """R against T/n with what is stored; the repeated example's loss against R n/T."""
    found = measured(swept)
    beside = width >= NARROW
    each = (width - 2 * LEFT - 2 * RIGHT) / 2 if beside else width - LEFT - RIGHT
    row = TOP + HEIGHT + BELOW
    figure = sheet(width, row if beside else 2 * row, of_sweep(swept))
    _map(pane(figure, LEFT, TOP, each, HEIGHT, "a"), found)
    place = (LEFT + each + LEFT + RIGHT, TOP) if beside else (LEFT, row + TOP)
    _collapse(pane(figure, *place, each, HEIGHT, "b"), swept, found)
    return figure


def measured(swept: Swept) -> list[Repeated]:
    """Every point whose repeated examples can be judged. Raises NotFoundError where none can."""
    found = []
    for point in swept.along(T):
        losses = []
        for run in point.runs:
            loss = _from_frame(swept, point, run) if run.repeated_loss is None else run.repeated_loss
            if loss is not None and np.isfinite(loss):
                losses.append(loss)
        size = swept.number(point, T) / swept.number(point, N)
        if losses and np.isfinite(size):
            found.append(Repeated(size, swept.number(point, REPEATS), tuple(losses), point))
    if not found:
        raise NotFoundError(f"{swept.folders[0].name}: no run of it can be read.")
    return found


def _from_frame(swept: Swept, point: Point, run: CellResult) -> float | None:
    """The mean loss of the first examples where the results don't have it: where R = 1, for comparison."""
    snapshot = swept.snapshot(point, run)
    repeated = swept.number(point, REPEATED)
    if snapshot is None:
        return None
    known = range(min(int(repeated), snapshot.H.shape[1], MOST))
    return float(np.mean([snapshot.reconstruction(i).loss for i in known]))


def _map(ax: Axes, found: Sequence[Repeated]) -> None:
    sizes, times = [r.size for r in found], [r.times for r in found]
    ax.scatter(
        sizes, times, s=26, c=[r.stored for r in found], cmap=WHITES_TO_REDS, norm=Normalize(0, 1),
        edgecolors=paint("hidden"), linewidths=0.8, zorder=2, gid="points",
    )  # fmt: skip
    low, high = min(sizes), max(sizes)
    x = np.geomspace(low / 1.5, high * 1.5, 50)
    ax.plot(x, REPEATS_TO_STORE * x, "-", color=INK, lw=0.9, zorder=1, gid="threshold")
    ax.set_xscale("log")
    ax.set_xlim(low / 1.5, high * 1.5)
    if spans([*times, 1.0], 5):
        ax.set_yscale("log")
        ax.set_ylim(min(times) / 1.5, max(times) * 1.5)
    else:
        ax.set_ylim(0, max(times) * 1.15)
    _plain_ticks(ax, times)
    ax.annotate(
        f"$R = {REPEATS_TO_STORE:g}\\,T/n$", (x[-8], REPEATS_TO_STORE * x[-8]), textcoords="offset points",
        xytext=(-3, 3), ha="right", fontsize=6, color=INK,
    )  # fmt: skip
    ax.set(xlabel="training examples a feature, $T/n$", ylabel="times the example occurs, $R$")
    for share, words in ((1.0, "stored in every run"), (0.0, "in none")):
        colour = WHITES_TO_REDS(share)
        ax.plot([], [], "o", ms=5, mfc=colour, mec=paint("hidden"), mew=0.8, label=words)
    ax.legend(**ABOVE)


def _collapse(ax: Axes, swept: Swept, found: Sequence[Repeated]) -> None:
    groups: dict[float, list[Repeated]] = {}
    for r in found:
        groups.setdefault(r.size, []).append(r)
    for colour, group in zip(shades(len(groups)), groups.values(), strict=True):
        group.sort(key=lambda r: r.times)
        x = [r.times / r.size for r in group]
        dots = [(at, loss) for at, r in zip(x, group, strict=True) for loss in r.losses]
        ax.plot(*zip(*dots, strict=True), "o", ms=2.4, mew=0, color=colour, alpha=0.45, gid="runs")
        label = of_value(T, swept.value(group[0].point, T))
        ax.plot(x, [float(np.mean(r.losses)) for r in group], "-", color=colour, lw=1.1, label=label)
    ax.set_xscale("log")
    _plain_ticks(ax, [])
    ax.axvline(REPEATS_TO_STORE, color=INK, lw=0.9, zorder=0.5, gid="threshold")
    level(ax, 1.0)
    ax.set_ylim(-0.05, None)
    ax.set(xlabel="occurrences in the comment's unit, $R\\,n/T$", ylabel="loss of the repeated example")
    ax.legend(**ABOVE)
    ax.annotate(
        f"{REPEATS_TO_STORE:g}", (REPEATS_TO_STORE, 0.02), xycoords=ax.get_xaxis_transform(), xytext=(2, 0),
        textcoords="offset points", fontsize=6, color=GREY,
    )  # fmt: skip


def _plain_ticks(ax: Axes, times: Sequence[float]) -> None:
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    if times:
        ax.set_yticks(sorted(set(times)), [f"{t:,.0f}" for t in sorted(set(times))])
        ax.minorticks_off()

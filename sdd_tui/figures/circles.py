"""Hidden vectors on two circles (Olah & Henighan): a failure of optimisation in two dimensions, with a wide gap."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Wedge
from numpy.typing import NDArray

from sdd_tui.analysis.geometry import LOST, Geometry
from sdd_tui.draw.plane import extent
from sdd_tui.errors import ConfigError
from sdd_tui.figures.plane import draw_plane, flattened
from sdd_tui.figures.style import BELOW, GREY, LEFT, NARROW, PALE, RIGHT, TOP, paint, pane, sheet
from sdd_tui.figures.words import of_run
from sdd_tui.panels.view import View


def draw(view: View, width: float) -> Figure:
    """The hidden vectors with both circles and the widest gap; their radii against their angles."""
    snapshot = view.snapshot
    if snapshot is None or len(snapshot.features) != 2:
        why = view.problem.removesuffix(".") if snapshot is None else f"it has m = {len(snapshot.features)}"
        raise ConfigError(f"{view.run.name}: two-circles is drawn from a run in two dimensions, and {why}.")
    side = 2.3 if width >= NARROW else 2.0
    rest = width - LEFT - RIGHT
    beside = width >= NARROW
    right = (LEFT + side + LEFT + 0.15, TOP) if beside else (LEFT, TOP + side + TOP + 0.1)
    size = (rest - side - LEFT - 0.15, side) if beside else (rest, 1.5)
    figure = sheet(width, right[1] + size[1] + BELOW, of_run(view))
    g = snapshot.geometry
    _plane(pane(figure, LEFT, TOP, side, side, "a"), flattened(snapshot, snapshot.H), g)
    _angles(pane(figure, *right, *size, "b"), g)
    return figure


def circles(g: Geometry) -> list[NDArray[np.bool_]]:
    """Which of the hidden vectors lie on the inner and on the outer circle; one group where there is one circle."""
    kept = g.radii > LOST * g.radii.max(initial=0.0)
    if not g.two_circles:
        return [kept]
    ordered = np.sort(g.radii[kept])
    cut = int(np.argmax(ordered[1:] / ordered[:-1])) + 1
    return [kept & (g.radii < ordered[cut]), kept & (g.radii >= ordered[cut])]


def widest(g: Geometry) -> tuple[float, float]:
    """Where the widest gap begins, and how wide it is, in degrees."""
    kept = np.sort(g.angles[g.radii > LOST * g.radii.max(initial=0.0)])
    at = int(np.argmax(g.gaps)) if len(g.gaps) else 0
    return (float(kept[at]), float(g.gaps[at])) if len(g.gaps) else (0.0, 360.0)


def _plane(ax: Axes, H: NDArray[np.float64], g: Geometry) -> None:
    limit = extent(H)
    begin, gap = widest(g)
    ax.add_patch(Wedge((0, 0), limit * 0.98, begin, begin + gap, color=PALE, alpha=0.6, lw=0, zorder=0, gid="gap"))
    for which in circles(g):
        angle = np.linspace(0, 2 * np.pi, 200)
        r = float(g.radii[which].mean()) if which.any() else 0.0
        ax.plot(r * np.cos(angle), r * np.sin(angle), color=GREY, lw=0.6, ls=(0, (4, 3)), zorder=0.8, gid="circle")
    draw_plane(ax, H, "hidden", limit)
    ax.set_title(f"hidden vectors $h_i$: {g.stored} stored, {g.lost} at the origin", fontsize=6.5, pad=3)


def _angles(ax: Axes, g: Geometry) -> None:
    begin, gap = widest(g)
    for start in (begin, begin - 360):
        ax.axvspan(start, start + gap, color=PALE, alpha=0.6, lw=0, zorder=0)
    for which in circles(g):
        if which.any():
            r = float(g.radii[which].mean())
            ax.axhline(r, color=GREY, lw=0.6, ls=(0, (4, 3)), zorder=0.5)
            ax.annotate(
                f"{int(which.sum())} at {r:.3g}", (0.99, r), xycoords=ax.get_yaxis_transform(), fontsize=6, color=GREY,
                textcoords="offset points", xytext=(0, 4), ha="right",
            )  # fmt: skip
    ax.plot(g.angles, g.radii, "o", ms=3.2, mew=0, color=paint("hidden"), zorder=2, gid="radii")
    ax.set(xlim=(0, 360), xlabel="angle of $h_i$ (degrees)", ylabel="length, $\\Vert h_i \\Vert$")
    ax.set_ylim(0, float(g.radii.max(initial=1e-9)) * 1.18)
    ax.set_xticks(range(0, 361, 90))
    parts = [(max(start, 0.0), min(start + gap, 360.0)) for start in (begin, begin - 360)]
    left, right = max(parts, key=lambda part: part[1] - part[0])  # what of the gap is on one side of 0°
    ax.annotate(
        f"gap {gap:.0f}°",
        ((left + right) / 2, 0.03),
        xycoords=ax.get_xaxis_transform(),
        ha="center",
        fontsize=6,
        color=GREY,
    )

"""The map of the test loss over T and m: where a bigger model or more data hurts, and the ridge."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sdd_tui.figures.catalogue import M, T
from sdd_tui.figures.style import BELOW, GREY, INK, LEFT, NARROW, TOP, paint, pane, sheet
from sdd_tui.figures.swept import Swept
from sdd_tui.figures.words import of_sweep

Floats = NDArray[np.float64]

FINEST = 1e-3
"""Differences of the loss from 1 up to this one are shown in proportion, larger ones by their order of magnitude."""

BLUES_TO_ORANGES = LinearSegmentedColormap.from_list(
    "loss", [(0, "#00456e"), (0.25, paint("feature")), (0.5, "#f7f6f2"), (0.75, "#e69f00"), (1, "#6e2f00")]
)
"""Blue below the zero output's loss, orange above: apart for colour-blind readers, and in grey by their depth."""


def draw(swept: Swept, width: float) -> Figure:
    """Cells in the colour of their loss, the highest of each m joined."""
    sizes, dims = (sorted({swept.number(p, s) for p in swept.points}) for s in (T, M))
    losses = _table(swept, sizes, dims)
    across = min(width - LEFT - 0.75, 0.62 * len(sizes), 4.9)
    height = min(max(0.27 * len(dims), 1.0), 3.2)
    figure = sheet(min(width, LEFT + across + 0.75), TOP + height + BELOW, of_sweep(swept))
    ax = pane(figure, LEFT, TOP, across, height)
    depth = _depth(losses)
    low, high = min(float(np.nanmin(depth)), -1e-6), max(float(np.nanmax(depth)), 1e-6)
    norm = TwoSlopeNorm(0, low, high)
    image = ax.imshow(depth, cmap=BLUES_TO_ORANGES, norm=norm, origin="lower", aspect="auto", interpolation="nearest")
    image.set_gid("map")
    ax.set_xticks(range(len(sizes)), [_size(t, across / len(sizes)) for t in sizes])
    ax.set_yticks(range(len(dims)), [f"{m:.0f}" for m in dims])
    ax.set(xlabel="training examples, $T$", ylabel="hidden dimensions, $m$")
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    if across / len(sizes) >= (0.28 if width < NARROW else 0.36):
        _numbers(ax, losses, image.to_rgba(depth))
    _ridge(ax, losses)
    bar = figure.colorbar(image, cax=pane(figure, LEFT + across + 0.1, TOP, 0.08, height))
    ticks = _round_losses(losses)
    bar.set_ticks([float(_depth(np.array(t))) for t in ticks], labels=[f"{t:,.6g}" for t in ticks])
    bar.ax.minorticks_off()
    bar.outline.set_visible(False)
    bar.set_label("test loss (zero output = 1)")
    return figure


def _table(swept: Swept, sizes: list[float], dims: list[float]) -> Floats:
    found = np.full((len(dims), len(sizes)), np.nan)
    for point in swept.points:
        at = dims.index(swept.number(point, M)), sizes.index(swept.number(point, T))
        found[at] = point.mean("test_loss")
    return found


def _depth(losses: Floats) -> Floats:
    """The difference from the zero output's loss, in logarithms where it is large."""
    return np.asarray(np.sign(losses - 1) * np.log1p(np.abs(losses - 1) / FINEST))


def _round_losses(losses: Floats) -> list[float]:
    """Losses for the ticks of the colour bar: round ones within the range, 1 first, with room between them."""
    low, high = float(np.nanmin(losses)), float(np.nanmax(losses))
    found = [1.0]
    length = float(_depth(np.array(high)) - _depth(np.array(low))) or 1.0
    for loss in (2, 10, 100, 1_000, 10_000, 0.99, 0.999, 1.01, 1.1, 0.9, 0.5, 0.995, 1.001, 0.98, 0.95, 0.998):
        apart = [abs(float(_depth(np.array(loss)) - _depth(np.array(t)))) for t in found]
        if low <= loss <= high and min(apart) >= 0.07 * length:
            found.append(loss)
    return found


def _size(T: float, room: float) -> str:
    """T below its cells: 20k for 20,000 where they are narrow."""
    if math.isinf(T):
        return "∞"
    return f"{T / 1000:g}k" if T >= 1000 and room < 0.36 else f"{T:,.0f}"


def _numbers(ax: Axes, losses: Floats, shades: Floats) -> None:
    for row, column in np.argwhere(np.isfinite(losses)):
        value = losses[row, column]
        r, g, b = to_rgb(shades[row, column])
        ink = "white" if 0.299 * r + 0.587 * g + 0.114 * b < 0.5 else INK
        shown = f"{value:.3f}" if value < 9.9995 else f"{value:.3g}"
        ax.text(column, row, shown, ha="center", va="center", fontsize=5, color=ink)


def _ridge(ax: Axes, losses: Floats) -> None:
    """The T with the highest test loss for each m, where it lies above 1."""
    tops = [
        (int(np.nanargmax(row)), y) for y, row in enumerate(losses) if np.isfinite(row).any() and np.nanmax(row) > 1
    ]
    for x, y in tops:
        ax.add_patch(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, fill=False, ec=INK, lw=1.1, zorder=3, gid="ridge"))
    if tops:
        ax.set_title("framed: the ridge, the highest for each $m$", loc="right", fontsize=6, color=GREY, pad=3)

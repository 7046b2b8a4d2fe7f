"""The paper's own numbers behind ours, where the data and the model are the paper's."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from sdd_tui.figures.catalogue import M, N, S
from sdd_tui.figures.chart import AxisOfT
from sdd_tui.figures.style import GREY, paint
from sdd_tui.figures.swept import Swept
from sdd_tui.paper.published import DIMENSIONALITY, READINGS, Reading

SCALE = {N: 10_000, S: 0.999, M: 2}
"""The data and the model of the paper's figure."""


def as_in_the_paper(swept: Swept) -> bool:
    """Whether the paper's numbers are of the same data and model."""
    return all({swept.number(p, name) for p in swept.points} == {value} for name, value in SCALE.items())


def draw_published(losses: Axes, strip: Axes, axis: AxisOfT) -> None:
    """Test losses as hollow marks, triangles where only a lower bound is known; ranges of D_f and D_X as bars."""
    for marker, bound, label in (("D", False, "test, the paper"), ("^", True, "")):
        some = [r for r in READINGS if r.quantity == "test_loss" and r.is_bound == bound and _there(r, axis)]
        losses.plot(
            [axis.place(r.T) for r in some], [r.value for r in some], marker, ms=4.5, mew=0.7, mfc="none", mec=GREY,
            alpha=0.7, zorder=1.2, label=label, gid=f"paper-{'bounds' if bound else 'losses'}",
        )  # fmt: skip
    for quantity, colour, side in (("D_f", "feature", -1), ("D_X", "hidden", 1)):
        ranges = [r for r in READINGS if r.quantity == quantity and not r.is_bound and _there(r, axis)]
        strip.vlines(
            [axis.beside(r.T, 0.006 * side) for r in ranges],
            [r.low - DIMENSIONALITY for r in ranges], [r.high + DIMENSIONALITY for r in ranges],
            color=paint(colour), alpha=0.22, lw=5, zorder=0.8, gid=f"paper-{quantity}",
        )  # fmt: skip
    strip.plot([], [], "-", color=GREY, alpha=0.35, lw=5, solid_capstyle="butt", label="the paper's range")


def _there(reading: Reading, axis: AxisOfT) -> bool:
    """Whether its T is on the axis."""
    return axis.finite[0] <= reading.T <= axis.finite[-1] or (axis.infinite and math.isinf(reading.T))

"""The paper's planes as pictures: features blue, hidden vectors red, from the origin."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.draw.plane import MOST_SPOKES, SHORT, extent, flat
from sdd_tui.figures.style import GREY, PALE, paint
from sdd_tui.panels.shapes import polygon_outline
from sdd_tui.panels.view_options import ViewOptions, basis
from sdd_tui.sweep.axes import Value

Floats = NDArray[np.float64]

MANY = 600
"""Dots from which on a plane's dots are an image inside an SVG or PDF, so that the file stays small."""

PRINCIPAL = ViewOptions(projection="principal")


def flattened(snapshot: Snapshot, vectors: Floats) -> Floats:
    """(2, k): the vectors on the plane; for m > 2 on the principal one, which the small print says."""
    with np.errstate(all="ignore"):
        shown = np.asarray(basis(snapshot, PRINCIPAL) @ vectors) if len(vectors) > 2 else np.stack(flat(vectors))
    return shown[:, np.isfinite(shown).all(axis=0)]


def draw_plane(
    ax: Axes, vectors: Floats, colour: str, limit: float | None = None, outline: Floats | None = None
) -> None:
    """(2, k) vectors in a square; the half-width of the square stands in its corner."""
    limit = limit if limit is not None else extent(vectors)
    ink = paint(colour)
    for line in (ax.axhline, ax.axvline):
        line(0, color=PALE, lw=0.5, zorder=0)
    if outline is not None:
        closed = np.concatenate([outline, outline[:, :1]], axis=1)
        ax.plot(*closed, color=GREY, lw=0.7, zorder=0.8, gid="outline")
    length = np.hypot(*vectors)
    tall = np.argsort(length, kind="stable")[-MOST_SPOKES:]
    tall = tall[length[tall] > SHORT * length.max(initial=0.0)]
    few = len(tall) <= 40
    ends = np.stack([np.zeros((len(tall), 2)), vectors[:, tall].T], axis=1)
    spokes = LineCollection(list(ends), colors=ink, linewidths=0.7 if few else 0.4, alpha=0.8 if few else 0.3, zorder=1)
    ax.add_collection(spokes, autolim=False)
    crowd = vectors.shape[1] > 60
    ax.plot(
        *vectors, "o", ms=1.6 if crowd else 2.8, mew=0, color=ink, alpha=0.5 if crowd else 1.0, zorder=2,
        rasterized=vectors.shape[1] > MANY,
    )  # fmt: skip
    spokes.set_rasterized(vectors.shape[1] > MANY)
    ax.set(xlim=(-limit, limit), ylim=(-limit, limit), xticks=[], yticks=[])
    ax.set_aspect("equal")
    for spine in ax.spines.values():
        spine.set(visible=True, color=PALE, linewidth=0.5)
    ax.text(
        0.98, 0.02, f"±{limit:.2g}", transform=ax.transAxes, ha="right", va="bottom", fontsize=5, color=GREY, zorder=3,
        bbox={"color": "white", "alpha": 0.75, "pad": 0.6, "linewidth": 0},
    )  # fmt: skip


def draw_snapshot(features: Axes, hidden: Axes, snapshot: Snapshot) -> None:
    """A model's features and hidden vectors, each on its own scale, with the polygon the latter form."""
    draw_plane(features, flattened(snapshot, snapshot.features), "feature")
    draw_plane(hidden, flattened(snapshot, snapshot.H), "hidden", outline=polygon_outline(snapshot))


def size_words(T: Value) -> str:
    """T = 2,000, as the heading of a plane."""
    return "$T$ = ∞" if T == "inf" else f"$T$ = {T:,}"

"""Gram matrices: which features and which examples share directions."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.snapshot import Floats, Snapshot
from sdd_tui.draw.heat import entry, heat, line, side
from sdd_tui.numerals import rounded
from sdd_tui.panels.drawing import Drawing, Hit, arranged, fitted
from sdd_tui.panels.panel import Panel, nothing_yet
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Kind, ViewOptions

MOST = 100
"""Features or examples in a matrix at most."""

SHORTEST = 0.1
"""Features shorter than this share of the longest don't matter."""


class Gram(Panel[View]):
    """WᵀW of the features that matter, and ĤĤᵀ."""

    name = "gram"
    title = "WᵀW and ĤᵀĤ"
    about = (
        "Inner products, orange where positive and blue where negative: WᵀW of the longest features, and the cosines"
        " of the hidden vectors. For m = 2 both are in order of angle, else of length. A single bright diagonal means"
        " that each has a direction of its own; blocks share one. ◀ is the row of the chosen one."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The frame."""
        return (view.version, options.page(self.name), options.colours, options.kind, options.item)

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """Both, or the one that fits."""
        snapshot = view.snapshot
        if snapshot is None:
            return nothing_yet(view, width, height)
        parts = [partial(_drawn, snapshot, kind, options) for kind in ("feature", "example")]
        return arranged(parts, options.page(self.name), (width, height), (24, 12), square=True)

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """Both matrices and what their rows are."""
        if view.snapshot is None:
            return {"step": view.step}
        features, G = matrix(view.snapshot, "feature", MOST)
        examples, C = matrix(view.snapshot, "example", MOST)
        return {"step": view.step, "features": features, "WtW": G, "examples": examples, "cosines": C}


def matrix(snapshot: Snapshot, kind: Kind, most: int) -> tuple[NDArray[np.intp], Floats]:
    """(which features or examples, their matrix), the longest ones, in order of angle for m = 2."""
    v, length = (
        (snapshot.features, snapshot.feature_norms) if kind == "feature" else (snapshot.H, snapshot.hidden_norms)
    )
    length = np.nan_to_num(length)
    chosen = np.argsort(-length, kind="stable")[:most]
    if kind == "feature":
        chosen = chosen[length[chosen] > SHORTEST * length.max(initial=0.0)]
    if len(v) == 2:
        chosen = chosen[np.argsort(np.arctan2(v[1, chosen], v[0, chosen]), kind="stable")]
    part = np.nan_to_num(v[:, chosen])
    if kind == "example":
        part = part / np.maximum(length[chosen], 1e-300)
    return chosen, part.T @ part


def _drawn(snapshot: Snapshot, kind: Kind, options: ViewOptions, width: int, height: int) -> Drawing:
    colours = options.colours
    most = min(MOST, side(width - 1, height, colours))
    chosen, G = matrix(snapshot, kind, most)
    limit = float(np.abs(G).max(initial=0.0)) if kind == "feature" else 1.0
    rows = heat(G, width - 1, height, limit, colours)
    if options.kind == kind and len(where := np.flatnonzero(chosen == options.item)):
        at = line(G.shape, width - 1, height, int(where[0]), colours)
        rows[at] = [*rows[at], ("◀", "chosen")]
    rows = [fitted(row, width) for row in rows]
    of = snapshot.features.shape[1] if kind == "feature" else snapshot.H.shape[1]
    name = "WᵀW" if kind == "feature" else "cosines"
    which = f"{len(chosen)} {'longest of ' if len(chosen) < of else 'of '}{of:,} {kind}s"

    def hit(column: int, row: int) -> Hit | None:
        at = entry((len(chosen), len(chosen)), width - 1, height, column, row, colours)
        return None if at is None else Hit(kind, int(chosen[at[1]]))

    signs = f"orange +{rounded(limit, 2)}, blue −{rounded(limit, 2)}" if colours else f"±{rounded(limit, 2)}"
    return Drawing(rows, f"{name}, {which}, {signs}", name, hit)

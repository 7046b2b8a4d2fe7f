"""The shapes that stored examples form, in words and as outlines: regular polygons, and solids for m = 3."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.geometry import LOST
from sdd_tui.analysis.snapshot import Floats, Snapshot
from sdd_tui.analysis.theory import polygon


def polygon_outline(snapshot: Snapshot) -> Floats | None:
    """(2, corners): the regular polygon nearest to the hidden vectors, where they form one in a plane."""
    g = snapshot.geometry
    if not (g.polygon and len(snapshot.features) == 2):
        return None
    kept = stored(snapshot)
    return polygon(np.radians(g.angles[kept]), g.polygon, float(g.radii[kept].mean()))


def stored(snapshot: Snapshot) -> NDArray[np.bool_]:
    """(T,) which examples are away from the origin."""
    radii = snapshot.geometry.radii
    return np.asarray(radii > LOST * radii.max(initial=0.0))


def shape_words(snapshot: Snapshot) -> str:
    """What the hidden vectors form: regular pentagon; octahedron, 2.1° off."""
    if corners := snapshot.geometry.polygon:
        return f"regular {polygon_name(corners)}"
    return f"{solid.name}, {solid.off:.1f}° off" if (solid := snapshot.solid) else ""


def polygon_name(corners: int) -> str:
    """pentagon, 11-gon."""
    names = {3: "triangle", 4: "square", 5: "pentagon", 6: "hexagon", 7: "heptagon", 8: "octagon"}
    return names.get(corners, f"{corners}-gon")

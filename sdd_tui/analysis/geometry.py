"""What the hidden vectors look like: angles, gaps, polygons, circles.

Numpy only. Thresholds are ours (the paper gives none) and stand here, once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOST = 0.1
"""An example whose hidden vector is shorter than this share of the longest one is lost: left at the origin."""

GAP_TOLERANCE = 6.0
"""Degrees by which a regular polygon's gaps may differ from 360/k, for k up to 6; in proportion beyond."""

LENGTH_TOLERANCE = 0.12
"""Share by which a regular polygon's lengths may differ from their mean."""

MOST_CORNERS = 60
"""Polygons with more corners are circles to the eye."""


@dataclass(frozen=True)
class Geometry:
    """Shape of a set of hidden vectors; angles in degrees."""

    radii: Floats
    """(T,) lengths."""
    angles: Floats
    """(T,) angles in [0, 360) for m = 2; empty otherwise."""
    gaps: Floats
    """(stored,) gaps between neighbouring stored vectors, counter-clockwise, summing to 360; empty unless m = 2."""
    stored: int
    """Examples away from the origin."""
    lost: int
    """Examples left at the origin."""
    polygon: int | None
    """Corners of the regular polygon that the stored vectors form, if they do."""
    two_circles: bool
    """Whether the stored vectors lie on two circles of different radius (an optimisation failure in 2-D)."""


def describe(hidden: Floats) -> Geometry:
    """The geometry of H (m, T)."""
    h = np.asarray(hidden, np.float64)
    radii = np.sqrt((h * h).sum(axis=0))
    longest = radii.max(initial=0.0)
    kept = radii > LOST * longest if longest > 0 else np.zeros(len(radii), bool)
    angles = _angles(h) if len(h) == 2 else np.zeros(0)
    gaps = _gaps(angles[kept]) if len(h) == 2 else np.zeros(0)
    return Geometry(
        radii,
        angles,
        gaps,
        int(kept.sum()),
        int((~kept).sum()),
        _polygon(gaps, radii[kept]),
        _two_circles(radii[kept]),
    )


def off_centre(hidden: Floats) -> float:
    """How far from the origin the circle of H (m, T) lies, in its own radii: ‖h̄‖ / mean ‖h_i - h̄‖ of stored vectors.

    0 for a regular polygon around the origin; at least √2 for a circle that a hidden ReLU keeps where no coordinate is
    negative. NaN where all stored vectors are the same.
    """
    radii = np.sqrt((hidden * hidden).sum(axis=0))
    kept = hidden[:, radii > LOST * radii.max(initial=0.0)]
    if kept.shape[1] == 0:
        return float("nan")
    centre = kept.mean(axis=1)
    around = float(np.sqrt(((kept - centre[:, None]) ** 2).sum(axis=0)).mean())
    return float(np.sqrt((centre * centre).sum())) / around if around > 0 else float("nan")


def _angles(h: Floats) -> Floats:
    """Angles of the columns of (2, T), in [0, 360)."""
    return np.asarray(np.degrees(np.arctan2(h[1], h[0])) % 360 % 360)  # once may round up to 360 itself


def _gaps(angles: Floats) -> Floats:
    """Gaps between neighbouring angles, counter-clockwise, the last one back to the first."""
    ordered = np.sort(angles)
    return np.diff(np.concatenate([ordered, ordered[:1] + 360]))


def _polygon(gaps: Floats, radii: Floats) -> int | None:
    k = len(gaps)
    if not 3 <= k <= MOST_CORNERS:
        return None
    tolerance = GAP_TOLERANCE if k <= 6 else GAP_TOLERANCE * 6 / k
    even = np.abs(gaps - 360 / k).max() <= tolerance
    level = np.abs(radii / radii.mean() - 1).max() <= LENGTH_TOLERANCE
    return k if even and level else None


def _two_circles(radii: Floats) -> bool:
    """Two groups of at least two, each within 10 % of its mean, the outer at least 25 % farther out."""
    if len(radii) < 4:
        return False
    ordered = np.sort(radii)
    cut = int(np.argmax(ordered[1:] / ordered[:-1])) + 1
    inner, outer = ordered[:cut], ordered[cut:]
    if min(len(inner), len(outer)) < 2 or outer[0] < 1.25 * inner[-1]:
        return False
    return all(bool(np.abs(group / group.mean() - 1).max() <= 0.10) for group in (inner, outer))

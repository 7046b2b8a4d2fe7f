"""How things are shown: what keys change, the same for every panel of a screen. Frozen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sdd_tui.analysis.projection import along_axes, towards_eye, turning
from sdd_tui.analysis.snapshot import Snapshot

Colouring = Literal["plain", "dimensionality", "norm", "example"]
Projection = Literal["axes", "principal", "turning"]
Scale = Literal["own", "common", "fixed"]
Kind = Literal["example", "feature"]
Ranking = Literal["number", "norm", "D"]
Curves = Literal["fitting", "test", "cut", "both"]

Ends = tuple[float, float]
Floats = NDArray[np.float64]

SMOOTHING = (0, 5, 15, 51)
"""Rows that a loss is averaged over, in the order a key steps through them."""

SMALLEST_WINDOW = 0.002
"""Of the axis of steps: no closer."""

CLOSEST, FARTHEST = 100.0, 0.1
"""Zooms of the planes."""

PAGED = ("dimensionality", "norms", "gram")
"""Panels of several parts."""

BEYOND = 1.5
"""Half sides that a plane's middle may be moved away from the origin."""


@dataclass(frozen=True)
class ViewOptions:
    """How a run is shown."""

    log_x: bool = True
    """Steps on a log axis: a pentagon forms between steps 300 and 3,100 of 50,000."""
    log_y: bool = True
    smooth: int = 0
    """Rows that the losses are averaged over."""
    rate: bool = False
    """Whether the learning rate is drawn."""
    fit: bool = False
    """Whether the losses' axis of y holds only the later half of the test loss shown."""
    window: tuple[float, float] | None = None
    """The steps that charts show; None for all there are."""
    cross: float | None = None
    """The step under the mouse, or the row that keys chose; else charts mark the step in view."""
    colour: Colouring = "plain"
    scale: Scale = "own"
    """Planes: each its own scale, one for both, or each the largest that it has over the run."""
    zoom: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    """Middle of the planes, in half sides of a plane that is not zoomed."""
    projection: Projection = "axes"
    axes: tuple[int, int] = (0, 1)
    turn: float = 0.0
    """Degrees of the turning view."""
    overlay: bool = False
    """Whether test examples lie under the hidden vectors."""
    outline: bool = True
    star: bool = False
    """Whether D* is shown beside D_X."""
    kind: Kind = "example"
    item: int = -1
    """The chosen example or feature; -1 while none is: the inspector then shows example 0 or the longest feature."""
    ranking: Ranking = "number"
    """In which order keys walk through examples or features: by number, or the largest norm or dimensionality first."""
    scroll: tuple[str, int] = ("", 0)
    """The panel whose lines are scrolled, and by how many: from its first lines, or up from the last ones of a log."""
    pages: tuple[int, ...] = (0, 0, 0)
    """Which part each of the panels PAGED shows where there is no room for all."""
    curves: Curves = "fitting"
    """Of a sweep: the test loss on an axis of its own, both losses cut as in the paper, both whole on a log axis; or
    the first of these that shows most of its points."""
    colours: bool = True
    """Whether there are colours; heat maps become digits without."""

    def zoomed(self, factor: float, at: float, whole: Ends) -> ViewOptions:
        """With fewer steps shown, what is at a share of the axis staying there. `whole` are the first and last step."""
        (lower, upper), (first, last) = self._along(self.window or whole), self._along(whole)
        size = max((upper - lower) / factor, SMALLEST_WINDOW * (last - first))
        return self._windowed(lower + at * (upper - lower - size), size, (first, last))

    def share_of(self, step: float, whole: Ends) -> float:
        """How far along the axis shown a step is; the middle where it isn't shown. `whole` are the first and last."""
        (lower, upper), (at, _) = self._along(self.window or whole), self._along((step, step))
        share = (at - lower) / (upper - lower) if upper > lower else 0.5
        return share if 0 <= share <= 1 else 0.5

    def panned(self, share: float, whole: Ends) -> ViewOptions:
        """With the steps shown moved by a share of their axis."""
        lower, upper = self._along(self.window or whole)
        return self._windowed(lower + share * (upper - lower), upper - lower, self._along(whole))

    def _along(self, steps: Ends) -> Ends:
        """Where steps lie on the axis."""
        return (math.log10(max(1.0, steps[0])), math.log10(max(1.0, steps[1]))) if self.log_x else steps

    def _windowed(self, start: float, size: float, whole: Ends) -> ViewOptions:
        """With so much of the axis shown, inside the whole."""
        if size >= (1 - 1e-9) * (whole[1] - whole[0]):
            return replace(self, window=None)
        start = min(max(whole[0], start), whole[1] - size)
        ends = start, start + size
        return replace(self, window=(10 ** ends[0], 10 ** ends[1]) if self.log_x else ends)

    def closer(self, factor: float, at: Ends = (0.0, 0.0)) -> ViewOptions:
        """With the planes zoomed, the point `at` of an unzoomed plane staying where it is."""
        zoom = min(CLOSEST, max(FARTHEST, self.zoom * factor))
        kept = self.zoom / zoom
        x, y = (there + kept * (middle - there) for there, middle in zip(at, self.offset, strict=True))
        return replace(self, zoom=zoom).moved(x - self.offset[0], y - self.offset[1])

    def moved(self, x: float, y: float) -> ViewOptions:
        """With the middle of the planes moved."""
        across, up = (min(BEYOND, max(-BEYOND, v)) for v in (self.offset[0] + x, self.offset[1] + y))
        return replace(self, offset=(across, up))

    def turned(self, degrees: float) -> ViewOptions:
        """With the turning view so much farther."""
        return replace(self, turn=(self.turn + degrees) % 360)

    def page(self, panel: str) -> int:
        """Which part a panel of several shows first."""
        return self.pages[PAGED.index(panel)]

    def paged(self, panel: str) -> ViewOptions:
        """With the next part of a panel."""
        pages = (page + (name == panel) for name, page in zip(PAGED, self.pages, strict=True))
        return replace(self, pages=tuple(pages))

    def scrolled(self, panel: str) -> int:
        """Lines that a panel is scrolled by."""
        return self.scroll[1] if self.scroll[0] == panel else 0

    def without_colours(self) -> ViewOptions:
        """For terminals without colours."""
        return replace(self, colours=False)

    def remembered(self) -> dict[str, Any]:
        """What is worth keeping for the next time, of whichever run."""
        return {name: getattr(self, name) for name in KEPT}

    def of_a_run(self) -> dict[str, Any]:
        """What is worth keeping for the next time that this run is shown, where it is not as usual."""
        return {name: getattr(self, name) for name in OF_A_RUN if getattr(self, name) != getattr(USUAL, name)}


KEPT = ("log_x", "log_y", "smooth", "rate", "colour", "scale", "projection", "overlay", "outline", "star", "ranking")

OF_A_RUN = ("window", "fit", "zoom", "offset", "axes", "kind", "item", "pages")

USUAL = ViewOptions()

LIKE: dict[str, Any] = {"window": (0.0, 1.0)}
"""What a value looks like that is usually None."""

CHOICES: dict[str, tuple[Any, ...]] = {
    "colour": get_args(Colouring), "projection": get_args(Projection), "smooth": SMOOTHING, "kind": get_args(Kind),
    "ranking": get_args(Ranking), "scale": get_args(Scale),
}  # fmt: skip

RANGES: dict[str, Callable[[Any], bool]] = {
    "window": lambda ends: 0 <= ends[0] < ends[1],
    "zoom": lambda zoom: FARTHEST <= zoom <= CLOSEST,
    "offset": lambda middle: max(map(abs, middle)) <= BEYOND,
    "axes": lambda axes: 0 <= axes[0] < axes[1],
    "item": lambda item: -1 <= item < 2**31,
    "pages": lambda pages: all(0 <= page < 2**31 for page in pages),
}


def remembered(values: Any, options: ViewOptions = USUAL, names: Sequence[str] = KEPT) -> ViewOptions:
    """Options with what was kept of these names; what doesn't fit is left as it is in `options`."""
    if not isinstance(values, dict):
        return options
    for name in names:
        value = _fitted(values.get(name), LIKE.get(name, getattr(USUAL, name)))
        if value is not None and value in CHOICES.get(name, (value,)) and RANGES.get(name, lambda _: True)(value):
            kept: dict[str, Any] = {name: value}
            options = replace(options, **kept)
    return options


def _fitted(value: Any, usual: Any) -> Any:
    """A value as it usually is: JSON's lists are tuples, its numbers finite; None for what is of another kind."""
    if isinstance(usual, tuple):
        whole = isinstance(value, list | tuple) and len(value) == len(usual)
        parts = tuple(_fitted(v, u) for v, u in zip(value, usual, strict=True)) if whole else (None,)
        return None if None in parts else parts
    if isinstance(usual, float) and type(value) in (int, float):
        return float(value) if math.isfinite(value) and abs(value) < 1e300 else None
    return value if type(value) is type(usual) else None


def basis(snapshot: Snapshot, options: ViewOptions) -> Floats:
    """(2, m): what the planes show of m hidden dimensions; all there is for m up to 2."""
    m = len(snapshot.features)
    if m <= 2:
        return np.eye(2, m)
    if options.projection == "axes":
        return along_axes(m, *options.axes)
    axes = snapshot.principal
    return axes[:2] if options.projection == "principal" else turning(axes, options.turn)


def nearness(snapshot: Snapshot, options: ViewOptions) -> Floats | None:
    """(m,): the direction of the eye in the turning view; None in the others."""
    if options.projection != "turning" or len(snapshot.features) <= 2:
        return None
    return towards_eye(snapshot.principal, options.turn)

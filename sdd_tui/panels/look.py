"""How things are shown: what keys change, the same for every panel of a screen. Frozen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Colouring = Literal["plain", "dimensionality", "norm", "example"]
Projection = Literal["axes", "principal", "turning"]
Kind = Literal["example", "feature"]
Ranking = Literal["number", "norm", "D"]

SMOOTHING = (0, 5, 15, 51)
"""Rows that a loss is averaged over, in the order a key steps through them."""

SMALLEST_WINDOW = 0.002


@dataclass(frozen=True)
class Look:
    """How a run is shown."""

    log_x: bool = False
    log_y: bool = True
    smooth: int = 0
    """Rows that the losses are averaged over."""
    rate: bool = False
    """Whether the learning rate is drawn."""
    window: tuple[float, float] = (0.0, 1.0)
    """The part of the axis of steps that charts show."""
    cross: float | None = None
    """The step under the mouse; else charts mark the step in view."""
    colour: Colouring = "plain"
    common: bool = False
    """Whether both planes have one scale."""
    zoom: float = 1.0
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
    """The chosen example or feature; -1 while none is, and the inspector shows the first."""
    ranking: Ranking = "number"
    """In which order keys walk through examples or features: by number, or the largest norm or dimensionality first."""
    scroll: tuple[str, int] = ("", 0)
    """The panel whose lines are scrolled, and by how many: from its first lines, or up from the last ones of a log."""
    page: int = 0
    """Which part a panel shows where there is no room for all."""
    colours: bool = True
    """Whether there are colours; heat maps become digits without."""

    def zoomed(self, factor: float, at: float = 0.5) -> Look:
        """With the window of steps made smaller around the share `at` of it, within the whole."""
        lower, upper = self.window
        centre, half = lower + at * (upper - lower), (upper - lower) / factor
        half = min(1.0, max(SMALLEST_WINDOW, half))
        start = min(max(0.0, centre - at * half), 1.0 - half)
        return replace(self, window=(start, start + half))

    def panned(self, share: float) -> Look:
        """With the window of steps moved by a share of its width."""
        lower, upper = self.window
        start = min(max(0.0, lower + share * (upper - lower)), 1.0 - (upper - lower))
        return replace(self, window=(start, start + upper - lower))

    def turned(self, degrees: float) -> Look:
        """With the turning view so much farther."""
        return replace(self, turn=(self.turn + degrees) % 360)

    def scrolled(self, panel: str) -> int:
        """Lines that a panel is scrolled by."""
        return self.scroll[1] if self.scroll[0] == panel else 0

    def without_colours(self) -> Look:
        """For terminals without colours."""
        return replace(self, colours=False)

    def remembered(self) -> dict[str, Any]:
        """What is worth keeping for the next time, of whichever run."""
        return {name: getattr(self, name) for name in KEPT}

    def of_a_run(self) -> dict[str, Any]:
        """What is worth keeping for the next time that this run is shown, where it is not as usual."""
        return {name: getattr(self, name) for name in OF_A_RUN if getattr(self, name) != getattr(USUAL, name)}


KEPT = ("log_x", "log_y", "smooth", "rate", "colour", "common", "projection", "overlay", "outline", "star", "ranking")

OF_A_RUN = ("window", "zoom", "axes", "kind", "item", "page")

USUAL = Look()

CHOICES: dict[str, tuple[Any, ...]] = {
    "colour": get_args(Colouring), "projection": get_args(Projection), "smooth": SMOOTHING, "kind": get_args(Kind),
    "ranking": get_args(Ranking),
}  # fmt: skip

RANGES: dict[str, Callable[[Any], bool]] = {
    "window": lambda ends: 0 <= ends[0] < ends[1] <= 1,
    "zoom": lambda zoom: 0.1 <= zoom <= 100,
    "axes": lambda axes: 0 <= axes[0] < axes[1],
    "item": lambda item: -1 <= item < 2**31,
    "page": lambda page: 0 <= page < 2**31,
}


def remembered(values: Any, look: Look = USUAL, names: Sequence[str] = KEPT) -> Look:
    """A look with what was kept of these names; what doesn't fit is left as it is in `look`."""
    if not isinstance(values, dict):
        return look
    for name in names:
        value = _fitted(values.get(name), getattr(USUAL, name))
        if value is not None and value in CHOICES.get(name, (value,)) and RANGES.get(name, lambda _: True)(value):
            kept: dict[str, Any] = {name: value}
            look = replace(look, **kept)
    return look


def _fitted(value: Any, usual: Any) -> Any:
    """A value as it usually is: JSON's lists are tuples, its numbers finite; None for what is of another kind."""
    if isinstance(usual, tuple):
        whole = isinstance(value, list | tuple) and len(value) == len(usual)
        parts = tuple(_fitted(v, u) for v, u in zip(value, usual, strict=True)) if whole else (None,)
        return None if None in parts else parts
    if isinstance(usual, float) and type(value) in (int, float):
        return float(value) if math.isfinite(value) and abs(value) < 1e300 else None
    return value if type(value) is type(usual) else None

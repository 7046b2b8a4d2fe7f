"""How things are shown: what keys change, the same for every panel of a screen. Frozen."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
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
    """The panel whose lines are scrolled, and by how many."""
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
        """What is worth keeping for the next time."""
        return {name: getattr(self, name) for name in KEPT}


KEPT = ("log_x", "log_y", "smooth", "rate", "colour", "common", "projection", "overlay", "outline", "star")


def remembered(values: Any) -> Look:
    """A look from what was kept; what doesn't fit is left at its default."""
    look = Look()
    if not isinstance(values, dict):
        return look
    choices = {"colour": get_args(Colouring), "projection": get_args(Projection), "smooth": SMOOTHING}
    for field in fields(Look):
        value = values.get(field.name)
        right = type(value) is type(getattr(look, field.name)) and value in choices.get(field.name, (value,))
        if field.name in KEPT and right:
            kept: dict[str, Any] = {field.name: value}
            look = replace(look, **kept)
    return look

"""What widgets tell their screens: every message on one page."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from sdd_tui.panels.drawing import Hit, Spot


@dataclass
class ChoiceChanged(Message):
    """Another value of a form's choice."""


@dataclass
class EndingPicked(Message):
    """A click on what a picture can be written as, by its place."""

    place: int


@dataclass
class StepSought(Message):
    """A click or a drag on the timeline, at a step."""

    step: int


@dataclass
class TimelineWheeled(Message):
    """The wheel over the timeline, so many frames."""

    by: int


@dataclass
class PanelPicked(Message):
    """A click on something in a panel."""

    hit: Hit


@dataclass
class StepHovered(Message):
    """The mouse is over a step of a chart, or no more."""

    step: int | None


@dataclass
class PanelZoomed(Message):
    """The wheel over steps or a plane: closer by a factor, with what is under the mouse staying there."""

    factor: float
    spot: Spot


@dataclass
class PanelWheeled(Message):
    """The wheel over another panel, by its name."""

    panel: str
    by: int


@dataclass
class PanelDragged(Message):
    """The mouse dragged a plane or steps (`kind`), so far that its middle moves by (x, y)."""

    kind: str
    x: float
    y: float

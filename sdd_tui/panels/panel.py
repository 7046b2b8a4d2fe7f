"""What a panel is: a name, words about it, and how it is drawn, measured and known to be out of date."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions

V = TypeVar("V")
"""What a panel draws from: a View of one run, or a Comparison of several."""


class Panel(ABC, Generic[V]):
    """One panel. Stateless: the same view and options give the same drawing."""

    name: ClassVar[str]
    title: ClassVar[str]
    shorter: ClassVar[tuple[str, ...]] = ()
    """What stands for the title where its note needs the room, the longest first."""
    about: ClassVar[str]
    """What one sees in it, for the help."""

    @abstractmethod
    def depends(self, view: V, options: ViewOptions) -> tuple[Any, ...]:
        """What the drawing is made of: while it is equal, nothing needs drawing again."""

    @abstractmethod
    def draw(self, view: V, options: ViewOptions, width: int, height: int) -> Drawing:
        """The panel at a size."""

    @abstractmethod
    def numbers(self, view: V, options: ViewOptions) -> dict[str, Any]:
        """What is drawn, as numbers."""


def nothing_yet(view: View, width: int, height: int) -> Drawing:
    """Why there is nothing to draw, in the middle."""
    line = view.problem or "no frames yet"
    return words([""] * (max(0, height - 1) // 2) + [line.center(width)[: max(width, 0)]], width, height)

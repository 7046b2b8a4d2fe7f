"""The keys that change how things are shown, for every screen that has a look and paints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from textual.screen import Screen

from sdd_tui.panels.view_options import SMOOTHING, Colouring, Projection, Scale, ViewOptions


class ChartKeys(Screen[None]):
    """Axes, smoothing."""

    look: ViewOptions = ViewOptions()

    def change(self, **values: Any) -> None:
        """Show things so from now on."""
        self.show_as(replace(self.look, **values))

    def show_as(self, look: ViewOptions) -> None:
        """Show things so."""
        self.look = look
        self.paint()

    def paint(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def action_log_x(self) -> None:
        """Steps on a log axis or a linear one."""
        self.change(log_x=not self.look.log_x)

    def action_log_y(self) -> None:
        """Losses on a log axis or a linear one."""
        self.change(log_y=not self.look.log_y)

    def action_smooth(self) -> None:
        """The next smoothing."""
        self.change(smooth=SMOOTHING[(SMOOTHING.index(self.look.smooth) + 1) % len(SMOOTHING)])

    def action_fit(self) -> None:
        """The losses' axis of y fitted to the later test loss, or holding everything."""
        self.change(fit=not self.look.fit)

    def action_whole(self) -> None:
        """Undo zooming and panning."""
        self.change(window=None, fit=False, zoom=1.0, offset=(0.0, 0.0))


class LookKeys(ChartKeys):
    """What the planes and the other panels show."""

    def action_rate(self) -> None:
        """The learning rate with the losses."""
        self.change(rate=not self.look.rate)

    def action_colour(self) -> None:
        """The next colouring of the planes."""
        self.change(colour=_next(self.look.colour, get_args(Colouring)))

    def action_scale(self) -> None:
        """The next scale of the planes."""
        self.change(scale=_next(self.look.scale, get_args(Scale)))

    def action_projection(self) -> None:
        """The next projection."""
        self.change(projection=_next(self.look.projection, get_args(Projection)), axes=(0, 1))

    def action_axes(self) -> None:
        """The next pair of axes."""
        first, second = self.look.axes
        m = self.dimensions
        second += 1
        if second >= m:
            first, second = (first + 1, first + 2) if first + 2 < m else (0, min(1, m - 1))
        self.change(axes=(first, second), projection="axes")

    @property
    def dimensions(self) -> int:
        """m."""
        raise NotImplementedError

    def action_outline(self) -> None:
        """The regular polygon's outline."""
        self.change(outline=not self.look.outline)

    def action_overlay(self) -> None:
        """The test set under the training set."""
        self.change(overlay=not self.look.overlay)

    def action_star(self) -> None:
        """D*."""
        self.change(star=not self.look.star)

    def action_page(self) -> None:
        """Another part of the panels that hold several."""
        self.change(page=self.look.page + 1)

    def action_kind(self) -> None:
        """Examples or features."""
        self.change(kind="feature" if self.look.kind == "example" else "example", item=-1, scroll=("", 0))


def _next(value: str, values: tuple[str, ...]) -> str:
    return values[(values.index(value) + 1) % len(values)]

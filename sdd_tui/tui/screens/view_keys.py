"""The keys that change how things are shown, for every screen that has view options and paints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from textual.screen import Screen

from sdd_tui.panels.view_options import SMOOTHING, Colouring, Projection, Scale, ViewOptions


class ChartKeys(Screen[None]):
    """Axes, smoothing."""

    options: ViewOptions = ViewOptions()

    def change(self, **values: Any) -> None:
        """Show things so from now on."""
        self.show_as(replace(self.options, **values))

    def show_as(self, options: ViewOptions) -> None:
        """Show things so."""
        self.options = options
        self.paint()

    def paint(self) -> None:
        """Draw what has changed."""
        raise NotImplementedError

    def action_log_x(self) -> None:
        """Steps on a log axis or a linear one."""
        self.change(log_x=not self.options.log_x)

    def action_log_y(self) -> None:
        """Losses on a log axis or a linear one."""
        self.change(log_y=not self.options.log_y)

    def action_smooth(self) -> None:
        """The next smoothing."""
        self.change(smooth=SMOOTHING[(SMOOTHING.index(self.options.smooth) + 1) % len(SMOOTHING)])

    def action_fit(self) -> None:
        """The losses' axis of y fitted to the later test loss, or holding everything."""
        self.change(fit=not self.options.fit)

    def action_whole(self) -> None:
        """Undo zooming and panning."""
        self.change(window=None, fit=False, zoom=1.0, offset=(0.0, 0.0))


class ViewKeys(ChartKeys):
    """What the planes and the other panels show."""

    def action_rate(self) -> None:
        """The learning rate with the losses."""
        self.change(rate=not self.options.rate)

    def action_colour(self) -> None:
        """The next colouring of the planes."""
        self.change(colour=_next(self.options.colour, get_args(Colouring)))

    def action_scale(self) -> None:
        """The next scale of the planes."""
        self.change(scale=_next(self.options.scale, get_args(Scale)))

    def action_projection(self) -> None:
        """The next projection."""
        self.change(projection=_next(self.options.projection, get_args(Projection)), axes=(0, 1))

    def action_axes(self) -> None:
        """The next pair of axes."""
        first, second = self.options.axes
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
        self.change(outline=not self.options.outline)

    def action_overlay(self) -> None:
        """The test set under the training set."""
        self.change(overlay=not self.options.overlay)

    def action_star(self) -> None:
        """D*."""
        self.change(star=not self.options.star)

    def action_kind(self) -> None:
        """Examples or features."""
        self.change(kind="feature" if self.options.kind == "example" else "example", item=-1, scroll=("", 0))


def _next(value: str, values: tuple[str, ...]) -> str:
    return values[(values.index(value) + 1) % len(values)]

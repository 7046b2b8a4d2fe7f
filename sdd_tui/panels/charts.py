"""What the charts over steps have in common: axes, the mark of the step in view, and what a click means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sdd_tui.draw.chart import Axes, called, line_chart
from sdd_tui.draw.series import Series
from sdd_tui.panels.drawing import Drawing, Hit, Spot
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Ends, ViewOptions

ROOM = 0.05
"""Of a fitted axis of y, above and below what it is fitted to."""


def marked_step(view: View, options: ViewOptions) -> float | None:
    """Where the charts' upright line stands: under the mouse, else at the step in view; nowhere at the end."""
    if options.cross is not None:
        return options.cross
    return None if view.at_end or view.snapshot is None else float(view.step)


def ends_of_steps(views: Sequence[View]) -> Ends:
    """The first and the last step that anything is recorded of."""
    parts = [steps for view in views for steps in (view.rows["step"], view.steps) if len(steps)]
    ends = [float(steps[i]) for steps in parts for i in (0, -1) if np.isfinite(steps[i])]
    return (min(ends), max(ends)) if ends else (0.0, 1.0)


def row_beside(views: Sequence[View], step: float, by: int) -> float | None:
    """The recorded step next to one, so many rows on; None without rows."""
    steps = np.unique(np.concatenate([view.rows["step"] for view in views]))
    steps = steps[np.isfinite(steps)]
    if not len(steps):
        return None
    at = int(np.searchsorted(steps, step, side="right") - 1 if by > 0 else np.searchsorted(steps, step))
    return float(steps[min(len(steps) - 1, max(0, at + by))])


def fitted_span(series: Sequence[Series], window: Ends | None, log: bool) -> Ends | None:
    """Ends of an axis of y that holds lines over the later half of the steps shown, with some room."""
    x, y = (np.concatenate([np.zeros(0), *(getattr(s, name) for s in series)]) for name in ("x", "y"))
    usable = np.isfinite(x) & np.isfinite(y) & ((y > 0) | (not log))
    x, y = x[usable], y[usable]
    if not len(x):
        return None
    lower, upper = window or (x.min(), x.max())
    late = y[(x >= (lower + upper) / 2) & (x <= upper)]
    if not len(late):
        return None
    late = np.log10(late) if log else late
    low, high = float(late.min()), float(late.max())
    room = max(ROOM * (high - low), 1e-6 * max(abs(low), abs(high)), 1e-12)
    return (10 ** (low - room), 10 ** (high + room)) if log else (low - room, high + room)


def over_steps(
    cross: float | None,
    options: ViewOptions,
    series: Sequence[Series],
    size: tuple[int, int],
    notes: tuple[str, str],
    log_y: bool = False,
    level: float | None = None,
    smooth: int = 0,
    fit: Sequence[Series] = (),
) -> Drawing:
    """A chart over steps, with an upright line, a note and a brief one. Step 0 stands at 1 on a log axis. The axis of
    y holds what is shown, and the level as long as all steps are; or only the later half of the lines `fit`."""
    lines, window = list(series), options.window
    if options.log_x:
        lines = [Series(s.x.clip(min=1), s.y, s.colour, s.label) for s in lines]
        window = window and (max(1.0, window[0]), window[1])
    y_span = fitted_span(fit, options.window, log_y)
    axes = Axes(options.log_x, log_y, level, window is None, cross, smooth, x_span=window, y_span=y_span)
    chart = line_chart(lines, *size, axes)
    called(chart, "step")

    def hit(column: int, row: int) -> Hit | None:
        return Hit("step", round(chart.x_at(column))) if column >= chart.left else None

    def spot(column: int, row: int) -> Spot | None:
        return Spot("steps", chart.share(column), across=1 / chart.columns) if column >= chart.left else None

    return Drawing(chart.rows, *notes, hit, spot)

"""What the charts over steps have in common: axes, the mark of the step in view, and what a click means."""

from __future__ import annotations

from collections.abc import Sequence

from sdd_tui.draw.chart import Axes, Chart, line_chart
from sdd_tui.draw.series import Series
from sdd_tui.panels.drawing import Drawing, Hit
from sdd_tui.panels.look import Look
from sdd_tui.panels.view import View


def marked_step(view: View, look: Look) -> float | None:
    """Where the charts' upright line stands: under the mouse, else at the step in view; nowhere at the end."""
    if look.cross is not None:
        return look.cross
    return None if view.at_end or view.still is None else float(view.step)


def over_steps(
    view: View,
    look: Look,
    series: Sequence[Series],
    size: tuple[int, int],
    notes: tuple[str, str],
    log_y: bool = False,
    level: float | None = None,
    smooth: int = 0,
) -> Drawing:
    """A chart over steps, with a note and a brief one. Step 0 stands at 1 on a log axis."""
    shown = [_from_one(s) if look.log_x else s for s in series]
    axes = Axes(look.log_x, log_y, level, look.window, marked_step(view, look), smooth)
    chart = line_chart(shown, *size, axes)
    return Drawing(chart.rows, *notes, lambda column, row: _step(chart, column))


def _from_one(s: Series) -> Series:
    return Series(s.x.clip(min=1), s.y, s.colour, s.label)


def _step(chart: Chart, column: int) -> Hit | None:
    return Hit("step", round(chart.x_at(column))) if column >= chart.left else None

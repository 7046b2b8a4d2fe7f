"""Feature norms: how many features there are, and what became of W and b."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.draw.chart import Axes, called, line_chart
from sdd_tui.draw.series import Series
from sdd_tui.numerals import rounded, short
from sdd_tui.panels.charts import marked_step, over_steps
from sdd_tui.panels.drawing import Drawing, Hit, arranged
from sdd_tui.panels.panel import Panel, nothing_yet
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions

BINS = 40


class Norms(Panel[View]):
    """Sorted norms, their histogram, and ‖W‖ and ‖b‖ over time."""

    name = "norms"
    title = "norms ‖W_j‖"
    about = (
        "The lengths of the feature vectors, sorted and as a histogram, and ‖W‖ and ‖b‖ over training. Memorising"
        " spreads length over all features that occur; generalising leaves a few long ones."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The frame and the rows."""
        return (
            view.version,
            len(view.rows["step"]),
            options.page(self.name),
            options.log_x,
            options.window,
            marked_step(view, options),
        )

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """What fits of the three charts."""
        if view.snapshot is None:
            return nothing_yet(view, width, height)
        parts = [
            partial(_sorted, view.snapshot),
            partial(_histogram, view.snapshot),
            partial(_over_time, view, options),
        ]
        return arranged(parts, options.page(self.name), (width, height), (34, 9))

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """The norms at the step, and ‖W‖ and ‖b‖ over time."""
        rows = view.rows
        over = {name: rows[name] for name in ("weight_norm", "bias_norm")} | {"steps": rows["step"]}
        return {"step": view.step, "feature_norms": view.snapshot and view.snapshot.feature_norms} | over


def _sorted(snapshot: Snapshot, width: int, height: int) -> Drawing:
    order = np.argsort(-snapshot.feature_norms, kind="stable")
    ordered = snapshot.feature_norms[order]
    rank = np.arange(1, len(ordered) + 1, dtype=np.float64)
    chart = line_chart([Series(rank, ordered, "feature")], width, height, Axes(log_x=True))

    called(chart, "rank")

    def hit(column: int, row: int) -> Hit | None:
        at = round(chart.x_at(column)) - 1
        return Hit("feature", int(order[at])) if column >= chart.left and 0 <= at < len(order) else None

    return Drawing(chart.rows, f"by rank, longest {rounded(float(ordered[0]), 3)}", hit=hit)


def _histogram(snapshot: Snapshot, width: int, height: int) -> Drawing:
    norms = snapshot.feature_norms[np.isfinite(snapshot.feature_norms)]
    counts, edges = np.histogram(norms, min(BINS, max(4, width - 8)), (0, max(float(norms.max(initial=0)), 1e-12)))
    x = np.repeat(edges, 2)[1:-1]
    y = np.repeat(np.maximum(counts, 0.5).astype(np.float64), 2)  # empty bins stand below one on the log axis
    chart = line_chart([Series(x, y, "feature")], width, height, Axes(log_y=True))
    called(chart, "norm")
    return Drawing(chart.rows, "how many of a norm")


def _over_time(view: View, options: ViewOptions, width: int, height: int) -> Drawing:
    rows = view.rows
    series = [
        Series(rows["step"], rows["weight_norm"], "feature", "‖W‖"),
        Series(rows["step"], rows["bias_norm"], "hidden", "‖b‖"),
    ]
    step = marked_step(view, options)
    row = view.row_at(rows["step"][-1] if step is None and len(rows["step"]) else step or 0)
    note = f"‖W‖ {short(row['weight_norm'])}  ‖b‖ {short(row['bias_norm'])}" if row else ""
    return over_steps(step, options, series, (width, height), (note, note))

"""Losses over training."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdd_tui.analysis.regimes import MEMORISED
from sdd_tui.analysis.theory import memoriser_test_loss
from sdd_tui.draw.series import Series, mean_around
from sdd_tui.numerals import rounded, short
from sdd_tui.panels.charts import marked_step, over_steps
from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.layout import METRICS


class Loss(Panel[View]):
    """Train and test loss, with the line that the zero output scores."""

    name = "loss"
    title = "loss"
    about = (
        "Train and test loss in the paper's units: the line is the zero output's loss, 1. Memorising drives the train"
        " loss to 0 and leaves the test loss at 1; generalising brings both down; in between the test loss peaks."
        " While the model memorises, theory has the test loss at 1 + ‖ReLU(b)‖², which stands beside it."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """Rows, the marked step, and how it is drawn."""
        rows = view.rows["step"]
        newest = rows[-1] if len(rows) else None
        how = (options.log_x, options.log_y, options.smooth, options.rate, options.window, options.fit)
        read = (view.generation, view.run.problems.get(METRICS), view.snapshot and view.snapshot.step)
        return (*read, len(rows), newest, marked_step(view, options), *how)

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """The chart; the marked step's values on the edge."""
        rows = view.rows
        if not len(rows["step"]):
            problem = view.run.problems.get(METRICS)
            return words([f"{METRICS}: {problem}" if problem else "no losses yet"], width, height)
        step = rows["step"]
        series = [
            Series(step, rows["train_loss"], "train", "train"),
            Series(step, rows["test_loss"], "test", "test"),
        ]
        if options.rate:
            most = np.nanmax(rows["lr"], initial=0.0)
            scale = np.nanmax(np.append(rows["test_loss"], rows["train_loss"]), initial=1.0) / most if most > 0 else 1.0
            series.append(Series(step, rows["lr"] * scale, "lr", "lr"))
        note, brief = _values(view, options)
        if problem := view.run.problems.get(METRICS):
            note, brief = f"{problem}  {note}", problem
        size, cross, fit = (width, height), marked_step(view, options), series[1:2] if options.fit else []
        return over_steps(cross, options, series, size, (note, brief), options.log_y, 1.0, options.smooth, fit)

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """Every recorded row."""
        return {name: view.rows[name] for name in ("step", "train_loss", "test_loss", "lr")}


def _values(view: View, options: ViewOptions) -> tuple[str, str]:
    """The losses at the marked step as recorded and, in brackets, as smoothed."""
    step, rows = marked_step(view, options), view.rows
    row = view.row_at(rows["step"][-1] if step is None else step)
    if not row:
        return "", ""
    at = f"step {row['step']:,.0f}  " if step is not None else ""
    rate = f"  lr {rounded(row['lr'], 3)}" if options.rate else ""
    train, test = short(row["train_loss"]), short(row["test_loss"])
    brief = f"{row['step']:,.0f}: {train}, {test}"
    if options.smooth > 1:
        place = int(np.searchsorted(rows["step"], row["step"]))
        means = [short(mean_around(rows[name], place, options.smooth)) for name in ("train_loss", "test_loss")]
        train, test, rate = f"{train} ({means[0]})", f"{test} ({means[1]})", f"{rate}  (mean of {options.smooth})"
    snapshot = view.snapshot
    told = snapshot is not None and row["train_loss"] < MEMORISED and snapshot.step == row["step"]
    theory = f"  theory {short(memoriser_test_loss(snapshot.b))}" if snapshot is not None and told else ""
    return f"{at}train {train}  test {test}{rate}{theory}", brief

"""Losses over training."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdd_tui.draw.series import Series
from sdd_tui.notation import short
from sdd_tui.panels.charts import marked_step, over_steps
from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.look import Look
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.view import View
from sdd_tui.store.layout import METRICS


class Loss(Panel[View]):
    """Train and test loss, with the line that the zero output scores."""

    name = "loss"
    title = "loss"
    about = (
        "Train and test loss in the paper's units: the line is the zero output's loss, 1. Memorising drives the train"
        " loss to 0 and leaves the test loss at 1; generalising brings both down; in between the test loss peaks."
    )

    def depends(self, view: View, look: Look) -> tuple[Any, ...]:
        """Rows, the marked step, and how it is drawn."""
        rows = view.rows["step"]
        newest = rows[-1] if len(rows) else None
        how = (look.log_x, look.log_y, look.smooth, look.rate, look.window)
        read = (view.generation, view.run.problems.get(METRICS))
        return (*read, len(rows), newest, marked_step(view, look), *how)

    def draw(self, view: View, look: Look, width: int, height: int) -> Drawing:
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
        if look.rate:
            most = np.nanmax(rows["lr"], initial=0.0)
            scale = np.nanmax(np.append(rows["test_loss"], rows["train_loss"]), initial=1.0) / most if most > 0 else 1.0
            series.append(Series(step, rows["lr"] * scale, "lr", "lr"))
        note, brief = _values(view, look)
        if problem := view.run.problems.get(METRICS):
            note, brief = f"{problem}  {note}", problem
        level = 1.0 if look.window == (0.0, 1.0) or not look.log_y else None
        return over_steps(view, look, series, (width, height), (note, brief), look.log_y, level, look.smooth)

    def numbers(self, view: View, look: Look) -> dict[str, Any]:
        """Every recorded row."""
        return {name: view.rows[name] for name in ("step", "train_loss", "test_loss", "lr")}


def _values(view: View, look: Look) -> tuple[str, str]:
    step = marked_step(view, look)
    row = view.row_at(view.rows["step"][-1] if step is None else step)
    if not row:
        return "", ""
    at = f"step {row['step']:,.0f}  " if step is not None else ""
    rate = f"  lr {row['lr']:.2e}" if look.rate else ""
    mean = f"  mean of {look.smooth}" if look.smooth > 1 else ""
    brief = f"{row['step']:,.0f}: {short(row['train_loss'])}, {short(row['test_loss'])}"
    return f"{at}train {short(row['train_loss'])}  test {short(row['test_loss'])}{rate}{mean}", brief

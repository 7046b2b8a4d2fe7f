"""The three lines above a run's panels: what it is, how far it is, what came out so far."""

from __future__ import annotations

import math

from rich.text import Text

from sdd_tui.errors import SddError, plain
from sdd_tui.numerals import short
from sdd_tui.panels.shapes import polygon_name
from sdd_tui.panels.system import duration, speed, time_left
from sdd_tui.panels.view import View
from sdd_tui.run.layout import number, unstamped
from sdd_tui.tui.theme import style


def header(view: View, dark: bool, width: int) -> Text:
    """The lines, from the status and the newest row. The run's short name stands first, where it is never cut; the
    whole one at the end of a line of so many cells that has room for it."""
    text = Text(no_wrap=True, overflow="ellipsis")
    if gone := view.run.unreachable:
        return text.append(f"{plain(view.run.path.name, 60)}\n{plain(gone, 200)}", "bold red")
    try:
        config = view.run.config
    except SddError as error:
        return text.append(plain(str(error), 1_000), "bold red")
    d, status, state = config.data, view.now, view.state
    T = "∞" if d.n_examples == "inf" else f"{d.n_examples:,}"
    name = plain(unstamped(view.run.name), 40)
    text.append(name, "bold")
    preset = "" if name.startswith(config.preset) else f"  {plain(config.preset)}"
    text.append(f"{preset}  n {d.n_features:,}  m {config.model.n_hidden}  S {d.sparsity:g}  T {T}", "dim")
    text.append(f"  {plain(config.title, 200)}\n")
    step, total = number(status.get("step")), config.optim.steps
    text.append(state, "bold").append(f"  step {step:,.0f} of {total:,}" if math.isfinite(step) else "")
    left = time_left(status, total)
    if state == "running" and math.isfinite(left):
        text.append(f"  {speed(status):,.0f} steps/s  ETA {duration(left)}")
    elif state == "starting":
        text.append("  (the first run here compiles for 5-10 s)")
    chosen = "cpu" if config.device == "auto" else config.device
    device = plain(str(view.run.described.get("device", chosen)))
    text.append(f"  {plain(config.engine)} on {device}", "dim")
    whole = f"  {plain(view.run.name, 100)}"
    if view.run.name != name and len(text.plain.splitlines()[-1] + whole) <= width:
        text.append(whole, "dim")
    text.append("\n")
    if view.snapshot is not None and not view.at_end:
        text.append("newest  ", "dim")  # beside panels of an earlier step
    for label, key, colour in (
        ("train", "train_loss", "train"),
        ("test", "test_loss", "test"),
        ("‖W‖", "weight_norm", "text"),
        ("‖b‖", "bias_norm", "text"),
    ):
        text.append(f"{label} ", "dim").append(f"{short(number(status.get(key)))}   ", style(colour, dark))
    if problem := view.run.problems.get("status.json"):
        text.append(f"status.json: {plain(problem, 100)}", "bold red")
    outcome = status.get("outcome")
    if isinstance(outcome, dict):
        words = [plain(str(outcome[k]), 100) for k in ("solution", "reason", "advice") if outcome.get(k)]
        if isinstance(corners := outcome.get("polygon"), int):
            words.append(f"regular {polygon_name(corners)}")
        text.append("; ".join(words), "bold")
    return text

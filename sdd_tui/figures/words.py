"""The small print: what a figure is drawn from, with the settings that hold for all of it."""

from __future__ import annotations

from sdd_tui.analysis.snapshot import Snapshot
from sdd_tui.config import RunConfig
from sdd_tui.errors import plain
from sdd_tui.figures.catalogue import REDUCTION, SEEDS, STEPS
from sdd_tui.figures.style import BETWEEN
from sdd_tui.figures.swept import Swept
from sdd_tui.panels.sweep.pictures import text
from sdd_tui.panels.view import View
from sdd_tui.presets import settings_of
from sdd_tui.run.layout import CELLS
from sdd_tui.sweep.axes import Value

SHOWN = (("n", "data.n_features"), ("m", "model.n_hidden"), ("S", "data.sparsity"), ("T", "data.n_examples"))


def of_sweep(swept: Swept, *more: str, averaged: bool = True, planes: bool = False) -> str:
    """Name, n, m, S, steps, how many runs stand behind a point, and what else there is to say."""
    name = " + ".join(plain(folder.name, 60) for folder in swept.folders)
    base = swept.first.base
    steps = [] if STEPS in swept.varied else [f"{base.optim.steps:,} steps"]
    parts = [name, *_settings(base, swept.varied), *steps, _together(swept, averaged), *more]
    if planes and any(len(point.runs) > 1 for point in swept.points):
        parts.append("planes: the run with the lowest training loss")
    if swept.done < swept.cells:
        parts.append(f"{swept.done:,} of {swept.cells:,} cells")
    return BETWEEN.join(parts)


def of_run(view: View, *more: str, step: int | None = None) -> str:
    """Name, n, m, S, T, the step shown (the last frame's unless given), seeds, and what else there is to say."""
    config = view.run.config
    seeds = {config.data.seed, config.model.seed}
    seed = f"seed {seeds.pop()}" if len(seeds) == 1 else f"seeds {config.data.seed} and {config.model.seed}"
    path = view.run.path.resolve()
    sweep = f"{path.parent.parent.name}/" if path.parent.name == CELLS else ""
    shown = _reached(view, view.step if step is None else step)
    return BETWEEN.join([plain(sweep + path.name, 100), *_settings(config, set()), shown, seed, *more])


def projected(*snapshots: Snapshot) -> list[str]:
    """What planes of models with m > 2 are."""
    return ["planes: projections on the first two principal components"] if any(len(s.W) > 2 for s in snapshots) else []


def shared(snapshot: Snapshot) -> list[str]:
    """Which examples D_X is shown of and which it is a share among, where these aren't the same."""
    found = snapshot.training_set
    shown = snapshot.examples.n_rows
    if shown == found.size:
        return []
    estimated = f" (estimated from {found.summed:,})" if found.summed < found.size else ""
    return [f"D_X of the first {shown:,} examples among all {found.size:,}{estimated}"]


def of_value(setting: str, value: Value) -> str:
    """A setting's value in a legend: `S = 0.99`, `weight decay 0.1`, `20,000 steps`."""
    if setting == STEPS:
        return f"{text(value)} steps"
    if setting == REDUCTION:
        return f"{text(value)} over features"
    symbol = next((s for s, name in SHOWN if name == setting), "")
    shown = "∞" if value == "inf" else text(value)
    if symbol:
        return f"${symbol}$ = {shown}"
    words = setting.split(".")[-1].replace("_", " ")
    return f"{words} {shown}"


def _settings(config: RunConfig, varied: set[str]) -> list[str]:
    found = []
    for symbol, name in SHOWN:
        table, _, leaf = name.partition(".")
        value = getattr(getattr(config, table), leaf)
        if name not in varied and not (symbol == "T" and varied):
            found.append(f"{symbol} = {'∞' if value == 'inf' else text(value)}")
    return found


def _reached(view: View, step: int) -> str:
    """How far training was, and what became of the run where it is not finished."""
    steps, finished = view.run.config.optim.steps, view.state == "finished"
    if finished and step == steps:
        return f"{steps:,} steps"
    return f"step {step:,} of {steps:,}" + ("" if finished else f" ({view.state})")


def _together(swept: Swept, averaged: bool) -> str:
    sweep = swept.first
    counts = {len(point.runs) for point in swept.points}
    runs = f"{min(counts)}" if len(counts) == 1 else f"{min(counts)}–{max(counts)}"
    seeds = all(set(settings_of(key)) <= set(SEEDS) for key in sweep.over)
    if sweep.how == "best":
        return f"lowest training loss of {runs} runs ({', '.join(sweep.over)})"
    if counts == {1}:
        return "one seed"
    what = "seeds" if seeds else f"runs ({', '.join(sweep.over)})"
    return f"mean of {runs} {what}" if averaged else f"{runs} {what}"

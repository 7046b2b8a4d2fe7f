"""The small print: what a figure is drawn from, with the settings that hold for all of it."""

from __future__ import annotations

from sdd_tui.catalog import settings_of
from sdd_tui.config import RunConfig
from sdd_tui.errors import plain
from sdd_tui.figures.catalogue import REDUCTION, SEEDS, STEPS
from sdd_tui.figures.sources import Swept
from sdd_tui.figures.style import BETWEEN
from sdd_tui.panels.sweep import text
from sdd_tui.panels.view import View
from sdd_tui.store.layout import CELLS
from sdd_tui.sweep.axes import Value

SHOWN = (("n", "data.n_features"), ("m", "model.n_hidden"), ("S", "data.sparsity"), ("T", "data.n_examples"))


def of_sweep(swept: Swept, averaged: bool = True, planes: bool = False) -> str:
    """Name, n, m, S, steps, and how many runs stand behind a point."""
    name = " + ".join(plain(folder.name, 60) for folder in swept.folders)
    parts = [name, *_settings(swept.first.base, swept.varied), _together(swept, averaged)]
    if planes and any(len(point.runs) > 1 for point in swept.points):
        parts.append("planes: the run with the lowest training loss")
    if swept.done < swept.cells:
        parts.append(f"{swept.done:,} of {swept.cells:,} cells")
    return BETWEEN.join(parts)


def of_run(view: View) -> str:
    """Name, n, m, S, T, steps and seeds."""
    config = view.run.config
    seeds = {config.data.seed, config.model.seed}
    seed = f"seed {seeds.pop()}" if len(seeds) == 1 else f"seeds {config.data.seed} and {config.model.seed}"
    path = view.run.path.resolve()
    sweep = f"{path.parent.parent.name}/" if path.parent.name == CELLS else ""
    return BETWEEN.join([plain(sweep + path.name, 100), *_settings(config, set()), seed])


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
    if STEPS not in varied:
        found.append(f"{config.optim.steps:,} steps")
    return found


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

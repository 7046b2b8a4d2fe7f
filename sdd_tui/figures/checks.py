"""Whether sweeps fit a figure, and each other."""

from __future__ import annotations

from sdd_tui.errors import ConfigError, plain
from sdd_tui.figures.catalogue import ENTRIES, SEEDS, Entry
from sdd_tui.figures.swept import Swept, free, seeds_together, varied
from sdd_tui.panels.sweep.pictures import text
from sdd_tui.sweep.axes import Value
from sdd_tui.sweep.plan import Sweep

INCIDENTAL = ("preset", "title", "threads", "device", "data.batch_size")
"""Settings that sweeps taken together may differ in, besides how much they record. Batches are of T = ∞ alone, which
often has a sweep of its own."""


def fitting(sweep: Sweep) -> list[Entry]:
    """The figures that can be drawn from a sweep alone: those that `check_axes` lets pass."""
    together = seeds_together(sweep)
    fit = (entry for entry in ENTRIES.values() if entry.source == "sweep" and set(entry.needs) <= varied(together))
    return [entry for entry in fit if free(together) <= set(entry.needs)]


def check_axes(entry: Entry, swept: Swept) -> None:
    """Refuses sweeps that don't vary what a figure needs, or vary more. Raises ConfigError."""
    name = plain(swept.folders[0].name, 100)
    missing = [setting for setting in entry.needs if setting not in swept.varied]
    if missing:
        raise ConfigError(
            f"{name}: {missing[0]} does not vary in this sweep, and {entry.name} needs it to."
            f" `sdd sweep run {entry.presets[-1]}` makes one that fits."
        )
    if more := sorted(swept.free - set(entry.needs)):
        raise ConfigError(
            f"{name}: varies {', '.join(more)} as well, which {entry.name} has no place for. Name a sweep of"
            f" {' and '.join(entry.needs)} alone, as `sdd sweep run {entry.presets[-1]}` makes."
        )


def check_bases(swept: Swept) -> None:
    """Refuses sweeps of different data, models or trainings, as nothing in the figure would tell their points apart.

    Raises ConfigError.
    """
    for number, folder in enumerate(swept.folders[1:], 1):
        for name in _fixed(swept):
            one, other = swept.only(0, name), swept.only(number, name)
            if one != other:
                names = f"{plain(swept.folders[0].name, 100)} and {plain(folder.name, 100)}"
                raise ConfigError(
                    f"{names} have different settings of {name} ({_word(one)} and {_word(other)}), so one figure can't"
                    " be drawn from both."
                )


def _fixed(swept: Swept) -> list[str]:
    """Settings that every point of the figure should have in common, in the order of the configuration."""
    together = {n for sweep in swept.sweeps for a in sweep.axes if a.key in sweep.over for n in a.settings}
    apart = swept.varied | together | {*SEEDS, *INCIDENTAL}
    found = []
    for table, value in swept.first.base.model_dump(exclude={"recording"}).items():
        found += [f"{table}.{leaf}" for leaf in value] if isinstance(value, dict) else [table]
    return [name for name in found if name not in apart]


def _word(value: Value) -> str:
    return text(value) or "none"

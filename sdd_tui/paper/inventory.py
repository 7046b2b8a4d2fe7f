"""Which of the cells that claims need are finished already, in any sweep, and what is left to train.

A verification keeps no state of its own: the sweeps beside the runs say everything, so it resumes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sdd_tui.errors import SddError
from sdd_tui.paper import kept
from sdd_tui.paper.claim import Claim, Verdict, judge
from sdd_tui.paper.evidence import FinishedCell
from sdd_tui.paper.needed import NeededSweep, identity, only
from sdd_tui.sweep.directory import cell_path, is_kept, list_sweeps
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.progress import SweepReader


@dataclass
class Inventory:
    """What the sweeps of a runs directory have of the cells that are wanted."""

    finished: dict[str, FinishedCell] = field(default_factory=dict)
    """Identity -> the cell as its sweep has it; the newest sweep's where there are several."""
    failed: dict[str, str] = field(default_factory=dict)
    """Identity -> why it failed, of those that nobody finished."""
    begun: list[tuple[Path, frozenset[str]]] = field(default_factory=list)
    """Sweeps with unfinished cells, all of which are wanted."""


@dataclass(frozen=True)
class Work:
    """What is left to train."""

    resumed: tuple[Path, ...]
    """Sweeps that are there, with nothing else left to do."""
    new: tuple[Sweep, ...]
    cells: tuple[Cell, ...]
    """Every cell of both."""
    wanted: int
    """Cells that the claims need, finished ones included."""


def take_inventory(runs: Path, claims: Sequence[Claim], apart_from: Collection[Path] = ()) -> Inventory:
    """Look through every sweep of a runs directory, apart from some."""
    wanted = set(_wanted(claims))
    inventory = Inventory()
    for folder in list_sweeps(runs):
        if folder in apart_from:
            continue
        try:
            reader = SweepReader(folder)
            progress = reader.poll()
        except SddError:  # a damaged sweep has no evidence
            continue
        measured = kept.measured(folder)
        names = {name: identity(cell.settings) for name, cell in reader.cells.items()}
        for name, result in reader.finished.items():
            if names[name] in wanted and names[name] not in inventory.finished:
                cell = reader.cells[name]
                found = FinishedCell(
                    cell.at, cell.settings, result, cell_path(folder, name), measured.get(name, {}), is_kept(folder)
                )
                if found.is_there:
                    inventory.finished[names[name]] = found
        for failure in progress.failed:
            if names[failure.cell] in wanted:
                inventory.failed.setdefault(names[failure.cell], failure.reason)
        unfinished = frozenset(names[name] for name in names if name not in reader.finished)
        if unfinished and unfinished <= wanted:
            inventory.begun.append((folder, unfinished))
    return inventory


def work(claims: Sequence[Claim], inventory: Inventory) -> Work:
    """What is left to train for some claims: sweeps to go on with, and new ones for the other cells."""
    wanted = _wanted(claims)
    missing = {name: cell for name, (_, cell) in wanted.items() if name not in inventory.finished}
    cells = tuple(missing.values())
    resumed = []
    for folder, unfinished in inventory.begun:
        if unfinished <= set(missing):
            resumed.append(folder)
            for name in unfinished:
                del missing[name]
    by_plan: dict[NeededSweep, list[Cell]] = {}
    for name, cell in missing.items():
        by_plan.setdefault(wanted[name][0], []).append(cell)
    new = tuple(only(plan.sweep, found) for plan, found in by_plan.items())
    return Work(tuple(resumed), new, cells, len(wanted))


def verdicts(claims: Sequence[Claim], inventory: Inventory) -> list[Verdict]:
    """The verdict on each claim, from what is finished."""
    return [_verdict(claim, inventory) for claim in claims]


def _verdict(claim: Claim, inventory: Inventory) -> Verdict:
    runs, missing, why = [], 0, ""
    for cell in claim.need.cells:
        name = identity(cell.settings)
        if name in inventory.finished:
            runs.append(replace(inventory.finished[name], at=cell.at, settings=cell.settings))
        else:
            missing += 1
            why = why or inventory.failed.get(name, "")
    return judge(claim, tuple(runs), missing, why)


def _wanted(claims: Sequence[Claim]) -> dict[str, tuple[NeededSweep, Cell]]:
    """Identity -> the cell and its plan, in the claims' order, cheap cells of a plan first."""
    found: dict[str, tuple[NeededSweep, Cell]] = {}
    for claim in claims:
        for cell in claim.need.cells:
            found.setdefault(identity(cell.settings), (claim.need.plan, cell))
    return found

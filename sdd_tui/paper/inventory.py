"""Which of the cells that claims need are finished already, in any sweep, and what is left to train.

A verification keeps no state of its own: the sweeps beside the runs say everything, so it resumes by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sdd_tui.errors import SddError
from sdd_tui.paper.claim import Claim, Verdict, judge
from sdd_tui.paper.evidence import Found
from sdd_tui.paper.needed import Plan, identity, only
from sdd_tui.sweep.directory import cell_path, list_sweeps
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.progress import Look


@dataclass
class Stock:
    """What the sweeps of a runs directory have of the cells that are wanted."""

    finished: dict[str, Found] = field(default_factory=dict)
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


def take_stock(runs: Path, claims: Sequence[Claim], apart_from: Collection[Path] = ()) -> Stock:
    """Look through every sweep of a runs directory, apart from some."""
    wanted = set(_wanted(claims))
    stock = Stock()
    for folder in list_sweeps(runs):
        if folder in apart_from:
            continue
        try:
            look = Look(folder)
            progress = look.poll()
        except SddError:  # a damaged sweep has no evidence
            continue
        names = {name: identity(cell.settings) for name, cell in look.cells.items()}
        for name, result in look.finished.items():
            if names[name] in wanted and names[name] not in stock.finished:
                found = Found(look.cells[name].at, look.cells[name].settings, result, cell_path(folder, name))
                if found.is_there:
                    stock.finished[names[name]] = found
        for failure in progress.failed:
            if names[failure.cell] in wanted:
                stock.failed.setdefault(names[failure.cell], failure.reason)
        unfinished = frozenset(names[name] for name in names if name not in look.finished)
        if unfinished and unfinished <= wanted:
            stock.begun.append((folder, unfinished))
    return stock


def work(claims: Sequence[Claim], stock: Stock) -> Work:
    """What is left to train for some claims: sweeps to go on with, and new ones for the other cells."""
    wanted = _wanted(claims)
    missing = {name: cell for name, (_, cell) in wanted.items() if name not in stock.finished}
    cells = tuple(missing.values())
    resumed = []
    for folder, unfinished in stock.begun:
        if unfinished <= set(missing):
            resumed.append(folder)
            for name in unfinished:
                del missing[name]
    by_plan: dict[Plan, list[Cell]] = {}
    for name, cell in missing.items():
        by_plan.setdefault(wanted[name][0], []).append(cell)
    new = tuple(only(plan.sweep, found) for plan, found in by_plan.items())
    return Work(tuple(resumed), new, cells, len(wanted))


def verdicts(claims: Sequence[Claim], stock: Stock) -> list[Verdict]:
    """The verdict on each claim, from what is finished."""
    return [_verdict(claim, stock) for claim in claims]


def _verdict(claim: Claim, stock: Stock) -> Verdict:
    runs, missing, why = [], 0, ""
    for cell in claim.need.cells:
        name = identity(cell.settings)
        if name in stock.finished:
            runs.append(replace(stock.finished[name], at=cell.at, settings=cell.settings))
        else:
            missing += 1
            why = why or stock.failed.get(name, "")
    return judge(claim, tuple(runs), missing, why)


def _wanted(claims: Sequence[Claim]) -> dict[str, tuple[Plan, Cell]]:
    """Identity -> the cell and its plan, in the claims' order, cheap cells of a plan first."""
    found: dict[str, tuple[Plan, Cell]] = {}
    for claim in claims:
        for cell in claim.need.cells:
            found.setdefault(identity(cell.settings), (claim.need.plan, cell))
    return found

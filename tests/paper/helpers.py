"""Claims about tiny sweeps, and results that are made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tomli_w

from sdd_tui.engine.setup import initial_state
from sdd_tui.paper.accepted import Range
from sdd_tui.paper.claim import Claim
from sdd_tui.paper.evidence import Evidence, FinishedCell
from sdd_tui.paper.measures import Measure, mean
from sdd_tui.paper.needed import Need, NeededSweep
from sdd_tui.paper.run_measures import TEST
from sdd_tui.run import checkpoint
from sdd_tui.sweep.directory import RESULTS, create_sweep, make_cell
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.results import CellResult
from tests.sweep.helpers import TINY


def tiny_plan(folder: Path, axes: Mapping[str, Any], figures: tuple[str, ...] = ()) -> NeededSweep:
    """A plan of cells that train in some hundredths of a second."""
    path = folder / "tiny.toml"
    path.write_text(
        tomli_w.dumps({"settings": TINY, "axes": dict(axes), "reduce": {"over": ["seed"]}}), encoding="utf-8"
    )
    return NeededSweep(str(path), (), figures)


def claim_of(plan: NeededSweep, low: float = 0.0, high: float = 10.0, key: str = "it", **more: Any) -> Claim:
    """A claim about the mean test loss of a plan's cells."""
    words = {"says": "It is so", "source": "a figure", "quantity": "mean test loss", "paper": "1"}
    need, measure = Need(plan, more.pop("at", {})), more.pop("measure", mean(TEST))
    accepts = Range(low, high, "because")
    return Claim(**({"key": key, "accepts": accepts, "need": need, "measure": measure} | words | more))


def made_up(
    sweep: Sweep, runs: Path, name: str, result: Callable[[Cell], Mapping[str, Any]], most: int = 10**6
) -> Path:
    """A sweep whose first cells are finished, with these numbers; their models are as they began."""
    folder = create_sweep(sweep, runs, name)
    with (folder / RESULTS).open("w", encoding="utf-8") as file:
        for cell in sweep.cells()[:most]:
            found = CellResult(cell.name, **({"state": "finished"} | dict(result(cell))))
            file.write(json.dumps(asdict(found)) + "\n")
            if found.state == "finished":
                checkpoint.save(make_cell(folder, cell), initial_state(cell.config), 0.0, set())
    return folder


def evidence(rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], **data: Any) -> Evidence:
    """Evidence with (coordinates, numbers) of each run; `data` are settings of all."""
    settings = {"model": {"n_hidden": 2, "tied": True}, "data": {"n_features": 20, "sparsity": 0.8} | data}
    runs = [
        FinishedCell(dict(at), settings, CellResult(f"cell{i}", "finished", **numbers), Path(f"runs/s/cells/cell{i}"))
        for i, (at, numbers) in enumerate(rows)
    ]
    return Evidence(tuple(runs))


def value(measure: Measure, rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], **data: Any) -> float:
    """What a measure says of made-up runs."""
    return measure(evidence(rows, **data)).value

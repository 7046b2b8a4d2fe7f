"""Writes results to keep: finished cells as small sweeps (see kept.py for what lies where)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from sdd_tui import files
from sdd_tui.engine.interface import Tensors
from sdd_tui.errors import BusyError, ConfigError, plain
from sdd_tui.paper.evidence import FinishedCell
from sdd_tui.paper.kept import ABOUT, MEASURED
from sdd_tui.paper.needed import NeededSweep, identity
from sdd_tui.run import layout
from sdd_tui.run.frames import Format
from sdd_tui.run.layout import (
    CELLS,
    CONFIG,
    EVENTS,
    FRAMES,
    META,
    METRICS,
    SCHEMA_VERSION,
    STATUS,
    read_json,
    real,
    replace_json,
    writing,
)
from sdd_tui.run.reader import open_run
from sdd_tui.run.staging import clear, exchange, staging
from sdd_tui.sweep.axes import Axis, Value
from sdd_tui.sweep.directory import RESULTS, SWEEP, VERSIONS, WORKERS, cell_path
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import to_toml
from sdd_tui.sweep.reduce import best, points
from sdd_tui.sweep.results import as_json

OF_META = ("schema_version", "created", "parent", "versions", "settings", "machines", "data_sha256", "test_sha256",
           "git", "engine", "device", "processor", "threads")  # fmt: skip
OF_STATUS = ("state", "step", "steps", "preset", "seconds", "train_loss", "test_loss", "weight_norm", "bias_norm",
             "outcome")  # fmt: skip
"""What is kept of a run's files: nothing that names a machine or a person."""


def keep(plans: Iterable[NeededSweep], cells: Sequence[FinishedCell], target: Path) -> list[Path]:
    """Write finished cells into a directory as kept sweeps, one a preset; those that claims were judged by before know
    what was read of them. Cells may be kept ones, also those of the directory that is replaced. The sweeps. Raises
    DamagedError, NoRoomError."""
    left, names = list(cells), list[str]()
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    clear(target.parent)
    with writing(target), staging(target.parent) as tier:
        tier.mkdir()
        for plan in sorted(set(plans), key=_order):
            mine = [(at, cell) for cell in left if (at := _place(plan.sweep, cell)) is not None]
            if mine:
                left = [cell for cell in left if all(cell is not other for _, other in mine)]
                names.append(_free_name(plan, names))
                _keep_sweep(plan, mine, tier / names[-1])
        replace_json(tier / ABOUT, _about(cells))
        exchange(tier, target)
    return [target / name for name in names]


def _about(cells: Sequence[FinishedCell]) -> dict[str, Any]:
    metas = _metas(cells)
    began = _created(metas)
    return {
        "cells": len(cells),
        "processors": sorted({str(meta.get("processor")) for meta in metas}),
        "versions": sorted({str(meta.get("versions", {}).get("sdd-tui")) for meta in metas}),
        "commits": sorted({str(meta.get("git")) for meta in metas}),
        "trained": [min(began), max(began)],
    }


def _metas(cells: Iterable[FinishedCell]) -> list[dict[str, Any]]:
    """What the cells' runs say of themselves; of cells that were kept before only those shown have a run."""
    return [read_json(cell.run / META) for cell in cells if not cell.kept or (cell.run / META).is_file()]


def _created(metas: Sequence[dict[str, Any]]) -> list[float]:
    return [real(meta.get("created")) or 0.0 for meta in metas]


def check_place(target: Path, force: bool) -> None:
    """Whether a tier may be written to a directory: nothing is there, or a kept tier that `force` replaces. Raises
    BusyError, ConfigError."""
    if not target.exists() and not target.is_symlink():
        return
    name = plain(str(target), 200)
    if not (target / ABOUT).is_file():
        raise ConfigError(f"{name}: holds something else than kept results, so it stays. Name another place.")
    if not force:
        raise BusyError(f"{name}: kept results are there already. Add --force to replace them, or name another place.")


def _order(plan: NeededSweep) -> tuple[bool, str, tuple[str, ...]]:
    """The curve first: it has room for the cells of other presets at the paper's set-up."""
    return plan.sweep.preset != "double-descent", plan.sweep.preset, plan.overrides


def _free_name(plan: NeededSweep, names: Sequence[str]) -> str:
    taken = sum(name.split("-and-")[0] == plan.sweep.preset for name in names)
    return f"{plan.sweep.preset}-and-{taken + 1}" if taken else plan.sweep.preset


def _place(sweep: Sweep, cell: FinishedCell) -> dict[str, Value] | None:
    """Where on the axes of a sweep a cell is, whichever values they have; None where it isn't of this kind."""
    at: dict[str, Value] = {}
    for axis in sweep.axes:
        values = {json.dumps(_setting(cell.settings, name)) for name in axis.settings}
        if len(values) > 1:
            return None
        at[axis.key] = _setting(cell.settings, axis.settings[0])
    return at if identity(sweep.settings(at)) == identity(cell.settings) else None


def _setting(settings: Any, name: str) -> Any:
    return reduce(lambda table, part: table[part], name.split("."), settings)


def _keep_sweep(plan: NeededSweep, cells: list[tuple[dict[str, Value], FinishedCell]], folder: Path) -> Path:
    keys = tuple(axis.key for axis in plan.sweep.axes)
    axes = tuple(
        Axis(axis.key, axis.settings, values := tuple(at[axis.key] for at, _ in cells), list(values))
        for axis in plan.sweep.axes
    )
    sweep = replace(plan.sweep, axes=axes, tied=(keys,) if len(keys) > 1 else ())
    named = {json.dumps(cell.at): cell for cell in sweep.cells()}
    found = {named[json.dumps(at)].name: cell for at, cell in cells}
    results = {name: replace(cell.result, cell=name, session="") for name, cell in found.items()}
    for inside in (folder, folder / CELLS, folder / WORKERS):
        with writing(inside):
            files.make_folder(inside)
    layout.replace(folder / SWEEP, to_toml(sweep))
    created = min(_created(_metas(cell for _, cell in cells)))
    meta = {"schema_version": SCHEMA_VERSION, "created": created, "kept": True, "versions": VERSIONS}
    replace_json(folder / META, meta)
    layout.replace(folder / RESULTS, "".join(json.dumps(as_json(result)) + "\n" for result in results.values()))
    read = {name: {k: real(v) for k, v in cell.measured.items()} for name, cell in found.items() if cell.measured}
    replace_json(folder / MEASURED, read)
    for point in points(sweep, sweep.cells(), results):
        if (shown := best(point.runs)) is not None:
            _keep_run(found[shown.cell], cell_path(folder, shown.cell))
    return folder


def _keep_run(cell: FinishedCell, target: Path) -> None:
    run = open_run(cell.run)
    snapshot = run.frame()
    with writing(target):
        files.make_folder(target)
        for name in (CONFIG, METRICS, EVENTS):
            files.replace(target / name, files.read(cell.run / name))
        V = None if snapshot.V is None else snapshot.V[None]
        params = Tensors(snapshot.W[None], snapshot.b[None], V)
        form = Format.of(params, "f2")
        files.replace(target / FRAMES, form.header() + form.pack(snapshot.step, params))
    for name, parts in ((META, OF_META), (STATUS, OF_STATUS)):
        value = read_json(cell.run / name)
        replace_json(target / name, {key: value[key] for key in parts if key in value})

"""Finished cells are used again, wherever they are; what is left is trained as ordinary sweeps, and gone on with."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.engine.data import Examples
from sdd_tui.errors import DamagedError
from sdd_tui.paper.evidence import FinishedCell
from sdd_tui.paper.inventory import take_inventory, verdicts, work
from sdd_tui.paper.measured import Measured
from sdd_tui.paper.needed import NeededSweep, identity
from sdd_tui.paper.run_measures import excess_error, excess_error_apart
from sdd_tui.run import checkpoint
from sdd_tui.run.data import test_data as drawn_test_data
from sdd_tui.run.data import training_data
from sdd_tui.run.layout import read_json, replace_json
from sdd_tui.sweep.directory import RESULTS, create_sweep, read_sweep
from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.presets import load
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.worker import Worker
from tests.paper.helpers import claim_of, made_up, tiny_plan

GRID = {"T": [3, 5], "seed": [0, 1]}


def loss_of_T(cell: Cell) -> dict[str, float]:
    return {"test_loss": float(cell.at["T"])}


def test_nothing_finished_means_the_whole_grid_as_a_sweep(runs: Path, tmp_path: Path) -> None:
    claim = claim_of(tiny_plan(tmp_path, GRID))
    left = work([claim], take_inventory(runs, [claim]))
    assert (left.resumed, len(left.new), len(left.cells), left.wanted) == ((), 1, 4, 4)
    assert left.new[0] == claim.need.plan.sweep
    assert verdicts([claim], take_inventory(runs, [claim]))[0].word == "not measured"


def test_finished_cells_of_any_sweep_are_not_trained_again(runs: Path, tmp_path: Path) -> None:
    plan = tiny_plan(tmp_path, GRID)
    claim = claim_of(plan, 4.0, 4.0)
    other = load(plan.preset, ["T=5,8", "recording.rows=20", "threads=2", "title=Another"])
    folder = made_up(other, runs, "other", loss_of_T)
    left = work([claim], take_inventory(runs, [claim]))
    assert [cell.at for cell in left.cells] == [{"T": 3, "seed": 0}, {"T": 3, "seed": 1}]
    assert [cell.at for cell in left.new[0].cells()] == [{"T": 3, "seed": 0}, {"T": 3, "seed": 1}]
    made_up(left.new[0], runs, "rest", loss_of_T)
    stock = take_inventory(runs, [claim])
    assert not work([claim], stock).cells
    verdict = verdicts([claim], stock)[0]
    assert (verdict.word, verdict.ours) == ("holds", "4.0000")
    assert {run.run.parent.parent.name for run in verdict.runs} == {"other", "rest"}
    assert folder / "cells" / "T=5,seed=0" in [run.run for run in verdict.runs]


@pytest.mark.parametrize("changed", ["lr=0.01", "seed=7", "n_test=19", "reduction=sum", "repeats=2"])
def test_another_configuration_is_another_training(tmp_path: Path, changed: str) -> None:
    plan = tiny_plan(tmp_path, {"T": [3], "seed": [0]})
    other = NeededSweep(plan.preset, (changed,))
    assert identity(plan.cells[0].settings) != identity(other.cells[0].settings)


def test_cells_that_do_not_make_a_grid_are_a_sweep_all_the_same(runs: Path, tmp_path: Path) -> None:
    plan = tiny_plan(tmp_path, GRID)
    claims = [claim_of(plan, at={"T": (3,)}), claim_of(plan, at={"T": (5,), "seed": (1,)}, key="other")]
    (sweep,) = work(claims, take_inventory(runs, claims)).new
    folder = create_sweep(sweep, runs)
    assert [c.name for c in read_sweep(folder).cells()] == ["T=3,seed=0", "T=3,seed=1", "T=5,seed=1"]
    wanted = {identity(cell.settings) for claim in claims for cell in claim.need.cells}
    assert {identity(cell.settings) for cell in read_sweep(folder).cells()} == wanted


def test_a_sweep_that_was_interrupted_is_gone_on_with(runs: Path, tmp_path: Path) -> None:
    claim = claim_of(tiny_plan(tmp_path, GRID))
    folder = made_up(claim.need.plan.sweep, runs, "begun", loss_of_T, most=1)
    left = work([claim], take_inventory(runs, [claim]))
    assert (left.resumed, left.new, len(left.cells)) == ((folder,), (), 3)


def test_somebody_s_larger_sweep_is_left_alone(runs: Path, tmp_path: Path) -> None:
    plan = tiny_plan(tmp_path, GRID)
    claim = claim_of(plan)
    made_up(load(plan.preset, ["T=3,5,8"]), runs, "larger", loss_of_T, most=2)
    left = work([claim], take_inventory(runs, [claim]))
    assert left.resumed == () and len(left.new) == 1 and len(left.cells) == 2


def test_claims_share_the_cells_that_both_need(runs: Path, tmp_path: Path) -> None:
    plan = tiny_plan(tmp_path, GRID)
    claims = [
        claim_of(plan),
        claim_of(plan, at={"T": (5,)}, key="other"),
        claim_of(NeededSweep(plan.preset, ("T=3",)), key="c"),
    ]
    left = work(claims, take_inventory(runs, claims))
    assert len(left.new) == 1 and len(left.cells) == 4


def test_cells_that_failed_say_why(runs: Path, tmp_path: Path) -> None:
    claim = claim_of(tiny_plan(tmp_path, GRID))
    made_up(claim.need.plan.sweep, runs, "a", lambda cell: {"state": "failed", "reason": "the loss became NaN"})
    verdict = verdicts([claim], take_inventory(runs, [claim]))[0]
    assert (verdict.word, verdict.note) == ("not measured", "4 of 4 cells are not there: the loss became NaN")


def test_a_damaged_sweep_is_no_evidence(runs: Path, tmp_path: Path) -> None:
    claim = claim_of(tiny_plan(tmp_path, GRID))
    folder = made_up(claim.need.plan.sweep, runs, "a", loss_of_T)
    (folder / "sweep.toml").write_text("axes = 5")
    (runs / "b").mkdir()
    assert len(work([claim], take_inventory(runs, [claim])).cells) == 4
    (folder / RESULTS).unlink()


def test_parameters_are_read_from_the_run(runs: Path, tmp_path: Path) -> None:
    plan = tiny_plan(tmp_path, {"T": [3], "seed": [0]})
    claim = claim_of(plan, measure=lambda evidence: _first_excess(evidence.runs[0]))
    folder = create_sweep(plan.sweep, runs)
    Worker(folder, Session("here", "", 1, 1, 1), tied=False).work()
    (verdict,) = verdicts([claim], take_inventory(runs, [claim]))
    run = verdict.runs[0]
    b = checkpoint.load(run.run, 40, (2, 20), True)[0].params.b[0]
    assert run.hidden.shape == (2, 3)
    wanted = abs((run.result.test_loss or 0) - 1 - float((np.maximum(b.astype(float), 0) ** 2).sum()))
    assert verdict.measured is not None and verdict.measured.value == pytest.approx(wanted)


@pytest.mark.parametrize("lost", ["run", "checkpoints", "bytes"])
def test_a_finished_cell_that_is_lost_or_damaged_is_trained_again(runs: Path, tmp_path: Path, lost: str) -> None:
    claim = claim_of(tiny_plan(tmp_path, GRID))
    folder = made_up(claim.need.plan.sweep, runs, "made", loss_of_T)
    run = folder / "cells" / "T=5,seed=1"
    if lost == "bytes":
        next((run / "checkpoints").iterdir()).write_bytes(b"xx")
    else:
        shutil.rmtree(run if lost == "run" else run / "checkpoints")
    left = work([claim], take_inventory(runs, [claim]))
    assert [cell.name for cell in left.cells] == ["T=5,seed=1"]
    assert verdicts([claim], take_inventory(runs, [claim]))[0].word == "not measured"
    made_up(left.new[0], runs, "again", loss_of_T)
    assert verdicts([claim], take_inventory(runs, [claim]))[0].word == "holds"


def test_the_closed_form_is_of_test_examples_that_share_nothing_with_training_examples(
    runs: Path, tmp_path: Path
) -> None:
    plan = tiny_plan(tmp_path, {"T": [2], "seed": [0], "n": [200], "S": [0.98]})
    claim = claim_of(plan, measure=lambda evidence: Measured(excess_error_apart(evidence.runs[0])))
    Worker(create_sweep(plan.sweep, runs), Session("here", "", 1, 1, 1), tied=False).work()
    (verdict,) = verdicts([claim], take_inventory(runs, [claim]))
    run = verdict.runs[0]
    train, test = training_data(run.config), drawn_test_data(run.config)
    assert isinstance(train, Examples)
    X, seen = test.dense().astype(float), train.dense().any(axis=0)
    apart = X[~X[:, seen].any(axis=1)]
    assert 0 < len(apart) < len(X)
    W, b = run.params.W[0].astype(float), run.params.b[0].astype(float)
    loss = ((np.maximum(apart @ W.T @ W + b, 0) - apart) ** 2).sum(axis=1).mean()
    wanted = abs(loss - 1 - (np.maximum(b, 0) ** 2).sum())
    assert verdict.measured is not None and verdict.measured.value == pytest.approx(wanted)


def _first_excess(found: FinishedCell):  # type: ignore[no-untyped-def]
    return Measured(excess_error(found))


@pytest.mark.parametrize("digest", ["data_sha256", "test_sha256"])
def test_a_claim_s_data_drawn_again_are_held_against_their_digest(runs: Path, tmp_path: Path, digest: str) -> None:
    claim = claim_of(tiny_plan(tmp_path, {"T": [2], "seed": [0]}))
    Worker(create_sweep(claim.need.plan.sweep, runs), Session("here", "", 1, 1, 1), tied=False).work()
    (verdict,) = verdicts([claim], take_inventory(runs, [claim]))
    found = verdict.runs[0]
    replace_json(found.run / "meta.json", read_json(found.run / "meta.json") | {digest: "0" * 64})
    with pytest.raises(DamagedError, match="data drawn here is not what this run began with"):
        _ = found.hidden if digest == "data_sha256" else excess_error_apart(found)

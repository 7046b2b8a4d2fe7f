"""Results that are kept say what the runs said: verdicts, figures and screens, without parameters or training."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from sdd_tui.errors import BusyError, ConfigError, NotFoundError
from sdd_tui.figures.rendering import render
from sdd_tui.paper import kept
from sdd_tui.paper.claim import Claim, Verdict
from sdd_tui.paper.evidence import FinishedCell
from sdd_tui.paper.inventory import take_inventory, verdicts, work
from sdd_tui.paper.keeping import check_place, keep
from sdd_tui.paper.measures import mean, share
from sdd_tui.paper.needed import Need
from sdd_tui.paper.run_measures import TEST, excess_error, is_even, offset
from sdd_tui.run.reader import open_run
from sdd_tui.sweep.directory import add_cells, create_sweep, list_sweeps
from sdd_tui.sweep.presets import added
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import Session, begin
from sdd_tui.sweep.worker import Worker
from tests.paper.helpers import claim_of, tiny_plan

GRID = {"T": [3, 5], "seed": [0, 1]}


def claims_of(folder: Path) -> list[Claim]:
    plan = tiny_plan(folder, GRID)
    measures = {"loss": mean(TEST), "form": mean(excess_error), "even": share(is_even), "offset": mean(offset)}
    return [claim_of(plan, key=key, measure=m) for key, m in measures.items()]


@pytest.fixture
def results(runs: Path, tmp_path: Path) -> tuple[list[Claim], list[Verdict], Path]:
    """Claims, what the runs say of them, and a kept tier of those runs."""
    claims = claims_of(tmp_path)
    folder = create_sweep(claims[0].need.plan.sweep, runs, "trained")
    Worker(folder, Session("here", "", 1, 1, 1), tied=False).work()
    inventory = take_inventory(runs, claims)
    said = verdicts(claims, inventory)
    keep([claim.need.plan for claim in claims], list(inventory.finished.values()), tmp_path / "kept")
    return claims, said, tmp_path / "kept"


def test_kept_results_are_judged_as_the_runs_were(results: tuple[list[Claim], list[Verdict], Path]) -> None:
    claims, said, folder = results
    inventory = take_inventory(folder, claims)
    assert not work(claims, inventory).cells
    again = verdicts(claims, inventory)
    assert [(v.word, v.ours, v.spread) for v in again] == [(v.word, v.ours, v.spread) for v in said]
    assert {v.word for v in said} == {"holds"}


def test_kept_results_grow_by_cells_that_were_trained_since(
    results: tuple[list[Claim], list[Verdict], Path], tmp_path: Path
) -> None:
    claims, said, folder = results
    later, wide, new = (tmp_path / name for name in ("later", "wide", "new"))
    for path in later, wide, new:
        path.mkdir()
    (kept_sweep,) = list_sweeps(folder)
    (later / "kept").symlink_to(kept_sweep)
    plan = tiny_plan(wide, GRID | {"T": [3, 5, 8]})
    wider = [replace(claim, need=Need(plan)) for claim in claims]
    trained = create_sweep(tiny_plan(new, GRID | {"T": [8]}).sweep, later, "trained")
    Worker(trained, Session("here", "", 1, 1, 1), tied=False).work()
    inventory = take_inventory(later, wider)
    assert not work(wider, inventory).cells
    found = verdicts(wider, inventory)
    (kept_now,) = keep([plan], list(inventory.finished.values()), folder)
    for those, words in (wider, found), (claims, said):
        again = verdicts(those, take_inventory(folder, those))
        assert [(v.word, v.ours) for v in again] == [(v.word, v.ours) for v in words]
    assert sorted(path.name.split(",")[0] for path in (kept_now / "cells").iterdir()) == ["T=3", "T=5", "T=8"]
    assert json.loads((folder / kept.ABOUT).read_text())["cells"] == 6
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_claim_that_reads_something_that_was_not_kept_is_not_measured(
    results: tuple[list[Claim], list[Verdict], Path],
) -> None:
    def of_b(found: FinishedCell) -> float:
        return float(found.params.b[0].sum())

    claims, _, folder = results
    claim = claim_of(claims[0].need.plan, measure=mean(of_b))
    (verdict,) = verdicts([claim], take_inventory(folder, [claim]))
    assert verdict.word == "not measured" and "parameters were not kept" in verdict.note


def test_a_kept_sweep_is_read_like_any_other_and_has_a_run_at_each_point(
    results: tuple[list[Claim], list[Verdict], Path], tmp_path: Path
) -> None:
    (folder,) = list_sweeps(results[2])
    reader = SweepReader(folder)
    assert reader.poll().state == "finished" and len(reader.finished) == 4
    shown = sorted(path.name.split(",")[0] for path in (folder / "cells").iterdir())
    assert shown == ["T=3", "T=5"]
    run = open_run(next((folder / "cells").glob("T=5*")))
    assert run.frame().H.shape == (2, 5) and run.frame().step == 40 and len(run.metrics["step"]) > 2
    render("norms", [folder], tmp_path / "norms.svg")
    assert (tmp_path / "norms.svg").stat().st_size > 10_000


def test_nothing_is_trained_in_kept_results(results: tuple[list[Claim], list[Verdict], Path]) -> None:
    (folder,) = list_sweeps(results[2])
    for ask in (lambda: begin(folder), lambda: add_cells(folder, added(["T=8"]))):
        with pytest.raises(ConfigError, match="results that come with the program, and nothing is trained there"):
            ask()


def test_kept_files_name_no_machine_and_no_place(results: tuple[list[Claim], list[Verdict], Path], runs: Path) -> None:
    text = "".join(p.read_text(errors="replace") for p in results[2].rglob("*") if p.is_file())
    assert '"host"' not in text and '"command"' not in text and '"pid"' not in text and str(runs) not in text
    assert socket.gethostname() not in json.loads((results[2] / "about.json").read_text())
    assert not list(results[2].rglob("checkpoints"))


def test_who_trained_them_is_said(results: tuple[list[Claim], list[Verdict], Path]) -> None:
    assert kept.about(results[2]).startswith("4 kept cells, trained ")


def test_a_place_that_holds_something_else_stays(results: tuple[list[Claim], list[Verdict], Path]) -> None:
    check_place(results[2] / "new", False)
    with pytest.raises(BusyError, match="--force"):
        check_place(results[2], False)
    check_place(results[2], True)
    with pytest.raises(ConfigError, match="something else"):
        check_place(results[2].parent, True)


def test_an_example_or_a_tier_that_does_not_come_with_the_program_is_not_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kept, "home", lambda: tmp_path)
    with pytest.raises(NotFoundError, match="no results of this tier"):
        kept.tier_home("quick")
    with pytest.raises(NotFoundError, match=r"nothing is no sweep that comes with the program\. There are none"):
        kept.example("nothing")

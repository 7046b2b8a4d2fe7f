"""`sdd verify`, with claims about tiny models."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sdd_tui.paper import claims as known
from sdd_tui.paper import kept
from sdd_tui.paper.claim import Claim
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.sweep.progress import SweepReader
from tests.cli.helpers import Caller, assert_one_sentence, imported
from tests.paper.helpers import claim_of, made_up, tiny_plan
from tests.waiting import PATIENCE_S, wait_until

GRID = {"T": [3, 5], "seed": [0, 1]}


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Claim]:
    """The quick tier's claims, whatever they were: one that holds and one that doesn't."""
    plan = tiny_plan(tmp_path, GRID, ("polygons",))
    claims = [claim_of(plan, key="good"), claim_of(plan, 5.0, 6.0, key="bad", at={"T": (3,)})]
    monkeypatch.setitem(known.TIERS, "quick", tuple(claims))
    monkeypatch.setitem(known.TIERS, "full", tuple(claims))
    return claims


def test_claims_are_trained_and_judged_once(call: Caller, runs: Path, tiny: list[Claim]) -> None:
    first = call("verify", "--quick")
    assert first.code == 1
    assert first.out.splitlines()[1].startswith("holds") and first.out.splitlines()[2].startswith("fails")
    assert "4 of 4 cells to train" in first.err
    (folder,) = list_sweeps(runs)
    assert SweepReader(folder).poll().state == "finished" and "-verify-" in folder.name
    again = call("verify", "--quick")
    assert (again.code, again.out) == (1, first.out) and "all 4 cells are finished already" in again.err
    assert list_sweeps(runs) == [folder]


def test_every_run_behind_a_verdict_is_listed(call: Caller, runs: Path, tiny: list[Claim]) -> None:
    found = json.loads(call("verify", "--quick", "--json", "--quiet").out)
    listed = call("ls", "--cells").out
    for claim in found["claims"]:
        assert claim["runs"]
        for run in claim["runs"]:
            assert str(Path(run).relative_to(runs)).replace("/cells/", "/") in listed


def test_everything_is_trained_anew_when_that_is_asked_for(call: Caller, runs: Path, tiny: list[Claim]) -> None:
    old = made_up(tiny[0].need.plan.sweep, runs, "old", lambda cell: {"test_loss": 5.5})
    assert "5.5000" in call("verify", "--quick").out and list_sweeps(runs) == [old]
    anew = call("verify", "--quick", "--fresh")
    assert "4 of 4 cells to train" in anew.err and "5.5000" not in anew.out
    assert len(list_sweeps(runs)) == 2


def test_what_fails_anew_is_not_judged_by_older_runs(
    call: Caller, runs: Path, tiny: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tiny[0].need.plan.sweep, runs, "old", lambda cell: {"test_loss": 5.5})
    monkeypatch.setattr("sdd_tui.cli.verify.session.train", lambda *_: None)
    anew = call("verify", "--quick", "--fresh")
    assert anew.code == 1 and "not measured" in anew.out and "5.5000" not in anew.out


def test_all_that_hold_is_exit_code_0_and_json_is_data(call: Caller, runs: Path, tiny: list[Claim]) -> None:
    done = call("verify", "--only", "good", "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["holds"] is True and [c["claim"] for c in found["claims"]] == ["good"]
    assert all(Path(run).is_dir() for run in found["claims"][0]["runs"]) and len(found["claims"][0]["runs"]) == 4


def test_the_plan_is_said_and_nothing_made(call: Caller, runs: Path, tiny: list[Claim]) -> None:
    said = call("verify", "--quick", "--dry-run")
    assert said.code == 0 and "4 of 4 cells to train (0 are finished)" in said.out
    found = json.loads(call("verify", "--quick", "--dry-run", "--json").out)
    assert (found["wanted"], len(found["cells"]), found["resumed"]) == (4, 4, [])
    assert not runs.exists()
    made_up(tiny[0].need.plan.sweep, runs, "begun", lambda cell: {"test_loss": 1.0}, most=3)
    assert "begun goes on: 1 cell" in call("verify", "--quick", "--dry-run").out


def test_the_documents_are_written_with_or_without_figures(
    call: Caller, runs: Path, tmp_path: Path, tiny: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tiny[0].need.plan.sweep, runs, "done", lambda cell: {"test_loss": 1.0})
    monkeypatch.setitem(sys.modules, "sdd_tui.figures", None)
    files = tmp_path / "r.md", tmp_path / "r.html"
    done = call("verify", "--quick", "--markdown", str(files[0]), "--html", str(files[1]))
    assert done.code == 1
    for file in files:
        assert "figures can" in file.read_text() and "good" in file.read_text()
    missing = call("verify", "--quick", "--html", str(tmp_path / "none" / "r.html"))
    assert_one_sentence(missing, 2, "there is no such directory")


def test_claims_are_listed_with_their_reasons(call: Caller, runs: Path) -> None:
    said = call("verify", "--quick", "--list")
    assert said.code == 0 and "because" in said.out
    rows = json.loads(call("verify", "--list", "--json").out)
    assert {"key", "says", "source", "paper", "rule", "reason"} <= set(rows[0]) and len(rows) > 30


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--quick", "--full"), "Give one of them"),
        (("--only", "\x1b[31mno"), "there is no such claim"),
        (("--jobs", "4000"), "more than the"),
    ],
)
def test_what_can_t_be_used_is_one_sentence(call: Caller, runs: Path, args: tuple[str, ...], words: str) -> None:
    assert_one_sentence(call("verify", *args), 2, words)


def test_an_interrupted_verification_goes_on(call: Caller, runs: Path, tmp_path: Path, tiny: list[Claim]) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.paper.helpers import *\n"
        "from sdd_tui.paper import claims as known\n"
        f"plan = NeededSweep({tiny[0].need.plan.preset!r}, ('steps=200000',))\n"
        "known.TIERS['quick'] = (claim_of(plan),)\n"
        "from sdd_tui.cli.app import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, "verify", "--quick", "--jobs", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: process.poll() is not None or any(SweepReader(f).poll().done for f in list_sweeps(runs)))
    process.send_signal(signal.SIGINT)
    out, words = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (130, "")
    assert words.splitlines()[-1].endswith("the same `sdd verify` goes on.")
    (folder,) = list_sweeps(runs)
    before = SweepReader(folder).poll().done
    assert 1 <= before < 4
    again = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert again.returncode == 0, again.stderr
    assert f"{4 - before} of 4 cells to train ({before} are finished already)" in again.stderr
    assert list_sweeps(runs) == [folder] and SweepReader(folder).poll().state == "finished"


def test_listing_claims_imports_no_engine(runs: Path) -> None:
    assert not imported("verify", "--list") & {"torch", "numba", "textual", "plotext", "matplotlib"}


def test_a_report_is_not_written_over_what_is_there_unless_it_is_forced(
    call: Caller, runs: Path, tmp_path: Path, tiny: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tiny[0].need.plan.sweep, runs, "done", lambda cell: {"test_loss": 1.0})
    monkeypatch.setitem(sys.modules, "sdd_tui.figures", None)
    for option, name in (("--markdown", "r.md"), ("--html", "r.html")):
        (tmp_path / name).write_text("mine")
        words = ("verify", "--quick", option, str(tmp_path / name))
        assert_one_sentence(call(*words), 5, "is there already. Add --force")
        assert (tmp_path / name).read_text() == "mine"
        assert call(*words, "--force").code == 1
        assert "good" in (tmp_path / name).read_text()


def test_figures_beside_a_report_are_not_written_over_nor_through_a_link_unless_it_is_forced(
    call: Caller, runs: Path, tmp_path: Path, tiny: list[Claim]
) -> None:
    made_up(tiny[0].need.plan.sweep, runs, "done", lambda cell: {"test_loss": 1.0})
    words = ("verify", "--quick", "--markdown", str(tmp_path / "r.md"))
    figures, elsewhere = tmp_path / "r-figures", tmp_path / "elsewhere"
    figures.mkdir()
    (figures / "polygons-20.svg").write_text("mine", encoding="utf-8")
    assert_one_sentence(call(*words), 5, "r-figures: is there already. Add --force")
    assert (figures / "polygons-20.svg").read_text(encoding="utf-8") == "mine"
    assert call(*words, "--force").code == 1
    assert "<svg" in (figures / "polygons-20.svg").read_text(encoding="utf-8")
    (figures / "notes.txt").write_text("mine", encoding="utf-8")
    assert_one_sentence(call(*words, "--force"), 2, "r-figures: holds other files than an export's")
    figures.rename(elsewhere)
    figures.symlink_to(elsewhere)
    assert_one_sentence(call(*words, "--force"), 2, "r-figures: is a link, and a directory is to be written.")


def test_no_figure_is_drawn_through_a_link_that_was_made_meanwhile(
    call: Caller, runs: Path, tmp_path: Path, tiny: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(tiny[0].need.plan.sweep, runs, "done", lambda cell: {"test_loss": 1.0})
    monkeypatch.setattr("sdd_tui.cli.verify.report.check_files", lambda *_: None)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "r-figures").symlink_to(tmp_path / "elsewhere")
    answer = call("verify", "--quick", "--quiet", "--markdown", str(tmp_path / "r.md"))
    assert_one_sentence(answer, 7, "it is a link")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_results_that_are_kept_say_the_same_without_training(
    call: Caller, runs: Path, tiny: list[Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = call("verify", "--quick", "--keep", str(tmp_path / "kept"))
    monkeypatch.setattr(kept, "home", lambda: tmp_path / "kept")
    judged = call("verify", "--quick", "--kept", "--runs-dir", str(tmp_path / "nothing"))
    assert (judged.code, judged.out) == (trained.code, trained.out)
    assert "4 kept cells, trained" in judged.err and not (tmp_path / "nothing").exists()
    again = call("verify", "--quick", "--keep", str(tmp_path / "kept"))
    assert_one_sentence(again, 5, "kept results are there already. Add --force")
    assert call("verify", "--quick", "--keep", str(tmp_path / "kept"), "--force").code == trained.code
    assert_one_sentence(call("verify", "--scaled", "--kept"), 3, "no results of this tier come with the program")
    for option in ("--fresh", "--dry-run"):
        assert_one_sentence(call("verify", "--quick", "--kept", option), 2, f"{option} has nothing to do")

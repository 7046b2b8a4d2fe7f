"""`sdd sweep …`."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
import typer

from sdd_tui.cli.app import app
from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.progress import SweepReader
from tests.cli.helpers import COMMAND, Caller, assert_one_sentence, imported, sdd
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import synthetic
from tests.waiting import PATIENCE_S, wait_until

SMALL = ("double-descent-quick", "n=20", "S=0.8", "data.n_test=10", "steps=40", "T=3,5", "seed=0,1")
ENDLESS = ("double-descent-quick", "n=50", "S=0.9", "data.n_test=10", "steps=100000000", "T=3,5", "seed=0,1")
COMMANDS = typer.main.get_command(app).commands["sweep"].commands  # type: ignore[attr-defined]


def test_a_sweep_is_trained_shown_listed_and_its_cells_are_runs(call: Caller, runs: Path) -> None:
    done = sdd("sweep", "run", *SMALL, "--name", "a")
    assert done.code == 0, done.err
    assert "4 of 4 cells done; the mean over seed" in done.out
    assert "a: 4 cells" in done.err
    shown = call("sweep", "show", "a")
    assert shown.code == 0 and shown.out == done.out
    found = json.loads(call("sweep", "show", "a", "--json").out)
    assert [p["at"] for p in found["points"]] == [{"T": 3}, {"T": 5}]
    assert found["points"][0]["runs"] == 2 and len(found["results"]) == 4
    listed = json.loads(call("sweep", "ls", "--json").out)
    assert listed == [
        {"name": "a", "state": "finished", "done": 4, "cells": 4, "failed": 0, "preset": "double-descent-quick"}
    ]
    assert json.loads(call("ls", "--json").out) == []
    cell = json.loads(call("show", "a/T=3,seed=0", "--json").out)
    assert cell["status"] == "finished"
    assert cell["test_loss"] == next(r["test_loss"] for r in found["results"] if r["cell"] == "T=3,seed=0")
    assert call("show", str(runs / "a" / "cells" / "T=3,seed=0")).code == 0


def test_added_cells_are_trained_by_resume(runs: Path) -> None:
    assert sdd("sweep", "run", *SMALL, "--name", "a", "--quiet").code == 0
    more = sdd("sweep", "resume", "a", "T=8", "--json")
    found = json.loads(more.out)
    assert (found["state"], found["done"], found["cells"]) == ("finished", 6, 6)
    assert [p["at"]["T"] for p in found["points"]] == [3, 5, 8]


def test_a_dry_run_says_what_would_be_trained_and_makes_nothing(call: Caller, runs: Path) -> None:
    said = call("sweep", "run", *SMALL, "--dry-run")
    assert said.code == 0
    assert said.out.splitlines()[:2] == ["T=3,seed=0", "T=3,seed=1"]
    assert said.out.splitlines()[-1].startswith("4 cells, about ")
    found = json.loads(call("sweep", "run", *SMALL, "--dry-run", "--json").out)
    assert len(found["cells"]) == 4 and found["seconds"] > 0 and found["bytes"] > 0
    assert not runs.exists()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sweep_is_exit_code_130_and_says_how_it_goes_on(runs: Path, stop: signal.Signals) -> None:
    process = subprocess.Popen(
        [*COMMAND, "sweep", "run", *ENDLESS, "--name", "a"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_until_it_runs(runs / "a")
    process.send_signal(stop)
    out, words = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (130, "")
    assert words.splitlines()[-1] == ("sdd: a: stopped with 0 of 4 cells done; `sdd sweep resume a` goes on.")
    assert SweepReader(runs / "a").poll().state == "stopped"


def test_a_sweep_in_the_background_has_a_status_and_is_cancelled_from_outside(call: Caller, runs: Path) -> None:
    began = sdd("sweep", "run", *ENDLESS, "--name", "a", "--detach")
    assert (began.code, began.out) == (0, "a\n"), began.err
    wait_until_it_runs(runs / "a")
    said = call("sweep", "status", "a")
    assert said.code == 0 and said.out.startswith("a: running, about ")
    found = json.loads(call("sweep", "status", "a", "--json").out)
    assert found["state"] == "running" and found["running"][0]["cell"].startswith("T=3") and found["eta_s"] > 0
    cancelled = call("sweep", "cancel", "a")
    assert (cancelled.code, cancelled.out) == (0, "a: stopped, 0 of 4 cells done.\n")
    assert_one_sentence(call("sweep", "cancel", "a"), 1, "it is stopped, so there is nothing to cancel")


def wait_until_it_runs(folder: Path) -> None:
    def runs() -> bool:
        return (folder / "sweep.toml").exists() and any(r.step for r in SweepReader(folder).poll().running)

    wait_until(runs, lambda: (folder / "console.log").read_text())


def test_a_failed_cell_is_exit_code_1_and_named(runs: Path) -> None:
    done = sdd("sweep", "run", *SMALL, "lr=1e-3,1e30", "seed=0", "T=3", "--name", "a")
    assert done.code == 1
    assert done.err.splitlines()[-1].startswith("sdd: a: 1 of 2 cells failed, T=3,seed=0,lr=1e+30 first (")
    assert "1 of 2 cells done" in done.out
    assert "T=3,seed=0,lr=1e+30 failed (2 attempts)" in sdd("sweep", "status", "a").out
    shown = sdd("sweep", "show", "a")
    assert (shown.code, shown.err) == (0, done.err.splitlines(keepends=True)[-1])


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["run", "double-descnt"], 3, "double-descnt is not a sweep preset. Did you mean 'double-descent'?"),
        (["run", "no/such.toml"], 3, "there is no such file"),
        (["run", *SMALL, "T="], 2, "axis T: has no values"),
        (["run", *SMALL, "stepz=3,4"], 2, "stepz is not a setting. Did you mean 'steps'?"),
        (["run", *SMALL, "T=0,5"], 2, "double-descent-quick: cell T=0,seed=0: data.n_examples = 0 can't be used"),
        (["run", *SMALL, "T=range(1,3000)", "seed=range(0,4)"], 2, "has 11,996 cells, more than 10,000. Add --yes"),
        (["run", *SMALL, "T=logspce(1,2,3)"], 2, "logspce is not a range. Did you mean 'logspace'?"),
        (["run", *SMALL, "--name", "../x"], 2, "a run's name is"),
        (["run", *SMALL, "--jobs", "4000"], 2, "are more than the"),
        (["run", *SMALL, "device=cuda,cpu"], 4, "device cuda"),
        (["show", "nothing"], 3, "there is no such sweep"),
        (["status", "latest"], 3, "there is no such sweep"),
        (["resume", "../\x1b[31m"], 3, "this is not the directory of a sweep"),
        (["cancel", "./" + "x" * 5_000], 3, "this is not the directory of a sweep"),
    ],
)
def test_bad_input_is_one_sentence_and_makes_nothing(
    call: Caller, runs: Path, args: list[str], code: int, words: str
) -> None:
    assert_one_sentence(call("sweep", *args), code, words)
    assert not runs.exists()


def test_bad_words_about_a_sweep_are_one_sentence(call: Caller, runs: Path) -> None:
    create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    assert_one_sentence(call("sweep", "run", *SMALL, "--name", "a"), 5, "of that name already")
    assert_one_sentence(call("sweep", "resume", "a", "m=3"), 2, "m is not an axis of this sweep (T, seed)")
    assert_one_sentence(call("sweep", "resume", "a", "T=0"), 2, "cell T=0,seed=0")
    assert_one_sentence(call("sweep", "show", "a", "--measure", "D_g"), 2, "Did you mean 'D_f'?")
    assert_one_sentence(call("sweep", "cancel", "a"), 1, "it is stopped, so there is nothing to cancel")
    (runs / "a" / "sweep.toml").write_text("x = [\x1b")
    assert_one_sentence(call("sweep", "show", "a"), 6, "sweep.toml")
    assert "damaged" in call("sweep", "ls").out
    (runs / "a" / "meta.json").write_text('{"versions": {"sdd-tui": "99.1"}}')
    (runs / "a" / "sweep.toml").write_text("hue = 3\n")
    assert_one_sentence(call("sweep", "show", "a"), 6, "written by sdd-tui 99.1")
    listed = call("sweep", "ls")
    assert (listed.code, listed.out.split()[5:7]) == (0, ["a", "newer"])
    assert "written by sdd-tui 99.1" in listed.err


def test_two_thousand_cells_are_shown_from_a_few_files(call: Caller, runs: Path, touched: list[str]) -> None:
    synthetic(runs, 100, 20)
    call("sweep", "ls")
    touched.clear()
    shown = call("sweep", "show", "made-up")
    assert shown.code == 0 and "2,000 of 2,000 cells done" in shown.out
    assert 1 <= len([path for path in touched if path.startswith(str(runs))]) < 20


def test_sweep_presets_are_listed_and_shown(call: Caller) -> None:
    assert "double-descent-quick" in call("sweep", "presets").out
    said = call("sweep", "presets", "polygons").out
    assert said.startswith("# Figure: ") and 'T = "range(3, 31)"' in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_sweep_command_has_help_with_an_example_of_itself(name: str) -> None:
    text = COMMANDS[name].help
    assert f"Example: sdd sweep {name}" in text
    for parameter in COMMANDS[name].params:
        assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("args", [["--help"], ["ls"], ["presets"], ["run", "--help"], ["run", *SMALL, "--dry-run"]])
def test_light_sweep_commands_import_nothing_heavy(runs: Path, args: list[str]) -> None:
    assert not imported("sweep", *args) & {"torch", "numba", "textual", "plotext"}


def test_running_a_sweep_trains_in_other_processes(runs: Path) -> None:
    assert not imported("sweep", "run", *SMALL, "--quiet", "--name", "a") & {"torch", "numba", "textual"}

"""`sdd sweep run --slurm`, where there is no Slurm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from sdd_tui.cli.app import app
from sdd_tui.cli.sweep import slurm
from sdd_tui.sweep.slurm.options import SlurmOptions
from tests.cli.helpers import Caller, assert_one_sentence, imported
from tests.cluster.commands import commands

SMALL = ("double-descent-quick", "n=20", "S=0.8", "data.n_test=10", "steps=40", "T=3,5", "seed=0,1")
COMMANDS = typer.main.get_command(app).commands["sweep"].commands  # type: ignore[attr-defined]
GIVEN = ("partition", "time", "tasks", "cpus", "gpus")


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_readme_s_commands_parse(words: list[str]) -> None:
    assert words[0] == "sweep"
    values = COMMANDS[words[1]].make_context(words[1], words[2:]).params
    if "--slurm" in words:
        found = slurm.options(True, values["jobs"], values["threads"], {name: values[name] for name in GIVEN}, None)
        assert found is not None
        assert (found.partition, found.minutes, found.workers) == ("debug", 10, 2 if "--cpus" in words else 1)


def test_options_reach_slurm() -> None:
    given = {"partition": "p", "time": "90", "tasks": 3, "cpus": 8, "gpus": 1}
    assert slurm.options(True, None, 2, given, ["mem=4G"]) == SlurmOptions("p", 90, 3, 8, 1, 2, ("mem=4G",))
    assert slurm.options(True, None, None, dict.fromkeys(GIVEN), None) == SlurmOptions()
    assert slurm.options(False, 2, 2, dict.fromkeys(GIVEN), None) is None


@pytest.mark.parametrize("command", [["run", *SMALL], ["resume", "a"]], ids=["run", "resume"])
@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--partition", "debug"], 2, "--partition is about a Slurm cluster: add --slurm, or leave it out."),
        (["--slurm-option", "mem=4G"], 2, "--slurm-option is about a Slurm cluster"),
        (["--slurm", "--jobs", "2"], 2, "--jobs is about this machine; with --slurm say --tasks"),
        (["--slurm", "--time", "0"], 2, "--time 0 can't be used: write whole minutes from 1 on, --time 90."),
        (["--slurm", "--time", "1:00:00"], 2, "--time 1:00:00 can't be used"),
        (["--slurm", "--time", "\x1b[31m٣"], 2, "--time ?[31m٣ can't be used"),
        (["--slurm", "--time", "9" * 5_000], 2, "can't be used"),
        (["--slurm"], 4, "--slurm: there is no sbatch on this machine, so it is no node of a Slurm cluster."),
    ],
    ids=range(8),
)
def test_what_can_t_go_to_slurm_is_one_sentence_and_makes_nothing(
    call: Caller,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    args: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    if command[0] == "resume":
        from sdd_tui.sweep.directory import create_sweep
        from tests.sweep.helpers import tiny

        create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
        command = [*command, "T=5"]
    before = sorted(runs.rglob("*")), [path.read_text() for path in runs.glob("*/*.toml")]
    assert_one_sentence(call("sweep", *command, *args), code, words)
    assert (sorted(runs.rglob("*")), [path.read_text() for path in runs.glob("*/*.toml")]) == before


def test_without_submitit_the_sentence_says_what_to_install(
    call: Caller, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert_one_sentence(call("sweep", "run", *SMALL, "--slurm"), 4, "Run `pip install submitit`.")
    assert not runs.exists()


def test_a_dry_run_needs_no_slurm(call: Caller, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = call("sweep", "run", *SMALL, "--slurm", "--tasks", "2", "--dry-run")
    assert said.code == 0 and " on the cluster, " in said.out
    slow = json.loads(call("sweep", "run", *SMALL, "--slurm", "--tasks", "1", "--dry-run", "--json").out)["seconds"]
    fast = json.loads(call("sweep", "run", *SMALL, "--slurm", "--tasks", "4", "--dry-run", "--json").out)["seconds"]
    assert slow > 3 * fast
    assert not runs.exists()


def test_a_sweep_that_needs_no_slurm_imports_no_submitit(runs: Path) -> None:
    assert "submitit" not in imported("sweep", "run", *SMALL, "--quiet", "--name", "a")
    assert "submitit" not in imported("sweep", "status", "a")

"""`sdd branch`: a run of its own from a step of another."""

from __future__ import annotations

import json
from pathlib import Path

from sdd_tui.run.reader import open_run
from tests.cli.helpers import TINY, Caller, assert_one_sentence


def test_a_branch_is_trained_and_shown(call: Caller, runs: Path) -> None:
    assert call("run", *TINY, "--name", "a", "--quiet").code == 0
    answer = call("branch", "a", "--step", "23", "lr=1e-2", "T=6", "--name", "b", "--json", "--quiet")
    values = json.loads(answer.out)
    assert (answer.code, values["run"], values["status"], values["step"]) == (0, "b", "finished", 40)
    assert open_run(runs / "b").config.optim.lr == 0.01
    assert open_run(runs / "b").meta["parent"] == {"run": "a", "step": 23}
    said = call("branch", "latest", "--step", "30")
    assert said.code == 0
    assert "hidden vectors h = W x at step 40" in said.out
    assert "Computing step 30 of b again" in said.err


def test_a_branch_can_be_detached(call: Caller, runs: Path) -> None:
    call("run", *TINY, "--name", "a", "--quiet")
    assert call("branch", "a", "--step", "3", "steps=100000000", "--name", "b", "--detach").out == "b\n"
    assert call("stop", "b").code == 0


def test_what_can_t_be_branched_is_one_sentence(call: Caller, runs: Path) -> None:
    call("run", *TINY, "--name", "a", "--quiet")
    assert_one_sentence(call("branch", "nothing", "--step", "1"), 3, "there is no such run")
    assert_one_sentence(call("branch", "a", "--step", "41"), 2, "a has steps 0 to 40")
    assert_one_sentence(call("branch", "a", "--step", "40"), 2, "nothing is left to train")
    assert_one_sentence(call("branch", "a", "--step", "1", "n=30"), 2, "data.n_features = 30")
    assert_one_sentence(call("branch", "a", "--step", "1", "lerning=1"), 2, "not a setting")
    assert_one_sentence(call("branch", "a", "--step", "1", "--name", "../x"), 2, "a run's name is")
    assert_one_sentence(call("branch", "a", "--step", "1", "--name", "a"), 5, "already")
    assert_one_sentence(call("branch", "a", "--step", "1", "device=cuda"), 4, "device cuda")
    assert call("branch", "a").code == call("branch", "a", "--step", "-1").code == 2
    (runs / "a" / "config.toml").write_bytes(b"\xff")
    assert_one_sentence(call("branch", "a", "--step", "1"), 6, "config.toml")
    assert [p.name for p in runs.iterdir() if p.is_dir() and not p.is_symlink()] == ["a"]

"""`sdd show --panel`, `sdd watch`, `sdd diff`: what the app shows, without it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sdd_tui.panels.catalogue import PANELS
from tests.cli.helpers import COMMAND, TINY, Caller, assert_one_sentence, sdd

RECORDED = Path(__file__).parents[1] / "tui" / "recorded"


@pytest.fixture(autouse=True)
def recorded(runs: Path) -> None:
    shutil.copytree(RECORDED, runs)


@pytest.mark.parametrize("panel", [*PANELS, "planes"])
def test_a_panel_is_drawn_at_the_terminals_size(call: Caller, monkeypatch: pytest.MonkeyPatch, panel: str) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("LINES", "30")
    answer = call("show", "pentagon-small", "--panel", panel)
    lines = answer.out.splitlines()
    assert (answer.code, answer.err) == (0, "")
    assert len(lines) <= 29 and max(map(len, lines)) <= 70
    assert "\x1b" not in answer.out
    assert "step 20,000" in lines[0]


def test_a_panel_shows_its_step(call: Caller) -> None:
    early = call("show", "pentagon-small", "--panel", "loss", "--step", "100").out
    assert "step 8 " in early.splitlines()[0]
    assert early != call("show", "pentagon-small", "--panel", "loss").out


@pytest.mark.parametrize("panel", PANELS)
def test_a_panels_numbers_are_one_json_object(call: Caller, panel: str) -> None:
    numbers = json.loads(call("show", "pentagon-small", "--panel", panel, "--json").out)
    assert isinstance(numbers, dict) and numbers
    if panel == "dimensionality":
        assert len(numbers["D_X"]) == 5 and len(numbers["D_f"]) == 400
        assert numbers["m_over_T"] == 0.4
        assert len(numbers["steps"]) == 8
    if panel == "hidden":
        assert numbers["polygon"] == 5 and len(numbers["H"]) == 2


def test_both_planes_have_their_numbers(call: Caller) -> None:
    assert set(json.loads(call("show", "pentagon-small", "--panel", "planes", "--json").out)) == {"features", "hidden"}


def test_the_inspector_shows_the_example_that_is_asked_for(call: Caller) -> None:
    assert (
        json.loads(call("show", "pentagon-small", "--panel", "inspector", "--item", "3", "--json").out)["example"] == 3
    )


def test_an_unknown_panel_is_named_with_the_nearest(call: Caller) -> None:
    assert_one_sentence(call("show", "pentagon-small", "--panel", "los"), 2, "Did you mean 'loss'?")


def test_a_terminal_with_colours_gets_them_and_no_color_takes_them_away(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[38;2;" in call("show", "pentagon-small").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in call("show", "pentagon-small").out


def test_an_output_that_is_no_utf_8_gets_ascii(runs: Path) -> None:
    import os
    import subprocess

    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [*COMMAND, "show", "pentagon-small", "--panel", "hidden", "--runs-dir", str(runs)]
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    picture = done.stdout.decode("ascii").splitlines()[1:]
    assert any("o" in line for line in picture) and not any("?" in line for line in picture)


def test_watching_a_finished_run_prints_every_row_and_event(call: Caller) -> None:
    lines = call("watch", "pentagon-small").out.splitlines()
    assert lines[1].split()[0] == "0" and "finished: " in lines[-1]
    rows = [json.loads(line) for line in call("watch", "pentagon-small", "--json").out.splitlines()]
    assert rows[0]["step"] == 0 and rows[-1]["kind"] == "finished"
    assert sum("train_loss" in row for row in rows) + sum("kind" in row for row in rows) == len(rows)


def test_watching_follows_a_running_run_to_its_end(runs: Path) -> None:
    sdd("run", *TINY, "--name", "brief", "--detach", "--runs-dir", str(runs))
    answer = sdd("watch", "brief", "--runs-dir", str(runs))
    assert answer.code == 0
    assert "finished" in answer.out.splitlines()[-1]


def test_watching_a_run_that_fails_fails(runs: Path) -> None:
    settings = [*TINY[:-2], "optim.lr=1e30", "steps=400", "threads=1"]
    sdd("run", *settings, "--name", "bad", "--quiet", "--runs-dir", str(runs))
    answer = sdd("watch", "bad", "--runs-dir", str(runs))
    assert answer.code == 1
    assert "NaN" in answer.err


def test_diff_prints_the_settings_that_differ_and_no_others(call: Caller) -> None:
    lines = call("diff", "pentagon-small", "deep-small").out.splitlines()
    named = {line.split()[0] for line in lines[1:]}
    assert {"data.n_examples", "model.n_hidden", "data.seed", "model.seed"} < named
    assert "optim.lr" not in named and "title" not in named
    settings = json.loads(call("diff", "pentagon-small", "deep-small", "--json").out)["settings"]
    assert settings["data.n_examples"] == [5, 12]


def test_diff_of_the_same_settings_says_so_and_of_one_run_is_refused(call: Caller) -> None:
    assert "same settings" in call("diff", "pentagon-small", "pentagon-small").err
    assert_one_sentence(call("diff", "pentagon-small"), 2, "two runs or more")

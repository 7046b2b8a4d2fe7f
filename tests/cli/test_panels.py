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
    for run in runs.iterdir():
        (run / "meta.json").write_text("{}")


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
        json.loads(call("show", "pentagon-small", "--panel", "inspector", "--example", "3", "--json").out)["example"]
        == 3
    )


def test_the_look_of_a_panel_is_an_option(call: Caller) -> None:
    def drawn(*options: str, panel: str = "loss", run: str = "pentagon-small") -> str:
        answer = call("show", run, "--panel", panel, *options)
        assert (answer.code, answer.err) == (0, "")
        return answer.out

    usual = drawn()
    other = [drawn("--linear-x"), drawn("--linear-y"), drawn("--smooth", "5")]
    assert len({usual, *other}) == 4
    assert "mean of 5" in other[2]
    assert "dims 1, 3 of 3" in drawn("--axes", "1,3", panel="hidden", run="deep-small")
    assert "dims 1, 2 of 3" in drawn(panel="hidden", run="deep-small")
    assert "principal" in drawn("--principal", panel="features", run="deep-small")
    for by in ("norm", "dimensionality", "example"):
        assert f"by {by[0].upper() if by[0] == 'd' else by}" in drawn("--colour", by, panel="hidden")
    assert "feature 17 of 400" in drawn("--feature", "17", panel="inspector")
    assert "◆" in drawn("--example", "2", panel="hidden")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--panel", "hidden", "--colour", "blue"), "plain, dimensionality, norm, example"),
        (("--panel", "hidden", "--axes", "1,4"), "two of the 3 hidden dimensions"),
        (("--panel", "hidden", "--axes", "one"), "two of the 3 hidden dimensions"),
        (("--panel", "hidden", "--axes", "1,2", "--principal"), "choose one"),
        (("--panel", "inspector", "--example", "1", "--feature", "1"), "choose one"),
        (("--panel", "inspector", "--example", "12"), "examples 0 to 11"),
        (("--panel", "inspector", "--feature", "400"), "features 0 to 399"),
        (("--linear-x",), "--panel is missing"),
        (("--smooth", "5"), "--panel is missing"),
    ],
)
def test_a_look_that_there_is_not_is_refused(call: Caller, options: tuple[str, ...], words: str) -> None:
    assert_one_sentence(call("show", "deep-small", *options), 2, words)


@pytest.mark.parametrize("panel", ["planes", "hidden", "dimensionality", "norms", "gram", "inspector"])
@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_a_panel_of_damaged_frames_is_no_picture_and_no_null(
    call: Caller, runs: Path, panel: str, json_too: tuple[str, ...]
) -> None:
    (runs / "deep-small" / "frames.bin").write_bytes(b"x" * 3_000)
    assert_one_sentence(call("show", "deep-small", "--panel", panel, *json_too), 6, "frames.bin: its header can't be")
    assert call("show", "deep-small", "--panel", "loss").code == 0
    (runs / "deep-small" / "frames.bin").unlink()
    assert_one_sentence(call("show", "deep-small", "--panel", panel, *json_too), 3, "no whole frame")


def test_losses_and_events_that_cannot_be_read_are_damage(call: Caller, runs: Path) -> None:
    for panel, name in (("loss", "metrics.jsonl"), ("events", "events.jsonl")):
        whole = (runs / "deep-small" / name).read_text()
        (runs / "deep-small" / name).write_text("no\n" + whole)
        answer = call("show", "deep-small", "--panel", panel)
        assert (answer.code, answer.err) == (0, f"{name}: 1 line can't be read\n")
        (runs / "deep-small" / name).write_text("no\n")
        assert_one_sentence(call("show", "deep-small", "--panel", panel), 6, f"{name}: 1 line can't be read")
        (runs / "deep-small" / name).write_text(whole)


def test_the_first_frame_of_a_branch_is_shown_for_a_step_before_it(call: Caller, runs: Path) -> None:
    frames = runs / "deep-small" / "frames.bin"
    raw = frames.read_bytes()
    size = (len(raw) - 1024) // 8
    frames.write_bytes(raw[:1024] + raw[1024 + 2 * size :])
    answer = call("show", "deep-small", "--panel", "hidden", "--step", "0")
    assert (answer.code, answer.err) == (0, "")
    assert not answer.out.splitlines()[0].startswith("hidden vectors h_i  step 0 ")


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


@pytest.mark.parametrize("status", ["{", "[]", "{}", None])
def test_watching_a_run_whose_status_cannot_be_read_is_damage(call: Caller, runs: Path, status: str | None) -> None:
    path = runs / "pentagon-small" / "status.json"
    path.unlink() if status is None else path.write_text(status)
    answer = call("watch", "pentagon-small")
    assert answer.code == 6
    assert "status.json: " in answer.err and "None" not in answer.err
    assert "20,000" in answer.out


def test_diff_prints_the_settings_that_differ_and_no_others(call: Caller) -> None:
    lines = call("diff", "pentagon-small", "deep-small").out.splitlines()
    named = {line.split()[0] for line in lines[1:]}
    assert {"data.n_examples", "model.n_hidden", "data.seed", "model.seed"} < named
    assert "optim.lr" not in named and "title" not in named
    found = json.loads(call("diff", "pentagon-small", "deep-small", "--json").out)
    assert found["settings"]["data.n_examples"] == [5, 12]
    assert set(found["losses"]) == {"train_loss", "test_loss"}
    shown = [f"{loss:.4f}" for loss in found["losses"]["test_loss"]]
    assert next(line for line in lines if line.startswith("test loss")).split()[2:] == shown


def test_diff_of_a_run_without_losses_has_nulls(call: Caller, runs: Path) -> None:
    (runs / "deep-small" / "status.json").write_text("{}")
    losses = json.loads(call("diff", "pentagon-small", "deep-small", "--json").out)["losses"]
    assert losses["test_loss"][0] > 0 and losses["test_loss"][1] is None


def test_diff_of_the_same_settings_says_so_and_of_one_run_is_refused(call: Caller) -> None:
    assert "same settings" in call("diff", "pentagon-small", "pentagon-small").err
    assert_one_sentence(call("diff", "pentagon-small"), 2, "two runs or more")

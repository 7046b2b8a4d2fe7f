"""What the commands print: stdout is data."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.helpers import COMMAND, TINY, Caller, sdd

KEYS = ["run", "status", "step", "train_loss", "test_loss", "weight_norm", "bias_norm", "seconds", "steps_per_second"]


def test_json_is_exactly_one_object_with_the_documented_keys(runs: Path) -> None:
    answer = sdd("run", *TINY, "--json", "--name", "a")
    assert answer.code == 0, answer.err
    assert answer.out.count("\n") == 1
    values = json.loads(answer.out)
    assert list(values) == KEYS
    assert (values["run"], values["status"], values["step"]) == ("a", "finished", 40)
    assert all(isinstance(values[key], float) for key in KEYS[3:])


def test_show_and_resume_print_the_same_object(call: Caller) -> None:
    values = json.loads(call("run", *TINY, "--json", "--name", "a").out)
    assert json.loads(call("show", "a", "--json").out) == values
    again = json.loads(call("resume", "a", "--json").out)
    assert {k: again[k] for k in KEYS[:7]} == {k: values[k] for k in KEYS[:7]}


def test_show_at_a_step_is_as_it_was_then(call: Caller) -> None:
    last = json.loads(call("run", *TINY, "--json", "--name", "a").out)
    first = json.loads(call("show", "a", "--json", "--step", "0").out)
    assert list(first) == KEYS
    assert first["step"] == 0
    assert first["train_loss"] > last["train_loss"]


def test_words_go_to_stderr_and_quiet_says_nothing(call: Caller) -> None:
    spoken = call("run", *TINY, "--json", "--name", "a")
    assert "a: training" in spoken.err
    silent = call("run", *TINY, "--quiet", "--name", "b")
    assert (silent.code, silent.out, silent.err) == (0, "", "")


def test_a_summary_says_what_came_out(call: Caller) -> None:
    answer = call("run", *TINY, "--name", "a")
    for words in ("n = 20  m = 2  S = 0.8  T = 5", "finished, step 40 of 40", "train loss", "hidden vectors"):
        assert words in answer.out


def test_a_terminal_that_knows_no_such_characters_shows_others(call: Caller) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*COMMAND, "show", "a"], capture_output=True, env=ascii_only, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.isascii()


def test_a_reader_that_has_what_it_wanted_causes_no_words(call: Caller) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    process = subprocess.Popen([*COMMAND, "show", "a"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    words = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert words == b""


def test_ls_lists_newest_first_and_as_json(call: Caller) -> None:
    assert (call("ls").out, json.loads(call("ls", "--json").out)) == ("", [])
    assert "no runs" in call("ls").err
    for name in ("a", "b"):
        call("run", *TINY, "--quiet", "--name", name)
    assert [line.split()[0] for line in call("ls").out.splitlines()] == ["run", "b", "a"]
    rows = json.loads(call("ls", "--json").out)
    assert [(row["name"], row["state"], row["step"]) for row in rows] == [("b", "finished", 40), ("a", "finished", 40)]


def test_numbers_that_are_none_are_null_in_json(call: Caller, runs: Path) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    status = json.loads((runs / "a" / "status.json").read_text())
    text = json.dumps(status | {"train_loss": float("nan"), "step": "x", "seconds": 10**400})
    (runs / "a" / "status.json").write_text(text)
    for answer in (call("show", "a", "--json"), call("ls", "--json")):
        assert "NaN" not in answer.out
        values = json.loads(answer.out)
        values = values[0] if isinstance(values, list) else values
        assert values["train_loss"] is values["step"] is None


def test_runs_go_where_the_option_says(call: Caller, runs: Path, tmp_path: Path) -> None:
    call("run", *TINY, "--quiet", "--name", "a", "--runs-dir", str(tmp_path / "other"))
    assert (tmp_path / "other" / "a" / "config.toml").exists()
    assert not runs.exists()


def test_config_toml_trained_again_gives_the_same_bits(call: Caller, runs: Path) -> None:
    from tests.run.helpers import assert_same_results

    call("run", *TINY, "--quiet", "--name", "a")
    call("run", str(runs / "a" / "config.toml"), "--quiet", "--name", "b")
    assert_same_results(runs / "a", runs / "b")


def test_a_preset_shown_is_a_file_that_can_be_run(call: Caller, tmp_path: Path) -> None:
    from sdd_tui import presets

    (tmp_path / "copy.toml").write_text(call("presets", "pentagon").out)
    assert presets.load(str(tmp_path / "copy.toml")) == presets.load("pentagon")


def test_every_preset_is_listed(call: Caller) -> None:
    from sdd_tui import presets

    lines = call("presets").out.splitlines()
    assert [line.split()[0] for line in lines] == [p.name for p in presets.presets()]


def test_doctor_answers_where_the_driver_is_too_old(monkeypatch: pytest.MonkeyPatch, call: Caller) -> None:
    import torch

    from sdd_tui.engine import devices

    def too_old(*_: object) -> str:
        raise RuntimeError("The NVIDIA driver on your system is too old (found version 11040).")

    monkeypatch.setattr(devices, "_driver", lambda: (1, 11_080))
    monkeypatch.setattr(devices, "_torch_cuda", lambda: 12)
    monkeypatch.setattr(torch.cuda, "get_device_name", too_old)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    answer = call("doctor")
    assert answer.code == 0 and "its driver is too old" in answer.out


@pytest.mark.parametrize("json_wanted", [True, False])
def test_doctor_answers(runs: Path, json_wanted: bool) -> None:
    answer = sdd("doctor", *(["--json"] * json_wanted))
    assert answer.code == 0, answer.err
    for word in ("numba", "triton", "gpu"):
        assert word in answer.out
    assert not json_wanted or "numba" in json.loads(answer.out)

"""Whatever is wrong with what a user writes: one sentence on stderr, nothing on stdout, the documented exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import TINY, Caller, assert_one_sentence, sdd

HOSTILE = '"\\u001b]0;owned\\u0007\\u001b[2J [red]markup[/red] \\u009b31m \\u202e"'


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("lerning_rate=1", "lerning_rate is not a setting"),
        ("n_exmples=5", "Did you mean 'n_examples'?"),
        ("data.n_exmples=5", "Did you mean 'data.n_examples'?"),
        ("seed", "KEY=VALUE"),
        ("S=1.5", "sparsity"),
        ("S=-1", "sparsity"),
        ("S=nan", "nan is not a number"),
        ("T=0", "from 1 to"),
        ("T=-5", "from 1 to"),
        ("T=2.5", "from 1 to"),
        ("T=many", "from 1 to"),
        ("m=2000", "larger than n_features"),
        ("m=0", "n_hidden"),
        ("n=1e99", "n_features"),
        ("lr=nan", "nan is not a number"),
        ("lr=inf", "lr"),
        ("lr=-1", "lr"),
        ("lr=fast", "lr"),
        ("steps=1e99", "steps"),
        ("steps=true", "steps"),
        ("tied=1", "tied"),
        ("output=sigmoid", "output"),
        ("seed=-1", "seed"),
        ("seed=1e99", "seed"),
        ("device=gpu", "device"),
        ("threads=-1", "threads"),
        ("budget_mb=0", "budget_mb"),
        ("=5", "not a setting"),
        ("\x1b[31mx=5", "not a setting"),
    ],
)
def test_a_bad_setting_is_refused(call: Caller, runs: Path, override: str, words: str) -> None:
    assert_one_sentence(call("run", "quick", override), 2, words)
    assert not runs.exists()


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"steps = 1", 2, "Did you mean 'optim.steps'?"),
        (b"[data]\nn_exmples = 5", 2, "data.n_exmples is not a setting. Did you mean 'n_examples'?"),
        (b"[data]\nn_features = '5'", 2, "data.n_features = '5' can't be used"),
        (b"[data]\nsparsity = 1.5", 2, "sparsity"),
        (b"data = 5", 2, "data"),
        (b"data = [1]\nseed = 3", 2, "data"),
        (b"[optim]\nlr = nan", 2, "nan is not a number"),
        (b"seed = 'x'", 2, "seed"),
        (b"[data\n", 2, "this is not TOML"),
        (b"\xff\xfe\x00\x01", 2, "this is not TOML"),
        (b"\x00" * 5_000, 2, "this is not TOML"),
        (b"a = " + b"[" * 50_000, 2, "this is not TOML"),
        (b"a." * 2_000 + b"a = 1", 2, ""),
        (b'"\\u001b[31m" = 1', 2, "not a setting"),
        (b'device = "\\u001b[31m\\u009b"', 2, "device"),
        (b'engine = "' + b"x" * 50_000 + b'"', 2, "engine"),
        (b'engine = "' + b"x" * 100_000 + b'"', 2, "bytes"),
    ],
    ids=range(17),
)
def test_a_bad_file_is_refused(call: Caller, tmp_path: Path, content: bytes, code: int, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    for command in ("run", "presets"):
        assert_one_sentence(call(command, str(path)), code, words)


def test_a_broken_file_in_a_process_of_its_own_is_refused_alike(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b"[data\n")
    assert_one_sentence(sdd("run", str(tmp_path / "mine.toml")), 2, "this is not TOML")


@pytest.mark.parametrize("name", ["nowhere.toml", "no/where", "../quick", "x" * 200 + ".toml"])
def test_a_missing_file_is_not_found(call: Caller, name: str) -> None:
    assert_one_sentence(call("run", name), 3, "there is no such file")


@pytest.mark.parametrize("name", ["./", "/"])
def test_a_directory_is_no_preset(call: Caller, name: str) -> None:
    assert_one_sentence(call("run", name), 3, "this is a directory, not a TOML file")
    assert_one_sentence(call("sweep", "run", name), 3, "this is a directory, not a TOML file")


def test_a_run_is_named_by_an_option(call: Caller) -> None:
    assert_one_sentence(call("run", "quick", "name=x"), 2, "name is not a setting. --name gives a run its name.")


def test_a_preset_with_a_slip_is_not_found_and_the_right_one_is_suggested(call: Caller) -> None:
    assert_one_sentence(call("run", "pentagn"), 3, "Did you mean 'pentagon'?")
    assert_one_sentence(call("presets", "pentagn"), 3, "Did you mean 'pentagon'?")
    assert_one_sentence(call("run", "\x1b[31mzzz"), 3, "There are ")


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "", ".", "..", "latest", "-x", "a\nb", "\x1b[31mred", "x" * 101, "[red]x[/]"]
)
def test_a_hostile_name_is_refused(call: Caller, runs: Path, name: str) -> None:
    assert_one_sentence(call("run", *TINY, f"--name={name}"), 2, "a run's name is")
    assert not runs.exists()


def test_a_taken_name_is_refused(call: Caller) -> None:
    assert call("run", *TINY, "--name", "a", "--quiet").code == 0
    assert_one_sentence(call("run", *TINY, "--name", "a"), 5, "already")


@pytest.mark.parametrize(("device", "code"), [("cuda:99", 4), ("tpu", 2)])
def test_a_benchmark_needs_its_device(call: Caller, device: str, code: int) -> None:
    assert_one_sentence(call("bench", "--device", device), code, device)


@pytest.mark.parametrize("device", ["cuda:98", "cuda:99", "mps"])
def test_a_device_the_engine_does_not_know_is_refused(call: Caller, runs: Path, device: str) -> None:
    assert_one_sentence(call("run", *TINY, "--device", device), 4, f"device {device}")
    assert not runs.exists()


@pytest.mark.parametrize("command", ["show", "resume", "pause", "continue", "step", "checkpoint", "stop"])
def test_a_run_that_is_none_is_not_found(call: Caller, tmp_path: Path, command: str) -> None:
    assert_one_sentence(call(command, "nothing"), 3, "there is no such run")
    assert_one_sentence(call(command, "latest"), 3, "no runs yet")
    assert_one_sentence(call(command, str(tmp_path)), 3, "not a run")
    assert_one_sentence(call(command, "../\x1b[31m"), 3)
    assert_one_sentence(call(command, "./" + "x" * 5_000), 3)


@pytest.mark.parametrize("command", ["pause", "continue", "step", "checkpoint", "stop"])
def test_a_run_without_a_trainer_can_t_be_asked(call: Caller, command: str) -> None:
    call("run", *TINY, "--name", "a", "--quiet")
    assert_one_sentence(call(command, "a"), 1, f"it is finished, so there is no trainer to {command}")


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["run"],
        ["run", "quick", "--nonsense"],
        ["run", "quick", "--threads", "x"],
        ["step", "a", "--to", "-1"],
        ["nonsense"],
    ],
)
def test_bad_usage_is_exit_code_2_and_no_traceback(call: Caller, args: list[str]) -> None:
    answer = call(*args)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_hostile_text_does_not_reach_the_terminal_raw(call: Caller, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f"# \x9b31m\u202e comment\ntitle = {HOSTILE}\npreset = {HOSTILE}\n[data]\nn_features = 20\nsparsity = 0.8\n"
        "n_examples = 5\nn_test = 10\n[optim]\nsteps = 40\n"
    )
    said = [call("run", str(path), "--name", "a"), call("show", "a"), call("show", "a", "--json"), call("ls")]
    said += [call("ls", "--json"), call("presets", str(path)), call("resume", "a")]
    for answer in said:
        assert answer.code == 0, answer.err
        text = (answer.out + answer.err).replace("\n", "")
        assert text.isprintable(), [c for c in text if not c.isprintable()]
    assert "[red]markup[/red]" in said[0].out


def test_a_directory_s_hostile_name_does_not_reach_the_terminal_raw(call: Caller, runs: Path) -> None:
    call("run", *TINY, "--name", "a", "--quiet")
    (runs / "a").rename(runs / "a\x1b[31m\udcff\n")
    for answer in (call("ls"), call("show", "a"), call("resume", "a"), call("stop", "a"), call("ls", "--json")):
        text = (answer.out + answer.err).replace("\n", "")
        assert text.isprintable(), text
        assert "Traceback" not in text


def test_a_damaged_run_is_refused_when_resumed_and_still_shown(call: Caller, runs: Path) -> None:
    call("run", *TINY, "--name", "a", "--quiet")
    (runs / "a" / "frames.bin").write_bytes(b"x" * 5_000)
    assert_one_sentence(call("resume", "a", "--quiet"), 6, "frames.bin")
    assert_one_sentence(call("resume", "a", "--detach"), 6, "frames.bin")
    shown = call("show", "a")
    assert shown.code == 0
    assert "train loss" in shown.out
    assert "frames.bin" in shown.err
    (runs / "a" / "config.toml").write_bytes(b"\xff")
    assert_one_sentence(call("show", "a"), 6, "config.toml")
    assert "damaged" in call("ls").out

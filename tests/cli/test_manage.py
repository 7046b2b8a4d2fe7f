"""`sdd rename` and `sdd trash` (runs and sweeps), `sdd note`, the filter of `sdd ls`; the documented exit codes."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from sdd_tui.run.create import create
from sdd_tui.run.layout import replace_json
from sdd_tui.sweep.directory import create_sweep, list_sweeps, make_cell, read_sweep
from sdd_tui.sweep.slots import in_use
from tests.cli.helpers import Caller, assert_one_sentence
from tests.run.helpers import refuse_system, small
from tests.sweep.helpers import tiny


@pytest.fixture
def two(runs: Path) -> Path:
    """Two stopped runs, of 20 and of 5 examples."""
    for name, config in (("a", small()), ("b", small("T=5"))):
        replace_json(create(config, runs, name) / "status.json", {"state": "stopped", "step": 3, "test_loss": 1.1})
    return runs


def names(call: Caller, *filters: str) -> set[str]:
    return {row["name"] for row in json.loads(call("ls", "--json", *filters).out)}


def test_renaming_prints_the_new_name(call: Caller, two: Path) -> None:
    assert call("rename", "a", "first").out == "first\n"
    assert names(call) == {"first", "b"}
    assert_one_sentence(call("rename", "b", "first"), 5, "already")
    assert_one_sentence(call("rename", "b", "../b"), 2, "a run's name is")
    assert_one_sentence(call("rename", "nothing", "c"), 3, "no such run")


def test_cells_of_sweeps_are_listed_on_demand_by_names_that_find_them(call: Caller, two: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0, 1]}), two, "family")
    for cell in read_sweep(folder).cells():
        make_cell(folder, cell)
    assert names(call) == {"a", "b"}
    assert "There is also a sweep" in call("ls").err
    assert names(call, "--cells") == {"a", "b", "family/T=3,seed=0", "family/T=3,seed=1"}
    assert names(call, "--cells", "T=3") == {"family/T=3,seed=0", "family/T=3,seed=1"}
    assert call("show", "family/T=3,seed=0").code == 0


def test_trash_prints_where_the_run_lies_now(call: Caller, two: Path) -> None:
    assert call("trash", "a").out == f"{two / '.trash' / 'a'}\n"
    assert names(call) == {"b"}
    replace_json(two / "b" / "status.json", {"state": "running", "host": "elsewhere", "heartbeat": 1e11})
    assert_one_sentence(call("trash", "b"), 5, "it is running")


def test_sweeps_are_renamed_and_thrown_away_as_runs_are(call: Caller, two: Path) -> None:
    for name in ("s", "20260101-grid-1111"):
        create_sweep(tiny({"T": [3]}), two, name)
    assert call("rename", "1111", "grid").out == "grid\n"
    assert call("trash", "gri").out == f"{two / '.trash' / 'grid'}\n"
    assert_one_sentence(call("rename", "s", "a"), 5, "already")
    assert_one_sentence(call("trash", "grid"), 3, "no such run or sweep")
    assert call("trash", str(two / "s")).out == f"{(two / '.trash' / 's').resolve()}\n"
    assert list_sweeps(two) == [] and names(call) == {"a", "b"}


def test_a_sweep_at_work_is_exit_code_5(call: Caller, two: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}), two, "s")
    with in_use(folder):
        assert_one_sentence(call("trash", "s"), 5, "`sdd sweep cancel s` stops it")
        assert_one_sentence(call("rename", "s", "t"), 5, "can't be renamed")
    assert list_sweeps(two) == [folder]


def test_what_could_be_a_run_or_a_sweep_is_not_guessed(call: Caller, two: Path) -> None:
    create_sweep(tiny({"T": [3]}), two, "ab-sweep")
    replace_json(create(small(), two, "ab-run") / "status.json", {"state": "stopped", "step": 3})
    assert_one_sentence(call("trash", "ab"), 3, "ab could be ab-sweep, ab-run: say more.")


def test_a_path_that_is_a_link_is_refused(call: Caller, two: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}), two, "s")
    for name, target in (("to-run", two / "a"), ("to-sweep", folder)):
        (two / name).symlink_to(target)
        assert_one_sentence(call("trash", str(two / name)), 2, "this is a link")
    assert set(list_sweeps(two)) == {folder, two / "to-sweep"} and names(call) == {"a", "b", "to-run"}


def test_a_note_and_tags_are_written_and_printed(call: Caller, two: Path) -> None:
    assert call("note", "a").out == ""
    assert call("note", "a", "too fast?", "--tag", "paper", "--tag", "lr").out == ""
    assert call("note", "a", "--untag", "lr").code == 0
    assert call("note", "a").out == "too fast?\ntags: paper\n"
    assert_one_sentence(call("note", "a", "--tag", "two words"), 2, "is not a tag")
    assert call("note", "a", "").code == 0
    assert call("note", "a").out == "tags: paper\n"
    assert "paper" in call("ls").out


@pytest.mark.parametrize(
    ("filters", "found"), [(["T>10"], {"a"}), (["T>1", "!T=20"], {"b"}), (["state:stopped test>1"], {"a", "b"})]
)
def test_ls_lists_what_the_filter_means(call: Caller, two: Path, filters: list[str], found: set[str]) -> None:
    assert names(call, *filters) == found


def test_ls_says_what_is_wrong_with_a_filter(call: Caller, two: Path) -> None:
    assert_one_sentence(call("ls", "n_exmples>5"), 2, "Did you mean 'n_examples'?")
    assert_one_sentence(call("ls", "T>"), 2, "T>: what comes after it is missing")
    answer = call("ls", "nothing")
    assert (answer.code, answer.out) == (0, "")
    assert "None of the 2 runs" in answer.err


@pytest.mark.parametrize("words", [("ls",), ("show", "latest"), ("sweep", "ls"), ("trash", "a")])
def test_a_directory_that_may_not_be_seen_is_one_sentence(
    call: Caller, two: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    refuse_system(monkeypatch, two, errno.EACCES)
    assert_one_sentence(call(*words), 7, "can't be read (Permission denied). Have its owner let you read it")


@pytest.mark.parametrize("names", [("",), ("config.toml", "meta.json", "status.json", "metrics.jsonl", "frames.bin")])
@pytest.mark.parametrize(
    "words",
    [f"show a{look}".split() for look in ("", " --json", " --panel loss")]
    + [words.split() for words in ("diff a b", "watch a", "export a --to csv", "export a --to npz")],
)
def test_a_run_that_may_not_be_read_is_one_sentence_and_nothing_is_written_of_it(
    call: Caller,
    two: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, ...],
    words: list[str],
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in names:
        refuse_system(monkeypatch, two / "a" / name, errno.EACCES)
    assert_one_sentence(call(*words), 7, "can't be read (Permission denied). Have its owner let you read it")
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("words", [("watch", "a"), ("export", "a", "--to", "csv"), ("show", "a", "--panel", "loss")])
def test_losses_that_may_not_be_read_are_not_told_as_none(
    call: Caller, two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    refuse_system(monkeypatch, two / "a" / "metrics.jsonl", errno.EACCES)
    answer = call(*words)
    assert answer.code == 7
    assert "metrics.jsonl: can't be read (Permission denied). Have its owner" in answer.err
    assert not (tmp_path / "a.csv").exists()

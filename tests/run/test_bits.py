"""Same bits, or a sentence: settings stay what they were, and another machine is told and recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.engine.fused_cpu import cache
from sdd_tui.errors import DamagedError
from sdd_tui.export.contents import RunContents
from sdd_tui.run import checkpoint
from sdd_tui.run.arrays import read_frames
from sdd_tui.run.create import create
from sdd_tui.run.layout import read_json, replace_json
from sdd_tui.run.reader import Run, open_run
from sdd_tui.training.branch import branch
from sdd_tui.training.control import Control
from sdd_tui.training.recorder import record
from sdd_tui.training.replay import state_at
from tests.run.helpers import asking, small


def begun(runs: Path, step: int = 100) -> Path:
    """A run stopped half-way."""
    run = create(small(), runs, "a")
    record(run, on_event=asking(run, step, "stop"))
    return run


def resumed(run: Path) -> list[str]:
    """Resume a run to its end; what was said."""
    said: list[str] = []
    record(run, on_words=said.append)
    return said


def edit_meta(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    meta = read_json(run / "meta.json")
    change(meta)
    replace_json(run / "meta.json", meta)


def test_on_the_same_machine_nothing_is_said(runs: Path) -> None:
    run = begun(runs)
    assert resumed(run) == []
    (machine,) = read_json(run / "meta.json")["machines"]
    assert (machine["step"], machine["device"], machine["processor"]) == (0, "cpu", cache.processor())


def test_on_another_processor_one_sentence_says_from_which_step_on(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, here = begun(runs), cache.processor()
    step = read_json(run / "status.json")["step"]
    monkeypatch.setattr(cache, "processor", lambda: "another-cpu")
    sentence = f"The bits from step {step:,} on are another machine's: processor {here} → another-cpu."
    assert resumed(run) == [sentence]
    machines = read_json(run / "meta.json")["machines"]
    assert [(m["step"], m["processor"]) for m in machines] == [(0, here), (step, "another-cpu")]
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert [e["text"] for e in events if e["kind"] == "resumed"] == [f"from the last checkpoint. {sentence}"]


def test_another_version_is_another_machine_and_python_is_not(runs: Path) -> None:
    run = begun(runs)

    def older(meta: dict[str, Any]) -> None:
        meta["machines"][0]["versions"] |= {"numba": "0.1", "python": "2.7", "torch": "0.1"}

    edit_meta(run, older)
    (said,) = resumed(run)
    assert re.search(r"machine's: numba 0\.1 → [\d.]+\.$", said)


def test_a_run_of_an_older_version_is_told_by_what_its_meta_says(runs: Path) -> None:
    run = begun(runs)

    def older(meta: dict[str, Any]) -> None:
        del meta["machines"], meta["settings"], meta["processor"]
        meta["versions"]["numpy"] = "1.0"

    edit_meta(run, older)
    (said,) = resumed(run)
    assert "numpy 1.0 →" in said and "processor" not in said


def test_a_run_that_begins_again_has_one_machine(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(runs)
    for path in (run / "checkpoints").iterdir():
        path.unlink()
    monkeypatch.setattr(cache, "processor", lambda: "another-cpu")
    assert resumed(run) == []
    assert [m["processor"] for m in read_json(run / "meta.json")["machines"]] == ["another-cpu"]


def test_a_machine_that_left_no_step_is_not_told(runs: Path) -> None:
    run = begun(runs)
    step = read_json(run / "status.json")["step"]

    def tried(meta: dict[str, Any]) -> None:  # another machine resumed there and died before a checkpoint
        meta["machines"].append(meta["machines"][0] | {"step": step, "processor": "another-cpu"})

    edit_meta(run, tried)
    assert resumed(run) == []
    (machine,) = read_json(run / "meta.json")["machines"]
    assert (machine["step"], machine["processor"]) == (0, cache.processor())


@pytest.mark.parametrize("machines", [None, 1, [1, None], [{}], [{"versions": 3, "device": []}]])
def test_machines_that_are_none_are_passed_over(runs: Path, machines: object) -> None:
    run = begun(runs)
    edit_meta(run, lambda meta: meta.update(machines=machines))
    assert all(words.isprintable() for words in resumed(run))


def test_a_branch_whose_parent_s_steps_are_done_again_on_another_processor_says_so(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, here = begun(runs), cache.processor()
    run, exact = branch(parent, 90, [], runs, "b"), branch(parent, 75, ["engine=reference"], runs, "c")
    monkeypatch.setattr(cache, "processor", lambda: "another-cpu")
    sentence = f"The bits from step 75 on are another machine's: processor {here} → another-cpu."
    assert resumed(run) == ["Computing step 90 of a again …", sentence]
    machines = read_json(run / "meta.json")["machines"]
    assert [(m["step"], m["processor"]) for m in machines] == [(0, here), (75, "another-cpu")]
    assert open_run(run).events[0]["text"] == f"from step 90 of a. {sentence}"
    assert resumed(exact) == ["Computing step 75 of a again …"]  # no step is, and an engine may be chosen
    assert [m["step"] for m in read_json(exact / "meta.json")["machines"]] == [75]


def test_a_branch_stopped_while_its_parent_s_steps_are_done_again_keeps_who_did_them(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, here = branch(begun(runs), 90, [], runs, "b"), cache.processor()
    monkeypatch.setattr(cache, "processor", lambda: "second-cpu")
    with monkeypatch.context() as stopping:
        stopping.setattr(Control, "stop_early", lambda control: True)
        record(run)
    (step,) = checkpoint.steps(run / "parent")
    assert 75 < step < 90
    monkeypatch.setattr(cache, "processor", lambda: "third-cpu")
    assert resumed(run)[1:] == [
        f"The bits from step {step} on are another machine's: processor second-cpu → third-cpu."
    ]
    machines = read_json(run / "meta.json")["machines"]
    assert [(m["step"], m["processor"]) for m in machines] == [(0, here), (75, "second-cpu"), (step, "third-cpu")]


EDITS = {
    "optim.lr": ("lr = 0.01", "lr = 0.02"),
    "optim.weight_decay": ("weight_decay = 0.01", "weight_decay = 0.0"),
    "precision": ('precision = "float32"', 'precision = "float64"'),
    "engine": ('engine = "fused"', 'engine = "reference"'),
}


def edited(run: Path, old: str, new: str) -> None:
    text = (run / "config.toml").read_text()
    assert old in text
    (run / "config.toml").write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("name", ["optim.lr", "optim.weight_decay", "precision", "engine"])
def test_a_setting_that_was_changed_is_named_and_nothing_is_trained(runs: Path, name: str) -> None:
    run = begun(runs)
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file() and p.name not in ("lock", "config.toml")}
    edited(run, *EDITS[name])
    for act in (lambda: record(run), lambda: state_at(run, 50)):
        with pytest.raises(DamagedError, match=rf"config\.toml: was changed: {re.escape(name)} was .* Put it back"):
            act()
    assert {p: p.read_bytes() for p in before} == before


def test_a_title_or_threads_may_be_changed(runs: Path) -> None:
    run = begun(runs)
    edited(run, 'title = ""', 'title = "mine"')
    edited(run, "threads = 1", "threads = 2")
    assert resumed(run) == []


LOOKS: dict[str, Callable[[Run], object]] = {
    "a frame": lambda run: run.frame().H,
    "all frames": read_frames,
    "an export": lambda run: RunContents(run).run.examples,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("T", ["20", "inf"])
def test_examples_that_are_not_those_trained_on_are_not_shown(runs: Path, look: str, T: str) -> None:
    run = create(small(f"T={T}"), runs, "a")
    record(run)
    LOOKS[look](open_run(run))
    edit_meta(run, lambda meta: meta.update(data_sha256="0" * 64))
    with pytest.raises(DamagedError, match="the training data drawn here is not what this run began with"):
        LOOKS[look](open_run(run))


def test_examples_of_a_changed_setting_are_not_shown(runs: Path) -> None:
    run = begun(runs)
    edited(run, "n_examples = 20", "n_examples = 19")
    with pytest.raises(DamagedError, match=r"data\.n_examples was 20 when this run began and is 19 now"):
        open_run(run).frame()


def test_test_examples_that_are_others_are_not_shown(runs: Path) -> None:
    run = begun(runs)
    edit_meta(run, lambda meta: meta.update(test_sha256="0" * 64))
    with pytest.raises(DamagedError, match="the test data drawn here"):
        _ = open_run(run).test_examples

"""A branch goes on from its parent's exact state, and needs nothing of the parent but what it was given."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from sdd_tui.config import RunConfig
from sdd_tui.engine.trainer import Event, Frame, Progress
from sdd_tui.errors import BusyError, ConfigError, DamagedError, InterruptedRunError, NotFoundError
from sdd_tui.run import checkpoint, requests
from sdd_tui.run.create import create
from sdd_tui.run.reader import open_run
from sdd_tui.training import control
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from tests.run.helpers import asking, assert_same_results, numbers, small, trained
from tests.training.processes import step_of, train

KINDS = {
    "finite": (),
    "infinite": ("T=inf", "data.batch_size=20"),
    "untied": ("tied=false",),
    "float64": ("precision=float64",),
    "linear": ("output=linear",),
    "hidden ReLU": ("hidden=relu",),
    "repeats": ("data.repeats=3",),
    "constant": ("optim.schedule=constant",),
    "reference": ("engine=reference", "optim.steps=60"),
}
WHERE = {"on a checkpoint": 25, "between": 37, "at the beginning": 0, "at one": 1}


class LostError(Exception):
    """A process that is gone."""


def frames(run: Path) -> dict[int, tuple[bytes, ...]]:
    """Step -> the parameters recorded there."""
    opened = open_run(run)
    found = [opened.frame(int(step)) for step in opened.frame_steps]
    return {f.step: (f.W.tobytes(), f.b.tobytes(), b"" if f.V is None else f.V.tobytes()) for f in found}


def assert_goes_on_as(parent: Path, child: Path, step: int) -> None:
    """The child's last checkpoint, moments and all, and every frame at a common step are the parent's."""
    assert numbers(child) == numbers(parent)
    theirs, own = frames(parent), frames(child)
    common = set(theirs) & set(own)
    assert common and all(own[s] == theirs[s] for s in common)
    assert min(own) == step and max(own) == max(theirs)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", WHERE)
def test_a_branch_with_no_change_goes_on_as_its_parent_did(runs: Path, kind: str, where: str) -> None:
    parent = trained(small(*KINDS[kind]), runs, "parent")
    child = branch(parent, WHERE[where], (), runs, "child")
    shutil.rmtree(parent / "control", ignore_errors=True)
    gone = parent.rename(runs / "gone")  # a branch needs its parent no more
    assert record(child).state == "finished"
    assert_goes_on_as(gone, child, WHERE[where])


@pytest.mark.parametrize("step", [0, 111])
def test_a_parent_without_kept_checkpoints_is_computed_again_from_the_start(runs: Path, step: int) -> None:
    parent = trained(small("recording.checkpoints=0"), runs, "parent")
    assert checkpoint.steps(parent) == [200]
    child = branch(parent, step, (), runs, "child")
    assert not (child / "parent" / "checkpoints").exists()
    record(child)
    assert_goes_on_as(parent, child, step)
    assert checkpoint.steps(child) == [step, 200]


@pytest.mark.parametrize(
    "change",
    [
        "optim.lr=0.02",
        "T=21",
        "T=inf",
        "weight_decay=0.5",
        "S=0.8",
        "data.seed=7",
        "optim.steps=300",
        "output=linear",
        "hidden=relu",
        "data.repeats=5",
        "importance=0.9",
        "group_size=3",
    ],
)
def test_a_branch_with_a_change_begins_as_its_parent_and_goes_elsewhere(runs: Path, change: str) -> None:
    parent = trained(small(), runs, "parent")
    child = branch(parent, 50, [change], runs, "child")
    record(child)
    theirs, own = frames(trained(small("recording.frames=200", "recording.rows=400"), runs, "all")), frames(child)
    assert own[50] == theirs[50]
    assert numbers(child) != numbers(parent)
    assert all(own[s] != theirs[s] for s in set(theirs) & set(own) if s > 60)


def test_the_engine_may_change(runs: Path) -> None:
    parent = trained(small("optim.steps=60"), runs, "parent")
    child = branch(parent, 33, ["engine=reference"], runs, "child")
    record(child)
    assert open_run(child).meta["engine"] == "reference"
    np.testing.assert_allclose(open_run(child).frame(60).W, open_run(parent).frame(60).W, atol=1e-4)


def test_a_branch_says_where_it_comes_from(runs: Path) -> None:
    parent = trained(small("title=A run", "optim.steps=3000"), runs, "parent")
    child = branch(parent, 2000, ["optim.lr=0.02"], runs, "child")
    opened = open_run(child)
    assert opened.meta["parent"] == {"run": "parent", "step": 2000}
    assert opened.config.title == "A run, changed: optim.lr=0.02, from step 2,000 of parent"
    assert (opened.status["step"], opened.status["steps"]) == (2000, 3000)
    record(child)
    assert (opened.events[0]["kind"], opened.events[0]["text"]) == ("branched", "from step 2,000 of parent")
    assert opened.meta["parent"] == {"run": "parent", "step": 2000}
    assert opened.metrics["step"][0] == opened.frame_steps[0] == 2000


def test_a_whole_configuration_can_be_given(runs: Path) -> None:
    parent = trained(small(), runs, "parent")
    child = branch(parent, 20, small("optim.lr=0.5"), runs)
    assert child.name.split("-")[2] == "small"
    assert open_run(child).config == small("optim.lr=0.5").model_copy(update={"title": "from step 20 of parent"})


def test_a_branch_of_a_branch_goes_on_as_the_first_parent_did(runs: Path) -> None:
    parent = trained(small("recording.checkpoints=0"), runs, "parent")
    child = branch(parent, 30, (), runs, "child")
    with pytest.raises(ConfigError, match="child: this branch has not come to its own first step yet"):
        branch(child, 30, (), runs)
    record(child)
    for step in (30, 77):
        grandchild = branch(child, step, (), runs, f"grandchild-{step}")
        record(grandchild)
        assert_goes_on_as(parent, grandchild, step)
    with pytest.raises(ConfigError, match="child has steps 30 to 200; it is a branch itself, of parent"):
        branch(child, 29, (), runs)


def test_a_training_parent_can_be_branched(runs: Path) -> None:
    parent = create(small(), runs, "parent")

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.step >= 120 and not (runs / "early").exists():
            branch(parent, 0, (), runs, "early")
            branch(parent, 110, (), runs, "late")

    with patch("sdd_tui.training.writer.HEARTBEAT_S", 0.0):
        record(parent, on_event=listen)
    for name, step in (("early", 0), ("late", 110)):
        record(runs / name)
        assert_goes_on_as(parent, runs / name, step)


def test_a_parent_that_has_not_begun_can_be_branched_at_its_first_step(runs: Path) -> None:
    child = branch(create(small(), runs, "parent"), 0, (), runs, "child")
    record(child)
    assert numbers(child) == numbers(trained(small(), runs, "undisturbed"))


@pytest.mark.parametrize("kind", ["finite", "infinite", "float64"])
def test_a_branch_stopped_and_resumed_is_the_undisturbed_one(runs: Path, kind: str) -> None:
    parent = trained(small(*KINDS[kind]), runs, "parent")
    undisturbed = branch(parent, 37, ["optim.lr=0.02"], runs, "undisturbed")
    record(undisturbed)
    child = branch(parent, 37, ["optim.lr=0.02"], runs, "child")
    for step in (40, 99):
        assert record(child, on_event=asking(child, step, "stop")).state == "stopped"
    record(child)
    assert_same_results(child, undisturbed)


@pytest.mark.parametrize("step", [37, 38, 60])
def test_a_branch_lost_at_any_step_is_resumed(runs: Path, step: int) -> None:
    def lose(event: Event) -> None:
        if isinstance(event, Frame | Progress) and event.step >= step:
            raise LostError

    parent = trained(small(), runs, "parent")
    undisturbed = branch(parent, 37, (), runs, "undisturbed")
    record(undisturbed)
    child = branch(parent, 37, (), runs, "child")
    for _ in range(2):
        with pytest.raises(LostError):
            record(child, on_event=lose)
    record(child)
    assert_same_results(child, undisturbed)
    assert [e["kind"] for e in open_run(child).events].count("branched") == 1


def test_a_branch_stopped_while_the_parent_s_steps_are_done_again_goes_on_there(runs: Path) -> None:
    parent = trained(small("recording.checkpoints=0"), runs, "parent")
    child = branch(parent, 150, (), runs, "child")
    with patch.object(control.Control, "stop_early", lambda self: True):
        assert record(child).state == "stopped"
    assert checkpoint.steps(child / "parent") == [1] and checkpoint.steps(child) == []
    assert (open_run(child).status["state"], open_run(child).status["step"]) == ("stopped", 150)
    record(child)
    assert_goes_on_as(parent, child, 150)
    assert [e["kind"] for e in open_run(child).events if e["kind"] in ("stopped", "branched")] == ["branched"]


@pytest.mark.parametrize(("request_", "state"), [("checkpoint", "finished"), ("stop", "stopped")])
def test_while_the_parent_s_steps_are_done_again_all_but_stopping_is_put_off(
    runs: Path, request_: str, state: str
) -> None:
    parent = trained(small("recording.checkpoints=0"), runs, "parent")
    child = branch(parent, 150, (), runs, "child")
    real = control.Control.stop_early

    def asked_first(self: control.Control) -> bool:
        if not (child / "control").exists():
            requests.ask(child, request_)
        return real(self)

    with patch.object(control.Control, "stop_early", asked_first):
        assert record(child).state == state
    asked = [e["step"] for e in open_run(child).events if (e["kind"], e["text"]) == ("checkpoint", "as asked")]
    assert asked == ([151] if request_ == "checkpoint" else [])


def test_a_signal_while_the_parent_s_steps_are_done_again_is_an_interruption(runs: Path) -> None:
    parent = trained(small("recording.checkpoints=0"), runs, "parent")
    child = branch(parent, 150, (), runs, "child")

    def signal(self: control.Control) -> bool:
        self.interruption.wanted = True
        return True

    with patch.object(control.Control, "stop_early", signal), pytest.raises(InterruptedRunError, match="at step 150"):
        record(child)
    record(child)
    assert numbers(child) == numbers(parent)


def test_a_branch_killed_at_random_moments_is_the_undisturbed_one(runs: Path) -> None:
    config = small("n=1000", "S=0.99", "T=100", "optim.steps=40000", "recording.checkpoints=0")
    parent = trained(config, runs, "parent")
    undisturbed = branch(parent, 20000, ["optim.lr=0.005"], runs, "undisturbed")
    record(undisturbed)
    child = branch(parent, 20000, ["optim.lr=0.005"], runs, "child")
    rng = random.Random(3)
    for share in (None, 0.3, 0.7):  # the first kill comes while the parent's steps are done again
        process = train(child)
        while process.poll() is None and not _reached(child, share, config):
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        process.kill()
        _, words = process.communicate()
        assert process.returncode in (-9, 0), words.decode()
    record(child)
    assert_same_results(child, undisturbed)


def _reached(child: Path, share: float | None, config: RunConfig) -> bool:
    if share is None:
        return b"again" in (child / "console.log").read_bytes() if (child / "console.log").exists() else False
    return step_of(child) >= 20000 + share * (config.optim.steps - 20000)


def test_a_branch_stays_within_its_budget(runs: Path) -> None:
    settings = ("n=1000", "recording.budget_mb=0.4", "recording.frames=100", "optim.steps=400")
    child = branch(trained(small(*settings), runs, "parent"), 150, (), runs, "child")
    record(child)
    assert sum(p.stat().st_size for p in child.rglob("*") if p.is_file()) <= 0.4e6


@pytest.mark.parametrize(
    ("step", "changes", "words"),
    [
        (-1, (), "step -1: parent has steps 0 to 200"),
        (201, (), "step 201: parent has steps 0 to 200"),
        (10**30, (), "parent has steps 0 to 200"),
        (200, (), "step 200: nothing is left to train there"),
        (50, ("optim.steps=50",), "step 50: nothing is left"),
        (50, ("n=51",), "data.n_features = 51: a branch takes over its parent's parameters, so this stays 50"),
        (50, ("m=3",), "model.n_hidden = 3"),
        (50, ("tied=false",), "model.tied = False"),
        (50, ("precision=float64",), "precision = float64"),
        (50, ("lr=fast",), "lr"),
        (50, ("nonsense=1",), "nonsense is not a setting"),
    ],
)
def test_what_can_t_be_branched_is_one_sentence(runs: Path, step: int, changes: tuple[str, ...], words: str) -> None:
    parent = trained(small(), runs, "parent")
    with pytest.raises(ConfigError, match=f"^[^\n]*{words}"):
        branch(parent, step, changes, runs, "child")
    assert not (runs / "child").exists()


def test_a_taken_name_is_refused(runs: Path) -> None:
    parent = trained(small(), runs, "parent")
    with pytest.raises(BusyError, match="already"):
        branch(parent, 50, (), runs, "parent")
    assert open_run(parent).meta["parent"] is None


def test_a_finished_run_can_be_gone_on_with_by_a_branch_of_more_steps(runs: Path) -> None:
    child = branch(trained(small(), runs, "parent"), 200, ["optim.steps=250"], runs, "child")
    assert record(child).status["step"] == 250


class TestDamage:
    @pytest.fixture
    def child(self, runs: Path) -> Path:
        return branch(trained(small(), runs, "parent"), 37, (), runs, "child")

    def test_a_damaged_checkpoint_of_the_parent_is_refused(self, runs: Path, child: Path) -> None:
        parent = runs / "parent"
        path = checkpoint.path_of(parent, 50)
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(DamagedError, match="this checkpoint"):
            branch(parent, 60, (), runs, "other")
        assert not (runs / "other").exists()

    @pytest.mark.parametrize("file", ["config.toml", "meta.json", "checkpoints/step-000000025.safetensors"])
    @pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 99_999])
    def test_what_was_kept_of_the_parent_is_checked(self, child: Path, file: str, content: bytes) -> None:
        (child / "parent" / file).write_bytes(content)
        with pytest.raises(DamagedError, match="parent/"):  # an empty configuration is one, of another model
            record(child)

    @pytest.mark.parametrize("file", ["config.toml", "meta.json", ""])
    def test_what_was_kept_of_the_parent_must_be_there(self, child: Path, file: str) -> None:
        shutil.rmtree(child / "parent") if not file else (child / "parent" / file).unlink()
        with pytest.raises(DamagedError, match="parent/"):
            record(child)

    def test_other_data_of_the_parent_are_refused(self, child: Path) -> None:
        text = (child / "parent" / "config.toml").read_text()
        (child / "parent" / "config.toml").write_text(text.replace("n_examples = 20", "n_examples = 21"))
        with pytest.raises(DamagedError, match=r"parent/config\.toml: was changed: data\.n_examples was 20"):
            record(child)

    @pytest.mark.parametrize(
        "parent", [[], "x", 7, {}, {"run": 1, "step": 2}, {"run": "x", "step": -1}, {"run": "x", "step": "2"}]
    )
    def test_a_parent_that_is_none_is_refused(self, child: Path, parent: object) -> None:
        meta = json.loads((child / "meta.json").read_text())
        (child / "meta.json").write_text(json.dumps(meta | {"parent": parent}))
        with pytest.raises(DamagedError, match=r"meta\.json: parent"):
            record(child)

    @pytest.mark.parametrize(("step", "words"), [(201, "no step 201"), (200, "nothing is left")])
    def test_a_step_that_was_changed_is_refused(self, child: Path, step: int, words: str) -> None:
        meta = json.loads((child / "meta.json").read_text())
        (child / "meta.json").write_text(json.dumps(meta | {"parent": {"run": "x", "step": step}}))
        with pytest.raises(DamagedError, match=words):
            record(child)

    def test_a_configuration_of_another_model_is_refused(self, child: Path) -> None:
        text = (child / "config.toml").read_text()
        (child / "config.toml").write_text(text.replace("n_features = 50", "n_features = 60"))
        with pytest.raises(DamagedError, match=r"config\.toml: was changed: data\.n_features = 60"):
            record(child)

    def test_no_run_is_not_found(self, runs: Path) -> None:
        with pytest.raises((NotFoundError, DamagedError)):
            branch(runs / "nowhere", 0, (), runs)

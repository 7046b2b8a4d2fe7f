from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sdd_tui
from sdd_tui.errors import BusyError, ConfigError, NotFoundError, RunFailedError
from sdd_tui.run.layout import append_line
from sdd_tui.run.status import read_status
from sdd_tui.training.recorder import record
from tests.run.helpers import assert_same_results, small, trained

KERNEL = """
import os, signal, sys
import sdd_tui
heard = []
signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
def interrupt(moment):
    if moment.step == 100:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGINT, signal.SIGINT):
            os.kill(os.getpid(), number)
try:
    sdd_tui.train("quick", *sys.argv[2:], callback=interrupt, run_dir=sys.argv[1])
except KeyboardInterrupt as error:
    print(error)
assert heard == [signal.SIGTERM] and signal.getsignal(signal.SIGINT) is signal.default_int_handler
print("the kernel goes on")
"""

QUICK = ("n=20", "T=5", "S=0.8", "data.n_test=10", "steps=40", "threads=1")


def test_the_bits_are_those_of_a_recorded_run(runs: Path) -> None:
    result = sdd_tui.train(small("tied=false"))
    recorded = sdd_tui.open_run(trained(small("tied=false"), runs))
    for name, column in recorded.metrics.items():
        if name != "seconds":
            np.testing.assert_array_equal(result.metrics[name], column)
    assert result.frames.step.tolist() == recorded.frame_steps.tolist()
    for name in ("W", "b", "V", "H", "D_f", "D_X"):
        np.testing.assert_array_equal(getattr(result.frames, name), getattr(recorded.frames, name))
    for name in ("W", "b", "V"):
        np.testing.assert_array_equal(getattr(result.parameters, name), getattr(recorded.parameters(), name))
    assert result.run is None
    assert result.outcome.items() <= recorded.status["outcome"].items()
    assert len(result.table["step"]) == len(recorded.metrics["step"])


def test_a_run_dir_makes_an_ordinary_run_with_the_same_result(runs: Path) -> None:
    result = sdd_tui.train(small(), run_dir=runs / "mine")
    assert result.run is not None and result.run.status["state"] == "finished"
    assert_same_results(runs / "mine", trained(small(), runs, "theirs"))
    alone = sdd_tui.train(small())
    np.testing.assert_array_equal(result.parameters.W, alone.parameters.W)
    np.testing.assert_array_equal(result.frames.H, alone.frames.H)
    with pytest.raises(BusyError):
        sdd_tui.train(small(), run_dir=runs / "mine")


def test_presets_files_and_settings_are_as_on_the_command_line(tmp_path: Path) -> None:
    from sdd_tui.presets import load

    settings: dict[str, Any] = {"seed": np.int64(3), "optim.lr": 1e-2, "tied": False}
    result = sdd_tui.train("quick", *QUICK, **settings)
    assert result.config.model_copy(update={"title": ""}) == load(
        "quick", [*QUICK, "seed=3", "optim.lr=1e-2", "tied=false"]
    ).model_copy(update={"title": ""})
    (tmp_path / "mine.toml").write_text("[data]\nn_features = 20\nsparsity = 0.8\nn_test = 10\n[optim]\nsteps = 40\n")
    assert sdd_tui.train(tmp_path / "mine.toml", T=math.inf, batch_size=5, threads=1).config.data.n_examples == "inf"


@pytest.mark.parametrize("run_dir", [None, "mine"])
def test_the_callback_sees_every_recorded_step_once_in_order(runs: Path, run_dir: str | None) -> None:
    moments: list[sdd_tui.Moment] = []
    result = sdd_tui.train(small(), callback=moments.append, run_dir=run_dir and runs / run_dir)
    assert [m.step for m in moments] == result.metrics["step"].tolist()
    assert [m.metrics["test_loss"] for m in moments] == result.metrics["test_loss"].tolist()
    framed = [m for m in moments if m.parameters is not None]
    assert [m.step for m in framed] == result.frames.step.tolist()
    for i, moment in enumerate(framed):
        assert moment.parameters is not None
        np.testing.assert_array_equal(moment.parameters.W, result.frames.W[i])  # kept, not overwritten by training


def test_a_callback_may_do_as_it_likes_with_what_it_gets() -> None:
    def callback(moment: sdd_tui.Moment) -> None:
        moment.metrics.clear()
        if moment.parameters is not None:
            moment.parameters.W[:] = moment.parameters.b[:] = 0

    result, alone = sdd_tui.train(small(), callback=callback), sdd_tui.train(small())
    np.testing.assert_array_equal(result.frames.W, alone.frames.W)
    np.testing.assert_array_equal(result.parameters.b, alone.parameters.b)
    np.testing.assert_array_equal(result.metrics["train_loss"], alone.metrics["train_loss"])


def test_an_interrupted_callback_leaves_no_run_that_seems_to_train(runs: Path) -> None:
    def callback(moment: sdd_tui.Moment) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sdd_tui.train(small(), callback=callback, run_dir=runs / "a")
    status = read_status(runs / "a")
    assert (status["state"], status["outcome"]["reason"]) == ("failed", "interrupted")


def test_what_a_callback_raises_ends_the_training_and_a_recorded_run_can_be_resumed(runs: Path) -> None:
    class StopError(Exception):
        pass

    def callback(moment: sdd_tui.Moment) -> None:
        if moment.step > 50:
            raise StopError

    with pytest.raises(StopError):
        sdd_tui.train(small(), callback=callback)
    with pytest.raises(StopError):
        sdd_tui.train(small(), callback=callback, run_dir=runs / "a")
    status = read_status(runs / "a")
    assert (status["state"], status["outcome"]["reason"]) == ("failed", "the callback raised StopError")
    append_line(runs / "a" / "events.jsonl", {"step": 10**6, "time": 0, "kind": "x", "text": "cut back by resuming"})
    record(runs / "a")
    assert_same_results(runs / "a", trained(small(), runs, "b"))


@pytest.mark.parametrize("run_dir", [None, "mine"])
def test_a_loss_that_becomes_nan_is_said_so(runs: Path, run_dir: str | None) -> None:
    with pytest.raises(RunFailedError, match="the loss became NaN"):
        sdd_tui.train(small("lr=1e30", "normalise=false"), run_dir=run_dir and runs / run_dir)


def test_what_can_t_be_trained_is_one_sentence(runs: Path) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'pentagon'"):
        sdd_tui.train("pentagn")
    with pytest.raises(ConfigError, match="lerning_rate is not a setting"):
        sdd_tui.train("quick", lerning_rate=1)
    with pytest.raises(ConfigError, match="from 1 to"):
        sdd_tui.train("quick", T=0)
    for wrong in (5, None, {"T": 5}):
        with pytest.raises(ConfigError, match="an override is text, KEY=VALUE"):
            sdd_tui.train("quick", wrong)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="callback: 'print' can't be called"):
        sdd_tui.train("quick", callback="print", run_dir=runs / "a")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="can't be a name"):
        sdd_tui.train("quick", run_dir=runs / "a b")
    assert not runs.exists()


def test_training_here_needs_no_torch(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, json, sdd_tui; r = sdd_tui.train('quick', *sys.argv[1:]);"
        "print(json.dumps([r.metrics['train_loss'][-1], 'torch' in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *QUICK], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loss, torch = json.loads(done.stdout)
    assert 0 < loss < 1 and not torch


def test_ctrl_c_pressed_again_and_again_is_a_keyboard_interrupt_after_a_checkpoint_and_ends_no_kernel(
    runs: Path,
) -> None:
    command = [sys.executable, "-c", KERNEL, str(runs / "a"), *QUICK, "steps=1000", "recording.rows=1000"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    words = "a: interrupted at step 100; a checkpoint was written, `sdd resume a` goes on."
    assert (ended.returncode, ended.stdout) == (0, f"{words}\nthe kernel goes on\n"), ended.stderr
    assert read_status(runs / "a")["state"] == "stopped"
    assert record(runs / "a").state == "finished"

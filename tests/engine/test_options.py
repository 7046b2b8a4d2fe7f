"""Options of data and model, against the loss written out densely: every engine, trained and evaluated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sdd_tui.analysis.dimensionality import example_losses
from sdd_tui.config import RunConfig
from sdd_tui.engine import setup
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.interface import Engine
from sdd_tui.run import data as run_data
from sdd_tui.run.create import create
from sdd_tui.training.recorder import record
from tests.engine.conformance import relative
from tests.engine.options import OPTIONS, configured, examples_of, somewhere, written_out
from tests.run.helpers import asking, assert_same_results, trained

SIZES = {
    "m = 1": ("m=1",),
    "m = 2": ("m=2",),
    "m = 3, untied": ("m=3", "model.tied=false"),
    "m = 6, sum": ("m=6", "optim.reduction=sum"),
    "m = 5, untied, linear output": ("m=5", "model.tied=false", "model.output=linear"),
}


@pytest.fixture(params=list(OPTIONS))
def option(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return OPTIONS[request.param]


@pytest.fixture(params=list(SIZES))
def config(request: pytest.FixtureRequest, option: tuple[str, ...]) -> RunConfig:
    """n = 700 is more than a tile of features, T = 21 no multiple of four."""
    return configured("n=700", "S=0.97", "T=21", *SIZES[request.param], *option)


@pytest.fixture(params=["reference", "fused"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def engine(name: str, precision: str) -> Engine:
    return setup.make_engine(RunConfig(engine=name, precision=precision, threads=1))  # type: ignore[arg-type]


@pytest.mark.parametrize(("precision", "far"), [("float64", 1e-10), ("float32", 5e-6)])
def test_gradients_and_losses_are_those_written_out(
    config: RunConfig, engine_name: str, precision: str, far: float
) -> None:
    e, state = engine(engine_name, precision), somewhere(config)
    data = e.load(run_data.training_data(config))
    loss, gradients = written_out(config, state, examples_of(config))
    found = e.gradients(e.place(state), data, setup.schedule(config))
    for truth, array in zip(gradients, found.arrays().values(), strict=True):
        assert np.linalg.norm(array[0] - truth) < far * np.linalg.norm(truth)
    assert e.evaluate(e.place(state), data)[0] == pytest.approx(loss, rel=1e-10)
    assert example_losses(state, examples_of(config)).mean() == pytest.approx(loss, rel=1e-10)


def test_both_engines_train_alike(config: RunConfig) -> None:
    ends = []
    for name in ("reference", "fused"):
        e = engine(name, "float64")
        state = e.place(somewhere(config))
        e.advance(state, e.load(run_data.training_data(config)), setup.schedule(config), 40)
        ends.append(e.fetch(state).params)
    assert relative(ends[1], ends[0]) < 1e-8


def test_any_number_of_threads_gives_the_same_bits(config: RunConfig) -> None:
    bits = []
    for threads in (1, 2, 3):
        e = FusedCPU("float32", threads)
        e.pool.team_work = 1
        state, data = e.place(somewhere(config)), e.load(run_data.training_data(config))
        e.advance(state, data, setup.schedule(config), 20)
        bits.append((state.params.W.tobytes(), state.second.b.tobytes(), e.evaluate(state, data).tobytes()))
    assert bits[0] == bits[1] == bits[2]


def test_a_resumed_run_has_the_same_bits(option: tuple[str, ...], tmp_path: Path) -> None:
    config = configured("n=50", "S=0.9", "T=20", "optim.steps=200", "recording.frames=20", *option)
    whole = trained(config, tmp_path, "whole")
    cut = create(config, tmp_path, "cut")
    assert record(cut, on_event=asking(cut, 90, "stop")).state == "stopped"
    assert record(cut).state == "finished"
    assert_same_results(whole, cut)

"""What only the GPU's engine has: its options under the interpreter, its cuts of the work, and what it compiles to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.engine import setup
from sdd_tui.engine.data import DataSource, FreshExamples, Stream
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.run import data as run_data
from tests.engine import conformance as c
from tests.engine.options import OPTIONS, configured, examples_of, somewhere, written_out
from tests.engine.triton_engine import TRITON, fused_cuda

pytestmark = TRITON

COMPILED = (2, 16, 32, 64)
"""The m that are compiled for an H100."""

CASE = replace(c.cases(1)[0], n=40, m=2, T=(20,), S=0.5, tied=True, mean=(True,), lr=(1e-3,), weight_decay=(0.01,))


@pytest.mark.parametrize("option", ["a hidden ReLU", "importance", "importance, fresh data", "everything"])
@pytest.mark.parametrize("size", [("m=2",), ("m=3", "model.tied=false", "model.output=linear")])
def test_gradients_and_losses_are_those_written_out(option: str, size: tuple[str, ...]) -> None:
    config = configured("n=40", "S=0.8", "T=9", *size, *OPTIONS[option])
    engine, state = fused_cuda("float32"), somewhere(config)
    data = engine.load(run_data.training_data(config))
    loss, gradients = written_out(config, state, examples_of(config))
    found = engine.gradients(engine.place(state), data, setup.schedule(config))
    for truth, array in zip(gradients, found.arrays().values(), strict=True):
        assert np.linalg.norm(array[0] - truth) < 5e-6 * np.linalg.norm(truth)
    assert engine.evaluate(engine.place(state), data)[0] == pytest.approx(loss, rel=1e-10)


def test_features_that_many_examples_share_are_cut_into_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdd_tui.engine.fused_cuda.batches.SEGMENT", 3)
    assert c.gradient_error(fused_cuda("float64"), CASE) < 1e-10


def test_the_same_run_twice_gives_the_same_bits() -> None:
    one, two = (c.trained(fused_cuda("float32"), CASE, 3) for _ in range(2))
    assert one.params.W.tobytes() == two.params.W.tobytes()
    assert one.second.b.tobytes() == two.second.b.tobytes()


def test_it_trains_as_the_engine_on_the_cpu_does() -> None:
    one, two = (c.trained(engine, CASE, 5) for engine in (fused_cuda("float64"), FusedCPU("float64", 1)))
    assert c.relative(one.params, two.params) < 1e-12
    assert c.relative(one.second, two.second) < 1e-12


def test_fresh_data_is_copied_into_the_same_buffers_however_steps_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a GPU can replay one graph: what it reads lies where it lay before."""
    from sdd_tui.engine.fused_cuda import engine as module
    from sdd_tui.engine.fused_cuda.step import Steps

    monkeypatch.setattr(module, "FRESH_ROWS", 3 * 20)  # three steps a draw
    made, start = list[int](), Steps.__init__

    def counted(self: Steps, *arguments: Any) -> None:
        made.append(1)
        start(self, *arguments)

    monkeypatch.setattr(Steps, "__init__", counted)
    found = []
    for engine in (fused_cuda("float64"), FusedCPU("float64", 1)):
        state, data = engine.place(CASE.state()), engine.load(FreshExamples(DataSource(CASE.n, 0.9), 3, 20))
        for k in (0, 4, 1, 3):
            engine.advance(state, data, CASE.schedule(), k)
        found.append(engine.fetch(state).params)
    assert len(made) == 1 and c.relative(found[0], found[1]) < 1e-12


@pytest.mark.parametrize(("T", "n", "m"), [(5, 10_000, 2), (1_000, 10_000, 2), (100_000, 10_000, 2), (700, 999, 40)])
def test_work_lists_cover_every_pair_once(T: int, n: int, m: int) -> None:
    from sdd_tui.engine.fused_cuda.layout import MOST, PROGRAMS, Sizes, Work

    sizes = Sizes.of(m)
    work = Work.of(np.array([0, 7, 7 + T]), n, sizes)
    seen = np.zeros(7 + T, int)
    for model, row0, row1, part, *_ in work.features:
        seen[row0:row1] += 1
        assert work.slabs[model] <= part < work.slabs[model + 1]
    assert (seen == 1).all()
    pairs = np.zeros(7 + T, int)
    for model, row0, row1, part, j0, j1 in work.examples:
        pairs[row0:row1] += j1 - j0
        assert 0 < row1 - row0 <= sizes.tile and part < work.runs[model]
        assert j1 - j0 <= MOST[1] + sizes.loop or len(work.examples) <= PROGRAMS
    assert (pairs == n).all()


def test_a_model_is_cut_alike_alone_and_in_a_batch() -> None:
    from sdd_tui.engine.fused_cuda.layout import Sizes, Work

    alone = Work.of(np.array([0, 300]), 5_000, Sizes.of(2))
    batch = Work.of(np.array([0, 50_000, 50_300]), 5_000, Sizes.of(2))
    assert [(a - 50_000, b - 50_000) for model, a, b, *_ in batch.features if model] == [
        (a, b) for _, a, b, *_ in alone.features
    ]


def test_segments_hold_every_place_once_and_in_order() -> None:
    import torch

    from sdd_tui.engine.fused_cuda.batches import cut_columns

    examples = DataSource(60, 0.7).draw(1, Stream.TRAIN, 0, 90)
    column = np.repeat(np.arange(90) // 30, np.diff(examples.indptr)) * 60 + examples.indices
    order = np.argsort(column, kind="stable")
    cut = cut_columns(torch.from_numpy(column[order]), 3, 60, 4)
    segments, starts = (a.numpy() for a in cut)
    for step in range(3):
        for j in range(60):
            mine = segments[step, starts[step, j] : starts[step, j + 1]]
            assert (mine[:, 1] - mine[:, 0] <= 4).all()
            found = np.concatenate([order[a:b] for a, b in mine]) if len(mine) else np.zeros(0)
            assert np.array_equal(found, np.flatnonzero(column == 60 * step + j))


@pytest.fixture(scope="module")
def compiled() -> list[dict[str, Any]]:
    """What Triton makes of the kernels for an H100: compiled here, without a GPU, in a process without interpreter."""
    environment = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    command = [sys.executable, "-m", "tests.gpu.sass", *map(str, COMPILED)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_kernel_compiles_for_an_h100_and_fits_it(compiled: list[dict[str, Any]]) -> None:
    kernels = {"encode", "pairs", "hidden_gradient", "columns", "update", "gradient", "losses", "count", "fill"}
    for m in COMPILED:
        assert {row["kernel"] for row in compiled if row["m"] == m} == kernels
    for row in compiled:
        assert row["stack"] == 0, f"spills registers: {row}"
        assert row["shared"] < 227 * 1024, row


def test_small_sums_stay_exact_and_in_registers(compiled: list[dict[str, Any]]) -> None:
    """Triton turns some sums of products into matrix products in tf32, whose errors are 1e-3."""
    for row in compiled:
        if row["m"] == 2 and row["kernel"] == "pairs":
            assert not row["matrix"], row
            assert row["registers"] <= 64, row  # 32 warps a multiprocessor, which is as many programs as one holds
        assert not row["atomic"], row


def test_what_is_compiled_ahead_is_what_runs(compiled: list[dict[str, Any]]) -> None:
    assert {row["kernel"] for row in compiled if not row["ahead"]} == set()


def test_a_pair_takes_hardly_more_instructions_than_it_must(compiled: list[dict[str, Any]]) -> None:
    """At m = 2 at least 6 in the features' pass and 5 in the examples'."""
    (row,) = (row for row in compiled if row["m"] == 2 and row["kernel"] == "pairs")
    assert 6 <= row["features_instructions"] <= 7.5 and 5 <= row["examples_instructions"] <= 6.2

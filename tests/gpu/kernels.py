"""Microseconds of every kernel, by torch's profiler, and of whole steps: one JSON object.

python -m tests.gpu.kernels [--device cpu]      n = 10,000; T grows at m = 2, then m at T = 1,000
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from sdd_tui.config import DataConfig, ModelConfig, RunConfig
from sdd_tui.engine.interface import Engine
from sdd_tui.engine.setup import initial_state, make_engine, schedule
from sdd_tui.run.data import some_training_data

SIZES = ((2, 5), (2, 100), (2, 1_000), (2, 10_000), (2, 100_000), (8, 1_000), (16, 1_000), (64, 1_000), (256, 1_000))
"""(m, T)."""

KERNELS = ("encode", "pairs", "hidden_gradient", "columns", "update")


def steps_of(engine: Engine, n: int, m: int, T: int) -> Callable[[int], None]:
    """A function that does k steps."""
    config = RunConfig(data=DataConfig(n_features=n, n_examples=T), model=ModelConfig(n_hidden=m))
    state, plan = engine.place(initial_state(config)), schedule(config)
    data = engine.load(some_training_data(config, T))
    return lambda k: engine.advance(state, data, plan, k)


def measured(steps: Callable[[int], None], k: int, on_gpu: bool) -> dict[str, float]:
    """Microseconds of a step, the median of three rounds of k, and of its kernels."""
    steps(k)
    rounds = []
    for _ in range(3):
        began = time.perf_counter()
        steps(k)
        rounds.append((time.perf_counter() - began) / k)
    return {"step": 1e6 * median(rounds)} | (profiled(steps, k) if on_gpu else {})


def profiled(steps: Callable[[int], None], k: int) -> dict[str, float]:
    """Microseconds of each kernel of a step."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CUDA]) as found:
        steps(128 if k > 128 else 16)
    rows = {row.key: row.device_time_total / row.count for row in found.key_averages() if row.count}
    return {name: rows[name] for name in KERNELS if name in rows}


def main(device: str, n: int, sizes: tuple[tuple[int, int], ...]) -> dict[str, Any]:
    """Rows, and what they were measured on."""
    rows = []
    for m, T in sizes:
        engine = make_engine(RunConfig(device=device, model=ModelConfig(n_hidden=m)))
        k = 1_280 if T * m <= 20_000 else 64
        found = measured(steps_of(engine, n, m, T), k if device != "cpu" else 1, device != "cpu")
        rows.append({"m": m, "T": T, **found})
        print(rows[-1], file=sys.stderr, flush=True)
    return {"n": n, "rows": rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--only", type=int, default=len(SIZES), help="the first so many sizes")
    given = parser.parse_args()
    print(json.dumps(main(given.device, given.n, SIZES[: given.only])), flush=True)
    if given.device != "cpu":
        os._exit(
            0
        )  # with torch 2.11 a process that has profiled captured graphs aborts in its last moments: double free

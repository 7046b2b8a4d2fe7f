"""`sdd bench --device cuda`: a training step on a GPU, beside the dense torch loops on the same GPU."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from sdd_tui.cli.timing import alternate
from sdd_tui.errors import ConfigError, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from sdd_tui.engine.interface import Engine

SIZES = (100, 1_000, 100_000)
"""T at n = 10,000 and m = 2; the last holds 4 GB of X, and four times that, in the dense loops."""

MODELS, EACH = 64, 100
"""Models of the batch, and T of each."""

FIGURE = (
    *(3, 5, 6, 8, 10, 15, 30, 50, 100, 200, 500),
    *(1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000),
)
"""The paper's main figure: 20 values of T."""

SEEDS, STEPS, TIMED = 4, 50_000, 500
"""Seeds of the figure, steps of each of its runs, and steps that are timed to estimate it."""


def bench_gpu(device: str, rounds: int, json: bool) -> None:
    """Measure and print. Raises ConfigError, NoDeviceError and DeviceFailedError."""
    from sdd_tui.config import RunConfig
    from sdd_tui.engine.setup import make_engine

    if not re.fullmatch(r"cuda(:\d+)?", device):
        raise ConfigError(f"--device {plain(device)}: it is cpu, cuda or cuda:N.")
    engine = make_engine(RunConfig(device=device))
    rows = []
    for T in SIZES:
        rows.append(compare(engine, T, rounds))
        if not json:
            print("  ".join(f"{key} {value:,.4g}" for key, value in rows[-1].items()), flush=True)
    batch = many_models(engine, rows[0]["published_ms"])
    figure = whole_figure(engine)
    found = {"n": 10_000, "m": 2, "engine": engine.name, **machine(device), "rows": rows, "batch": batch} | figure
    if json:
        import json as json_module

        typer.echo(json_module.dumps(found))
        return
    for part in (batch, figure):
        print("  ".join(f"{key} {value}" for key, value in part.items()))


def compare(engine: Engine, T: int, rounds: int) -> dict[str, float]:
    """Milliseconds a step of the engine and of the two dense loops, and how many times the loops take."""
    from sdd_tui.config import DataConfig, RunConfig
    from sdd_tui.engine import baselines
    from sdd_tui.run.data import some_training_data

    device = engine.device
    examples = some_training_data(RunConfig(data=DataConfig(n_examples=T)), T)

    def repeated(step: Callable[[], None]) -> Callable[[int], None]:
        def steps(k: int) -> None:
            for _ in range(k):
                step()
            baselines.wait(device)

        return steps

    contestants = {
        "published": repeated(baselines.published(examples, 2, device)),
        "tuned": repeated(baselines.tuned(examples, 2, device)),
        "fused": training(engine, [T]),
    }
    medians = alternate(contestants, rounds)
    row: dict[str, float] = {"T": T} | {f"{name}_ms": 1e3 * s for name, s in medians.items()}
    return row | {f"times_{name}": s / medians["fused"] for name, s in medians.items() if name != "fused"}


def training(engine: Engine, sizes: list[int]) -> Callable[[int], None]:
    """A function that does k steps of one model for each T in `sizes`, all of them in one batch.

    Models of the same T share their draws: how long a step takes doesn't depend on them.
    """
    import numpy as np

    from sdd_tui.config import DataConfig, RunConfig
    from sdd_tui.engine.data import stack
    from sdd_tui.engine.interface import State, Tensors
    from sdd_tui.engine.setup import initial_state, schedule
    from sdd_tui.run.data import some_training_data

    config = RunConfig(data=DataConfig(n_examples=max(sizes)))
    drawn = some_training_data(config, max(sizes))
    params, one, every = initial_state(config).params, schedule(config), np.zeros(len(sizes), np.int64)
    plan = replace(
        one,
        lr=one.lr[every],
        weight_decay=one.weight_decay[every],
        beta1=one.beta1[every],
        beta2=one.beta2[every],
        eps=one.eps[every],
        mean=one.mean[every],
    )
    state = engine.place(State.start(Tensors(params.W[every], params.b[every]), "relu"))
    data = engine.load(stack([drawn.rows(0, T) for T in sizes]))

    def steps(k: int) -> None:
        engine.advance(state, data, plan, k)

    return steps


def timed(steps: Callable[[int], None], k: int) -> float:
    """Seconds a step, over k of them, once warm."""
    import time

    steps(k)
    began = time.perf_counter()
    steps(k)
    return (time.perf_counter() - began) / k


def many_models(engine: Engine, published_ms: float) -> dict[str, float]:
    """A batch of models: microseconds a step for each of them, and how many times the dense loop takes for its one."""
    each = timed(training(engine, [EACH] * MODELS), TIMED) / MODELS
    return {"models": MODELS, "T": EACH, "us_per_model": 1e6 * each, "times_published": published_ms / 1e3 / each}


def whole_figure(engine: Engine) -> dict[str, Any]:
    """An estimate of the paper's main figure: its seeds in a batch, one T after another."""
    per_step = {T: timed(training(engine, [T] * SEEDS), TIMED) for T in FIGURE}
    minutes = STEPS * sum(per_step.values()) / 60
    return {
        "figure_minutes_estimate": minutes,
        "figure_estimate_from": f"{TIMED} timed steps at each of {len(FIGURE)} T, {SEEDS} seeds in a batch",
        "figure_step_ms": {str(T): 1e3 * s for T, s in per_step.items()},
    }


def machine(device: str) -> dict[str, str]:
    """What it was measured on."""
    import torch

    return {"gpu": torch.cuda.get_device_name(device), "torch": torch.__version__, "cuda": str(torch.version.cuda)}

"""`sdd bench`: a training step, side by side with the dense torch loops, alternating, medians."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdd_tui.cli.output.options import Json
from sdd_tui.cli.timing import alternate

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = ((2, 10), (2, 100), (2, 1000), (8, 1000), (12, 1000), (16, 1000), (24, 1000), (32, 1000), (100, 1000))
"""(m, T) at n = 10,000: small to large T at the paper's m, then m from the specialised kernels to the blocked ones."""


def bench(
    json: Json = False,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Alternating samples of each; the median counts.")] = 5,
    threads: Annotated[int, typer.Option("--threads", min=0, help="Threads of every contestant; 0 is all.")] = 0,
    compiled: Annotated[bool, typer.Option("--compile", help="Also against torch.compile (needs a compiler).")] = False,
    device: Annotated[str, typer.Option("--device", help="cpu; or cuda or cuda:1, where both are timed.")] = "cpu",
) -> None:
    """Time a whole training step of the fused engine against dense torch loops.

    Example: sdd bench --json
    """
    if device != "cpu":
        from sdd_tui.cli.bench_gpu import bench_gpu

        bench_gpu(device, rounds, json)
        return
    import torch

    from sdd_tui.engine.devices import cores

    count = threads or cores()
    torch.set_num_threads(count)
    rows = []
    for m, T in SIZES:
        rows.append(_compare(m, T, rounds, count, compiled))
        if not json:
            _print(rows[-1], first=len(rows) == 1)
    if json:
        import json as json_module

        typer.echo(json_module.dumps({"n": 10_000, "threads": count, **_machine(), "rows": rows}))


def _compare(m: int, T: int, rounds: int, threads: int, compiled: bool) -> dict[str, Any]:
    from sdd_tui.config import DataConfig, ModelConfig, RunConfig
    from sdd_tui.engine import baselines
    from sdd_tui.engine.fused_cpu import FusedCPU
    from sdd_tui.engine.setup import initial_state, schedule
    from sdd_tui.run.data import some_training_data

    config = RunConfig(data=DataConfig(n_examples=T), model=ModelConfig(n_hidden=m))
    examples = some_training_data(config, T)
    engine = FusedCPU(threads=threads)
    state, data = engine.place(initial_state(config)), engine.load(examples)

    def fused(k: int) -> None:
        engine.advance(state, data, schedule(config), k)

    def repeated(step: Callable[[], None]) -> Callable[[int], None]:
        def steps(k: int) -> None:
            for _ in range(k):
                step()

        return steps

    contestants = {
        "published": repeated(baselines.published(examples, m)),
        "tuned": repeated(baselines.tuned(examples, m)),
        "fused": fused,
    }
    if compiled:
        contestants["compiled"] = repeated(baselines.compiled(examples, m))
    medians = alternate(contestants, rounds)
    row: dict[str, Any] = {"m": m, "T": T} | {f"{name}_ms": 1e3 * s for name, s in medians.items()}
    return row | {f"times_{name}": s / medians["fused"] for name, s in medians.items() if name != "fused"}


def _print(row: dict[str, Any], first: bool) -> None:
    others = [k.removeprefix("times_") for k in row if k.startswith("times_")]
    if first:
        heads = "".join(f"{o + ' ms':>14}" for o in others) + "".join(f"{'× ' + o:>14}" for o in others)
        print(f"{'m':>4}{'T':>7}{'fused ms':>12}{heads}")
    cells = "".join(f"{row[o + '_ms']:>14.3f}" for o in others) + "".join(f"{row['times_' + o]:>14.1f}" for o in others)
    print(f"{row['m']:>4}{row['T']:>7,}{row['fused_ms']:>12.4f}{cells}")
    sys.stdout.flush()


def _machine() -> dict[str, Any]:
    import platform
    from importlib.metadata import version

    import llvmlite.binding

    return {
        "cpu": llvmlite.binding.get_host_cpu_name(),
        "system": platform.platform(),
        "numba": version("numba"),
        "torch": version("torch"),
    }

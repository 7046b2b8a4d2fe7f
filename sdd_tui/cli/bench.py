"""`sdd bench`: a training step, side by side with the dense torch loops, alternating, medians."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdd_tui.cli.output.options import Json
from sdd_tui.cli.timing import alternate

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (
    (2, 10), (2, 100), (2, 1_000), (2, 10_000), (2, 100_000), (3, 1_000), (8, 1_000), (12, 1_000), (16, 1_000),
    (24, 1_000), (32, 1_000), (100, 1_000),
)  # fmt: skip
"""(m, T) at n = 10,000: small to large T at the paper's m, then m from the specialised kernels to the blocked ones."""

MOST_DENSE = 10_000
"""Examples up to which torch's loops are timed: they hold several arrays of T × n."""

LATER = 2_000
"""Steps after which a model is evaluated: by then what it stores has settled."""


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
            _print(rows[-1], compiled, first=len(rows) == 1)
    evaluations = _evaluations(rounds, count)
    for found in [] if json else evaluations:
        fused, dense = found["fused_ms"], found["dense_ms"]
        print(f"10,000 test examples at T = {found['T']:,}: {fused:.2f} ms, dense {dense:.2f}, × {dense / fused:.1f}")
    if json:
        import json as json_module

        typer.echo(
            json_module.dumps({"n": 10_000, "threads": count, **_machine(), "rows": rows, "evaluation": evaluations})
        )


def _compare(m: int, T: int, rounds: int, threads: int, compiled: bool) -> dict[str, Any]:
    from sdd_tui.config import DataConfig, ModelConfig, RunConfig
    from sdd_tui.engine import baselines
    from sdd_tui.engine.fused_cpu import FusedCPU
    from sdd_tui.engine.fused_cpu.culling import Sizes
    from sdd_tui.engine.setup import initial_state, schedule
    from sdd_tui.run.data import some_training_data

    config = RunConfig(data=DataConfig(n_examples=T), model=ModelConfig(n_hidden=m))
    examples = some_training_data(config, T)
    computed = 1.0

    def repeated(step: Callable[[], None]) -> Callable[[int], None]:
        def steps(k: int) -> None:
            for _ in range(k):
                step()

        return steps

    def fused(culls: bool) -> Callable[[int], None]:
        engine = FusedCPU(threads=threads, culls=culls)
        state, data = engine.place(initial_state(config)), engine.load(examples)

        def steps(k: int) -> None:
            nonlocal computed
            engine.advance(state, data, schedule(config), k)
            computed = engine.computed if culls else computed

        return steps

    contestants = {"fused": fused(True)}
    if Sizes(T, config.data.n_features, m).culls:
        contestants["dense"] = fused(False)
    if T <= MOST_DENSE:
        contestants["published"] = repeated(baselines.published(examples, m))
        contestants["tuned"] = repeated(baselines.tuned(examples, m))
        if compiled:
            contestants["compiled"] = repeated(baselines.compiled(examples, m))
    medians = alternate(contestants, rounds)
    row: dict[str, Any] = {"m": m, "T": T, "computed": computed} | {
        f"{name}_ms": 1e3 * s for name, s in medians.items()
    }
    return row | {f"times_{name}": s / medians["fused"] for name, s in medians.items() if name != "fused"}


def _evaluations(rounds: int, threads: int) -> list[dict[str, Any]]:
    """The losses of 10,000 test examples, after some steps at a small T and at a large one."""
    from sdd_tui.config import DataConfig, RunConfig
    from sdd_tui.engine.fused_cpu import FusedCPU
    from sdd_tui.engine.setup import initial_state, schedule
    from sdd_tui.run.data import some_training_data, test_data

    rows = []
    for T in (5, 1_000):
        config = RunConfig(data=DataConfig(n_examples=T))
        culled, dense = FusedCPU(threads=threads), FusedCPU(threads=threads, culls=False)
        state, examples = culled.place(initial_state(config)), culled.load(test_data(config))
        culled.advance(state, culled.load(some_training_data(config, T)), schedule(config), LATER)

        def evaluated(engine: FusedCPU, state: Any = state, examples: Any = examples) -> Callable[[int], None]:
            def often(k: int) -> None:
                for _ in range(k):
                    engine.evaluate(state, examples)

            return often

        medians = alternate({"fused": evaluated(culled), "dense": evaluated(dense)}, rounds)
        rows.append({"T": T, "steps": LATER} | {f"{name}_ms": 1e3 * s for name, s in medians.items()})
    return rows


def _print(row: dict[str, Any], compiled: bool, first: bool) -> None:
    others = ["dense", "published", "tuned", *(["compiled"] if compiled else [])]
    if first:
        heads = "".join(f"{o + ' ms':>14}" for o in others) + "".join(f"{'× ' + o:>13}" for o in others)
        print(f"{'m':>4}{'T':>8}{'fused ms':>11}{'computed':>10}{heads}")
    times = "".join(f"{row[key]:>14.3f}" if (key := f"{o}_ms") in row else f"{'':>14}" for o in others)
    ratios = "".join(f"{row[key]:>13.1f}" if (key := f"times_{o}") in row else f"{'':>13}" for o in others)
    print(f"{row['m']:>4}{row['T']:>8,}{row['fused_ms']:>11.4f}{100 * row['computed']:>8.3g} %{times}{ratios}")
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

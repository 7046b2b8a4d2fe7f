"""What was measured on a GPU beside what the kernels' instructions let one expect: docs/gpu.md.

python -m tests.gpu.report      reads docs/gpu.json and the instruction counts of tests/gpu/sass.py; writes docs/gpu.md
"""

# ruff: noqa: E501 - a line of the page is a line here

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"

LANES, CLOCK = 132 * 128, 1.98e9
"""Threads that an H200 issues for at once, and its clock in Hz."""

LAUNCHES, LAUNCH_US = 5, 1.9
"""Kernels of a step, and what the shortest of them takes inside a graph."""

NONZERO_BYTES, BANDWIDTH = 220, 5e12
"""Bytes that a step moves for every active feature of an example, in sectors of 32, and of L2 in a second."""

ACTIVE = 10
"""Active features of an example at n = 10,000 and S = 0.999."""


def instructions() -> float:
    """Of a (feature, example) pair at m = 2, both passes together."""
    command = [sys.executable, "-m", "tests.gpu.sass", "2"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout.splitlines()
    (row,) = (row for row in map(json.loads, lines) if row["kernel"] == "pairs")
    both: float = row["features_instructions"] + row["examples_instructions"]
    return round(both, 1)


def estimate(n: int, T: int, a_pair: float) -> float:
    """Microseconds of a step at m = 2: launches, every pair's instructions at the full rate, active features' bytes."""
    dense = n * T * a_pair / (LANES * CLOCK)
    sparse = ACTIVE * T * NONZERO_BYTES / BANDWIDTH
    return LAUNCHES * LAUNCH_US + 1e6 * (dense + sparse)


def page(found: dict[str, Any], a_pair: float) -> str:
    """The page, in Markdown."""
    at, bench, cells = found["machine"], found["bench"], found["cells"]
    before = {(row["m"], row["T"]): row["step"] for row in found["before"]["rows"]}
    lines = [
        "# The engine on a GPU",
        "",
        f"Measured on one {at['gpu']} (driver {at['driver']}, torch {at['torch']}, Triton {at['triton']}),"
        f" {at['date']};"
        " the numbers are in [gpu.json](gpu.json), and `python -m tests.gpu.report` makes this page of them."
        " `make gpu-check` measures them anew.",
        "",
        "## A training step",
        "",
        "Microseconds, n = 10,000. *Estimate*: what the compiled kernels' instructions, the launches and the memory let"
        f" one expect ({a_pair:.1f} instructions a (feature, example) pair at m = 2, counted by `python -m"
        " tests.gpu.sass`); the rest is what the hardware adds. *Before*: the first kernels on a card of the same kind.",
        "",
        "| m | T | step | estimate | before | encode | pairs | hidden_gradient | columns | update |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in found["kernels"]["rows"]:
        m, T = row["m"], row["T"]
        guess = f"{estimate(10_000, T, a_pair):.0f}" if m == 2 else ""
        old = f"{before[m, T]:.0f}" if (m, T) in before else ""
        each = " | ".join(f"{row[name]:.1f}" for name in ("encode", "pairs", "hidden_gradient", "columns", "update"))
        lines.append(f"| {m} | {T:,} | {row['step']:.0f} | {guess} | {old} | {each} |")
    lines += [
        "",
        "## Beside dense torch loops on the same GPU",
        "",
        "| T | published loop, ms | tuned, ms | fused, ms | times published | times tuned |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for row in bench["rows"]:
        cell = " | ".join(f"{row[key]:.3g}" for key in ("published_ms", "tuned_ms", "fused_ms"))
        lines.append(f"| {row['T']:,} | {cell} | {row['times_published']:.0f} | {row['times_tuned']:.0f} |")
    batch, runs = bench["batch"], found["long_runs"]

    def both(preset: str) -> str:
        on = found["runs"][preset]
        return f"{on['gpu']['test_loss']:.6f} and {on['cpu']['test_loss']:.6f}"

    lines += [
        "",
        f"* {batch['models']} models of T = {batch['T']} in one batch: {batch['us_per_model']:.2f} µs a step and model,"
        f" {batch['times_published']:.0f} times the published loop.",
        f"* A sweep of 64 such models, 50,000 steps, recording included: {cells['seconds of a batch of 64']:.0f} s from"
        f" the command to its end; mean test loss {cells['test_loss']['mean']:.4f} (the paper's figure has 1.0031).",
        f"* One model, 50,000 steps, recording included: T = 1,000 {runs['seconds at T = 1,000']:.1f} s, T = 100,000"
        f" {runs['seconds at T = 100,000']:.0f} s (test loss {runs['T = 100,000']['test_loss']:.4f}; the paper's figure"
        " has 0.9987).",
        f"* The paper's main figure, 20 values of T with four seeds: {bench['figure_minutes_estimate']:.0f} minutes, from"
        " 500 timed steps at each T.",
        "* T = ∞ drawn on the GPU: a million examples the same as the host's, bit for bit.",
        "",
        "## Against the truth",
        "",
        f"* The {found['tests']['passed']} tests marked gpu pass in {found['tests']['seconds']:.0f} s: 200 configurations"
        " within 5e-6 of float64 autograd, 50 steps of AdamW beside torch's for m = 1 to 200, the same bits in batches,"
        " in graphs of any length and when run twice.",
        f"* Test losses on the GPU and on the CPU: pentagon {both('pentagon')}; middle {both('middle')}; generalize"
        f" {found['runs']['generalize']['gpu']['test_loss']:.6f} on the GPU (the paper's figure has 0.9988).",
        "* NVIDIA's compute-sanitizer finds no wrong access of memory and no race.",
        f"* A batch that runs out of memory, and its cells one by one: {found['memory']['note']}.",
        "",
        "## What was tried, and what is left",
        "",
        "* Sums in registers beyond m = 8 lose to matrix products: a step at m = 16 took 122 µs instead of 81, since"
        " every pair reads m numbers through the load unit.",
        "* Blocks of 64 features and 16 examples at m = 64 ended in an illegal memory access (Triton 3.6); they aren't"
        " used.",
        "* More warps for what goes along active features (4 instead of 1): 32 µs instead of 19 for `columns` at"
        " T = 100,000, since registers wait for memory and not for threads.",
        "* `update` takes 12 to 98 µs from m = 8 on: the dense pass's sums lie number by number, which suits small m only.",
        "* Culling by leaves, as the CPU's engine is to have it, would leave about a tenth of the pairs at T ≥ 10,000:"
        " on paper 475 µs of `pairs` at T = 100,000 become some 60, a step 550 µs → 140, the figure 15 minutes → 5. It"
        " needs the examples in an order that follows the geometry, renewed every so many steps, and moments of leaves:"
        " about 300 lines. Worth it when many large T are trained; not for small ones, where launches decide.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (DOCS / "gpu.md").write_text(page(json.loads((DOCS / "gpu.json").read_text("utf-8")), instructions()), "utf-8")

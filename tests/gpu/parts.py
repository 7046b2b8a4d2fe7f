"""What `make gpu-check` measures, part by part. Each part is a function of a folder for its runs and of the seconds it
has, and gives a row of the report; those that compare one thing with another say whether it `agrees`."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

PYTHON = sys.executable
SDD = [PYTHON, "-m", "sdd_tui"]
PYTEST = [PYTHON, "-m", "pytest", "-c", "tests/gpu/pytest.ini", "--rootdir", ".", "-m", "gpu", "tests/gpu"]
WORKERS = 12
"""Processes that the tests are spread over where pytest-xdist is: most of their time is compiling. Torch has one thread
in each: with all sixteen cores' they took more than five minutes instead of 17 seconds."""

RUNS: dict[str, tuple[float, float]] = {
    "pentagon": (0.999, 1.001),
    "generalize": (0.9985, 0.9991),
    "middle": (0.995, 1.06),
}
"""Between what the test loss lies from seed to seed, trained on a CPU."""

CELLS = """
title = "A batch of a GPU"
[settings]
device = "cuda"
[settings.data]
n_examples = 100
[settings.optim]
steps = {steps}
[axes]
seed = {seeds}
[reduce]
over = ["seed"]
"""

FRESH = 1_000_000
"""Examples of the comparison of fresh data."""

Part = Callable[[str, float], dict[str, Any]]


def call(arguments: list[str], seconds: float, **environment: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command, which is stopped after so many seconds with all that it started."""
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
        start_new_session=True, env={**os.environ, **environment},
    )  # fmt: skip
    try:
        out, words = process.communicate(timeout=max(seconds, 0.01))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return 124, process.communicate()[0], f"stopped after {seconds:.0f} s"
    return process.returncode, out, words


def tests(folder: str, seconds: float) -> dict[str, Any]:
    """The tests marked gpu. A test that is skipped is no agreement."""
    spread = ["-n", str(WORKERS), "--dist", "worksteal"] if importlib.util.find_spec("xdist") else []
    code, out, words = call([*PYTEST, "-v", "-rs", "--tb=short", *spread], seconds, OMP_NUM_THREADS="1")
    counts = {what: int(count) for count, what in re.findall(r"(\d+) (passed|failed|skipped|errors?)", out)}
    agrees = code == 0 and counts.get("passed", 0) > 0 and not counts.get("skipped")
    failed = [line for line in out.splitlines() if "FAILED" in line or "ERROR" in line]
    told = (words + out).splitlines()[-6 if agrees else -80 :]
    return {"agrees": agrees, **counts, "told": failed, "last_words": told}


def fresh_data(folder: str, seconds: float) -> dict[str, Any]:
    """Whether examples drawn on the GPU (T = ∞) are the host's; values may differ in a last bit or two."""
    from sdd_tui.engine.data import DataSource, FreshExamples
    from tests.engine.triton_engine import drawn

    fresh = FreshExamples(DataSource(10_000, 0.999), seed=0, batch_size=FRESH)
    found, truth = drawn(fresh, 0, 1), fresh.steps(0, 1)
    features = bool((found.indptr == truth.indptr).all() and (found.indices == truth.indices).all())
    values = int((found.values != truth.values).sum()) if features else len(truth.values)
    return {"features_agree": features, "values_apart": values, "agrees": features and values < 3}


def kernels(folder: str, seconds: float) -> dict[str, Any]:
    """Microseconds of every kernel and of whole steps, for growing T and growing m, and the clocks they ran at."""
    before = clocks()
    code, out, words = call([PYTHON, "-m", "tests.gpu.kernels"], seconds)
    if code:
        return {"failed": words[-2000:]}
    return {"clocks_before": before, **json.loads(out), "clocks_after": clocks()}


def clocks() -> str:
    """What the driver says of the GPU's clocks now."""
    if shutil.which("nvidia-smi") is None:
        return "nvidia-smi is not here"
    asked = [
        "nvidia-smi",
        "--query-gpu=name,clocks.sm,clocks.max.sm,temperature.gpu,power.draw",
        "--format=csv,noheader",
    ]
    return call(asked, 10)[1].strip()


def bench(folder: str, seconds: float) -> dict[str, Any]:
    """What `sdd bench` says, and in it the figures that have a bar."""
    code, out, words = call([*SDD, "bench", "--device", "cuda", "--rounds", "3", "--json"], seconds)
    if code:
        return {"failed": words[-2000:]}
    found: dict[str, Any] = json.loads(out)
    rows = {row["T"]: row for row in found["rows"]}
    bars = {f"times_published at T = {T:,}": rows[T]["times_published"] for T in (1_000, 100_000)}
    bars["times_published a model of 64"] = found["batch"]["times_published"]
    return found | bars


def trained(preset: str, device: str, folder: str, seconds: float, *settings: str) -> dict[str, Any]:
    """What `sdd run --json` says of a run."""
    name = f"{preset}-{device}-{'-'.join(settings).replace('=', '')}".rstrip("-")
    command = [*SDD, "run", preset, *settings, "--device", device, "--json", "--quiet", "--runs-dir", folder, "--name"]
    code, out, words = call([*command, name], seconds)
    return json.loads(out) if code == 0 else {"failed": words[-500:]}


def long_runs(folder: str, seconds: float) -> dict[str, Any]:
    """Seconds of 50,000 steps at n = 10,000, recording included."""
    until = time.monotonic() + seconds
    found = {}
    for T in (1_000, 100_000):
        row = trained("middle", "cuda", folder, until - time.monotonic(), f"T={T}")
        found[f"seconds at T = {T:,}"] = row.get("seconds")
        found[f"T = {T:,}"] = row
    return found


def cells(folder: str, seconds: float, steps: int = 50_000, models: int = 64) -> dict[str, Any]:
    """A sweep of 64 small models in one batch, recording included: seconds from the command to its end."""
    from pathlib import Path

    plan = Path(folder, "batch.toml")
    plan.write_text(CELLS.format(steps=steps, seeds=list(range(models))), encoding="utf-8")
    began = time.monotonic()
    code, out, words = call(
        [*SDD, "sweep", "run", str(plan), "--runs-dir", folder, "--name", "batch", "--json", "--quiet"], seconds
    )
    took = time.monotonic() - began
    if code:
        return {"agrees": False, "failed": words[-2000:]}
    (point,) = json.loads(out)["points"]
    return {"agrees": True, "seconds of a batch of 64": took, "test_loss": point["test_loss"]}


def memory(folder: str, seconds: float) -> dict[str, Any]:
    """A batch that runs out of memory, and whether its models then train one by one in the same process."""
    code, out, words = call([PYTHON, "-m", "tests.gpu.memory"], seconds)
    return {"agrees": code == 0, "last_words": (words + out).splitlines()[-6:]}


def runs(folder: str, seconds: float) -> dict[str, Any]:
    """The three classic runs on the GPU, and beside them on the CPU what is quick there."""
    until, found = time.monotonic() + seconds, dict[str, Any]()
    for preset, (least, most) in RUNS.items():
        row = trained(preset, "cuda", folder, until - time.monotonic())
        found[preset] = {"gpu": row, "agrees": least < row.get("test_loss", float("nan")) < most}
        if preset != "generalize":
            found[preset]["cpu"] = trained(preset, "cpu", folder, until - time.monotonic())
    return found | {"agrees": all(row["agrees"] for row in found.values())}


def sanitizer(folder: str, seconds: float) -> dict[str, Any]:
    """Memory accesses and races, by NVIDIA's compute-sanitizer where it is there."""
    if shutil.which("compute-sanitizer") is None:
        return {"agrees": True, "skipped": "compute-sanitizer is not here"}
    until, found = time.monotonic() + seconds, dict[str, Any]()
    for tool in ("memcheck", "racecheck"):
        command = ["compute-sanitizer", "--tool", tool, "--error-exitcode", "9", PYTHON, "-m", "tests.gpu.small"]
        code, out, words = call(command, (until - time.monotonic()) / (2 if tool == "memcheck" else 1))
        found[tool] = {"exit": code, "last_words": (out + words).splitlines()[-4:]}
    return found | {"agrees": all(row["exit"] == 0 for row in found.values())}


PARTS: dict[str, tuple[Part, float]] = {
    "tests": (tests, 200),
    "fresh_data": (fresh_data, 30),
    "kernels": (kernels, 60),
    "memory": (memory, 30),
    "cells": (cells, 60),
    "bench": (bench, 140),
    "long_runs": (long_runs, 100),
    "runs": (runs, 90),
    "sanitizer": (sanitizer, 130),
}
"""Every part and the seconds it has at most, the telling ones first."""

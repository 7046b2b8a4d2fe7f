"""`make gpu-check`: everything there is to measure on a GPU, within eight minutes, as one JSON file.

python -m tests.gpu.check OUT.json      runs beside the CPU's, long runs, `sdd bench --device cuda`, fresh data beside
                                        the host's, the tests marked gpu

The file is written after each part. What the time doesn't suffice for is stopped, and counts as not met.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdd_tui.engine.devices import gpu_problem, has_triton

SDD = [sys.executable, "-m", "sdd_tui.cli.app"]

LIMIT = 480.0
"""Seconds that the whole check has."""

_BEGAN = time.monotonic()

BARS = {
    "seconds at T = 1,000": 3.0,
    "seconds at T = 100,000": 60.0,
    "figure_minutes_estimate": 30.0,
    "times_published at T = 1,000": 10.0,
    "times_published at T = 100,000": 10.0,
    "times_published a model of 64": 100.0,
}
"""Seconds of 50,000 steps and minutes of the figure are to be below, ratios above; stated for an H200."""

RUNS: dict[str, tuple[float, float]] = {
    "pentagon": (0.999, 1.001),
    "generalize": (0.9985, 0.9991),
    "middle": (0.995, 1.06),
}
"""Between what the test loss lies from seed to seed, trained on a CPU."""


def left() -> float:
    """Seconds that the check still has."""
    return LIMIT - (time.monotonic() - _BEGAN)


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command; it is stopped where the check's time ends."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=max(left(), 0.01))
    except subprocess.TimeoutExpired:
        return 124, "", f"stopped: the check has {LIMIT:g} s"
    return done.returncode, done.stdout, done.stderr


def tests() -> dict[str, Any]:
    """The tests marked gpu."""
    code, out, words = call(sys.executable, "-m", "pytest", "-q", "-m", "gpu", "tests/gpu")
    return {"agrees": code == 0, "last_words": (out or words).splitlines()[-12:]}


def fresh_data() -> dict[str, Any]:
    """Whether a million examples drawn on the GPU (T = ∞) are the host's; values may differ in a last bit or two."""
    from sdd_tui.engine.data import DataSource, FreshExamples
    from tests.engine.triton_engine import drawn

    fresh = FreshExamples(DataSource(10_000, 0.999), seed=0, batch_size=1_000_000)
    found, truth = drawn(fresh, 0, 1), fresh.steps(0, 1)
    features = bool((found.indptr == truth.indptr).all() and (found.indices == truth.indices).all())
    values = int((found.values != truth.values).sum()) if features else len(truth.values)
    return {"features_agree": features, "values_apart": values, "agrees": features and values < 3}


def trained(preset: str, device: str, folder: str, *settings: str) -> dict[str, Any]:
    """What `sdd run --json` says of a run."""
    name = f"{preset}-{device}-{'-'.join(settings).replace('=', '')}".rstrip("-")
    command = [*SDD, "run", preset, *settings, "--device", device, "--json", "--quiet", "--runs-dir", folder, "--name"]
    code, out, words = call(*command, name)
    return json.loads(out) if code == 0 else {"failed": words[-500:]}


def runs(folder: str) -> dict[str, Any]:
    """The three classic runs on the GPU, and beside them on the CPU what is quick there."""
    found: dict[str, Any] = {}
    for preset, (least, most) in RUNS.items():
        row = trained(preset, "cuda", folder)
        loss = row.get("test_loss", float("nan"))
        found[preset] = {"gpu": row, "agrees": least < loss < most}
        if preset != "generalize":
            found[preset]["cpu"] = trained(preset, "cpu", folder)
    return found | {"agrees": all(row["agrees"] for row in found.values())}


def long_runs(folder: str) -> dict[str, Any]:
    """Seconds of 50,000 steps at n = 10,000, recording included."""
    return {
        f"seconds at T = {T:,}": trained("middle", "cuda", folder, f"T={T}").get("seconds") for T in (1_000, 100_000)
    }


def bench() -> dict[str, Any]:
    """What `sdd bench` says, and in it the figures that have a bar."""
    code, out, words = call(*SDD, "bench", "--device", "cuda", "--rounds", "3", "--json")
    if code:
        return {"failed": words[-2000:]}
    found = json.loads(out)
    rows = {row["T"]: row for row in found["rows"]}
    bars = {f"times_published at T = {T:,}": rows[T]["times_published"] for T in (1_000, 100_000)}
    bars["times_published a model of 64"] = found["batch"]["times_published"]
    return found | bars


def judged(parts: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What was found of each bar and each comparison, and whether all are met."""
    measured = {name: value for part in parts.values() for name, value in part.items() if name in BARS}
    bars = {
        name: {"bar": bar, "found": measured.get(name), "met": _met(name, measured.get(name), bar)}
        for name, bar in BARS.items()
    }
    agree = {name: bool(parts.get(name, {}).get("agrees")) for name in ("runs", "fresh_data", "tests")}
    return {"bars": bars, "agree": agree}, all(row["met"] for row in bars.values()) and all(agree.values())


def main(path: str) -> int:
    """Measure everything; 0 when all bars are met."""
    parts: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        every: dict[str, Callable[[], dict[str, Any]]] = {
            "runs": lambda: runs(folder),
            "long_runs": lambda: long_runs(folder),
            "bench": bench,
            "fresh_data": fresh_data,
            "tests": tests,
        }
        for name, measure in every.items():
            began = time.monotonic()
            parts[name] = measure()
            parts[name]["seconds"] = time.monotonic() - began
            verdict, good = judged(parts)
            Path(path).write_text(json.dumps(parts | verdict, indent=1) + "\n")
            print(f"{name}: {parts[name]['seconds']:.0f} s", flush=True)
    for name, row in verdict["bars"].items():
        print(f"{name:<34} {row['found']}  bar {row['bar']}  {'met' if row['met'] else 'NOT met'}")
    for name, agrees in verdict["agree"].items():
        print(f"{name:<34} {'agree' if agrees else 'do NOT agree'}")
    return 0 if good else 1


def _met(name: str, value: float | None, bar: float) -> bool:
    if value is None:
        return False
    return value >= bar if name.startswith("times") else value <= bar


if __name__ == "__main__":
    if missing := gpu_problem() or ("" if has_triton() else "Triton is not installed"):
        sys.exit(f"gpu-check: there is nothing to measure: {missing}.")
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "gpu-check.json"))

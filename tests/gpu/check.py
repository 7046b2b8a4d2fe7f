"""`make gpu-check`: everything there is to measure on a GPU, in about eight minutes, as one JSON file.

python -m tests.gpu.check OUT.json      the tests marked gpu, fresh data beside the host's, `sdd bench --device cuda`,
                                        three runs beside the CPU's
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sdd_tui.engine.devices import gpu_problem, has_triton

SDD = [sys.executable, "-m", "sdd_tui.cli.app"]

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


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    done = subprocess.run(arguments, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def timed(f: Any, *arguments: Any) -> tuple[Any, float]:
    """What a call gives, and its seconds."""
    began = time.perf_counter()
    return f(*arguments), time.perf_counter() - began


def tests() -> dict[str, Any]:
    """The tests marked gpu."""
    (code, out, _), seconds = timed(call, sys.executable, "-m", "pytest", "-q", "-m", "gpu", "tests/gpu")
    return {"passed": code == 0, "seconds": seconds, "last_words": out.splitlines()[-12:]}


def fresh_data() -> dict[str, Any]:
    """Whether a million examples drawn on the GPU (T = ∞) are the host's; values may differ in a last bit or two."""
    from sdd_tui.engine.data import DataSource, FreshExamples
    from tests.engine.triton_engine import drawn

    fresh = FreshExamples(DataSource(10_000, 0.999), seed=0, batch_size=1_000_000)
    found, seconds = timed(drawn, fresh, 0, 1)
    truth = fresh.steps(0, 1)
    features = bool((found.indptr == truth.indptr).all() and (found.indices == truth.indices).all())
    values = int((found.values != truth.values).sum()) if features else len(truth.values)
    return {"features_agree": features, "values_apart": values, "seconds": seconds, "agrees": features and values < 3}


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
    return found


def long_runs(folder: str) -> dict[str, float]:
    """Seconds of 50,000 steps at n = 10,000, recording included."""
    seconds = {}
    for T in (1_000, 100_000):
        row = trained("middle", "cuda", folder, f"T={T}")
        seconds[f"seconds at T = {T:,}"] = row.get("seconds", float("nan"))
    return seconds


def figures(bench: dict[str, Any]) -> dict[str, float]:
    """The figures that have a bar, of `sdd bench`."""
    rows = {row["T"]: row for row in bench["rows"]}
    found = {f"times_published at T = {T:,}": rows[T]["times_published"] for T in (1_000, 100_000)}
    found["times_published a model of 64"] = bench["batch"]["times_published"]
    return found | {"figure_minutes_estimate": bench["figure_minutes_estimate"]}


def main(path: str) -> int:
    """Measure everything; 0 when all bars are met."""
    found: dict[str, Any] = {"tests": tests()}
    print("tests:", found["tests"]["last_words"][-1:], flush=True)
    found["fresh_data"] = fresh_data()
    print("fresh data:", found["fresh_data"], flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found["runs"] = runs(folder)
        met = found["figures"] = long_runs(folder)
    code, out, words = call(*SDD, "bench", "--device", "cuda", "--rounds", "3", "--json")
    found["bench"] = json.loads(out) if code == 0 else {"failed": words[-2000:]}
    if code == 0:
        met |= figures(found["bench"])
    found["bars"] = {
        name: {"bar": bar, "found": met.get(name), "met": _met(name, met.get(name), bar)} for name, bar in BARS.items()
    }
    Path(path).write_text(json.dumps(found, indent=1) + "\n")
    for name, row in found["bars"].items():
        print(f"{name:<34} {row['found']}  bar {row['bar']}  {'met' if row['met'] else 'NOT met'}")
    for name, run in found["runs"].items():
        print(f"{name:<34} {'agrees' if run['agrees'] else 'does NOT agree'}")
    good = found["tests"]["passed"] and found["fresh_data"]["agrees"] and all(r["met"] for r in found["bars"].values())
    return 0 if good and all(r["agrees"] for r in found["runs"].values()) else 1


def _met(name: str, value: float | None, bar: float) -> bool:
    if value is None:
        return False
    return value >= bar if name.startswith("times") else value <= bar


if __name__ == "__main__":
    if missing := gpu_problem() or ("" if has_triton() else "Triton is not installed"):
        sys.exit(f"gpu-check: there is nothing to measure: {missing}.")
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "gpu-check.json"))

"""Times a sweep against the same runs one after another: `python -m tests.bench.sweep [--json] [--cells N]`.

Takes about a minute on two otherwise idle cores. Exit code 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

from tests.bench.measured import HEAD, Measured

COMMAND = (sys.executable, "-m", "sdd_tui")
SHARE = 0.25
OVERHEAD, START_S = 1.2, 4.0
CORES = 2


def timed(*args: str) -> tuple[float, str]:
    """(seconds, stdout) of an `sdd` command on two cores."""
    began = time.perf_counter()
    found = subprocess.run([*COMMAND, *args], capture_output=True, text=True, check=True, encoding="utf-8")
    return time.perf_counter() - began, found.stdout


def throughput(cells: int) -> list[Measured]:
    """A sweep of the quick preset at T = 100, and as many runs one after another."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SDD_RUNS_DIR"] = folder
        timed("run", "quick", "steps=10", "--quiet")  # compiles
        swept, out = timed("sweep", "run", "double-descent-quick", "T=100", f"seed=range(0, {cells})", "--json")
        training = sum(result["seconds"] for result in json.loads(out)["results"])
        single = sum(timed("run", "quick", f"seed={seed}", "--quiet")[0] for seed in range(cells))
    allowed = OVERHEAD * training / CORES + START_S
    note = f"{single:.1f} s one after another"
    why = f"{OVERHEAD} × {training:.1f} s of training on {CORES} cores, + {START_S:g} s"
    return [
        Measured(
            "sweep-share", f"{cells} cells as a sweep : one after another", "ratio", [swept / single], SHARE, note=note
        ),
        Measured("sweep", f"  {cells} cells as a sweep", "s", [swept], round(allowed, 1), note=why),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How quick a sweep is.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--cells", type=int, default=40, help="how many")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(list(os.sched_getaffinity(0))[:CORES]))
    found = throughput(given.cells)
    if not given.json:
        print(HEAD)
    for measured in found:
        print(json.dumps(measured.as_json()) if given.json else measured.line())
    sys.exit(0 if all(measured.holds for measured in found) else 1)


if __name__ == "__main__":
    main()

"""Times a sweep against the same runs one after another, on a quiet machine with two cores or more.

    python -m tests.bench.sweep [CELLS]

Exits with 1 when a sweep of 40 cells of the quick preset at T = 100 takes more than a quarter of the sequential runs'
time, or more than 1.2 times the cells' training time shared by the cores, plus 4 s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

COMMAND = (sys.executable, "-m", "sdd_tui.cli.app")
SHARE = 0.25
OVERHEAD, START_S = 1.2, 4.0
CORES = 2


def timed(*args: str) -> tuple[float, str]:
    """(seconds, stdout) of an `sdd` command on two cores."""
    began = time.perf_counter()
    found = subprocess.run([*COMMAND, *args], capture_output=True, text=True, check=True)
    return time.perf_counter() - began, found.stdout


def main(cells: int) -> int:
    """Measure and print; the exit code."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(list(os.sched_getaffinity(0))[:CORES]))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SDD_RUNS_DIR"] = folder
        timed("run", "quick", "steps=10", "--quiet")  # compiles
        swept, out = timed("sweep", "run", "double-descent-quick", "T=100", f"seed=range(0, {cells})", "--json")
        training = sum(result["seconds"] for result in json.loads(out)["results"])
        single = sum(timed("run", "quick", f"seed={seed}", "--quiet")[0] for seed in range(cells))
    allowed = OVERHEAD * training / CORES + START_S
    print(f"{cells} cells: {swept:.1f} s as a sweep, {single:.1f} s one after another: {swept / single:.2f} of it")
    print(f"training {training:.1f} s on {CORES} cores: {swept:.1f} s of at most {allowed:.1f} s")
    return 0 if swept <= SHARE * single and swept <= allowed else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))

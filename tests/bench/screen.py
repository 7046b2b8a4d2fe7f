"""The app on a real pty, held to its bars: `python -m tests.bench.screen [--json] [--only NAME …] [--pairs N]`.

Takes about three minutes, and ten more with `throughput`, on two otherwise idle cores.
Exit code 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import looks, sweeps
from tests.bench.measured import HEAD, Measured
from tests.bench.synthetic import synthetic
from tests.bench.throughput import throughput


def main() -> None:
    """Run the benchmarks and print what they found."""
    parser = argparse.ArgumentParser(description="How quick the app is, on a real pty.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--only", action="append", default=[], help="this one only; may be repeated")
    parser.add_argument("--pairs", type=int, default=30, help="pairs of trainings with and without the app")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["XDG_CONFIG_HOME"] = str(home / "config")
        runs = home / "runs"
        runs.mkdir()
        swept = home / "swept"
        swept.mkdir()
        big = synthetic(runs, "big", 100_000, 400)
        benchmarks: dict[str, Callable[[], Measured | list[Measured]]] = {
            "start": lambda: looks.starts(runs, 15),
            "open": lambda: looks.opens(big, 10),
            "plane": lambda: looks.plane(big, 8),
            "whole": lambda: looks.whole(big, 8),
            "scrub": lambda: looks.scrubbing(big, 5),
            "idle": lambda: looks.idles(big, 5),
            "follow": lambda: looks.follows(runs, 60),
            "key": lambda: looks.answers(big, 80),
            "slow": lambda: looks.answers_slowly(big, 30),
            "sweep": lambda: sweeps.shows(swept, 10),
            "throughput": lambda: throughput(runs, given.pairs),
        }
        unknown = set(given.only) - set(benchmarks)
        if unknown:
            parser.error(f"--only {', '.join(sorted(unknown))}: one of {', '.join(benchmarks)}")
        if not given.json:
            print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores\n{HEAD}")
        holds = True
        for name, benchmark in benchmarks.items():
            if given.only and name not in given.only:
                continue
            os.environ["XDG_STATE_HOME"] = str(home / name)  # the layout that another one left is remembered there
            found = benchmark()
            for measured in found if isinstance(found, list) else [found]:
                print(json.dumps(measured.as_json()) if given.json else measured.line(), flush=True)
                holds = holds and measured.holds
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()

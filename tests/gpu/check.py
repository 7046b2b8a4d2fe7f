"""`make gpu-check`: everything there is to measure on a GPU, within eight minutes, as one JSON file.

python3 -m tests.gpu.check OUT.json [--parts tests,bench]      from the repository's root, with what a GPU node has

Nothing is installed: torch with CUDA, Triton, numpy and numba are the node's; the pure-Python packages that it lacks
are named before anything is done. The file is written after each part; with --parts those parts of it are done again.
What the time doesn't suffice for is stopped, and counts as not met.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

NEEDED = {
    "torch": "torch",
    "triton": "triton",
    "numpy": "numpy",
    "numba": "numba",
    "pydantic": "pydantic",
    "safetensors": "safetensors",
    "tomli_w": "tomli-w",
    "platformdirs": "platformdirs",
    "typer": "typer",
    "rich": "rich",
    "pytest": "pytest",
}
"""Modules that the check imports, and the packages that they come in."""

LIMIT = 480.0
"""Seconds that the whole check has."""

BARS = {
    "seconds at T = 1,000": 3.0,
    "seconds at T = 100,000": 60.0,
    "seconds of a batch of 64": 30.0,
    "figure_minutes_estimate": 30.0,
    "times_published at T = 1,000": 10.0,
    "times_published at T = 100,000": 10.0,
    "times_published a model of 64": 100.0,
}
"""Seconds of 50,000 steps and minutes of the figure are to be below, ratios above; stated for an H200."""

AGREE = ("tests", "fresh_data", "memory", "cells", "runs", "sanitizer")
"""Parts that compare one thing with another."""


def missing() -> list[str]:
    """The packages that this Python lacks."""
    return [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]


def judged(parts: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What was found of each bar and each comparison, and whether all are met."""
    measured = {name: value for part in parts.values() for name, value in part.items() if name in BARS}
    bars = {
        name: {"bar": bar, "found": measured.get(name), "met": _met(name, measured.get(name), bar)}
        for name, bar in BARS.items()
    }
    agree = {name: bool(parts.get(name, {}).get("agrees")) for name in AGREE}
    return {"bars": bars, "agree": agree}, all(row["met"] for row in bars.values()) and all(agree.values())


def main(path: Path, names: list[str]) -> int:
    """Measure these parts; 0 when all bars are met."""
    from tests.gpu.parts import PARTS

    began = time.monotonic()
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    parts = {name: kept[name] for name in PARTS if name in kept}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            measure, most = PARTS[name]
            at = time.monotonic()
            try:
                parts[name] = measure(folder, min(most, LIMIT - (at - began)))
            except Exception:  # noqa: BLE001 - told in the file; the other parts are worth their time all the same
                parts[name] = {"failed": traceback.format_exc()[-2000:]}
            parts[name]["seconds"] = time.monotonic() - at
            verdict, good = judged(parts)
            path.write_text(json.dumps(parts | verdict, indent=1) + "\n", encoding="utf-8")
            print(f"{name}: {parts[name]['seconds']:.0f} s", flush=True)
    for name, row in verdict["bars"].items():
        print(f"{name:<34} {row['found']}  bar {row['bar']}  {'met' if row['met'] else 'NOT met'}")
    for name, agrees in verdict["agree"].items():
        print(f"{name:<34} {'agrees' if agrees else 'does NOT agree'}")
    return 0 if good else 1


def _met(name: str, value: float | None, bar: float) -> bool:
    if value is None:
        return False
    return value >= bar if name.startswith("times") else value <= bar


def chosen(arguments: list[str]) -> tuple[Path, list[str]]:
    """The file to write and the parts to measure."""
    from tests.gpu.parts import PARTS

    parser = argparse.ArgumentParser(prog="python3 -m tests.gpu.check", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, nargs="?", default=Path("gpu-check.json"))
    parser.add_argument("--parts", default=",".join(PARTS), help="some of " + ",".join(PARTS))
    given = parser.parse_args(arguments)
    names = given.parts.split(",")
    if unknown := [name for name in names if name not in PARTS]:
        parser.error(f"--parts {unknown[0]}: the parts are {', '.join(PARTS)}")
    return given.out, names


if __name__ == "__main__":
    if lacking := missing():
        sys.exit(
            f"gpu-check: this Python lacks {', '.join(lacking)}; where there is a network: pip download"
            f" {' '.join(lacking)} -d wheels, and here: pip install --no-index --find-links wheels {' '.join(lacking)}."
        )
    from sdd_tui.engine.devices import gpu_problem, has_triton

    if problem := gpu_problem() or ("" if has_triton() else "Triton is not installed, or too old"):
        sys.exit(f"gpu-check: there is nothing to measure: {problem}.")
    sys.exit(main(*chosen(sys.argv[1:])))

"""A training in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def train(run: Path) -> subprocess.Popen[bytes]:
    """`sdd resume` in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "sdd_tui", "resume", "--quiet", str(run)], stderr=subprocess.PIPE)


def step_of(run: Path) -> int:
    """The last recorded step, -1 before there is one."""
    try:
        lines = (run / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return -1
    whole = [line for line in lines if line.endswith(b"\n")]
    return int(json.loads(whole[-1])["step"]) if whole else -1

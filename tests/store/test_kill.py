from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sdd_tui.config import RunConfig
from sdd_tui.store.create import create
from tests.store.helpers import assert_same_results, small, trained
from tests.waiting import PATIENCE_S


def train(run: Path) -> subprocess.Popen[bytes]:
    """`sdd resume` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "sdd_tui.cli.app", "resume", "--quiet", str(run)], stderr=subprocess.PIPE
    )


def step_of(run: Path) -> int:
    """The last recorded step, -1 before there is one."""
    try:
        lines = (run / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return -1
    whole = [line for line in lines if line.endswith(b"\n")]
    return int(json.loads(whole[-1])["step"]) if whole else -1


def killed_and_resumed(config: RunConfig, runs: Path, kills: int, rng: random.Random) -> Path:
    """A run killed with SIGKILL at random moments between 5 and 95 % of its steps, and resumed after each."""
    run = create(config, runs, "killed")
    for share in sorted(rng.uniform(0.05, 0.95) for _ in range(kills)):
        process = train(run)
        while step_of(run) < share * config.optim.steps and process.poll() is None:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        process.kill()
        _, words = process.communicate()
        assert process.returncode in (-9, 0), words.decode()  # 0: it was faster than the kill
    process = train(run)
    _, words = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, words.decode()
    return run


def test_a_run_killed_three_times_is_the_undisturbed_one(runs: Path) -> None:
    config = small("n=1000", "S=0.99", "T=100", "optim.steps=60000", "recording.frames=100")
    undisturbed = trained(config, runs, "undisturbed")
    assert_same_results(killed_and_resumed(config, runs, 3, random.Random(1)), undisturbed)


@pytest.mark.science
def test_a_long_run_killed_twenty_times_is_the_undisturbed_one(runs: Path) -> None:
    config = small("n=1000", "S=0.99", "T=100", "optim.steps=1000000", "recording.frames=100")
    began = time.monotonic()
    undisturbed = trained(config, runs, "undisturbed")
    assert time.monotonic() - began > 10
    assert_same_results(killed_and_resumed(config, runs, 20, random.Random(2)), undisturbed)

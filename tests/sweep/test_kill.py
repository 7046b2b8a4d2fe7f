"""kill -9 of a sweep and of its workers, time and again, at random moments: nothing is lost, nothing done twice.

Four times in the ordinary tests, ten times in `make science`; `python -m tests.sweep.test_kill SEED …` does it with
other seeds.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.progress import SweepReader
from tests.run.helpers import assert_same_results
from tests.sweep.helpers import tiny
from tests.sweep.sessions import assert_every_cell_finished_once, do, start, workers_of
from tests.waiting import PATIENCE_S, wait_until

AXES = {4: {"T": [3, 30], "seed": [0, 1, 2]}, 10: {"T": [3, 10, 30, 50, 70, 100], "seed": [0, 1, 2]}}
"""Rounds -> cells: the rounds are over before all of them are done."""

STEPS = 90_000
"""A cell takes about a second and a half."""


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def disturb(folder: Path, rng: random.Random) -> str:
    """Begin a session, or two, and kill something; what was killed."""
    sessions = [start(folder) for _ in range(rng.choice((1, 1, 2)))]
    what = rng.choice(("worker", "worker", "session", "everything"))
    if rng.random() < 0.8:  # else while workers start
        wait_until(lambda: workers_of(folder) or sessions[0].poll() is not None)
    time.sleep(rng.uniform(0, 1.2))
    workers = workers_of(folder)
    victims = {
        "worker": rng.sample(workers, min(1, len(workers))),
        "session": [sessions[0].pid],
        "everything": [*workers, *(s.pid for s in sessions)],
    }
    for pid in victims[what]:
        kill(pid)
    if what == "worker":  # the session records that, and goes on for a while
        time.sleep(rng.uniform(0, 0.6))
    for session in sessions:
        session.kill()
        session.communicate()
    return what


def kill_often(runs: Path, seed: int, rounds: int) -> None:
    """Kill, resume, and compare with a sweep that was left alone."""
    rng = random.Random(seed)
    sweep = tiny(AXES[rounds], steps=STEPS)
    undisturbed = create_sweep(sweep, runs, "undisturbed")
    assert do(undisturbed)
    folder = create_sweep(sweep, runs, "killed")
    killed = [disturb(folder, rng) for _ in range(rounds)]
    done = SweepReader(folder).poll().done
    print(f"seed {seed}: killed {', '.join(killed)}; {done} of {len(sweep)} cells done by then")
    one, other = start(folder), start(folder)  # and two at once go on
    for session in (one, other):
        _, words = session.communicate(timeout=PATIENCE_S)
        assert session.returncode == 0, words.decode()
    assert not workers_of(folder)
    assert_every_cell_finished_once(folder, sweep)
    for cell in sweep.cells():
        assert_same_results(undisturbed / "cells" / cell.name, folder / "cells" / cell.name)


@pytest.mark.parametrize("rounds", [4, pytest.param(10, marks=pytest.mark.science)])
def test_kills_lose_and_repeat_nothing(runs: Path, rounds: int) -> None:
    kill_often(runs, 1, rounds)


if __name__ == "__main__":
    for number in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as place:
            kill_often(Path(place), number, 10)

"""The terminal that the tests and benchmarks use: a slow link must really be slow."""

from __future__ import annotations

import sys
import time

import pytest

from tests.terminal import Terminal

WRITES = "import sys; sys.stdin.readline(); sys.stdout.write('x' * {n}); sys.stdout.flush(); sys.stdin.readline()"


@pytest.mark.parametrize("n", [6_000, 25_000])
def test_a_slow_link_takes_its_time_also_after_a_rest(n: int) -> None:
    with Terminal([sys.executable, "-c", WRITES.format(n=n)], rate=125_000) as terminal:
        terminal.look(0.5)  # the rest
        began = time.perf_counter()
        terminal.send("\n")
        assert terminal.until(lambda _: terminal.written.count(b"x") == n) - began >= n / 125_000


def test_a_quick_link_shows_everything_at_once() -> None:
    with Terminal([sys.executable, "-c", WRITES.format(n=50_000)]) as terminal:
        terminal.send("\n")
        terminal.until(lambda _: len(terminal.written) >= 50_000)

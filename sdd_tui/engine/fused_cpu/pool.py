"""The threads that run kernels together, and how many of them are worth using now.

Threads of a team wait for each other several times a step. Where another process has one of their cores, they wait
until it is given back, some milliseconds each time: with two busy processes beside two threads, the pentagon took 20
times as long as alone. When a team stands at its barriers, one thread therefore works alone for a while. The bits don't
depend on it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from numpy.typing import NDArray

from sdd_tui.engine.fused_cpu.team import WAITED
from sdd_tui.errors import NoDeviceError

TEAM_WORK = 50_000
"""(feature, example, hidden) triples a step for each thread of a team. At n = 10,000, m = 2 two threads take 11 µs a
step against 18 at T = 5, and 49 against 87 at T = 100."""

CROWDED = 0.5
"""Share of its time that a thread stood at barriers, from which on one thread is as quick: of unequal work it is a
tenth."""

ALONE_S = (0.5, 8.0)
"""Seconds for which one thread then works alone: at first, and at most; twice as long each time in a row."""

PIECE_S = (0.002, 0.02)
"""Seconds of steps that a team is given at once: after it was crowded, and at most, four times as many each time; a
crowded team takes up to a hundred times as long for them, and is judged afterwards."""


SHORT_S = 4 * PIECE_S[0]
"""Seconds of a team's work that are too few to call it crowded."""


class Pool:
    """Threads that all run already."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.team_work = TEAM_WORK
        self._others = _started(threads - 1) if threads > 1 else None
        self._alone_s, self._piece_s = ALONE_S[0], PIECE_S[0]
        self._alone_until = 0.0
        self._step_s: dict[tuple[int, int], float] = {}

    def team(self, triples: int) -> int:
        """Threads worth using for a step of that many (feature, example, hidden) triples."""
        if time.perf_counter() < self._alone_until:
            return 1
        return max(1, min(self.threads, triples // self.team_work))

    def piece(self, team: int, triples: int) -> int:
        """Steps of so many triples for a team at once."""
        seconds = self._piece_s if team > 1 else PIECE_S[1]
        return max(1, int(seconds / self._step_s.get((team, triples), seconds)))

    def timed(self, team: int, triples: int, step_s: float) -> None:
        """Note what a step took: the least is what it takes when nobody is in the way."""
        self._step_s[team, triples] = min(step_s, self._step_s.get((team, triples), step_s))

    def together(self, team: int, work: Callable[[int], Any], sync: NDArray[Any] | None = None) -> None:
        """Run work(rank) on `team` threads, this one being rank 0; `sync` is what they meet at."""
        if team == 1 or self._others is None:
            work(0)
            return
        began = time.perf_counter()
        others = [self._others.submit(work, rank) for rank in range(1, team)]
        work(0)
        for other in others:
            other.result()
        if sync is not None:
            self._judge(sync[WAITED] * 1e-9 / (team - 1), time.perf_counter() - began)

    def _judge(self, waited: float, took: float) -> None:
        """What a team's time says. A short one says nothing bad: threads take some milliseconds to wake up where others
        have just been."""
        if waited <= CROWDED * took:
            self._alone_s, self._piece_s = ALONE_S[0], min(4 * self._piece_s, PIECE_S[1])
        elif took > SHORT_S:
            self._alone_until = time.perf_counter() + self._alone_s
            self._alone_s, self._piece_s = min(2 * self._alone_s, ALONE_S[1]), PIECE_S[0]


def _started(count: int) -> ThreadPoolExecutor:
    """A pool whose threads all run already: one that could not be started later would leave a team at its barrier."""
    pool, together = ThreadPoolExecutor(count, "fused"), threading.Barrier(count + 1)
    try:
        for _ in range(count):
            pool.submit(together.wait)
        together.wait()
    except RuntimeError:
        together.abort()
        pool.shutdown()
        raise NoDeviceError(f"threads = {count + 1}: this machine does not let so many start; ask for fewer.") from None
    return pool

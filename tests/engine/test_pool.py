"""How many threads work together, by what their waiting says."""

from __future__ import annotations

import numpy as np
import pytest

from sdd_tui.engine.fused_cpu.pool import ALONE_S, PIECE_S, SHORT_S, TEAM_WORK, Pool
from sdd_tui.engine.fused_cpu.team import SLOTS, WAITED


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the pool's clock shows: the last of the list."""
    shown = [100.0]
    monkeypatch.setattr("sdd_tui.engine.fused_cpu.pool.time.perf_counter", lambda: shown[-1])
    return shown


def work(pool: Pool, clock: list[float], took: float, waited: float) -> None:
    """A team's work that takes so long, of which its threads waited for a part."""
    sync = np.zeros(SLOTS, np.int64)

    def rank(number: int) -> None:
        if number == 0:
            sync[WAITED] = int(waited * 1e9)
            clock.append(clock[-1] + took)

    pool.together(2, rank, sync)


def test_a_team_is_as_large_as_its_work(clock: list[float]) -> None:
    pool = Pool(3)
    assert [pool.team(TEAM_WORK * k) for k in (0, 1, 2, 3, 9)] == [1, 1, 2, 3, 3]


def test_a_team_that_waits_for_cores_leaves_one_thread_alone_longer_each_time(clock: list[float]) -> None:
    pool, alone = Pool(2), ALONE_S[0]
    while alone < ALONE_S[1]:
        work(pool, clock, 0.1, 0.09)
        assert pool.team(10 * TEAM_WORK) == 1
        clock.append(clock[-1] + 0.99 * alone)
        assert pool.team(10 * TEAM_WORK) == 1
        clock.append(clock[-1] + 0.02 * alone)
        assert pool.team(10 * TEAM_WORK) == 2
        alone *= 2


def test_unequal_work_and_waking_up_are_no_crowd(clock: list[float]) -> None:
    pool = Pool(2)
    work(pool, clock, 0.1, 0.02)
    work(pool, clock, SHORT_S / 2, SHORT_S / 2)
    assert pool.team(10 * TEAM_WORK) == 2


def test_a_team_gets_few_steps_at_first_and_more_when_nobody_is_in_the_way(clock: list[float]) -> None:
    pool = Pool(2)
    assert pool.piece(2, 7) == 1
    for took in (1e-3, 1e-5, 1e-4):
        pool.timed(2, 7, took)
    few = pool.piece(2, 7)
    assert few == int(PIECE_S[0] / 1e-5)
    for _ in range(5):
        work(pool, clock, 0.1, 0.0)
    assert pool.piece(2, 7) == int(PIECE_S[1] / 1e-5)
    work(pool, clock, 0.1, 0.1)
    assert pool.piece(2, 7) == few

"""Pacing: one heavy frame at a time, slower on slow links, and never stuck."""

from __future__ import annotations

from typing import Literal

from sdd_tui.tui.pace import PATIENCE_S, SILENT, SILENT_S, SLOW_FRAME_S, Pace


class Link:
    """A terminal that answers when it is told to."""

    def __init__(self, bandwidth: Literal["auto", "low", "full"] = "auto") -> None:
        self.now = 100.0
        self.asked = 0
        self.pace = Pace(self._ask, lambda: self.now, bandwidth)

    def _ask(self) -> None:
        self.asked += 1

    def frame(self, answer_after: float) -> None:
        self.pace.sent()
        self.now += answer_after
        self.pace.answered()


def test_the_next_frame_waits_for_the_answer() -> None:
    link = Link()
    assert link.pace.ready
    link.pace.sent()
    assert not link.pace.ready
    link.pace.answered()
    assert link.pace.ready


def test_a_lost_answer_holds_nothing_up_for_long() -> None:
    link = Link()
    link.pace.sent()
    link.now += PATIENCE_S
    assert link.pace.ready


def test_a_terminal_that_answers_nothing_gets_few_frames_and_no_more_questions() -> None:
    link = Link()
    for _ in range(SILENT):
        link.pace.sent()
        link.now += PATIENCE_S
        assert link.pace.ready
    asked = link.asked
    link.pace.sent()
    assert link.asked == asked
    assert not link.pace.ready
    link.now += SILENT_S
    assert link.pace.ready


def test_slow_answers_mean_fewer_frames_until_they_are_quick_again() -> None:
    link = Link()
    for _ in range(4):
        link.frame(0.3)
    assert link.pace.slow
    link.pace.sent()
    link.pace.answered()
    assert not link.pace.ready
    link.now += SLOW_FRAME_S
    assert link.pace.ready
    for _ in range(8):
        link.frame(0.01)
    assert not link.pace.slow


def test_a_quick_link_is_never_slowed_and_a_setting_decides_otherwise() -> None:
    link = Link()
    for _ in range(20):
        link.frame(0.02)
        assert link.pace.ready
    assert Link("low").pace.slow
    full = Link("full")
    full.pace.sent()
    assert full.pace.ready and full.asked == 0


def test_who_waits_is_called_when_the_answer_comes() -> None:
    link = Link()
    called: list[float] = []
    link.pace.on_ready = lambda: called.append(link.now)
    link.frame(0.02)
    assert len(called) == 1


def test_it_says_why_pictures_move_less_often() -> None:
    link = Link()
    told: list[bool] = []
    link.pace.on_slow = told.append
    assert link.pace.words == ""
    for _ in range(4):
        link.frame(0.3)
    assert (link.pace.words, told) == ("slow link: 4 frames a second", [True])
    for _ in range(8):
        link.frame(0.01)
    assert (link.pace.words, told) == ("", [True, False])
    assert Link("low").pace.words == "slow link: 4 frames a second"
    silent = Link()
    for _ in range(SILENT):
        silent.pace.sent()
        silent.now += PATIENCE_S
        assert silent.pace.ready
    assert silent.pace.words == "silent terminal: 2 frames a second"


def test_at_full_bandwidth_nothing_is_said() -> None:
    link = Link("full")
    for _ in range(9):
        link.frame(2.0)
    assert link.pace.words == ""

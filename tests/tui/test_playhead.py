"""The timeline's logic, without a screen."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.tui.playhead import SPEEDS, Playhead

STEPS = np.array([0, 10, 20, 50, 100])
NONE = np.zeros(0, np.int64)


def test_it_follows_until_one_steps_back_and_again_past_the_end() -> None:
    head = Playhead()
    assert head.index(STEPS) == 4
    back = head.moved(STEPS, -1)
    assert back.step == 50
    assert back.index(np.append(STEPS, 200)) == 3
    assert back.moved(STEPS, 1).moved(STEPS, 1).step is None
    assert head.moved(STEPS, -99).step == 0


def test_it_jumps_to_the_frames_of_events() -> None:
    events = [0, 15, 60]
    head = Playhead(10)
    assert head.to_event(STEPS, events, 1).step == 20
    assert head.to_event(STEPS, events, 1).to_event(STEPS, events, 1).step == 100
    assert head.to_event(STEPS, events, -1).step == 0
    assert Playhead(100).to_event(STEPS, events, 1).step == 100


def test_playing_shows_its_speeds_worth_of_frames_and_stands_at_the_end() -> None:
    head = Playhead(0, speed=10).toggled(STEPS)
    assert head.playing
    for _ in range(4):
        head = head.after(STEPS, 0.05)
    assert head.step == STEPS[2]
    head = head.after(STEPS, 10.0)
    assert (head.step, head.playing) == (100, False)
    assert head.toggled(STEPS).step == 0


def test_ticks_that_come_a_little_early_or_late_show_every_frame() -> None:
    steps = np.arange(100)
    head = Playhead(0, True, 10)
    for k, late in enumerate([0.0, -0.004, 0.003, -0.002, 0.004, 0.001, -0.003, 0.002], 1):
        head = head.after(steps, 0.1 + late)
        assert head.step == k


def test_speeds_go_round() -> None:
    head = Playhead()
    seen = []
    for _ in SPEEDS:
        head = head.faster()
        seen.append(head.speed)
    assert sorted(seen) == list(SPEEDS)


@given(st.lists(st.integers(-20, 20), max_size=20), st.lists(st.integers(0, 9), unique=True))
def test_wherever_it_goes_it_is_on_a_frame(moves: list[int], steps: list[int]) -> None:
    recorded = np.array(sorted(steps), np.int64)
    head = Playhead()
    for by in moves:
        head = head.moved(recorded, by).toggled(recorded).after(recorded, 0.3)
        assert -1 <= head.index(recorded) < max(1, len(recorded))


def test_without_frames_nothing_moves() -> None:
    head = Playhead()
    assert head.index(NONE) == -1
    assert head.moved(NONE, 1) == head.toggled(NONE) == head.to_event(NONE, [1], 1) == head

"""The guided tour: every sentence is borne out by what was recorded, and it can be taken at any size, left and gone on
with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sdd_tui.numerals import unpadded
from sdd_tui.panels.catalogue import PANELS
from sdd_tui.run.reader import open_run
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.tour.moments import Station, moments, said
from sdd_tui.tui.tour.screen import LONGEST, TourScreen
from sdd_tui.tui.tour.stations import STATIONS
from tests.tui.driving import settled, text_of, until

EACH = pytest.mark.parametrize("station", STATIONS, ids=lambda station: f"T={station.T}")
FORMS = (".1g", ".2f", ".3f", ".4f")


@EACH
def test_every_sentence_is_borne_out_by_the_recording(station: Station) -> None:
    spoken = said(station, moments(station))
    assert [one.panel for one in spoken] == [line.panel for line in station.lines]
    steps = [one.step for one in spoken]
    assert steps == sorted(steps) and steps[0] == 0 and steps[-1] == open_run(station.run).config.optim.steps
    assert max(len(one.words) for one in spoken) <= LONGEST


@EACH
def test_losses_that_are_spoken_of_are_those_recorded_at_that_step(station: Station) -> None:
    rows = open_run(station.run).metrics
    for one in said(station, moments(station)):
        at = list(rows["step"]).index(one.step)
        for words, column in (("test loss", "test_loss"), ("raining loss", "train_loss")):
            if words in one.words:
                assert any(unpadded(f"{rows[column][at]:{form}}") in one.words for form in FORMS), one


def test_the_models_are_the_paper_s_three_regimes_in_its_order() -> None:
    outcomes = [open_run(station.run).status["outcome"]["solution"] for station in STATIONS]
    assert [station.T for station in STATIONS] == [3, 5, 30, 200, 2_000, 20_000]
    assert outcomes == sorted(outcomes, key=["memorising", "middle", "generalising"].index)
    assert set(outcomes) == {"memorising", "middle", "generalising"}


def test_a_sentence_that_a_recording_does_not_bear_out_is_left_out() -> None:
    five, features = STATIONS[1], STATIONS[-1]
    assert [one.panel for one in said(features, moments(five))] == ["features", "dimensionality", "loss"]


async def there(pilot: Pilot[None], number: int, line: int) -> TourScreen:
    """At a sentence, played to what it is about."""
    await until(pilot, lambda: isinstance(pilot.app.screen, TourScreen) and pilot.app.screen.sentence is not None)
    screen = pilot.app.screen
    assert isinstance(screen, TourScreen)
    screen.head = replace(screen.head, speed=50)
    await until(pilot, lambda: not screen.head.playing)
    await settled(pilot)
    assert (screen.number, screen.line) == (number, line)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_it_goes_from_home_through_every_model_to_the_whole_curve(runs: Path, size: tuple[int, int]) -> None:
    async with SddApp(runs).run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("T")
        for number, station in enumerate(STATIONS):
            for line in range(len(station.lines)):
                screen = await there(pilot, number, line)
                one, shown = screen.sentence, text_of(pilot)
                assert one is not None and screen.view.step == one.step
                assert "".join(one.words.split()) in "".join(shown.split())
                assert f"step {one.step:,} of" in shown and station.title in shown
                assert f"━ {list(PANELS).index(one.panel) + 1} " in shown  # lit, as the one in focus
                await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SweepScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_it_plays_up_to_what_is_spoken_of_and_no_farther(runs: Path) -> None:
    async with SddApp(runs, touring=True).run_test(size=(120, 40)) as pilot:
        screen = await there(pilot, 0, 0)
        await pilot.press("enter")
        seen = {screen.view.step}
        assert screen.sentence is not None and screen.head.playing

        def over() -> bool:
            seen.add(screen.view.step)
            return not screen.head.playing

        await until(pilot, over)
        assert screen.view.step == max(seen) == screen.sentence.step > 0
        assert min(seen) < max(seen)  # how many are seen between them says how busy the machine is
        await pilot.press("space")
        assert screen.head.playing and (screen.head.step or 0) < screen.sentence.step
        await pilot.press("space")
        assert not screen.head.playing and (screen.head.step or 0) < screen.sentence.step
        await pilot.press("space", "enter")  # enough seen
        assert not screen.head.playing and screen.head.step == screen.sentence.step


async def test_a_tick_that_comes_late_plays_no_farther_either(runs: Path) -> None:
    async with SddApp(runs, touring=True).run_test(size=(120, 40)) as pilot:
        screen = await there(pilot, 0, 0)
        await pilot.press("enter")
        assert screen.sentence is not None and screen.head.playing
        screen.seek(screen.head.after(screen.steps, 100.0))
        assert (screen.head.step, screen.head.playing) == (screen.sentence.step, False)


async def test_it_is_left_and_gone_on_with_where_it_was_left(runs: Path) -> None:
    async with SddApp(runs, touring=True).run_test(size=(120, 40)) as pilot:
        await there(pilot, 0, 0)
        await pilot.press("pagedown")
        await there(pilot, 1, 0)
        await pilot.press("enter")
        await there(pilot, 1, 1)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("T")
        await there(pilot, 1, 1)
        await pilot.press("left", "left")
        await there(pilot, 0, len(STATIONS[0].lines) - 1)
        await pilot.press("q")
    async with SddApp(runs, touring=True).run_test(size=(80, 24)) as pilot:
        await there(pilot, 0, len(STATIONS[0].lines) - 1)


@pytest.mark.parametrize("kept", ["nonsense", [99, 0], [0, -3], [1], [0, 50], None])
async def test_a_place_that_is_none_is_the_beginning_or_the_nearest(runs: Path, kept: object) -> None:
    app = SddApp(runs, touring=True)
    app.memory.keep(tour=kept)
    async with app.run_test(size=(120, 40)) as pilot:
        await there(pilot, 0, len(STATIONS[0].lines) - 1 if kept == [0, 50] else 0)

"""The playground: dials train anew at once, nothing is kept until Enter, and nothing is left behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sdd_tui.presets import load
from sdd_tui.run.index import list_runs
from sdd_tui.run.reader import open_run
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.playground import PlaygroundScreen
from sdd_tui.tui.screens.run import RunScreen
from tests.tui.driving import command, run_screen, text_of, until


async def opened(pilot: Pilot[None]) -> PlaygroundScreen:
    """From home, with a finished picture."""
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    await pilot.press("P")
    await until(pilot, lambda: isinstance(pilot.app.screen, PlaygroundScreen))
    screen = pilot.app.screen
    assert isinstance(screen, PlaygroundScreen)
    await trained(pilot, screen)
    return screen


async def trained(pilot: Pilot[None], screen: PlaygroundScreen) -> None:
    await until(pilot, lambda: screen.shown and screen.shown.config is screen.config and screen.shown.finished)
    await pilot.pause()


def idle() -> bool:
    return not any(thread.name == "rehearsal" for thread in threading.enumerate())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_turning_a_dial_trains_another_model_and_says_what_it_does(runs: Path, size: tuple[int, int]) -> None:
    async with SddApp(runs).run_test(size=size) as pilot:
        screen, before = await opened(pilot), list_runs(runs)
        began = screen.config.data
        assert began.n_examples == 5 and "memorising" in text_of(pilot)
        for _ in range(10):
            await pilot.press("right")
        await trained(pilot, screen)
        assert screen.config.data.n_examples == 15 and "% of the examples memorised" in text_of(pilot)
        await pilot.press("down", "right")
        await trained(pilot, screen)
        assert (screen.config.data.seed, screen.config.model.seed) == (began.seed + 1, began.seed + 1)
        assert [run.name for run in list_runs(runs)] == [run.name for run in before]
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await until(pilot, idle)


async def test_enter_keeps_it_as_an_ordinary_run_with_these_settings(runs: Path) -> None:
    async with SddApp(runs).run_test(size=(120, 40)) as pilot:
        screen, before = await opened(pilot), {run.name for run in list_runs(runs)}
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        run = run_screen(pilot).view.run
        assert run.config == screen.config and run.config.data.n_examples == 6
        await until(pilot, lambda: open_run(run.path).status.get("state") == "finished")
    assert idle() and {listed.name for listed in list_runs(runs)} - before == {run.name}


async def test_a_run_s_own_settings_are_where_the_dials_stand(runs: Path, recorded: Path) -> None:
    async with SddApp(runs, recorded).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        config = run_screen(pilot).view.run.config
        await command(pilot, "Playground")
        await until(pilot, lambda: isinstance(pilot.app.screen, PlaygroundScreen))
        screen = pilot.app.screen
        assert isinstance(screen, PlaygroundScreen)
        assert screen.config.data.n_examples == config.data.n_examples and screen.config.optim.lr == config.optim.lr
        await trained(pilot, screen)


async def test_quitting_while_a_model_trains_leaves_nothing_behind(runs: Path) -> None:
    app = SddApp(runs)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.config = load("pentagon", ["steps=100000000"])
        screen._ask()
        await pilot.press("q")
    assert idle() and app.return_code == 0

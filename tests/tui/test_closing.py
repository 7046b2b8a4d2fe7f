"""Screens can be closed at any moment of their life, and given any number of sizes."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from textual.app import App
from textual.events import Click, Resize
from textual.geometry import Size
from textual.widgets import Input

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.base import ClosingScreen, Palette
from tests.tui.driving import driven, settled


@pytest.mark.parametrize("typed", ["", "q"], ids=["opened", "typed into"])
async def test_a_palette_closed_at_any_moment_does_no_harm(typed: str) -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        for ticks in range(60):
            palette = Palette()
            opened = app.push_screen(palette)
            if typed:
                await opened
                palette.query_one(Input).value = typed
            for _ in range(ticks):
                await asyncio.sleep(0)
            palette.dismiss()
            await pilot.pause()
            assert app._exception is None, f"closed after {ticks} turns of the loop"
            assert len(app.screen_stack) == 1


async def test_an_app_that_ends_while_its_palette_opens_ends_well() -> None:
    for ticks in range(0, 60, 3):
        app: App[None] = App()
        async with app.run_test():
            app.push_screen(Palette())
            for _ in range(ticks):
                await asyncio.sleep(0)
            app.exit()
        assert (app._exception, app.return_code) == (None, 0), f"after {ticks} turns of the loop"


@pytest.mark.parametrize("key", ["enter", "tab", "e", "p", "s", "question_mark", "ctrl+p"])
async def test_an_app_that_ends_while_something_opens_ends_well(runs: Path, key: str) -> None:
    for ticks in range(1, 12, 2):
        app = SddApp(runs)
        async with app.run_test() as pilot:
            await pilot.pause()
            app.simulate_key(key)
            for _ in range(ticks):
                await asyncio.sleep(0)
            app.exit()
        assert (app._exception, app.return_code) == (None, 0), f"after {ticks} turns of the loop"
        assert "rehearsal" not in {thread.name for thread in threading.enumerate()}


async def test_two_sizes_in_a_row_end_with_the_terminals_own() -> None:
    app: App[None] = App()
    async with app.run_test(size=(100, 30)) as pilot:
        screen: ClosingScreen[None] = ClosingScreen()
        await app.push_screen(screen)
        layouts = []

        def laid_out(_: object) -> None:
            layouts.append(screen.size)
            screen.call_later(lambda: None)  # a message between sizes: Textual joins two that are neighbours

        screen.screen_layout_refresh_signal.subscribe(screen, laid_out)
        for size in (Size(80, 24), Size(100, 30)):
            screen.post_message(Resize(size, size))
            screen.call_later(lambda: None)
        await settled(pilot)
        assert screen.size == app.size == (100, 30)
        assert len(layouts) < 10


async def test_a_click_where_nothing_is_laid_out_yet_does_the_palette_no_harm(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        palette = Palette()
        await pilot.app.push_screen(palette)
        far = {"x": 900, "y": 900, "screen_x": 900, "screen_y": 900}
        off = {"delta_x": 0, "delta_y": 0, "button": 1, "shift": False, "meta": False, "ctrl": False}
        palette.post_message(Click(None, **far, **off))  # type: ignore[arg-type]
        await settled(pilot)
        assert pilot.app.screen is palette

"""Screens can be closed at any moment of their life."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App
from textual.widgets import Input

from sdd_tui.tui.screens.closing import Palette


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

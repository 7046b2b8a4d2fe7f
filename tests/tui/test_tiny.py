"""Every screen at sizes that have no room for anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdd_tui.tui.app import SddApp
from tests.tui.driving import driven

SIZES = [(1, 1), (4, 6), (2, 24), (14, 3), (80, 1)]


async def shrink(app: SddApp, *ways: str) -> None:
    """Open what keys open, and give it sizes, every other one in turn, with keys that walk through lists."""
    async with driven(app, (80, 24)) as pilot:
        for i, keys in enumerate(ways):
            await pilot.resize_terminal(80, 24)
            await pilot.press(*keys.split())
            for size in SIZES[i % 2 :: 2]:
                await pilot.resize_terminal(*size)
                await pilot.press("pagedown")
        await pilot.resize_terminal(80, 24)
        assert pilot.app.is_running


@pytest.mark.parametrize(
    "keys",
    ["", "v", "e", "tab e", "S", "S r", "S d", "question_mark", "slash T < x", "tab t", "tab d", "ctrl+p h", "tab C"],
)
async def test_home_and_what_opens_from_it(runs: Path, swept: Path, keys: str) -> None:
    await shrink(SddApp(runs), keys)


async def test_a_run_and_every_panel_of_it(runs: Path, deep: Path) -> None:
    await shrink(SddApp(runs, deep), "", "f", *"23456789", "question_mark", "escape b", "escape colon", "escape w")


async def test_a_sweep_and_every_pane_of_it(runs: Path, gridded: Path) -> None:
    await shrink(SddApp(runs, gridded), "", "f", *"2345")


async def test_a_comparison_and_every_panel_of_it(runs: Path, recorded: Path, deep: Path) -> None:
    await shrink(SddApp(runs, recorded, beside=(deep,)), "", "f", *"2345")


async def test_started_without_room(runs: Path, swept: Path) -> None:
    async with driven(SddApp(runs), (1, 1)) as pilot:
        for key in ("S", "escape", "e", "escape", "question_mark", "escape", "tab", "r", "escape"):
            await pilot.press(key)
        assert pilot.app.is_running

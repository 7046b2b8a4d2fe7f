"""The list of sweeps: opening, renaming, the trash."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.sweep.slots import in_use
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.screens.sweeps import SweepsScreen
from tests.run.helpers import refuse_system
from tests.tui.driving import driven, text_of, until
from tests.tui.sweeping import made


async def test_home_lists_the_sweeps_and_opens_one(runs: Path, swept: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("s")
        assert isinstance(pilot.app.screen, SweepsScreen)
        assert "swept  finished, 14 of 14 cells" in text_of(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, SweepScreen)


async def test_a_sweep_is_renamed_and_moved_to_the_trash_from_the_list(runs: Path, recorded: Path) -> None:
    for name in ("one", "two"):
        made(runs, recorded, {"T": [5], "seed": [0, 1]}, name)
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("s")
        listed = pilot.app.screen
        assert isinstance(listed, SweepsScreen)
        await pilot.press("down", "r", *["backspace"] * 3, *"first", "enter")
        await until(pilot, lambda: "first  finished" in text_of(pilot))
        assert (runs / "first" / "cells").is_dir() and len(list_sweeps(runs)) == 2
        await pilot.press("d", "n", "delete")
        assert "Move first to the trash?" in text_of(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "first  finished" not in text_of(pilot))
        assert (runs / ".trash" / "first" / "cells").is_dir() and "two  finished" in text_of(pilot)
        await pilot.press("d", "y")
        await until(pilot, lambda: "There are none yet" in text_of(pilot))
        await pilot.press("r", "d", "enter", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_sweep_at_work_is_left_where_it_is(runs: Path, swept: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        with in_use(swept):
            await pilot.press("s", "d", "y")
            await until(pilot, lambda: any("are being trained" in n.message for n in pilot.app._notifications))
        assert swept.is_dir() and "swept  finished" in text_of(pilot)


async def test_runs_and_sweeps_that_may_not_be_seen_are_not_taken_for_none(
    runs: Path, swept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_system(monkeypatch, runs, errno.EACCES)
    async with driven(SddApp(runs)) as pilot:
        await until(pilot, lambda: "Permission denied" in text_of(pilot))
        assert "No runs yet" not in text_of(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SweepsScreen))
        assert "Permission denied" in text_of(pilot) and "none yet" not in text_of(pilot)

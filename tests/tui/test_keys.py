"""Does right: the app driven by keys alone, with real trainers where one is meant."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, OptionList

from sdd_tui.catalog import load
from sdd_tui.store.create import create
from sdd_tui.store.index import find_run, list_runs, listed
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.keys import KEYS
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from tests.store.helpers import refuse

PATIENCE_S = 60


@asynccontextmanager
async def driven(app: SddApp) -> AsyncIterator[Pilot[None]]:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        yield pilot


async def until(pilot: Pilot[None], what: object, run: Path, states: tuple[str, ...]) -> str:
    """Wait until the run is in one of the states."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        entry = listed(run)
        if entry is not None and entry.state in states:
            return entry.state
        await pilot.pause(0.1)
    raise AssertionError(f"{what}: {listed(run)}")


async def test_enter_on_a_preset_starts_a_run_and_shows_it_form(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        presets = pilot.app.screen.query_one("#presets", OptionList)
        while presets.highlighted != 0:
            await pilot.press("up")
        await pilot.press("enter")
        deadline = time.monotonic() + PATIENCE_S
        while not isinstance(pilot.app.screen, RunScreen) and time.monotonic() < deadline:
            await pilot.pause(0.1)
        assert isinstance(pilot.app.screen, RunScreen)
        run = find_run("latest", tmp_path)
        assert await until(pilot, "quick", run, ("finished",)) == "finished"
        await pilot.pause(0.5)
        assert pilot.app.screen.view.step == 20_000


async def test_enter_again_while_a_run_starts_does_not_start_another(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        pilot.app.screen.query_one("#presets", OptionList).highlighted = 0
        await pilot.press("enter", "enter", "enter")
        deadline = time.monotonic() + PATIENCE_S
        while not isinstance(pilot.app.screen, RunScreen) and time.monotonic() < deadline:
            await pilot.pause(0.1)
        await until(pilot, "quick", find_run("latest", tmp_path), ("finished",))
        assert len(list_runs(tmp_path)) == 1
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_run_whose_directory_goes_away_says_so(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        shutil.rmtree(recorded)
        await pilot.pause(0.4)
        header = pilot.app.screen.query_one("#header")
        assert "directory is gone" in str(header.render())
        await pilot.press("space")
        assert isinstance(pilot.app.screen, RunScreen)


@pytest.mark.parametrize("number", [errno.EACCES, errno.ESTALE])
async def test_a_run_whose_directory_cannot_be_looked_at_any_more_says_so(
    runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        refuse(monkeypatch, recorded, number, "stat", "lstat", "iterdir")
        header = pilot.app.screen.query_one("#header")
        await pilot.pause(0.4)
        assert os.strerror(number) in str(header.render())
        await pilot.press("left", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await pilot.pause(0.6)


async def test_enter_on_a_run_opens_it_and_escape_goes_back(runs: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab")
        assert pilot.app.screen.query_one(DataTable).has_focus
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RunScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await pilot.press("tab")
        assert pilot.app.screen.query_one("#presets").has_focus


async def test_space_pauses_and_continues(runs: Path, long_run: Path) -> None:
    async with driven(SddApp(runs, long_run)) as pilot:
        await until(pilot, "start", long_run, ("running",))
        await pilot.pause(0.3)
        await pilot.press("space")
        await until(pilot, "pause", long_run, ("paused",))
        await pilot.pause(0.3)
        await pilot.press("space")
        await until(pilot, "continue", long_run, ("running",))


async def test_stop_asks_first(runs: Path, long_run: Path) -> None:
    async with driven(SddApp(runs, long_run)) as pilot:
        await until(pilot, "start", long_run, ("running",))
        await pilot.pause(0.3)
        await pilot.press("s")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("n")
        await pilot.pause(0.3)
        entry = listed(long_run)
        assert entry is not None
        assert entry.state == "running"
        await pilot.press("s")
        await pilot.press("y")
        await until(pilot, "stop", long_run, ("stopped",))


async def test_quitting_never_stops_a_run(runs: Path, long_run: Path) -> None:
    async with driven(SddApp(runs, long_run)) as pilot:
        await until(pilot, "start", long_run, ("running",))
        await pilot.press("q")
    before = listed(long_run)
    time.sleep(2.5)
    after = listed(long_run)
    assert before is not None
    assert after is not None
    assert after.state == "running"
    assert (after.step or 0) > (before.step or 0)


async def test_pausing_or_stopping_a_finished_run_says_so(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("space", "s")
        await pilot.pause(0.1)
        assert isinstance(pilot.app.screen, RunScreen)
        assert not (recorded / "control").exists()


async def test_a_run_that_appears_on_disk_appears_in_the_list(runs: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        table = pilot.app.screen.query_one(DataTable)
        assert table.row_count == 1
        create(load("quick"), runs, "newcomer")
        await pilot.pause(1.0)
        assert table.row_count == 2
        assert next(r.name for r in list_runs(runs)) == "newcomer"


async def test_hostile_text_and_damaged_files_leave_the_app_alive(runs: Path, recorded: Path) -> None:
    config = recorded / "config.toml"
    config.write_text(config.read_text().replace("Five examples", "[red]x[/]\\u001b]0;gotcha\\u0007"))
    (recorded / "metrics.jsonl").write_bytes(b'\xff\xfe{"step": "x"}\n{"step": 3}\n' * 5)
    with (recorded / "metrics.jsonl").open("a") as rows:
        rows.write('{"step": 1' + "0" * 400 + ', "train_loss": [1]}\n')
    (recorded / "status.json").write_text('{"state": "[bold]", "step": "many", "outcome": {"polygon": "5"}}')
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, RunScreen)
        (recorded / "frames.bin").write_bytes(b"")
        (recorded / "status.json").write_text("no")
        config.write_text("no = [")
        await pilot.pause(0.5)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


def test_every_key_of_the_table_is_pressed_in_these_tests() -> None:
    source = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))
    assert [k.key for k in KEYS if f'"{k.key}"' not in source] == []

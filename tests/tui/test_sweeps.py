"""The list of sweeps: opening, starting, adding to, stopping, renaming, the trash."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from sdd_tui.errors import ConfigError
from sdd_tui.paper import kept
from sdd_tui.run.layout import META, replace_json
from sdd_tui.sweep.directory import create_sweep, list_sweeps
from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.slots import in_use
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.screens.sweep_form import SweepFormScreen
from sdd_tui.tui.screens.sweeps import SweepsScreen
from sdd_tui.tui.widgets.line import Line
from tests.run.helpers import refuse_system
from tests.sweep.helpers import tiny
from tests.tui.driving import driven, settled, text_of, until
from tests.tui.sweeping import made, title
from tests.waiting import PATIENCE_S


async def test_home_lists_the_sweeps_and_opens_one(runs: Path, swept: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("S")
        assert isinstance(pilot.app.screen, SweepsScreen)
        assert "swept  finished, 14 of 14 cells" in text_of(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, SweepScreen)


async def test_a_sweep_is_renamed_and_moved_to_the_trash_from_the_list(runs: Path, recorded: Path) -> None:
    for name in ("one", "two"):
        made(runs, recorded, {"T": [5], "seed": [0, 1]}, name)
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("S")
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
        await until(pilot, lambda: "none yet" in text_of(pilot))
        await pilot.press("r", "d")
        await until(pilot, lambda: told(pilot, "stay as they are"))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


def told(pilot: Pilot[None], words: str) -> bool:
    """Whether a toast says this."""
    return any(words in note.message for note in pilot.app._notifications)


async def start_the_form(pilot: Pilot[None], preset: str = "double-descent-quick") -> SweepFormScreen:
    """From home, the form of a preset's sweep."""
    await pilot.press("S")
    listed = pilot.app.screen
    assert isinstance(listed, SweepsScreen)
    names = [getattr(item, "name", "") for item in listed._items]
    listed.query_one(OptionList).highlighted = names.index(preset)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, SweepFormScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SweepFormScreen)
    await until(pilot, lambda: "models, about" in text_of(pilot))
    return screen


def fill(screen: SweepFormScreen, **lines: str) -> None:
    """Type into the lines of a form; `other` for the last."""
    for line in screen.query(Line):
        if (text := lines.get((line.name or "").replace("other settings", "other"))) is not None:
            line.value = text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_sweep_is_started_from_home_and_its_peak_is_read_and_opened(runs: Path, size: tuple[int, int]) -> None:
    async with driven(SddApp(runs), size) as pilot:
        form = await start_the_form(pilot)
        fill(form, T="3, 5, 8", seed="0, 1", other="n=20 S=0.8 steps=60 n_test=50")
        await until(pilot, lambda: "6 models, about" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SweepScreen))
        screen = pilot.app.screen
        assert isinstance(screen, SweepScreen)
        await until(pilot, lambda: "6 of 6 cells" in text_of(pilot))
        (folder,) = list_sweeps(runs)
        assert folder == screen.view.folder and SweepReader(folder).poll().state == "finished"
        highest = max(screen.view.points, key=lambda p: p.mean("test_loss"))
        await until(pilot, lambda: f"{highest.mean('test_loss'):.4g}" in text_of(pilot))
        screen.view.go(highest)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))


async def test_what_a_sweep_costs_is_said_before_it_starts_and_what_is_wrong_with_it(runs: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        form = await start_the_form(pilot, "polygons-quick")
        fill(form, T="3, 5", seed="range(0, 4)")
        await until(pilot, lambda: "8 models, about" in text_of(pilot))
        fill(form, T="3, x")
        await until(pilot, lambda: form.query_one("#sweep-cost").has_class("wrong"))
        assert "8 models" not in text_of(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: not form._starting)
        assert pilot.app.screen is form and not list_sweeps(runs)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SweepsScreen)


@pytest.mark.parametrize("wrong", [False, True])
async def test_a_cost_that_is_known_when_the_form_is_closed_is_said_nowhere(
    runs: Path, monkeypatch: pytest.MonkeyPatch, wrong: bool
) -> None:
    weighs, closed = threading.Event(), threading.Event()

    def weigh(sweep: Sweep) -> str:
        weighs.set()
        assert closed.wait(PATIENCE_S)
        if wrong:
            raise ConfigError("T = 7: no.")
        return "7 models, about"

    async with driven(SddApp(runs)) as pilot:
        form = await start_the_form(pilot)
        monkeypatch.setattr("sdd_tui.tui.screens.sweep_form._cost", weigh)
        fill(form, T="3, 5")
        await until(pilot, weighs.is_set)
        await pilot.press("escape")
        closed.set()
        await settled(pilot)
        assert isinstance(pilot.app.screen, SweepsScreen)
        assert "7 models, about" not in text_of(pilot) and "T = 7: no." not in text_of(pilot)


async def test_values_are_added_to_a_sweep_on_its_screen(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "tiny")
    async with driven(SddApp(runs, folder)) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: "1 of 1 cells" in text_of(pilot))
        await pilot.press("a", *"T=5,8", "enter")
        await until(pilot, lambda: "3 of 3 cells" in text_of(pilot))
        await pilot.press("a", *"lr=1", "enter")
        await until(pilot, lambda: "is not an axis of this sweep" in text_of(pilot))


async def test_a_sweep_is_stopped_and_goes_on_from_its_screen(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}, steps=100_000_000), runs, "long")
    async with driven(SddApp(runs, folder)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: told(pilot, "nothing to stop"))
        for _ in range(2):
            await pilot.press("p")
            await until(pilot, lambda: title(pilot).splitlines()[1].startswith("running"))
            await until(pilot, lambda: SweepReader(folder).poll().running)
            await until(pilot, lambda: {"s Stop"} == offered(pilot))
            await pilot.press("s", "y")
            await until(pilot, lambda: title(pilot).splitlines()[1].startswith("stopped"))
            await until(pilot, lambda: {"p Go on"} == offered(pilot))


def offered(pilot: Pilot[None]) -> set[str]:
    """What the footer says of training."""
    return {words for words in ("p Go on", "s Stop") if words in text_of(pilot).splitlines()[-1]}


async def test_the_papers_results_are_opened_and_nothing_is_trained_in_them(
    runs: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "kept" / "paper", recorded, {"T": [3, 5], "seed": [0, 1]}, "whole-curve")
    replace_json(folder / META, {"schema_version": 1, "created": 1.0, "kept": True})
    (folder.parent / kept.ABOUT).write_text("{}")
    monkeypatch.setattr(kept, "home", lambda: tmp_path / "kept")
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("S")
        await until(pilot, lambda: "whole-curve  finished, 4 of 4 cells" in text_of(pilot))
        await pilot.press("d")
        await until(pilot, lambda: told(pilot, "stay as they are"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SweepScreen))
        await pilot.press("a", *"T=8", "enter")
        await until(pilot, lambda: "whole-curve is results that come" in text_of(pilot))
    assert len(list((folder / "cells").iterdir())) == 4


async def test_a_sweep_at_work_is_left_where_it_is(runs: Path, swept: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        with in_use(swept):
            await pilot.press("S", "d", "y")
            await until(pilot, lambda: any("are being trained" in n.message for n in pilot.app._notifications))
        assert swept.is_dir() and "swept  finished" in text_of(pilot)


async def test_runs_and_sweeps_that_may_not_be_seen_are_not_taken_for_none(
    runs: Path, swept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_system(monkeypatch, runs, errno.EACCES)
    async with driven(SddApp(runs)) as pilot:
        await until(pilot, lambda: "Permission denied" in text_of(pilot))
        assert "No runs yet" not in text_of(pilot)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, SweepsScreen))
        assert "Permission denied" in text_of(pilot) and "none yet" not in text_of(pilot)

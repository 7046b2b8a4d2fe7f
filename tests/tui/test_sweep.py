"""The sweep screen: what keys, clicks and small terminals do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from textual.geometry import Offset

from sdd_tui.run.layout import STATUS
from sdd_tui.run.liveness import me
from sdd_tui.sweep.directory import RESULTS, WORKERS, cell_path
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.widgets.panel_view import PanelView
from tests.tui.driving import command, run_screen, settled, text_of, until
from tests.tui.sweeping import made, occurrences, shown, title


def visible(screen: SweepScreen) -> list[str | None]:
    return [pane.id for pane in screen.query(PanelView) if pane.display and pane.size]


async def test_x_turns_the_axes_and_a_click_on_the_map_chooses(runs: Path, gridded: Path) -> None:
    async with shown(runs, gridded) as (pilot, screen):
        assert [way.key for way in screen.view.ways] == ["T", "m"]
        await pilot.press("x", "right", "down")
        assert [way.key for way in screen.view.ways] == ["m", "T"]
        assert screen.view.at == {"T": 50, "m": 3}
        assert [p.at["m"] for p in screen.view.line] == [2, 3]
        await pilot.press("x")
        grid = screen.query_one("#map", PanelView)
        rows = text_of(pilot, grid).splitlines()
        y = next(y for y, row in enumerate(rows) if row.split()[:1] == ["2"])
        await pilot.click(grid, offset=Offset(rows[y].index("G"), y))
        assert screen.view.at == {"T": 500, "m": 2}


async def test_a_third_axis_has_keys_and_its_value_is_said(runs: Path, recorded: Path) -> None:
    axes = {"T": [5, 50, 500], "m": [2, 3], "weight_decay": [0.0, 0.01, 0.1], "seed": [0]}
    async with shown(runs, made(runs, recorded, axes)) as (pilot, screen):
        await pilot.press("f", "4")
        await until(pilot, lambda: "test loss  at m=2" in text_of(pilot))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "test loss  at m=3" in text_of(pilot))
        await pilot.press("left_square_bracket", "down")
        assert screen.view.at == {"T": 5, "m": 2, "weight_decay": 0.01}
        await pilot.press("x", "x")
        await until(pilot, lambda: "at weight_decay=0.01" in text_of(pilot))


async def test_points_of_t_and_s_together_are_chosen_along_occurrences_and_across_sparsities(
    runs: Path, recorded: Path
) -> None:
    async with shown(runs, occurrences(runs, recorded)) as (pilot, screen):
        assert screen.view.at == {"S": 0.9, "T": 10}
        await pilot.press("right", "right")
        assert screen.view.at == {"S": 0.9, "T": 50}
        await pilot.press("down")
        assert screen.view.at == {"S": 0.98, "T": 250}
        await pilot.press("x", "left")
        assert screen.view.at == {"S": 0.9, "T": 50}


async def test_n_goes_through_the_runs_of_a_point_and_enter_opens_the_one_shown(runs: Path, swept: Path) -> None:
    async with shown(runs, swept) as (pilot, screen):
        assert "run 1 of 2, seed=0: memorising" in text_of(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "run 2 of 2, seed=1: memorising" in text_of(pilot))
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RunScreen)
        assert pilot.app.screen.view.run.path == cell_path(swept, "T=3,seed=1")
        await pilot.press("escape", "n")
        assert screen.view.picked == "T=3,seed=0"
        await pilot.press("n", "right")
        assert screen.view.picked == "", "another point begins with its best run"


async def test_cells_that_run_or_failed_are_gone_through_clicked_and_opened(runs: Path, recorded: Path) -> None:
    axes = {"T": [3, 5, 8], "seed": [0, 1]}
    folder = made(runs, recorded, axes, failed=lambda cell: cell.at["seed"] == 1)
    at_work(folder, "T=8,seed=1")
    async with shown(runs, folder) as (pilot, screen):
        assert "3 of 6 cells" in title(pilot) and "2 failed (u)" in title(pilot) and "ETA" in title(pilot)
        assert screen.view.unfinished == ["T=8,seed=1", "T=3,seed=1", "T=5,seed=1"]
        await pilot.press("u", "u")
        assert screen.view.at == {"T": 3} and "run 2 of 2, seed=1: failed, the loss" in text_of(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RunScreen)
        assert pilot.app.screen.view.run.path.name == "T=3,seed=1"
        await pilot.press("escape")
        await pilot.click("#cells", offset=Offset(3, 3))
        assert screen.view.picked == "T=8,seed=1" and "seed=1: 30 % done" in text_of(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RunScreen)
        assert pilot.app.screen.view.run.path.name == "T=8,seed=1"


def at_work(folder: Path, cell: str) -> None:
    """This process trains a cell."""
    (cell_path(folder, cell) / STATUS).write_text(
        json.dumps({"state": "running", "step": 30, "steps": 100, "heartbeat": 1e12} | me())
    )
    (folder / WORKERS / "me.json").write_text(json.dumps({"cells": [cell]} | me()))


async def test_what_has_not_begun_or_is_not_there_is_said(runs: Path, swept: Path) -> None:
    for run in (swept / "cells").iterdir():
        shutil.rmtree(run)
    (swept / RESULTS).write_text("")
    async with shown(runs, swept) as (pilot, _):
        await pilot.press("enter", "u", "n", "enter")
        said = [n.message for n in pilot.app._notifications]
        assert said == [
            "No run of this point has begun yet.",
            "No cell runs, and none has failed.",
            "There is no run of this cell yet.",
        ]


@pytest.mark.parametrize("size", [(80, 24), (100, 45), (140, 24)])
async def test_tab_and_digits_reach_every_pane_on_small_terminals(
    runs: Path, gridded: Path, size: tuple[int, int]
) -> None:
    async with shown(runs, gridded, size) as (pilot, screen):
        assert {"curve", "rows"} <= set(visible(screen))
        seen = []
        for _ in range(5):
            await pilot.press("tab")
            await settled(pilot)
            assert isinstance(screen.focused, PanelView) and screen.focused.id in visible(screen)
            assert "curve" in visible(screen) and len(visible(screen)) < 5
            seen.append(screen.focused.id)
        assert seen == ["dimensions", "rows", "map", "cells", "curve"]
        for digit, name in zip(("4", "5", "2", "3", "1"), ("map", "cells", "dimensions", "rows", "curve"), strict=True):
            await pilot.press(digit)
            assert screen.focused is not None and screen.focused.id == name
        await pilot.press("5", "f")
        await settled(pilot)
        assert visible(screen) == ["cells"]
        await pilot.press("shift+tab")
        await settled(pilot)
        assert visible(screen) == ["map"]


async def test_a_terminal_that_grows_shows_all_panes_again(runs: Path, gridded: Path) -> None:
    async with shown(runs, gridded, (80, 24)) as (pilot, screen):
        await pilot.press("4")
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert len(visible(screen)) == 5 and screen.focused is screen.query_one("#map")


async def test_keys_choose_a_point_and_enter_opens_its_run(runs: Path, swept: Path) -> None:
    async with shown(runs, swept) as (pilot, screen):
        assert "T=3" in text_of(pilot)
        await pilot.press("right", "right", "left")
        assert screen.view.point is not None and screen.view.point.at == {"T": 5}
        for said in ("cut as in the paper", "1e-", "2.05"):  # cut, whole, the test loss
            await pilot.press("v")
            assert said in text_of(pilot)
        await pilot.press("enter")
        assert run_screen(pilot).view.run.path.parent.parent == swept
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_the_other_axis_is_chosen_up_and_down(runs: Path, gridded: Path) -> None:
    async with shown(runs, gridded) as (pilot, screen):
        assert screen.view.point is not None and screen.view.point.at == {"T": 5, "m": 2}
        await pilot.press("down", "right")
        assert screen.view.point.at == {"T": 50, "m": 3}
        await pilot.press("up")
        assert screen.view.point.at == {"T": 50, "m": 2}
        for keys, at in (("l", 500), ("g", 5), ("G", 500), ("h", 50)):
            await pilot.press(keys)
            assert screen.view.point.at == {"T": at, "m": 2}
        await pilot.press("j")
        assert screen.view.point.at == {"T": 50, "m": 3}


async def test_a_panel_fills_the_screen_and_its_numbers_are_copied(runs: Path, swept: Path) -> None:
    async with shown(runs, swept) as (pilot, screen):
        await pilot.press("tab", "f")
        await settled(pilot)
        assert [p.id for p in screen.query(PanelView) if p.size] == ["dimensions"]
        await pilot.press("escape", "shift+tab")
        await command(pilot, "Copy the panel's numbers")
        await settled(pilot)
        assert len([p for p in screen.query(PanelView) if p.size]) == 5
        assert len(json.loads(pilot.app.clipboard)["points"]) == 7
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        await settled(pilot)
        assert screen.panes.front.panel.about.split(".")[0][:40] in text_of(pilot)
        await pilot.press("escape", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)

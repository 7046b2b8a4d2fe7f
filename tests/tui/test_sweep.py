"""The sweep screen: the figure from what lies on disk, and the way into its runs."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sdd_tui.panels.look import Look
from sdd_tui.panels.sweep_panels import Cells, Curve, Dimensions, Map, Rows
from sdd_tui.panels.sweep_view import SweepView
from sdd_tui.sweep.directory import RESULTS, cell_path, create_sweep, list_sweeps
from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.results import Result
from sdd_tui.sweep.workers import in_use
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.screens.sweeps import SweepsScreen
from sdd_tui.tui.settings import Settings
from sdd_tui.tui.widgets.panel_view import PanelView
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import made_up, synthetic
from tests.tui.driving import driven, text_of, until

PANELS = (Curve(), Dimensions(), Rows(), Map(), Cells())


def result(cell: Cell) -> Result:
    """A course with a bump, memorising before it and generalising behind."""
    T = float(str(cell.at["T"]))
    seed = int(str(cell.at["seed"]))
    test = 1.0 if T < 50 else 2.0 + seed / 10 if T < 500 else 0.99
    learned = T >= 500
    found = made_up(cell)
    return replace(
        found,
        test_loss=test,
        train_loss=min(0.98, 1e-8 * T**4),
        D_f=((0.25,) * 5 if learned else (0.05,) * 5) + (0.01,) * 3,
        solution="generalising" if learned else "memorising",
    )


def made(runs: Path, recorded: Path, axes: dict[str, Any], name: str = "swept") -> Path:
    sweep = tiny(axes)
    folder = create_sweep(sweep, runs, name)
    for cell in sweep.cells():
        shutil.copytree(recorded, cell_path(folder, cell.name))
    lines = [json.dumps(asdict(result(cell))) + "\n" for cell in sweep.cells()]
    (folder / RESULTS).write_text("".join(lines))
    return folder


@pytest.fixture
def swept(runs: Path, recorded: Path) -> Path:
    """A finished sweep along T."""
    return made(runs, recorded, {"T": [3, 5, 8, 30, 100, 1000, 5000], "seed": [0, 1]})


@pytest.fixture
def gridded(runs: Path, recorded: Path) -> Path:
    """A finished sweep over T and m."""
    return made(runs, recorded, {"T": [5, 50, 500], "m": [2, 3], "seed": [0, 1]}, "gridded")


@asynccontextmanager
async def shown(
    runs: Path, folder: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Pilot[None], SweepScreen]]:
    async with driven(SddApp(runs, folder)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, SweepScreen)
        await pilot.pause(0.2)
        yield pilot, screen


@pytest.mark.parametrize("size", [(1, 1), (20, 6), (60, 12), (118, 20), (198, 40)])
def test_at_any_size_rows_are_as_wide_as_the_panel(swept: Path, gridded: Path, size: tuple[int, int]) -> None:
    for folder in (swept, gridded):
        view = SweepView(folder)
        for panel in PANELS:
            rows = panel.draw(view, Look(), *size).rows
            assert len(rows) <= max(1, size[1])
            assert {sum(len(t) for t, _ in row) for row in rows} <= {size[0]}, panel.name


def test_the_curve_is_cut_as_in_the_paper_and_marks_what_lies_beyond(swept: Path) -> None:
    view = SweepView(swept)
    cut = "".join(t for row in Curve().draw(view, Look(), 80, 16).rows for t, _ in row)
    assert "▲" in cut and "▼" in cut and "1.02" in cut
    whole = "".join(t for row in Curve().draw(view, Look(log_y=False), 80, 16).rows for t, _ in row)
    assert "▲" not in whole and "1e-" in whole


def test_the_strip_has_m_over_t_and_lines_up_with_the_curve(swept: Path) -> None:
    view = SweepView(swept)
    rows = Dimensions().draw(view, Look(), 80, 16).rows
    assert {"feature", "hidden", "level"} <= {c for row in rows for t, c in row if t.strip()}
    ticks = [("".join(t for t, _ in panel.draw(view, Look(), 80, 16).rows[-1])) for panel in (Curve(), Dimensions())]
    assert ticks[0] == ticks[1]


def test_the_map_shades_a_grid_and_lists_a_line(swept: Path, gridded: Path) -> None:
    grid = Map().draw(SweepView(gridded), Look(), 60, 16).rows
    assert any(c.startswith("heat") for row in grid for _, c in row)
    line = "".join(t for row in Map().draw(SweepView(swept), Look(), 80, 16).rows for t, _ in row)
    assert "2 generalising" in line and "2 memorising" in line


async def test_keys_choose_a_point_and_enter_opens_its_run(runs: Path, swept: Path) -> None:
    async with shown(runs, swept) as (pilot, screen):
        assert "T=3" in text_of(pilot)
        await pilot.press("right", "right", "left")
        assert screen.view.point is not None and screen.view.point.at == {"T": 5}
        await pilot.press("y")
        assert "1e-" in text_of(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RunScreen)
        assert pilot.app.screen.view.run.path.parent.parent == swept
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_the_other_axis_is_chosen_up_and_down(runs: Path, gridded: Path) -> None:
    async with shown(runs, gridded) as (pilot, screen):
        assert screen.view.point is not None and screen.view.point.at == {"T": 5, "m": 2}
        await pilot.press("down", "right")
        assert screen.view.point.at == {"T": 50, "m": 3}
        await pilot.press("up")
        assert screen.view.point.at == {"T": 50, "m": 2}


async def test_a_panel_fills_the_screen_and_its_numbers_are_copied(runs: Path, swept: Path) -> None:
    async with shown(runs, swept) as (pilot, screen):
        await pilot.press("tab", "f")
        await pilot.pause(0.1)
        assert [p.id for p in screen.query(PanelView) if p.size] == ["dimensions"]
        await pilot.press("escape", "shift+tab", "C")
        await pilot.pause(0.1)
        assert len([p for p in screen.query(PanelView) if p.size]) == 5
        assert len(json.loads(pilot.app.clipboard)["points"]) == 7
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


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


async def test_the_figure_fills_in_while_one_watches(runs: Path, swept: Path) -> None:
    lines = (swept / RESULTS).read_text().splitlines(keepends=True)
    (swept / RESULTS).write_text("".join(lines[:4]))
    for run in (swept / "cells").iterdir():
        if not any(run.name in line for line in lines[:4]):
            shutil.rmtree(run)
    async with shown(runs, swept) as (pilot, screen):
        assert screen.view.progress.done == 4
        with (swept / RESULTS).open("a") as file:
            file.writelines(lines[4:])
        await until(pilot, lambda: screen.view.progress.done == 14)
        await until(pilot, lambda: "14 of 14 done" in text_of(pilot))


async def test_two_thousand_cells_are_shown_within_a_second(runs: Path, recorded: Path) -> None:
    folder = synthetic(runs, 500, 4)
    began = time.perf_counter()
    async with shown(runs, folder) as (pilot, _):
        await until(pilot, lambda: "2,000 of 2,000 done" in text_of(pilot))
        assert time.perf_counter() - began < 5  # about 1 s; a test machine may be busy


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("marks", ["braille", "ascii"])
def test_pictures(snap_compare: Any, runs: Path, swept: Path, size: tuple[int, int], marks: Any) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("right", "right")
        await pilot.pause(0.3)

    assert snap_compare(SddApp(runs, swept, Settings(marks=marks)), terminal_size=size, run_before=before)


def test_picture_of_a_grid(snap_compare: Any, runs: Path, gridded: Path) -> None:
    assert snap_compare(SddApp(runs, gridded), terminal_size=(120, 40))

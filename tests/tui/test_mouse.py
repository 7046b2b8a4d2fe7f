"""Clicks, drags and the wheel, sent as a terminal's: what is under the mouse stays under it, and a drag is no click."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import MouseDown, MouseEvent, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp
from textual.pilot import Pilot

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.widgets.panel_grid import PanelGrid
from sdd_tui.tui.widgets.panel_view import PanelView
from tests.tui.driving import command, driven, run_screen, settled, text_of, until

Cell = tuple[int, int]


def slot(pilot: Pilot[None], name: str) -> PanelView:
    return next(s for s in run_screen(pilot).query_one(PanelGrid).slots if s.panel.name == name)


async def send(pilot: Pilot[None], kind: type[MouseEvent], panel: PanelView, cell: Cell, button: int = 0) -> None:
    """An event as the driver sends it, through the app: it makes clicks of what is pressed and released."""
    x, y = panel.region.x + cell[0], panel.region.y + cell[1]
    pilot.app.post_message(kind(None, x, y, 0, 0, button, False, False, False, x, y))
    await pilot.pause()


async def drag(pilot: Pilot[None], panel: PanelView, start: Cell, end: Cell) -> None:
    await send(pilot, MouseMove, panel, start)
    await send(pilot, MouseDown, panel, start, 1)
    for share in (0.3, 0.7, 1):
        there = tuple(round(a + share * (b - a)) for a, b in zip(start, end, strict=True))
        await send(pilot, MouseMove, panel, (there[0], there[1]), 1)
    await send(pilot, MouseUp, panel, end, 1)


async def click(pilot: Pilot[None], panel: PanelView, cell: Cell) -> None:
    await send(pilot, MouseDown, panel, cell, 1)
    await send(pilot, MouseUp, panel, cell, 1)


def step_under(panel: PanelView, cell: Cell) -> int:
    hit = panel._drawing.hit(cell[0], cell[1] - 1)
    assert hit is not None and hit.kind == "step"
    return hit.value


async def test_keys_move_the_charts_line_even_with_the_mouse_on_a_chart(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen, loss = run_screen(pilot), slot(pilot, "loss")
        await send(pilot, MouseMove, loss, (20, 6))
        assert screen.options.cross == step_under(loss, (20, 6))
        await click(pilot, loss, (20, 6))
        for key in ("left", "right", "home", "left_square_bracket", "right_square_bracket"):
            await send(pilot, MouseMove, loss, (21, 6))
            await pilot.press(key)
            assert screen.options.cross is None
            assert f"step {screen.view.step:,}" in loss._drawing.note, key


async def test_while_a_run_plays_the_charts_line_goes_with_it(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        for _ in range(3):
            await command(pilot, "Speed of playing")
        await pilot.press("home", "space")
        await send(pilot, MouseMove, slot(pilot, "loss"), (20, 6))
        await until(pilot, lambda: screen.options.cross is None)
        assert screen.head.playing


@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("name", ["loss", "dimensionality"])
async def test_the_step_under_the_wheel_stays_there(runs: Path, recorded: Path, name: str, log: bool) -> None:
    async with driven(SddApp(runs, recorded), (200, 60)) as pilot:
        screen, panel = run_screen(pilot), slot(pilot, name)
        await until(pilot, lambda: len(screen.view.history) == len(screen.steps))
        screen.change(log_x=log)
        cell = (panel.size.width * 3 // 4, panel.size.height - 5)
        before = step_under(panel, cell)
        for wheel in (*[MouseScrollUp] * 4, *[MouseScrollDown] * 2):
            await send(pilot, wheel, panel, cell)
            assert step_under(panel, cell) == pytest.approx(before, rel=0.01)
        assert screen.options.window is not None
        for _ in range(3):
            await send(pilot, MouseScrollDown, panel, cell)
        assert screen.options.window is None


async def test_a_drag_over_a_chart_pans_all_of_them_and_chooses_nothing(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen, loss = run_screen(pilot), slot(pilot, "loss")
        for _ in range(4):
            await send(pilot, MouseScrollUp, loss, (20, 6))
        before, window = step_under(loss, (25, 6)), screen.options.window
        await drag(pilot, loss, (25, 6), (17, 8))
        assert step_under(loss, (16, 6)) < before < step_under(loss, (18, 6))  # the axis of y may be wider now
        assert screen.head.step is None
        assert screen.options.window != window and screen.options.offset == (0, 0)


async def test_a_drag_over_a_plane_moves_the_plane_and_chooses_nothing(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen, hidden = run_screen(pilot), slot(pilot, "hidden")
        rows = text_of(pilot, hidden).splitlines()
        y = next(i for i, row in enumerate(rows) if "●" in row and i)
        x = rows[y].index("●")
        await drag(pilot, hidden, (x, y), (x + 3, y + 2))
        assert screen.options.item == -1 and screen.options.window is None
        moved = text_of(pilot, hidden).splitlines()
        assert moved[y + 2][x + 3] == "●"
        await click(pilot, hidden, (x + 3, y + 2))
        assert screen.options.item >= 0


async def test_the_point_of_a_plane_under_the_wheel_stays_there(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen, hidden = run_screen(pilot), slot(pilot, "hidden")
        rows = text_of(pilot, hidden).splitlines()
        y = next(i for i, row in enumerate(rows) if "●" in row and i)
        x = rows[y].index("●")
        for _ in range(5):
            await send(pilot, MouseScrollUp, hidden, (x, y))
        assert screen.options.zoom > 3 and screen.options.window is None
        await click(pilot, hidden, (x, y))
        assert (screen.options.kind, screen.options.item >= 0) == ("example", True)


async def test_the_wheel_and_drags_over_text_leave_charts_and_planes_alone(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (200, 60)) as pilot:
        screen = run_screen(pilot)
        options = screen.options
        for name in ("events", "inspector", "gram", "system"):
            panel = slot(pilot, name)
            await drag(pilot, panel, (30, 3), (10, 2))
            for wheel in (MouseScrollDown, MouseScrollUp):
                await send(pilot, wheel, panel, (10, 3))
            assert (screen.options.window, screen.options.zoom, screen.options.offset) == (
                None,
                options.zoom,
                options.offset,
            ), name


async def test_the_wheel_walks_through_events_and_examples(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (200, 60)) as pilot:
        screen = run_screen(pilot)
        await send(pilot, MouseScrollDown, slot(pilot, "inspector"), (10, 3))
        await send(pilot, MouseScrollDown, slot(pilot, "inspector"), (10, 3))
        assert screen.options.item == 1
        await send(pilot, MouseScrollUp, slot(pilot, "events"), (10, 3))
        assert screen.view.step < 20_000


async def test_the_timeline_is_dragged_and_wheeled(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        bar = screen.query_one("#timeline")
        await drag(pilot, bar, (60, 0), (14, 0))  # type: ignore[arg-type]
        assert screen.view.step < 1_000
        step = screen.view.step
        await send(pilot, MouseScrollDown, bar, (14, 0))  # type: ignore[arg-type]
        assert screen.view.step > step


async def test_planes_of_a_comparison_move_together(runs: Path, recorded: Path, deep: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        screen = CompareScreen([recorded, deep])
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.comparison.views[0].snapshot)
        await settled(pilot)
        beside = screen.query_one("#beside", PanelView)
        await drag(pilot, beside, (80, 8), (70, 6))
        assert screen.options.offset[0] > 0 > screen.options.offset[1]
        await send(pilot, MouseScrollUp, beside, (20, 6))
        assert screen.options.zoom == 1.25 and screen.options.window is None

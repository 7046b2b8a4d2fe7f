"""Several runs on one timeline."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from sdd_tui.panels.comparison import Beside, Comparison, Differences, Overlay
from sdd_tui.panels.look import Look
from sdd_tui.panels.planes import held_side
from sdd_tui.panels.view import View
from sdd_tui.store.reader import open_run
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.widgets.panel_view import PanelView
from tests.tui.driving import driven, text_of, until


@asynccontextmanager
async def compared(runs: Path, *which: Path) -> AsyncIterator[tuple[Pilot[None], CompareScreen]]:
    async with driven(SddApp(runs)) as pilot:
        screen = CompareScreen(which)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.comparison.views[0].still)
        await pilot.pause(0.1)
        yield pilot, screen


async def test_all_runs_show_the_same_step_each_at_its_last_frame_before(
    runs: Path, recorded: Path, deep: Path
) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        await pilot.press("home")
        assert [v.step for v in screen.comparison.views] == [0, 0]
        for _ in range(4):
            await pilot.press("right")
            step = screen.head.step
            for view in screen.comparison.views:
                assert view.step == max(s for s in view.steps if s <= (step or 10**9))
        await pilot.press("end")
        assert [v.step for v in screen.comparison.views] == [20_000, 20_000]


async def test_losses_names_planes_and_differing_settings_are_there(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, _):
        shown = text_of(pilot)
        for words in ("pentagon-small", "deep-small", "n_examples", "n_hidden", "regular pentagon", "test loss  A "):
            assert words in shown, words


async def test_every_key_of_the_comparison_does_what_it_says(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        for key, name, value in (
            ("l", "rate", True),
            ("i", "kind", "feature"),
            ("e", "scale", "common"),
            ("g", "projection", "principal"),
            ("x", "log_x", True),
        ):
            before = text_of(pilot)
            await pilot.press(key)
            await pilot.pause(0.05)
            assert getattr(screen.look, name) == value
            assert text_of(pilot) != before, key
        await pilot.press("a")
        assert screen.look.projection == "axes"
        await pilot.press("tab", "f")
        assert [p.id for p in screen.query(PanelView) if p.display] == ["beside"]
        await pilot.press("escape", "shift+tab")
        assert len([p for p in screen.query(PanelView) if p.display]) == 3
        await pilot.press("C")
        assert set(json.loads(pilot.app.clipboard)) == {"pentagon-small", "deep-small"}
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_scales_are_held_over_each_run(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        await pilot.press("e", "e")
        views = screen.comparison.views
        await until(pilot, lambda: all(len(v.history) == len(v.steps) for v in views))
        assert "scales held" in screen.query_one("#beside", PanelView)._drawing.note
        held = [held_side(v, screen.look, "example") for v in views]
        await pilot.press("home")
        assert held == [held_side(v, screen.look, "example") for v in views]
        assert all(side > v.still.hidden_norms.max() for side, v in zip(held, views, strict=True) if v.still)


async def test_keys_zoom_the_losses_of_all_runs(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        before = text_of(pilot)
        await pilot.press("plus")
        lower, upper = screen.look.window or (0, 0)
        assert upper - lower == pytest.approx(20_000 / 1.5)
        await pilot.press("shift+left", "0", "l", "Y")
        assert screen.look.fit and screen.look.window is None and text_of(pilot) != before
        await pilot.press("less_than_sign")
        assert screen.look.cross == screen.comparison.views[0].rows["step"][-2]


async def test_a_run_that_goes_away_leaves_the_others(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        shutil.rmtree(deep)
        await pilot.press("home")
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, CompareScreen)
        assert screen.comparison.views[0].still is not None


@pytest.mark.parametrize("count", [2, 3, 6])
@pytest.mark.parametrize("size", [(10, 4), (60, 12), (118, 20), (198, 30)])
def test_at_any_size_rows_are_as_wide_as_the_panel(
    runs: Path, recorded: Path, deep: Path, count: int, size: tuple[int, int]
) -> None:
    views = [View(open_run((recorded, deep)[i % 2])) for i in range(count)]
    comparison = Comparison(views)
    comparison.look(1)
    comparison.go(100)
    for panel in (Overlay(), Beside(), Differences()):
        rows = panel.draw(comparison, Look(), *size).rows
        assert len(rows) <= size[1]
        assert {sum(len(t) for t, _ in row) for row in rows} <= {size[0]}


def test_runs_have_colours_that_stay_and_one_scale_when_asked(runs: Path, recorded: Path, deep: Path) -> None:
    comparison = Comparison([View(open_run(p)) for p in (recorded, deep)])
    comparison.look(1)
    comparison.go(None)
    rows = Overlay().draw(comparison, Look(), 80, 20).rows
    assert {"run0", "run1"} <= {c for row in rows for t, c in row if t.strip()}
    assert "one scale" in Beside().draw(comparison, Look(scale="common"), 80, 20).note
    numbers = Differences().numbers(comparison, Look())
    assert "n_hidden" in numbers["columns"] and len(numbers["rows"]) == 2
    np.testing.assert_array_equal(comparison.steps, np.union1d(comparison.views[0].steps, comparison.views[1].steps))

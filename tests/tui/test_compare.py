"""Several runs on one timeline."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from sdd_tui.draw.canvas import Row
from sdd_tui.panels.comparison import Beside, Comparison, Differences, Overlay, coloured
from sdd_tui.panels.planes import held_side
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.reader import open_run
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.widgets.panel_view import PanelView
from tests.tui.driving import command, driven, settled, text_of, until


@asynccontextmanager
async def compared(runs: Path, *which: Path) -> AsyncIterator[tuple[Pilot[None], CompareScreen]]:
    async with driven(SddApp(runs)) as pilot:
        screen = CompareScreen(which)
        await pilot.app.push_screen(screen)
        await until(pilot, lambda: screen.comparison.views[0].snapshot)
        await settled(pilot)
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
        await pilot.press("home", "right_square_bracket")
        first = min(e["step"] for view in screen.comparison.views for e in view.events if e["step"])
        assert screen.head.step is not None and screen.head.step >= first
        await pilot.press("end", "left_square_bracket")
        assert screen.head.step is not None and first <= screen.head.step < 20_000
        await pilot.press("end")
        for key, name, value in (
            ("v", "rate", True),
            ("i", "kind", "feature"),
            ("z", "scale", "common"),
            ("Next projection of m > 2", "projection", "principal"),
            ("Log or linear steps", "log_x", False),
        ):
            before = text_of(pilot)
            await (command(pilot, key) if " " in key else pilot.press(key))
            await settled(pilot)
            assert getattr(screen.options, name) == value
            assert text_of(pilot) != before, key
        await pilot.press("tab", "v")
        options, before = screen.options, text_of(pilot)
        assert options.projection == "turning"
        await until(pilot, lambda: screen.options.turn > options.turn + 10)
        assert text_of(pilot) != before
        await command(pilot, "Next pair of axes")
        assert screen.options.projection == "axes"
        await pilot.press("f")
        assert [p.id for p in screen.query(PanelView) if p.display] == ["beside"]
        await pilot.press("escape", "shift+tab")
        assert len([p for p in screen.query(PanelView) if p.display]) == 3
        await command(pilot, "Copy the panel's numbers")
        assert set(json.loads(pilot.app.clipboard)) == {"pentagon-small", "deep-small"}
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "all runs in one chart" in " ".join(text_of(pilot).split())
        await pilot.press("escape", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_scales_are_held_over_each_run(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        await pilot.press("z", "z")
        views = screen.comparison.views
        await until(pilot, lambda: all(len(v.history) == len(v.steps) for v in views))
        assert "scales held" in screen.query_one("#beside", PanelView)._drawing.note
        held = [held_side(v, screen.options, "example") for v in views]
        await pilot.press("home")
        assert held == [held_side(v, screen.options, "example") for v in views]
        assert all(side > v.snapshot.hidden_norms.max() for side, v in zip(held, views, strict=True) if v.snapshot)


async def test_keys_zoom_the_losses_of_all_runs(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        before = text_of(pilot)
        await pilot.press("plus")
        lower, upper = screen.options.window or (0, 0)
        assert np.log10(upper / lower) == pytest.approx(np.log10(20_000) / 1.5)
        await pilot.press("shift+left", "0", "v")
        await command(pilot, "Fit the losses")
        assert screen.options.fit and screen.options.window is None and text_of(pilot) != before
        await command(pilot, "Charts: the row before")
        assert screen.options.cross == screen.comparison.views[0].rows["step"][-2]


async def test_a_comparison_comes_back_as_it_was_left(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        await command(pilot, "Log or linear steps")
        await pilot.press("v", "i", "plus", "left", "left", "escape")
        options, step = screen.options, screen.head.step
        assert step is not None
    async with compared(runs, recorded, deep) as (pilot, screen):
        assert (screen.options, screen.head.step) == (options, step)
        assert text_of(pilot)
    async with compared(runs, deep, recorded) as (_, screen):
        assert screen.head.step is None


async def test_planes_of_more_than_two_dimensions_say_which_are_drawn(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, _):
        assert "dims 1, 2" in text_of(pilot)
        await command(pilot, "Next pair of axes")
        await until(pilot, lambda: "dims 1, 3" in text_of(pilot))


async def test_columns_of_the_table_that_do_not_fit_are_scrolled_by_keys(
    runs: Path, recorded: Path, deep: Path
) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        await pilot.resize_terminal(40, 24)
        await settled(pilot)
        assert screen.in_focus.id == "overlay"
        before = text_of(pilot)
        await pilot.press("right_curly_bracket")
        assert screen.options.scroll == ("differences", 1)
        assert text_of(pilot) != before
        await pilot.press("left_curly_bracket")
        assert text_of(pilot) == before


async def test_a_run_that_goes_away_leaves_the_others(runs: Path, recorded: Path, deep: Path) -> None:
    async with compared(runs, recorded, deep) as (pilot, screen):
        shutil.rmtree(deep)
        await pilot.press("home")
        await settled(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)
        assert screen.comparison.views[0].snapshot is not None


@pytest.mark.parametrize("count", [2, 3, 6])
@pytest.mark.parametrize("size", [(10, 4), (60, 12), (118, 20), (198, 30)])
def test_at_any_size_rows_are_as_wide_as_the_panel(
    runs: Path, recorded: Path, deep: Path, count: int, size: tuple[int, int]
) -> None:
    views = [View(open_run((recorded, deep)[i % 2])) for i in range(count)]
    comparison = Comparison(views)
    comparison.poll(1)
    comparison.go(100)
    for panel in (Overlay(), Beside(), Differences()):
        rows = panel.draw(comparison, ViewOptions(), *size).rows
        assert len(rows) <= size[1]
        assert {sum(len(t) for t, _ in row) for row in rows} <= {size[0]}


def beside(*runs: Path) -> Comparison:
    comparison = Comparison([View(open_run(run)) for run in runs])
    comparison.poll(1)
    comparison.go(None)
    return comparison


def words(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


def test_runs_have_colours_that_stay_and_one_scale_when_asked(runs: Path, recorded: Path, deep: Path) -> None:
    comparison = beside(recorded, deep)
    rows = Overlay().draw(comparison, ViewOptions(), 80, 20).rows
    assert set(comparison.colours) <= {c for row in rows for t, c in row if t.strip()}
    assert "one scale" in Beside().draw(comparison, ViewOptions(scale="common"), 80, 20).note
    numbers = Differences().numbers(comparison, ViewOptions())
    assert "n_hidden" in numbers["columns"] and len(numbers["rows"]) == 2
    np.testing.assert_array_equal(comparison.steps, np.union1d(comparison.views[0].steps, comparison.views[1].steps))


def test_a_run_keeps_its_colour_in_whatever_order_it_is_marked() -> None:
    names = [f"20261122-14301{i}-run-{i}" for i in range(6)]
    colours = dict(zip(names, coloured(names), strict=True))
    assert len(set(colours.values())) == 6
    for _ in range(20):
        random.shuffle(names)
        assert dict(zip(names, coloured(names), strict=True)) == colours
    alone = {name: coloured([name])[0] for name in names}
    for pair in combinations(names, 2):
        found = dict(zip(pair, coloured(pair), strict=True))
        assert len(set(found.values())) == 2
        if alone[pair[0]] != alone[pair[1]]:
            assert found == {name: alone[name] for name in pair}
    assert len(coloured(["same"] * 6)) == 6


def test_the_runs_are_named_above_the_losses_and_the_planes(runs: Path, recorded: Path, deep: Path) -> None:
    stamped = deep.rename(runs / "20261122-143012-deeper-3f2a")
    comparison = beside(recorded, stamped)
    for panel in (Overlay(), Beside()):
        first = words(panel.draw(comparison, ViewOptions(), 80, 20).rows)[0]
        assert "A pentagon-small" in first and "B deeper-3f2a" in first and "2026" not in first
    narrow = words(Beside().draw(comparison, ViewOptions(), 50, 20).rows)[0]
    assert narrow.split("  ")[0] == "A pentagon-sm…"


def test_without_colours_letters_on_the_lines_tell_them_apart(runs: Path, recorded: Path, deep: Path) -> None:
    comparison = beside(recorded, deep)
    plain, lettered = (
        "\n".join(words(Overlay().draw(comparison, ViewOptions(log_x=False, colours=c, rate=True), 80, 20).rows[1:]))
        for c in (True, False)
    )
    assert plain.count("A") == plain.count("B") == 1
    assert lettered.count("A") >= 5 and lettered.count("B") >= 5
    assert all(was not in " \n" or now == was for was, now in zip(plain, lettered, strict=True))


def test_differing_settings_stand_first_and_columns_that_do_not_fit_are_scrolled(
    runs: Path, recorded: Path, deep: Path
) -> None:
    comparison = beside(recorded, deep)
    heads = Differences().numbers(comparison, ViewOptions())["columns"]
    assert {"data.seed", "model.seed", "n_hidden"} <= set(heads)  # told apart where the last name is not enough
    assert heads[-4:] == ["train", "test", "state", "run"]
    drawing = Differences().draw(comparison, ViewOptions(), 40, 5)
    assert words(drawing.rows)[0].split()[0] == heads[0]
    assert drawing.beyond > 0 and "{ }" in drawing.note
    for k in range(1, drawing.beyond + 1):
        at = Differences().draw(comparison, ViewOptions(scroll=("differences", k)), 40, 5)
        assert words(at.rows)[0].split()[0] == heads[k]
        assert at.beyond == drawing.beyond - k
    assert "pentagon-small" in words(at.rows)[1]
    assert Differences().draw(comparison, ViewOptions(), 200, 5).note == ""

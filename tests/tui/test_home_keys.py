"""Home driven by keys alone: the list of runs, its filter and order, and what is done with runs."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sdd_tui.draw.palette import colour
from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.index import list_runs
from sdd_tui.run.layout import replace_json
from sdd_tui.run.liveness import me
from sdd_tui.run.notes import Notes, read_notes, write_tags
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.commands import available
from sdd_tui.tui.home.experiment_list import ExperimentList
from sdd_tui.tui.home.panel import RunsPanel
from sdd_tui.tui.home.table import RunTable
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.home import HomeScreen
from tests.tui.driving import command, driven, settled, text_of, until

OTHERS = (("circle", 30, 1.01), ("middle", 2_000, 1.04))


@pytest.fixture
def three(runs: Path, recorded: Path) -> Path:
    """The recorded run of T = 5, and two like it, older the larger T."""
    for age, (name, T, test_loss) in enumerate(OTHERS, 1):
        run = runs / f"20260101-00000{age}-{name}-aaaa"
        shutil.copytree(recorded, run)
        config = run / "config.toml"
        config.write_text(config.read_text().replace("n_examples = 5", f"n_examples = {T}"))
        status = json.loads((run / "status.json").read_text())
        replace_json(run / "status.json", status | {"test_loss": test_loss})
        os.utime(config, (1e9 - age, 1e9 - age))
    return runs


def shown(pilot: Pilot[None]) -> list[str]:
    """The first letters of the runs in the table, in order."""
    table = pilot.app.screen.query_one(RunTable)
    names = [str(row.key.value) for row in table.ordered_rows]
    return [name[16] if name[0] == "2" else name[0] for name in names]


def said(pilot: Pilot[None], of: str) -> str:
    return str(pilot.app.screen.query_one(of, Static).render())


async def line(pilot: Pilot[None], text: str) -> None:
    """Replace what stands in the line that is asked for, and press Enter."""
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await settled(pilot)


async def test_the_filter_narrows_while_it_is_typed_and_escape_clears_it(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        assert shown(pilot) == ["p", "c", "m"]
        await pilot.press("slash", *"T>6")
        await settled(pilot)
        assert shown(pilot) == ["c", "m"]
        assert table.border_title == "2 of 3 runs, newest first"
        await pilot.press("enter")
        assert table.has_focus
        await pilot.press("escape")
        await settled(pilot)
        assert shown(pilot) == ["p", "c", "m"]
        assert not pilot.app.screen.query_one("#filter-line").display


async def test_escape_clears_the_filter_from_the_other_list_too(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        await pilot.press("slash", *"zebra", "enter", "tab")
        await settled(pilot)
        assert shown(pilot) == [] and "Esc Clear filter" in text_of(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert shown(pilot) == ["p", "c", "m"] and "Esc Clear filter" not in text_of(pilot)


async def test_states_have_colours_for_the_ground_they_stand_on(three: Path, recorded: Path) -> None:
    replace_json(recorded / "status.json", {"state": "failed", "step": 5, "steps": 10})
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        for dark in (True, False):
            style = table.get_cell("pentagon-small", "state").style
            assert isinstance(style, Style) and style.color is not None
            assert style.color.name == colour("bad", dark)
            await command(pilot, "Light or dark")
            pilot.app.screen.query_one(RunsPanel).follow()


async def test_a_filter_that_nothing_matches_or_that_is_wrong_says_so(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        await pilot.press("slash", *"n_exmples>1")
        await settled(pilot)
        assert "Did you mean 'n_examples'?" in said(pilot, "#filter-problem")
        assert shown(pilot) == ["p", "c", "m"]
        pilot.app.screen.query_one("#filter", Input).value = "zebra"
        await pilot.press("enter")
        await settled(pilot)
        assert "Esc clears the filter" in said(pilot, "#no-runs")
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.screen.query_one(RunTable).has_focus


async def test_runs_are_put_in_other_orders_and_the_cursor_stays_on_its_run(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        await pilot.press("tab", "down", "o")
        assert (shown(pilot), table.border_title) == (["c", "m", "p"], "3 runs, by name")
        assert table.highlighted is not None
        assert table.highlighted.name.startswith("20260101-000001-circle")
        for words in ("state", "progress", "T", "train loss", "test loss", "host"):
            await pilot.press("o")
            assert table.border_title == f"3 runs, by {words}"
        await pilot.press("o")
        assert table.border_title == "3 runs, newest first"
        await pilot.click(RunTable, offset=(3, 1))
        assert table.border_title == "3 runs, by name"


async def test_an_order_goes_the_other_way_round_by_key_and_by_a_second_click(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        await pilot.press("tab", "O")
        assert (shown(pilot), table.border_title) == (["m", "c", "p"], "3 runs, oldest first")
        await pilot.press("o", "o", "o", "o")
        assert (shown(pilot), table.border_title) == (["p", "c", "m"], "3 runs, by T")
        await pilot.press("O")
        assert (shown(pilot), table.border_title) == (["m", "c", "p"], "3 runs, by T, falling")
        await pilot.press("O")
        assert (shown(pilot), table.border_title) == (["p", "c", "m"], "3 runs, by T")
        await pilot.click(RunTable, offset=(3, 1))
        await pilot.click(RunTable, offset=(3, 1))
        assert (shown(pilot), table.border_title) == (["p", "m", "c"], "3 runs, by name, falling")


async def test_filter_and_order_are_there_the_next_time(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        await pilot.press("o", "O", "slash", *"T>6", "enter")
        await settled(pilot)
        assert shown(pilot) == ["m", "c"]
        await pilot.press("q")
    async with driven(SddApp(three)) as pilot:
        assert shown(pilot) == ["m", "c"]
        assert pilot.app.screen.query_one(RunTable).border_title == "2 of 3 runs, by name, falling"
        await pilot.press("tab", "escape", "q")
    async with driven(SddApp(three)) as pilot:
        assert shown(pilot) == ["p", "m", "c"]
        assert not pilot.app.screen.query_one("#filter-line").display


async def test_a_run_is_renamed_and_a_name_that_is_taken_keeps_the_question_open(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        await pilot.press("tab", "down", "r")
        screen = pilot.app.screen
        assert isinstance(screen, AskScreen)
        assert screen.query_one(Input).value == "20260101-000001-circle-aaaa"
        await line(pilot, "pentagon-small")
        assert pilot.app.screen is screen
        assert "already" in said(pilot, "#ask-problem")
        assert screen.query_one(Input).value == "pentagon-small"
        await line(pilot, "a b")
        assert "a run's name is" in said(pilot, "#ask-problem")
        await line(pilot, "zebra")
        assert isinstance(pilot.app.screen, HomeScreen)
        table = pilot.app.screen.query_one(RunTable)
        assert table.highlighted is not None
        assert table.highlighted.name == "zebra"
        assert (three / "zebra" / "config.toml").exists()


async def test_tags_and_a_note_are_written_and_escape_changes_nothing(three: Path, recorded: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        await pilot.press("tab", "t")
        await line(pilot, "paper  long")
        await pilot.press("n", *"odd?", "enter")
        await settled(pilot)
        assert read_notes(recorded) == Notes(("paper", "long"), "odd?")
        assert "paper long" in said(pilot, "#details")
        assert "odd?" in said(pilot, "#details")
        await pilot.press("t")
        assert pilot.app.screen.query_one(Input).value == "paper long"
        await line(pilot, "not,aword")
        assert "is not a tag" in said(pilot, "#ask-problem")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert read_notes(recorded).tags == ("paper", "long")


@pytest.mark.parametrize("key", ["d", "delete"])
async def test_a_run_goes_to_the_trash_after_asking(three: Path, recorded: Path, key: str) -> None:
    async with driven(SddApp(three)) as pilot:
        await pilot.press("tab", key)
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("n")
        assert recorded.exists()
        await pilot.press(key, "y")
        await settled(pilot)
        assert shown(pilot) == ["c", "m"]
        assert (three / ".trash" / recorded.name / "config.toml").exists()


@pytest.mark.parametrize("key", ["d", "r"])
async def test_a_run_with_a_trainer_is_neither_thrown_away_nor_renamed(runs: Path, key: str) -> None:
    run = create(load("quick"), runs, "training")
    replace_json(run / "status.json", {"state": "running", "step": 5, "steps": 10, **me()})
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab", key)
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)
        assert any("stop it first" in n.message for n in pilot.app._notifications)
        assert run.exists()


async def test_marked_runs_are_compared_in_the_order_they_were_marked(three: Path, recorded: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        await pilot.press("tab", "C")
        assert any("two to six" in n.message for n in pilot.app._notifications)
        await pilot.press("down", "space", "up", "space", "down", "down", "space", "space")
        await settled(pilot)
        assert str(table.get_cell("pentagon-small", "")) == "●"
        assert table.border_subtitle == "2 marked: C compares them, t tags, d trashes"
        await pilot.press("C")
        screen = pilot.app.screen
        assert isinstance(screen, CompareScreen)
        assert [v.run.path for v in screen.comparison.views] == [three / "20260101-000001-circle-aaaa", recorded]


async def test_more_than_six_runs_can_be_marked_and_are_not_compared(runs: Path, recorded: Path) -> None:
    for i in range(7):
        shutil.copytree(recorded, runs / f"b{i}")
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab", *["space", "down"] * 7, "space", "C")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)
        assert str(pilot.app.screen.query_one(RunTable).border_subtitle).startswith("8 marked")
        assert any("two to six" in n.message for n in pilot.app._notifications)


async def test_marked_runs_are_tagged_and_thrown_away_together(three: Path, recorded: Path) -> None:
    circle, middle = three / "20260101-000001-circle-aaaa", three / "20260101-000002-middle-aaaa"
    write_tags(circle, ["old", "own"])
    async with driven(SddApp(three)) as pilot:
        await pilot.press("tab", "down", "space", "down", "space", "t")
        await line(pilot, "paper -old")
        assert [read_notes(run).tags for run in (circle, middle, recorded)] == [("own", "paper"), ("paper",), ()]
        await pilot.press("up", "up", "t")  # not one of the marked runs: it alone
        await line(pilot, "alone")
        assert [read_notes(run).tags for run in (circle, recorded)] == [("own", "paper"), ("alone",)]
        await pilot.press("down", "d")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("y")
        await settled(pilot)
        assert shown(pilot) == ["p"]
        assert {run.name for run in (three / ".trash").iterdir()} == {circle.name, middle.name}


async def test_none_of_the_marked_runs_is_thrown_away_while_one_trains(runs: Path, recorded: Path) -> None:
    run = create(load("quick"), runs, "training")
    replace_json(run / "status.json", {"state": "running", "step": 5, "steps": 10, **me()})
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab", "space", "down", "space", "d")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)
        assert any("stop it first" in n.message for n in pilot.app._notifications)


async def test_a_newcomer_does_not_slide_under_the_cursor(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        await pilot.press("tab", "down", "up")
        create(load("quick"), three, "newcomer")
        pilot.app.screen.query_one(RunsPanel).follow()
        await settled(pilot)
        assert shown(pilot) == ["n", "p", "c", "m"]
        assert table.highlighted is not None
        assert table.highlighted.name == "pentagon-small"


async def test_the_expected_picture_can_be_seen_on_a_small_terminal_too(runs: Path) -> None:
    async with driven(SddApp(runs), (80, 24)) as pilot:
        picture, words = (pilot.app.screen.query_one(name) for name in ("#expected", "#about"))
        assert (bool(picture.size), bool(words.size)) == (False, True)
        await pilot.press("v")
        await settled(pilot)
        assert picture.size.height >= 5
        assert not words.display
        await pilot.press("v")
        await settled(pilot)
        assert not picture.display


async def test_the_table_keeps_its_place_while_runs_come_and_go(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        table = pilot.app.screen.query_one(RunTable)
        await pilot.press("tab", "down", "down")
        create(load("quick"), three, "newcomer")
        shutil.rmtree(three / "20260101-000001-circle-aaaa")
        pilot.app.screen.query_one(RunsPanel).follow()
        await settled(pilot)
        assert shown(pilot) == ["n", "p", "m"]
        assert table.highlighted is not None
        assert "middle" in table.highlighted.name


async def test_hostile_names_tags_and_titles_are_shown_as_they_are(runs: Path, recorded: Path) -> None:
    shutil.copytree(recorded, runs / "[red]x[b] \x1b]0;gotcha\x07")
    config = recorded / "config.toml"
    config.write_text(config.read_text().replace("Five examples", "[/]\\u001b[2J"))
    (recorded / "notes.json").write_text('{"tags": ["[b]", 5, null], "note": "[/nope] \\u0007"}')
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab")
        for keys in (("down",), ("r", "escape"), ("t", "escape"), ("n", "escape"), ("d", "n"), ("up",)):
            await pilot.press(*keys)
            assert isinstance(pilot.app.screen, HomeScreen)
        assert len(list_runs(runs)) == 2


async def test_thousands_of_runs_leave_the_keys_quick(runs: Path, recorded: Path) -> None:
    for i in range(1_500):
        run = runs / f"run-{i}"
        run.mkdir()
        for name in ("config.toml", "status.json"):
            shutil.copy(recorded / name, run / name)
    write_tags(runs / "run-7", ["needle"])
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("slash", *"tag:needle", "enter")
        await settled(pilot)
        assert pilot.app.screen.query_one(RunTable).border_title == "1 of 1,501 runs, newest first"


async def test_the_words_about_a_preset_scroll_to_their_end_on_a_small_terminal(runs: Path) -> None:
    async with driven(SddApp(runs), (80, 24)) as pilot:
        about = pilot.app.screen.query_one("#about")
        await until(pilot, lambda: about.border_subtitle)
        assert about.max_scroll_y > 0 and about.scroll_y == 0
        for _ in range(9):
            await pilot.press("right_curly_bracket")
        assert about.scroll_y == about.max_scroll_y
        await pilot.press("left_curly_bracket")
        assert about.scroll_y == about.max_scroll_y - 3
        await pilot.press("down")
        await until(pilot, lambda: about.scroll_y == 0)


async def test_the_palette_offers_only_keys_of_home(runs: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        offered = [found.entry.label for found in available(pilot.app.screen)]
        assert "Filter the runs" in offered and "Sweeps" in offered
        assert not {"First frame", "Newest frame", "Play or pause"} & set(offered)


async def test_vi_keys_walk_through_both_lists(three: Path) -> None:
    async with driven(SddApp(three)) as pilot:
        experiments, table = pilot.app.screen.query_one(ExperimentList), pilot.app.screen.query_one(RunTable)
        await pilot.press("g")
        assert experiments.highlighted == 1
        await pilot.press("j", "j", "k")
        assert experiments.highlighted == 2
        await pilot.press("G")
        assert experiments.highlighted == experiments.option_count - 1
        await pilot.press("tab", "G")
        assert table.cursor_row == 2
        await pilot.press("k", "k", "j")
        assert table.cursor_row == 1
        await pilot.press("g")
        assert table.cursor_row == 0

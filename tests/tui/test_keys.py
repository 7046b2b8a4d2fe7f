"""Does right: the app driven by keys alone, with real trainers where one is meant."""

from __future__ import annotations

import errno
import inspect
import os
import shutil
from pathlib import Path

import pytest
from textual.actions import parse
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import DataTable

from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.index import find_run, list_runs
from sdd_tui.run.layout import STATUS, read_json
from sdd_tui.sweep.directory import create_sweep
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.commands import available
from sdd_tui.tui.form.widgets import Choice
from sdd_tui.tui.keys import KEYS, PARTS, WITHOUT_KEY, help_rows, shown
from sdd_tui.tui.pictures.writing import Pictures
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.playground import PlaygroundScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.screens.sweep_form import SweepFormScreen
from sdd_tui.tui.tour.screen import TourScreen
from tests.run.helpers import refuse
from tests.sweep.helpers import tiny
from tests.tui.driving import comes_to, driven, run_screen, settled, until
from tests.waiting import wait_until


async def test_enter_on_a_model_starts_a_run_and_shows_it_form(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("up", "up", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await comes_to(pilot, find_run("latest", tmp_path), "finished")
        await until(pilot, lambda: run_screen(pilot).view.step == 20_000)


async def test_enter_again_while_a_run_starts_does_not_start_another(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("up", "up", "enter", "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await comes_to(pilot, find_run("latest", tmp_path), "finished")
        assert len(list_runs(tmp_path)) == 1
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_run_whose_directory_goes_away_says_so(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        shutil.rmtree(recorded)
        header = pilot.app.screen.query_one("#header")
        await until(pilot, lambda: "directory is gone" in str(header.render()))
        await pilot.press("p")
        assert isinstance(pilot.app.screen, RunScreen)


@pytest.mark.parametrize("number", [errno.EACCES, errno.ESTALE])
async def test_a_run_whose_directory_cannot_be_looked_at_any_more_says_so(
    runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        refuse(monkeypatch, recorded, number, "stat", "lstat", "iterdir")
        header = pilot.app.screen.query_one("#header")
        await until(pilot, lambda: os.strerror(number) in str(header.render()))
        await pilot.press("left", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await settled(pilot)


async def test_enter_on_a_run_opens_it_and_escape_goes_back(runs: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab")
        assert pilot.app.screen.query_one(DataTable).has_focus
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, RunScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await pilot.press("tab")
        assert pilot.app.screen.query_one("#experiments").has_focus


async def test_p_pauses_and_continues(runs: Path, long_run: Path) -> None:
    async with SddApp(runs, long_run).run_test() as pilot:
        await until(pilot, lambda: run_screen(pilot).view.state == "running")
        await pilot.press("p")
        await until(pilot, lambda: run_screen(pilot).view.state == "paused")
        await pilot.press("p")
        await comes_to(pilot, long_run, "running")


async def test_stop_asks_first(runs: Path, long_run: Path) -> None:
    async with SddApp(runs, long_run).run_test() as pilot:
        await until(pilot, lambda: run_screen(pilot).view.state == "running")
        await pilot.press("s")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("n")
        step = read_json(long_run / STATUS)["step"]
        await until(pilot, lambda: read_json(long_run / STATUS)["step"] > step)
        await comes_to(pilot, long_run, "running")
        await pilot.press("s")
        await pilot.press("y")
        await comes_to(pilot, long_run, "stopped")


async def test_quitting_never_stops_a_run(runs: Path, long_run: Path) -> None:
    async with SddApp(runs, long_run).run_test() as pilot:
        await until(pilot, lambda: run_screen(pilot).view.state == "running")
        await pilot.press("q")
    left = read_json(long_run / STATUS)
    wait_until(lambda: read_json(long_run / STATUS)["step"] > left["step"])
    assert read_json(long_run / STATUS)["state"] == "running"


async def test_pausing_or_stopping_a_finished_run_says_so(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("p", "s")
        await settled(pilot)
        assert isinstance(pilot.app.screen, RunScreen)
        assert not (recorded / "control").exists()


async def test_a_run_that_appears_on_disk_appears_in_the_list(runs: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        table = pilot.app.screen.query_one(DataTable)
        assert table.row_count == 1
        create(load("quick"), runs, "newcomer")
        await until(pilot, lambda: table.row_count == 2)
        assert next(r.name for r in list_runs(runs)) == "newcomer"


async def test_hostile_text_and_damaged_files_leave_the_app_alive(runs: Path, recorded: Path) -> None:
    config = recorded / "config.toml"
    config.write_text(config.read_text().replace("Five examples", "[red]x[/]\\u001b]0;gotcha\\u0007"))
    (recorded / "metrics.jsonl").write_bytes(b'\xff\xfe{"step": "x"}\n{"step": 3}\n' * 5)
    with (recorded / "metrics.jsonl").open("a") as rows:
        rows.write('{"step": 1' + "0" * 400 + ', "train_loss": [1]}\n')
    (recorded / "status.json").write_text('{"state": "[bold]", "step": "many", "outcome": {"polygon": "5"}}')
    async with driven(SddApp(runs, recorded)) as pilot:
        await settled(pilot)
        assert isinstance(pilot.app.screen, RunScreen)
        (recorded / "frames.bin").write_bytes(b"")
        (recorded / "status.json").write_text("no")
        config.write_text("no = [")
        await settled(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def _nothing(pilot: Pilot[None]) -> None:
    """Home as it opens, the presets in focus; or what was opened first."""


async def _the_table_with_a_filter(pilot: Pilot[None]) -> None:
    await pilot.press("slash", *"pent", "enter")


async def _the_list_of_sweeps(pilot: Pilot[None]) -> None:
    await pilot.press("S")


async def _a_comparison(pilot: Pilot[None]) -> None:
    run = run_screen(pilot).view.run.path
    await pilot.app.push_screen(CompareScreen([run, run]))


async def _a_sweep(pilot: Pilot[None]) -> None:
    folder = run_screen(pilot).view.run.path.parent / "swept"
    await pilot.app.push_screen(SweepScreen(folder))


async def _the_form(pilot: Pilot[None]) -> None:
    await pilot.press("e")
    await settled(pilot)
    pilot.app.screen.set_focus(pilot.app.screen.query(Choice).first())


async def _a_line_that_is_asked_for(pilot: Pilot[None]) -> None:
    await pilot.app.push_screen(AskScreen("What?", "", "", str))


async def _a_question(pilot: Pilot[None]) -> None:
    await pilot.app.push_screen(ConfirmScreen("Really?"))


async def _the_help(pilot: Pilot[None]) -> None:
    await pilot.press("question_mark")


async def _the_dialog_of_pictures(pilot: Pilot[None]) -> None:
    await pilot.press("w")


class Writing(Pictures):
    """Always at it."""

    writing = True


async def _a_picture_being_written(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, SddApp)
    app.pictures = Writing(app)


async def _the_form_of_a_sweep(pilot: Pilot[None]) -> None:
    await pilot.app.push_screen(SweepFormScreen("polygons-quick", Path("nowhere")))
    pilot.app.screen.set_focus(None)  # a line scrolls first, and leaves the key to the form where it can't


async def _the_playground(pilot: Pilot[None]) -> None:
    await pilot.app.push_screen(PlaygroundScreen(load("pentagon"), Path("nowhere")))


async def _the_tour(pilot: Pilot[None]) -> None:
    await pilot.app.push_screen(TourScreen())


async def _results(pilot: Pilot[None]) -> None:
    await pilot.press("end")


PLACES = {
    "list": (False, _nothing),
    "experiments": (False, _nothing),
    "results": (False, _results),
    "runs": (False, _the_table_with_a_filter),
    "panel": (False, _the_table_with_a_filter),
    "home": (False, _the_table_with_a_filter),
    "sweeps": (False, _the_list_of_sweeps),
    "sweep-form": (False, _the_form_of_a_sweep),
    "time": (True, _nothing),
    "charts": (True, _nothing),
    "run": (True, _nothing),
    "compare": (True, _a_comparison),
    "sweep": (True, _a_sweep),
    "tour": (False, _the_tour),
    "playground": (False, _the_playground),
    "choice": (False, _the_form),
    "form": (False, _the_form),
    "ask": (False, _a_line_that_is_asked_for),
    "confirm": (False, _a_question),
    "help": (True, _the_help),
    "subjects": (True, _the_dialog_of_pictures),
    "picture": (True, _the_dialog_of_pictures),
    "writing": (True, _a_picture_being_written),
    "app": (True, _nothing),
}
"""Part of the table -> whether a run is opened first, and how one comes to where its keys work."""


@pytest.mark.parametrize("part", PLACES)
async def test_every_key_of_the_table_runs_its_action_where_the_table_says(
    runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    create_sweep(tiny({"T": [3, 5], "seed": [0]}), runs, "swept")
    opened, come_there = PLACES[part]
    ran: list[tuple[str, tuple[object, ...]]] = []

    async def note(app: SddApp, place: DOMNode, name: str, params: tuple[object, ...]) -> bool:
        """In the place of the action, which may end the app or start a run: what it does is for the other tests."""
        action = getattr(place, f"action_{name}")
        inspect.signature(action).bind(*params)
        ran.append((name, params))
        return True

    async with driven(SddApp(runs, recorded if opened else None)) as pilot:
        await come_there(pilot)
        await settled(pilot)
        monkeypatch.setattr(SddApp, "_dispatch_action", note)
        for entry in (entry for entry in KEYS if entry.screen == part):
            _, name, params = parse(entry.action)
            for key in entry.keys:
                ran.clear()
                await pilot.press(key)
                assert ran == [(name, params)], key
        monkeypatch.undo()


def test_every_part_of_the_table_is_tried_and_stands_in_a_help_page() -> None:
    assert set(PLACES) == {k.screen for k in KEYS}
    assert set(PLACES) == {part for parts in PARTS.values() for part in parts}


def test_no_key_means_two_things_in_one_place() -> None:
    for screen, parts in PARTS.items():
        if screen not in ("home", "form", "dialogs"):  # there the lists and windows have keys of their own
            keys = [key for entry in KEYS if entry.screen in parts for key in entry.keys]
            assert len(keys) == len(set(keys)), screen
    for part in PLACES:
        keys = [key for entry in KEYS if entry.screen == part for key in entry.keys]
        assert len(keys) == len(set(keys)), part


def test_a_run_has_at_most_thirty_rows_of_keys() -> None:
    rows = [keys for heading, rows in help_rows("run").items() if heading != WITHOUT_KEY for keys, _ in rows]
    assert len(rows) <= 30
    on_a_run = [shown(key) for entry in KEYS if entry.screen in PARTS["run"] for key in entry.keys]
    digits, arrows = list("123456789"), [key for key in on_a_run if key.startswith("Shift+") and key != "Shift+Tab"]
    written = [key for row in rows for pair in row.split(", ") for key in pair.split(" ")]
    wide = {"1-9": digits, "Shift+←": arrows, "→": ["→"], "↑": ["↑"], "↓": ["↓"]}
    assert {key for name in written for key in wide.get(name, [name])} == set(on_a_run), "and these are all there are"
    for row in rows:
        for pair in row.split(", "):
            assert len(pair.split(" ")) <= 2 or row == "Shift+← → ↑ ↓", "one that goes back and one that goes on"


SEVERAL = {
    "arrows and the keys that stand for them": (
        ("left", "right", "up", "down", "h", "j", "k", "l", "g", "G", "home", "end", "pageup", "pagedown"),
        "they go back and on, or to the ends, in whatever a place has: frames, points, dials, sentences, lines",
    ),
    "brackets": (
        ("left_square_bracket", "right_square_bracket"),
        "the way that no arrow goes: events, or a third axis",
    ),
    "digits": (tuple("12345"), "the panels of a run, the panes of a sweep, by their place"),
    "tab": (("tab",), "the next thing on the screen: a panel, or a list"),
    "enter": (("enter",), "what the thing under the cursor is there for"),
    "the way out": (("escape", "q", "S"), "out of what lies on top, whatever that is; S opens and closes one list"),
    "question mark": (("question_mark",), "the help, and out of it"),
    "space": (("space",), "plays what moves; where nothing does, marks a run or takes the next value, as everywhere"),
    "slash": (("slash",), "finds one thing of those that the place holds: a run, an example, a feature"),
    "p": (("p",), "lets what stands still go on; a sweep can't be paused, s stops it"),
    "n": (("n",), "n for the next run, a note, or no; none of them changes anything by itself"),
}
"""What is meant by several keys -> these keys, and why they do different things in different places."""


def test_no_two_places_give_one_key_two_meanings_without_reason() -> None:
    meanings = dict[str, set[str]]()
    for entry in KEYS:
        for key in entry.keys:
            meanings.setdefault(key, set()).add(entry.label)
    ambiguous = {key for key, labels in meanings.items() if len(labels) > 1}
    assert ambiguous == {key for keys, _ in SEVERAL.values() for key in keys}


def test_only_keys_below_its_heading_change_training() -> None:
    asking = {"pause", "single_step", "stop", "branch", "again", "run_to", "checkpoint", "playground", "resume", "add"}
    for entry in KEYS:
        if entry.screen in ("run", "sweep", "time", "charts", "compare"):
            assert (entry.action in asking) == entry.group.startswith("Training"), entry


@pytest.mark.parametrize("part", ["home", "time", "compare", "sweep", "tour", "playground"])
async def test_the_palette_has_everything_that_can_be_done_on_a_screen(runs: Path, recorded: Path, part: str) -> None:
    create_sweep(tiny({"T": [3, 5], "seed": [0]}), runs, "swept")
    opened, come_there = PLACES[part]
    async with driven(SddApp(runs, recorded if opened else None)) as pilot:
        await come_there(pilot)
        await settled(pilot)
        offered = {command.entry.label for command in available(pilot.app.screen)}
        screen = "run" if part == "time" else part
        lists = ("list", "experiments", "results", "sweeps", "sweep-form") if part == "home" else ()
        wanted = {entry.label for entry in KEYS if entry.screen in PARTS[screen] and entry.screen not in lists}
        assert wanted - offered == {"Commands"}

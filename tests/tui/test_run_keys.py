"""Every key of the run screen does what the table says, on a recorded run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Static

from sdd_tui.panels.catalogue import PANELS
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.index import listed
from sdd_tui.run.layout import STATUS, read_json, replace_json
from sdd_tui.run.liveness import me
from sdd_tui.run.requests import Asked, take
from sdd_tui.tui import clipboard
from sdd_tui.tui.app import REMOTE, SddApp
from sdd_tui.tui.key_table.key import DIGITS
from sdd_tui.tui.keys import WITHOUT_KEY, help_rows
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.form import FormScreen
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.settings import Memory, Settings, read_settings
from sdd_tui.tui.widgets.panel_grid import PanelGrid
from sdd_tui.tui.widgets.panel_view import PanelView
from tests.tui.driving import command, driven, find, handled, look_anew, picture, run_screen, settled, text_of, until

MARKS = "Braille, half blocks or ASCII"


def grid(pilot: Pilot[None]) -> PanelGrid:
    return run_screen(pilot).query_one(PanelGrid)


def loss_note(pilot: Pilot[None]) -> str:
    return grid(pilot).slots[0]._drawing.note


def header_of(pilot: Pilot[None]) -> str:
    return str(run_screen(pilot).query_one("#header", Static).render())


def dark_blue(head: Static) -> bool:
    """Whether the train loss has the blue for dark grounds."""
    assert isinstance(head.content, Text)
    return any("#56b4e9" in str(span.style) for span in head.content.spans)


async def test_the_timeline_steps_jumps_and_follows(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        steps = screen.steps.tolist()
        assert screen.view.step == steps[-1]
        for keys, wanted in (
            (["left"], -2),
            (["left"], -3),
            (["right"], -2),
            (["home"], 0),
            (["right"], 1),
            (["pageup"], 0),
            (["pagedown"], -1),
            (["pageup", "end"], -1),
            (["h"], -2),
            (["l"], -1),
            (["g"], 0),
            (["l"], 1),
            (["G"], -1),
        ):
            await pilot.press(*keys)
            assert screen.view.step == steps[wanted], keys
        assert screen.head.step is None


async def test_the_header_begins_with_the_short_name_and_has_the_whole_one_only_where_it_fits(
    runs: Path, recorded: Path
) -> None:
    stamped = recorded.rename(runs / "20261125-101112-pentagon-3f2a")
    async with driven(SddApp(runs, stamped), (60, 24)) as pilot:
        first, second, _ = header_of(pilot).splitlines()
        assert first.startswith("pentagon-3f2a  n ") and "2026" not in second
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "  20261125-101112-pentagon-3f2a" in header_of(pilot))


async def test_the_header_says_whose_losses_it_has(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        assert "newest" not in header_of(pilot)
        await pilot.press("home")
        assert "newest" in header_of(pilot)


async def test_every_panel_shows_the_step_in_view(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (200, 60)) as pilot:
        before = text_of(pilot)
        await pilot.press("home")
        after = text_of(pilot)
        assert "step 0" in after and "frame 1 of" in after
        assert before != after
        shown = {slot.panel.name: picture(pilot, slot) for slot in grid(pilot).shown}
        assert set(shown) == set(PANELS)
        await pilot.press("end")
        moved = {slot.panel.name for slot in grid(pilot).shown if picture(pilot, slot) != shown[slot.panel.name]}
        assert moved == set(PANELS) - {"system"}


async def test_playing_goes_on_by_itself_and_stops(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        for _ in range(3):
            await command(pilot, "Speed of playing")
        assert screen.head.speed == 2
        await pilot.press("space")
        assert screen.head.playing and screen.view.step < 20_000
        for _ in range(4):
            await command(pilot, "Speed of playing")
        assert screen.head.speed == 50
        await until(pilot, lambda: screen.view.step == 20_000 and not screen.head.playing)
        await command(pilot, "Speed of playing")
        await pilot.press("home", "space")
        assert screen.head.playing
        await pilot.press("space")
        assert not screen.head.playing and screen.view.step < 20_000


async def test_a_colon_goes_to_the_recorded_frame_nearest_to_a_step_and_trains_nothing(
    runs: Path, recorded: Path
) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen, steps = run_screen(pilot), run_screen(pilot).steps.tolist()
        wanted = steps[3] + 1
        await pilot.press("colon")
        await until(pilot, lambda: "Go to step" in text_of(pilot))
        await pilot.press(*str(wanted), "enter")
        assert screen.view.step == steps[3]
        for typed, step in (("9" * 15, steps[-1]), ("0", 0)):
            await pilot.press("colon", *typed, "enter")
            assert screen.view.step == step
        await pilot.press("colon", *"soon", "enter")
        await settled(pilot)
        assert "is not a step" in text_of(pilot)
        assert not (recorded / "control").exists()


async def test_brackets_jump_between_events(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("home", "right_square_bracket")
        first = screen.view.step
        assert first > 0
        assert min(e["step"] for e in screen.view.events if e["step"] > 0) <= first
        await pilot.press("end", "left_square_bracket")
        assert first <= screen.view.step < 20_000


async def test_charts_change_axes_smooth_zoom_and_pan(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        loss = grid(pilot).slots[0]
        for label, name, value in (
            ("Log or linear steps", "log_x", False),
            ("Log or linear losses", "log_y", False),
            ("Smooth the losses", "smooth", 5),
            ("Learning rate", "rate", True),
        ):
            before = picture(pilot, loss)
            await command(pilot, label)
            assert getattr(screen.options, name) == value
            assert picture(pilot, loss) != before
        screen.change(cross=8_000.0)
        await pilot.press("plus")
        assert screen.options.window is not None
        lower, upper = screen.options.window
        assert upper - lower == pytest.approx(20_000 * 2 / 3)
        assert (8_000 - lower) / (upper - lower) == pytest.approx(0.4), "what is marked stays where it is"
        await pilot.press("shift+right")
        assert screen.options.window[0] > lower
        await pilot.press("shift+left", "shift+left", "shift+left")
        assert screen.options.window[0] == 0
        await pilot.press("minus")
        assert screen.options.window is None
        await pilot.press("plus", "0")
        assert screen.options.window is None


async def test_charts_zoom_to_the_step_in_view(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("end", *["plus"] * 6)
        assert screen.options.window is not None and screen.options.window[1] == pytest.approx(20_000)
        await pilot.press("0", "home", *["plus"] * 6)
        assert screen.options.window is not None and screen.options.window[0] <= 1


async def test_the_palette_fits_the_losses_to_the_later_test_loss(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        assert "▼" not in text_of(pilot)
        await command(pilot, "Fit the losses")
        await until(pilot, lambda: "▼" in text_of(pilot))
        await pilot.press("0")
        await until(pilot, lambda: "▼" not in text_of(pilot))


async def test_the_palette_moves_the_charts_line_row_by_row_and_the_planes_stay(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        rows = screen.view.rows["step"].tolist()
        await pilot.press("left")
        frame = screen.view.step
        at = rows.index(frame)
        for side, wanted in (("after", at + 1), ("before", at), ("before", at - 1)):
            await command(pilot, f"Charts: the row {side}")
            assert screen.options.cross == rows[wanted]
            assert f"step {rows[wanted]:,.0f}" in loss_note(pilot)
            assert screen.view.step == frame
        await pilot.press("left")
        assert screen.options.cross is None and f"step {screen.view.step:,}" in loss_note(pilot)


async def test_planes_change_colour_scale_zoom_and_what_lies_below(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("3")
        features, hidden = grid(pilot).slots[1:3]
        assert grid(pilot).focused is hidden and hidden.panel.name == "hidden"
        for key, name, value, plane in (
            ("c", "colour", "dimensionality", hidden),
            ("z", "scale", "common", features),  # hidden vectors are longer: both planes get their scale
            ("Polygon's outline", "outline", False, hidden),
            ("Test set in the planes", "overlay", True, hidden),
            ("plus", "zoom", 1.5, hidden),
        ):
            before = picture(pilot, plane)
            await (command(pilot, key) if " " in key else pilot.press(key))
            assert getattr(screen.options, name) == value
            assert picture(pilot, plane) != before, key
        for key, offset in (("shift+right", (1 / 3, 0)), ("shift+up", (1 / 3, 1 / 3)), ("shift+left", (0, 1 / 3)),
                            ("shift+down", (0, 0))):  # fmt: skip
            before = picture(pilot, hidden)
            await pilot.press(key)
            assert screen.options.offset == pytest.approx(offset)
            assert picture(pilot, hidden) != before, key
        await pilot.press("shift+up", "0")
        assert (screen.options.zoom, screen.options.offset) == (1.0, (0.0, 0.0))


async def test_a_held_scale_is_the_same_in_every_frame(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("3", "f", "z", "z")
        await until(pilot, lambda: len(screen.view.history) == len(screen.steps))
        assert screen.options.scale == "fixed"
        scales = set()
        for key in ("end", "home", "right", "right"):
            await pilot.press(key)
            scales.add(grid(pilot).focused._drawing.note.split("  ")[0])
        assert len(scales) == 1 and "held" in scales.pop()


async def test_more_dimensions_have_axes_principal_components_and_a_turning_view(runs: Path, deep: Path) -> None:
    async with driven(SddApp(runs, deep)) as pilot:
        screen = run_screen(pilot)
        assert "dims 1, 2" in text_of(pilot)
        await command(pilot, "Next pair of axes")
        assert "dims 1, 3" in text_of(pilot)
        await command(pilot, "Next pair of axes")
        assert "dims 2, 3" in text_of(pilot)
        await command(pilot, "Next projection of m > 2")
        assert "principal" in text_of(pilot)
        await pilot.press("3", "v")  # the next view of a plane
        assert screen.options.projection == "turning"
        turn = screen.options.turn
        await until(pilot, lambda: screen.options.turn > turn + 5)
        await pilot.press("v")
        assert run_screen(pilot).options.projection == "axes"


async def test_the_inspector_walks_through_examples_and_features(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (200, 60)) as pilot:
        screen = run_screen(pilot)
        assert "example 0 of 5" in text_of(pilot)
        await pilot.press("down", "down")
        assert "example 1 of 5" in text_of(pilot)
        await pilot.press("up")
        assert screen.options.item == 0
        await pilot.press("up")
        assert screen.options.item == 4  # around the end, and the planes' mark goes with it
        await pilot.press("down")
        assert screen.options.item == 0
        await pilot.press("i")
        assert screen.view.snapshot is not None
        longest = int(screen.view.snapshot.feature_norms.argmax())  # feature 0 may never be active
        assert f"feature {longest} of 400" in text_of(pilot)
        await pilot.press("down")
        assert screen.options.item == longest + 1
        await command(pilot, "D* in the dimensionality")
        assert screen.options.star
        await pilot.press("k", "j", "j")
        assert screen.options.item == longest + 2


async def test_v_turns_the_panel_in_focus_over_and_no_other(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        before = {name: text_of(pilot, slot_of(pilot, name)) for name in ("dimensionality", "norms")}
        await pilot.press("5", "v")
        await settled(pilot)
        after = {name: text_of(pilot, slot_of(pilot, name)) for name in before}
        assert after["norms"] != before["norms"] and after["dimensionality"][1:] == before["dimensionality"][1:]
        await pilot.press("1", "v")
        assert run_screen(pilot).options.pages == (0, 1, 0)


def slot_of(pilot: Pilot[None], name: str) -> PanelView:
    return next(slot for slot in grid(pilot).slots if slot.panel.name == name)


async def test_the_bar_says_newest_after_playing_to_the_end(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("left", "space")
        await until(pilot, lambda: not run_screen(pilot).head.playing)
        await settled(pilot)
        assert "standing" not in text_of(pilot) and " newest " in text_of(pilot)


async def test_events_scroll_and_go_back_to_the_step_in_view_with_the_next_move(runs: Path, recorded: Path) -> None:
    events = recorded / "events.jsonl"
    more = [{"step": 100 * k, "kind": "checkpoint", "text": f"kept {k}"} for k in range(60)]
    events.write_text("".join(json.dumps(event) + "\n" for event in more))
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("6", *["left_curly_bracket"] * 20)
        await settled(pilot)
        assert "kept 0" in text_of(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert "kept 0" not in text_of(pilot) and "kept 59" in text_of(pilot)


async def test_an_example_or_feature_is_typed_by_its_number(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (200, 60)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("slash", *"f321", "enter")
        assert (screen.options.kind, screen.options.item) == ("feature", 321)
        await settled(pilot)
        assert "feature 321 of 400" in text_of(pilot)
        await pilot.press("slash", *"400", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, AskScreen)
        assert "0 to 399" in text_of(pilot)
        await pilot.press("escape")
        assert (screen.options.kind, screen.options.item) == ("feature", 321)


async def test_the_inspector_walks_in_another_order_and_scrolls(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("8")
        await command(pilot, "Order of examples and features")
        await pilot.press("down")
        assert screen.view.snapshot is not None
        assert screen.options.item == int(screen.view.snapshot.hidden_norms.argmax())
        assert "by norm" in text_of(pilot)
        await pilot.press("right_curly_bracket")
        assert screen.options.scroll == ("inspector", 5)
        for _ in range(9):
            await pilot.press("right_curly_bracket")
        last = screen.options.scroll
        assert grid(pilot).focused.scrollable(5) == 0
        await pilot.press("left_curly_bracket")
        assert screen.options.scroll == ("inspector", last[1] - 5)
        await pilot.press("down")
        assert screen.options.scroll == ("", 0)


async def test_digits_and_tab_go_to_panels_and_one_key_fills_the_screen(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        assert len(list(grid(pilot).shown)) == 4
        for key, name in zip(("1", "2", "3", "4", "5", "6", "7", "8", "9"), PANELS, strict=True):
            await pilot.press(key)
            assert grid(pilot).focused.panel.name == name
            assert grid(pilot).focused.display
        assert len(DIGITS) == 9
        here = grid(pilot).focused
        await pilot.press("tab")
        assert grid(pilot).focused is not here
        await pilot.press("shift+tab")
        assert grid(pilot).focused is here
        await pilot.press("f")
        await settled(pilot)
        assert list(grid(pilot).shown) == [here]
        assert here.size.width >= 76
        await pilot.press("f")
        assert len(list(grid(pilot).shown)) == 4
        await pilot.press("f", "escape")
        assert len(list(grid(pilot).shown)) == 4


async def test_a_digit_while_a_panel_fills_the_screen_lets_another_fill_it_and_moves_none(
    runs: Path, recorded: Path
) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        for keys, name in ((["2", "f"], "features"), (["9"], "system"), (["9"], "system"), (["1"], "loss")):
            await pilot.press(*keys)
            await settled(pilot)
            assert [slot.panel.name for slot in grid(pilot).shown] == [name]
            assert grid(pilot).focused.panel.name == name
            assert grid(pilot).focused.size.width >= 76
        assert grid(pilot).names == list(PANELS)
        await pilot.press("f")
        assert [slot.panel.name for slot in grid(pilot).shown] == list(PANELS)[:4]
        assert grid(pilot).focused.panel.name == "loss"


@pytest.mark.parametrize(
    ("keys", "name", "page"),
    [
        (["4"], "dimensionality", (0, 4)),
        (["7"], "gram", (4, 8)),
        (["9"], "system", (5, 9)),
        (["7", "6"], "events", (4, 8)),
        (["tab"] * 4, "norms", (4, 8)),
        (["shift+tab"], "system", (5, 9)),
        (["tab"] * 9, "loss", (0, 4)),
    ],
)
async def test_every_panel_is_reached_with_the_page_it_stands_on_and_none_moves(
    runs: Path, recorded: Path, keys: list[str], name: str, page: tuple[int, int]
) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        await pilot.press(*keys)
        await settled(pilot)
        assert grid(pilot).focused.panel.name == name
        assert [slot.panel.name for slot in grid(pilot).shown] == list(PANELS)[slice(*page)]
        assert run_screen(pilot).focused is grid(pilot).focused


async def test_the_palette_puts_the_panels_back_in_their_usual_order(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        await pilot.press("2")
        await command(pilot, "Move the panel forward")
        assert grid(pilot).names[:3] == ["features", "loss", "hidden"] and grid(pilot).focused.panel.name == "features"
        await pilot.press("1", "f")
        await find(pilot, "usual layout")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and grid(pilot).names == list(PANELS))
        assert len(list(grid(pilot).shown)) == 4
        assert grid(pilot).focused.panel.name == "loss"


@pytest.mark.parametrize(("size", "count"), [((40, 14), 1), ((80, 24), 4), ((120, 40), 6), ((200, 60), 9)])
async def test_as_many_panels_as_fit_are_shown(runs: Path, recorded: Path, size: tuple[int, int], count: int) -> None:
    async with driven(SddApp(runs, recorded), size) as pilot:
        assert len(list(grid(pilot).shown)) == count


async def test_layout_look_and_place_are_remembered(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        await command(pilot, "Log or linear steps")
        await pilot.press("9")
        await command(pilot, "Move the panel forward")
        await pilot.press("home", "right", "q")
    assert Memory().values["layout"][-2:] == ["system", "inspector"]
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        screen = run_screen(pilot)
        assert grid(pilot).names[-2:] == ["system", "inspector"] and grid(pilot).focused.panel.name == "system"
        assert not screen.options.log_x
        assert screen.view.step == int(screen.steps[1])


async def test_what_was_zoomed_and_chosen_in_a_run_is_there_again_and_in_no_other(
    runs: Path, recorded: Path, deep: Path
) -> None:
    async with driven(SddApp(runs, deep)) as pilot:
        await pilot.press("plus")
        await command(pilot, "Next pair of axes")
        await pilot.press("2", "plus", "i", "down", "down", "5", "v", "c", "left", "q")
        options = run_screen(pilot).options
        assert options.window != ViewOptions().window and options.zoom > 1
        assert options.kind == "feature" and options.item > 0
    async with driven(SddApp(runs, deep)) as pilot:
        assert run_screen(pilot).options == options
        assert run_screen(pilot).view.step == int(run_screen(pilot).steps[-2])
    async with driven(SddApp(runs, recorded)) as pilot:
        assert run_screen(pilot).options == replace(ViewOptions(), colour=options.colour, projection=options.projection)


async def test_a_chosen_one_that_is_no_longer_there_is_not_marked(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        screen.change(item=10**6)
        await settled(pilot)
        assert run_screen(pilot) is screen


async def test_the_panel_that_filled_the_screen_fills_it_again(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("3", "f", "q")
    async with driven(SddApp(runs, recorded)) as pilot:
        assert [slot.panel.name for slot in grid(pilot).shown] == ["hidden"]
        assert grid(pilot).focused.panel.name == "hidden"
        await pilot.press("f")
        assert len(list(grid(pilot).shown)) == 6


async def test_the_panels_numbers_go_to_the_clipboard(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("3")
        await command(pilot, "Copy the panel's numbers")
        assert json.loads(pilot.app.clipboard)["polygon"] == 5


async def test_numbers_that_are_too_long_for_the_clipboard_go_to_a_file_whose_path_is_copied(
    runs: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clipboard, "MOST_BYTES", 500)
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("2")
        await command(pilot, "Copy the panel's numbers")
        (written,) = tmp_path.glob("sdd-features-*.json")
        assert pilot.app.clipboard == str(written)
        assert len(json.loads(written.read_text())["W"][0]) == 400
        assert any(str(written) in n.message and "too long" in n.message for n in pilot.app._notifications)


async def test_numbers_that_fit_nowhere_say_so(
    runs: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.setattr(clipboard, "MOST_BYTES", 5)
    async with driven(SddApp(runs, recorded)) as pilot:
        monkeypatch.setattr(Path, "write_text", refused)
        await pilot.press("2")
        await command(pilot, "Copy the panel's numbers")
        assert any("can't be written" in n.message for n in pilot.app._notifications)
        assert pilot.app.clipboard == ""


def refused(path: Path, text: str, encoding: str) -> int:
    raise OSError(30, "Read-only file system")


async def test_light_dark_and_marks_are_kept_as_settings(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        head = run_screen(pilot).query_one("#header", Static)
        assert dark_blue(head)
        await command(pilot, "Light or dark")
        assert not pilot.app.current_theme.dark
        await until(pilot, lambda: not dark_blue(head))
        await command(pilot, MARKS)
        await command(pilot, MARKS)
        assert text_of(pilot).isascii() or "⠀" not in text_of(pilot)
    kept, _ = read_settings()
    assert (kept.theme, kept.marks) == ("sdd-light", "ascii")


async def test_marks_go_round_from_whichever_one_begins_with(runs: Path, recorded: Path) -> None:
    def marks(text: str) -> str:
        braille, half = any("\u2801" <= c <= "\u28ff" for c in text), any(c in "▀▄" for c in text)
        return "braille" if braille else "half" if half else "ascii" if text.isascii() else "mixed"

    async with driven(SddApp(runs, recorded, Settings(marks="ascii"))) as pilot:
        await until(pilot, lambda: marks(text_of(pilot)) == "ascii")
        for expected in ("braille", "half", "ascii") * 2:
            await command(pilot, MARKS)
            await until(pilot, lambda expected=expected: marks(text_of(pilot)) == expected)  # type: ignore[misc]


async def test_the_palette_finds_a_key_by_its_name(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        await find(pilot, "linear steps")
        await pilot.press("enter")
        await until(pilot, lambda: not screen.options.log_x)


async def test_the_palette_shows_keys_and_finds_words_of_a_description_and_a_key_itself(
    runs: Path, recorded: Path
) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await find(pilot, "undo zooming")
        await until(pilot, lambda: "Whole pictures  0" in text_of(pilot))
        await pilot.press("escape")
        await find(pilot, "ctrl+z")
        await until(pilot, lambda: "Suspend  Ctrl+Z" in text_of(pilot))


async def test_help_groups_the_keys_by_task_and_ends_with_what_has_none(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (120, 150)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "Symbols of the paper" in text_of(pilot))
        shown = text_of(pilot)
        places = [shown.index(heading) for heading in help_rows("run")]
        assert places == sorted(places) and shown.index("Smooth the losses") > shown.index(WITHOUT_KEY)


async def test_help_belongs_to_the_panel_in_focus(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("4", "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "share of a hidden dimension that each" in text_of(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "Esc closes this page" in text_of(pilot))
        await pilot.press("k", "j", "g")
        await until(pilot, lambda: "share of a hidden dimension that each" in text_of(pilot))
        await pilot.press("escape")
        assert run_screen(pilot)


async def test_escape_goes_back_to_the_lists(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_asking_a_finished_run_for_something_says_so(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        for key in ("p", "s", "full_stop"):
            await pilot.press(key)
        await command(pilot, "Write a checkpoint")
        await command(pilot, "Run to a step")
        await settled(pilot)
        assert run_screen(pilot)
        assert not (recorded / "control").exists()


async def test_a_status_without_a_step_still_lets_a_step_be_asked_for(runs: Path, recorded: Path) -> None:
    status = {"state": "paused", **me()}
    replace_json(recorded / STATUS, status)
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("full_stop")
        assert run_screen(pilot)
    assert take(recorded) == [Asked("step")]


async def test_on_a_slow_link_the_header_says_so_and_changes_with_the_panels_alone(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded, Settings(bandwidth="low"))) as pilot:
        screen = run_screen(pilot)
        head = screen.query_one("#header", Static)
        await until(pilot, lambda: all(w in str(head.content) for w in ("finished", "slow link: 4 frames a second")))
        pace = screen.services.pace
        pace._sent, pace._clock = 0.0, lambda: 0.0  # a frame has just been sent
        replace_json(recorded / STATUS, read_json(recorded / STATUS) | {"state": "stopped"})
        await until(pilot, lambda: screen.view.state == "stopped")
        look_anew(pilot)
        await handled(pilot)
        assert "finished" in str(head.content)
        pace._clock = lambda: 10.0
        await until(pilot, lambda: "stopped" in str(head.content))


@pytest.mark.parametrize("remote", [True, False])
async def test_a_link_that_turns_slow_is_told_of_where_there_is_one(
    runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    for name in REMOTE:
        monkeypatch.delenv(name, raising=False)
    if remote:
        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    async with driven(SddApp(runs, recorded)) as pilot:
        run_screen(pilot).services.pace.on_slow(True)  # type: ignore[misc]
        await settled(pilot)
        told = ["The link is slow: pictures move less often."]
        assert [n.message for n in pilot.app._notifications] == told * remote


async def test_what_a_trainer_is_asked_is_said_at_once(runs: Path, recorded: Path) -> None:
    replace_json(recorded / STATUS, {"state": "running", "step": 5, **me()})
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("p")
        await command(pilot, "Write a checkpoint")
        await pilot.press("s", "y")
        said = [n.message for n in pilot.app._notifications]
    wanted = ("to pause", "for a checkpoint", "to stop")
    assert said == [f"The trainer is asked {words}." for words in wanted]


@pytest.mark.parametrize("state", ["stopped", "failed"])
async def test_p_resumes_a_run_that_has_ended_too_early(runs: Path, state: str) -> None:
    run = create(load("quick", ["T=5", "optim.steps=2000", "n_test=50", "threads=1"]), runs, "early")
    replace_json(run / STATUS, {"state": state, "step": 0, "steps": 2000})
    async with driven(SddApp(runs, run)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("p")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("n")
        assert listed(run).state == state  # type: ignore[union-attr]
        await pilot.press("p", "y")
        await until(pilot, lambda: screen.view.state == "finished")
        assert not screen._resuming


async def test_a_run_that_can_not_be_resumed_says_why(runs: Path, recorded: Path) -> None:
    replace_json(recorded / STATUS, {"state": "stopped", "step": 0, "steps": 2000})
    (recorded / "config.toml").write_text("no = [")
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("p", "y")
        await until(pilot, lambda: any("config.toml" in n.message for n in pilot.app._notifications))
        assert not run_screen(pilot)._resuming


async def test_the_mouse_does_it_too(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        assert await pilot.click("#slot0", offset=(20, 6))
        assert 0 < screen.view.step < 20_000
        await pilot.hover("#slot0", offset=(30, 6))
        assert screen.options.cross is not None and screen.options.cross > screen.view.step
        await pilot.hover("#header")
        assert screen.options.cross is None
        await pilot.click("#timeline", offset=(13, 0))
        assert screen.view.step < 1_000
        hidden = grid(pilot).slots[2]
        await pilot.press("end")
        rows = text_of(pilot, hidden).splitlines()
        y = next(i for i, row in enumerate(rows) if "●" in row and i)
        await pilot.click("#slot2", offset=(rows[y].index("●"), y))
        assert (screen.options.kind, screen.options.item >= 0) == ("example", True)


async def test_a_paused_run_steps_once_runs_to_a_step_and_is_branched_where_it_stands(
    runs: Path, long_run: Path
) -> None:
    async with SddApp(runs, long_run).run_test(size=(120, 40)) as pilot:
        screen = run_screen(pilot)
        await until(pilot, lambda: screen.view.state == "running")
        await pilot.press("p")
        await until(pilot, lambda: screen.view.state == "paused" and screen.view.step == screen.view.status["step"])
        before = screen.view.step
        await pilot.press("full_stop", "full_stop", "full_stop")
        await until(pilot, lambda: screen.view.step == before + 3)
        await command(pilot, "Run to a step")
        await pilot.press(*str(before + 40), "enter")
        await until(pilot, lambda: screen.view.step == before + 40)
        assert screen.view.snapshot is not None
        W = screen.view.snapshot.W.copy()
        await command(pilot, "Write a checkpoint")
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))
        await settled(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and pilot.app.screen is not screen)
        branch = run_screen(pilot)
        await until(pilot, lambda: len(branch.steps))
        assert branch.view.run.meta["parent"] == {"run": "long", "step": before + 40}
        first = branch.view.run.frame(before + 40)
        np.testing.assert_array_equal(first.W, W.astype(np.float32))
        await pilot.press("s", "y")
        await until(pilot, lambda: branch.view.state == "stopped")


async def test_a_run_starts_again_with_changes(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))


async def test_the_question_for_a_number_names_ones_that_there_are(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("slash")
        await until(pilot, lambda: "Like 0, example 4 or feature 399" in text_of(pilot))


async def test_a_branch_is_titled_whole_on_a_small_terminal(runs: Path, recorded: Path) -> None:
    stamped = recorded.rename(runs / "20261125-101112-pentagon-3f2a")
    async with driven(SddApp(runs, stamped), (80, 24)) as pilot:
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen) and "taken over)" in text_of(pilot))
        assert "branch from step 20,000 of pentagon-3f2a " in text_of(pilot)

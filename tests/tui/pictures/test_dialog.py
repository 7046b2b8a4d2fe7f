"""The dialog that asks for a picture: what it offers on each screen, by keys and by the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.pictures.dialog import Kinds, PictureScreen, SubjectList
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.run import RunScreen
from tests.tui.driving import driven, settled, text_of
from tests.tui.pictures.asking import dialog, name, offered, said

OF_A_RUN = ["this screen", "panel loss", "figure loss", "figure planes", "figure dimensionality", "animation"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of the test's own."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def ask(pilot: Pilot[None]) -> None:
    """Press w."""
    await pilot.press("w")
    await settled(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_all_of_it_is_seen(runs: Path, recorded: Path, size: tuple[int, int]) -> None:
    async with driven(SddApp(runs, recorded), size) as pilot:
        await ask(pilot)
        text = text_of(pilot)
        for words in (*OF_A_RUN, "SVG", "PNG", "PDF", "pentagon-small-screen.svg", "Write", "Enter writes", "╯"):
            assert words in text
        await pilot.press("end")
        await settled(pilot)
        assert "GIF" in text_of(pilot) and "PNG" not in text_of(pilot, dialog(pilot).query_one(Kinds))
        assert "sdd figure animation" in text_of(pilot) and name(pilot) == "pentagon-small-animation.gif"


async def test_a_screen_offers_what_there_is_on_it(runs: Path, recorded: Path, deep: Path, swept: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        await ask(pilot)
        assert offered(pilot) == ["this screen"] and name(pilot) == "sdd-home-screen.svg"
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("3")
        await ask(pilot)
        assert offered(pilot) == ["this screen", "panel hidden vectors h_i", *OF_A_RUN[2:]]
    async with driven(SddApp(runs, recorded, beside=[deep])) as pilot:
        await ask(pilot)
        assert len(offered(pilot)) == 2 and name(pilot) == "sdd-compare-screen.svg"
    async with driven(SddApp(runs, swept)) as pilot:
        await ask(pilot)
        assert offered(pilot)[2:] == [f"figure {n}" for n in ("double-descent", "polygons", "norms", "best-of-lr")]
        assert name(pilot) == "swept-screen.svg"


async def test_a_grid_offers_its_map(runs: Path, gridded: Path) -> None:
    async with driven(SddApp(runs, gridded)) as pilot:
        await ask(pilot)
        assert offered(pilot)[2:] == ["figure t-by-m"]


async def test_a_run_without_frames_or_rows_offers_no_figure(runs: Path, recorded: Path) -> None:
    for file in ("frames.bin", "metrics.jsonl"):
        (recorded / file).write_bytes(b"")
    async with driven(SddApp(runs, recorded)) as pilot:
        await ask(pilot)
        assert offered(pilot) == OF_A_RUN[:2]


async def test_without_matplotlib_there_is_svg_and_the_command_that_installs_it(
    runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdd_tui.figures.rendering.find_spec", lambda name: None)
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        await ask(pilot)
        assert offered(pilot) == OF_A_RUN[:2]
        assert text_of(pilot, dialog(pilot).query_one(Kinds)).strip() == "SVG"
        assert "pip install 'sdd-tui[figures]'" in text_of(pilot)


async def test_a_help_page_is_a_screen_too(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("question_mark")
        await ask(pilot)
        assert offered(pilot) == ["this screen"]
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_the_name_follows_what_is_chosen_until_one_is_typed(runs: Path, recorded: Path, here: Path) -> None:
    (here / "pentagon-small-loss.png").touch()
    async with driven(SddApp(runs, recorded)) as pilot:
        await ask(pilot)
        await pilot.press("down", "down", "right")
        assert name(pilot) == "pentagon-small-loss-2.png"
        await pilot.press("left", "left")
        assert name(pilot) == "pentagon-small-loss.pdf"
        await pilot.press("tab", *"-mine")
        assert name(pilot) == "pentagon-small-loss-mine.pdf"
        await pilot.press("end", *["backspace"] * 3, *"svg")
        await settled(pilot)
        await pilot.press("shift+tab", "right")
        assert name(pilot) == "pentagon-small-loss-mine.png"  # from the svg that was typed
        await pilot.press("end")
        await settled(pilot)
        assert name(pilot) == "pentagon-small-loss-mine.gif"
        await pilot.press("right")
        assert name(pilot) == "pentagon-small-loss-mine.gif"


@pytest.mark.parametrize(
    "typed", ["", "a.jpg", "nowhere/a.svg", "taken.svg", "x" * 300, "\x1b]0;gotcha\x07.svg/", ".."]
)
async def test_a_name_that_cannot_be_is_refused_in_a_sentence_and_may_be_mended(
    runs: Path, recorded: Path, here: Path, typed: str
) -> None:
    (here / "taken.svg").write_text("mine")
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        await ask(pilot)
        line = dialog(pilot).query_one(Input)
        line.value = typed
        await pilot.press("tab", "enter")
        await settled(pilot)
        problem = text_of(pilot, dialog(pilot).query_one("#picture-problem")).strip()
        assert problem.endswith(".") and "\x1b" not in text_of(pilot)
        line.value = "good.svg"
        await settled(pilot)
        assert not text_of(pilot, dialog(pilot).query_one("#picture-problem")).strip()
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, RunScreen) and said(pilot, "good.svg")
    assert (here / "taken.svg").read_text() == "mine"
    assert sorted(path.name for path in here.iterdir()) == ["good.svg", "taken.svg"]


async def test_escape_writes_nothing(runs: Path, recorded: Path, here: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await ask(pilot)
        await pilot.press("down", "escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, RunScreen)
    assert not list(here.iterdir())


async def test_it_works_with_the_mouse(runs: Path, recorded: Path, here: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        await ask(pilot)
        await pilot.click(SubjectList, offset=(3, 1))
        await settled(pilot)
        assert isinstance(pilot.app.screen, PictureScreen) and name(pilot) == "pentagon-small-loss-panel.svg"
        await pilot.click(Kinds, offset=(9, 0))
        assert name(pilot) == "pentagon-small-loss-panel.png"
        await pilot.click(Kinds, offset=(60, 0))
        assert name(pilot) == "pentagon-small-loss-panel.pdf"
        await pilot.click(Kinds, offset=(0, 0))
        await pilot.click(Button)
        await settled(pilot)
    assert [path.name for path in here.iterdir()] == ["pentagon-small-loss-panel.svg"]

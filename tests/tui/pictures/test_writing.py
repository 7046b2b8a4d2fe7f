"""What becomes of a picture that was asked for: a file of its kind, or a sentence; nothing half-written."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sdd_tui.run.liveness import process_started
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.pictures import process
from sdd_tui.tui.pictures.process import DrawingProcess
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from tests.tui.driving import driven, settled, text_of, until
from tests.tui.pictures.asking import choose, drawing, footer, said, written
from tests.waiting import wait_until

BEGINNINGS = {".svg": b"<svg", ".png": b"\x89PNG\r\n", ".pdf": b"%PDF-", ".gif": b"GIF89a"}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of the test's own."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What is drawn stands still from the beginning; the ids of the processes."""
    found: list[int] = []
    popen = subprocess.Popen

    def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started: subprocess.Popen[bytes] = popen(*args, **options)
        started.send_signal(signal.SIGSTOP)
        found.append(started.pid)
        return started

    monkeypatch.setattr(subprocess, "Popen", start)
    yield found
    for pid in filter(process_started, found):
        os.kill(pid, signal.SIGKILL)


def svg_words(picture: bytes) -> str:
    """What stands in an SVG of a screen."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture.decode())).replace("&#160;", " ")


async def test_a_screen_or_a_panel_is_written_as_what_was_chosen(runs: Path, recorded: Path, here: Path) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        for subject in ("this screen", "panel loss"):
            for ending in (".svg", ".png", ".pdf"):
                picture = await written(pilot, subject, here / f"{subject.split()[0]}{ending}")
                assert picture.startswith(BEGINNINGS[ending])
    assert len(list(here.iterdir())) == 6
    with Image.open(here / "this.png") as screen, Image.open(here / "panel.png") as panel:
        assert panel.width < screen.width and panel.height < screen.height / 1.5
        assert len(screen.convert("RGB").getcolors(1 << 20) or ()) > 20  # it is no empty ground


async def test_figures_and_the_animation_are_written(runs: Path, recorded: Path, here: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        for subject, file in (("figure planes", "a.pdf"), ("figure loss", "b.svg"), ("animation", "c.gif")):
            picture = await written(pilot, subject, here / file)
            assert BEGINNINGS[Path(file).suffix] in picture[:300]
    with Image.open(here / "c.gif") as moving:
        assert moving.n_frames == 8  # type: ignore[attr-defined]
    assert {path.name for path in here.iterdir()} == {"a.pdf", "b.svg", "c.gif"}


async def test_a_figure_of_a_sweep_is_written(runs: Path, swept: Path, here: Path) -> None:
    async with driven(SddApp(runs, swept)) as pilot:
        assert (await written(pilot, "figure norms", here / "norms.pdf")).startswith(b"%PDF-")


async def test_a_picture_shows_neither_the_dialog_nor_what_was_said_before(
    runs: Path, recorded: Path, here: Path
) -> None:
    async with SddApp(runs, recorded).run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        for number, keys in enumerate(((), (), ("question_mark",))):
            await pilot.press(*keys)
            picture = await written(pilot, "this screen", here / f"{number}.svg")
            await until(pilot, lambda number=number: f"{number}.svg" in text_of(pilot).replace("\n", ""))  # type: ignore[misc]
            assert "Written" not in svg_words(picture) and "Enter writes" not in svg_words(picture)
            assert ("hidden h_i" if not keys else "A frame back") in svg_words(picture)
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_a_panel_s_picture_holds_the_panel_alone(runs: Path, recorded: Path, here: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("6")
        words = svg_words(await written(pilot, "panel events", here / "a.svg"))
    assert "events" in words and "hidden h_i" not in words and "Help" not in words


async def test_while_one_is_drawn_the_footer_says_how_far_and_nothing_is_covered(
    runs: Path, recorded: Path, held: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        before = text_of(pilot).splitlines()[:-1]
        await choose(pilot, "animation")
        await until(pilot, lambda: "writing …" in footer(pilot))
        monkeypatch.setattr(DrawingProcess, "progress", lambda self: (3, 8))
        await until(pilot, lambda: "███░░░░░░░ 3 of 8" in footer(pilot))
        assert text_of(pilot).splitlines()[:-1] == before
        assert "Esc Stop picture" in footer(pilot) and "q Quit" in footer(pilot)
        await pilot.press("right", "2")  # what one does meanwhile goes on
        await settled(pilot)
        await choose(pilot, "figure loss")
        await settled(pilot)
        assert "animation.gif is still being written" in text_of(pilot)
        await pilot.press("escape")
        assert drawing(pilot)


async def test_escape_stops_it_and_leaves_nothing(runs: Path, recorded: Path, here: Path, held: list[int]) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await choose(pilot, "animation")
        await until(pilot, lambda: held)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, RunScreen)
        os.kill(held[0], signal.SIGCONT)
        await until(pilot, lambda: said(pilot, "Stopped: pentagon-small-animation.gif is not written."))
        assert not drawing(pilot) and process_started(held[0]) is None
        await settled(pilot)
        assert "Esc Back" in footer(pilot) and "writing" not in footer(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)
    assert not list(here.iterdir())


async def test_closing_the_app_ends_what_draws_and_leaves_nothing(
    runs: Path, recorded: Path, here: Path, held: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE_S", 0.05)  # it stands still, and hears of nothing
    async with driven(SddApp(runs, recorded)) as pilot:
        await choose(pilot, "animation")
        await until(pilot, lambda: held)
        await pilot.press("q")
    wait_until(lambda: process_started(held[0]) is None)
    assert not list(here.iterdir())


def test_what_is_stopped_while_it_draws_leaves_nothing(recorded: Path, here: Path) -> None:
    words = ["sdd_tui", "figure", "animation", "--from", str(recorded), "-o", str(here / "a.gif")]
    drawn = DrawingProcess(words, here / "a.gif")
    wait_until(lambda: drawn.progress() or drawn.ended())
    drawn.close()
    assert drawn.ended()
    assert drawn.problem() == "Stopped: a.gif is not written." or (here / "a.gif").exists()
    assert [path for path in here.iterdir() if path.name != "a.gif"] == []


@pytest.mark.parametrize("words", [["sdd_tui", "figure", "loss", "--from", "RUN", "-o"], ["sdd_tui.figures.cells"]])
def test_a_directory_that_fails_is_one_sentence(recorded: Path, here: Path, words: list[str]) -> None:
    target = here / "gone" / "a.png"
    cells = b'[1, 1, "#000000", [[0, 0, "a", "#ffffff", "#000000", ""]]]'
    drawn = DrawingProcess([*(str(recorded) if w == "RUN" else w for w in words), str(target)], target, cells)
    wait_until(drawn.ended)
    assert drawn.problem().startswith(str(target)) and "can't be written" in drawn.problem()
    assert "\n" not in drawn.problem() and drawn.problem().endswith(").")
    drawn.close()


def test_what_ends_without_a_word_is_one_sentence(here: Path) -> None:
    drawn = DrawingProcess(["no_such_module"], here / "a.gif")
    wait_until(drawn.ended)
    assert drawn.problem() == "a.gif is not written: what draws it ended with exit code 1."
    drawn.close()


async def test_a_figure_that_cannot_be_drawn_is_said_in_a_sentence(runs: Path, recorded: Path, here: Path) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await pilot.press("w")
        await settled(pilot)
        (recorded / "metrics.jsonl").write_bytes(b"")
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: said(pilot, "there are no losses yet."))
    assert not list(here.iterdir())


async def test_a_file_that_came_meanwhile_stays(runs: Path, recorded: Path, here: Path, held: list[int]) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        await choose(pilot, "this screen", "a.png")
        await until(pilot, lambda: held)
        (here / "a.png").write_text("mine")
        os.kill(held[0], signal.SIGCONT)
        await until(pilot, lambda: said(pilot, "can't be written (file exists)"))
    assert (here / "a.png").read_text() == "mine"
    assert [path.name for path in here.iterdir()] == ["a.png"]


APP = """
import asyncio, sys
from pathlib import Path
from sdd_tui.tui.app import SddApp
from tests.tui.driving import driven, settled, until

async def main(run, target):
    async with driven(SddApp(run.parent, run)) as pilot:
        await pilot.press("w")
        await settled(pilot)
        await pilot.press("end", "enter")
        await until(pilot, target.exists)

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
print(*{"torch", "numba", "matplotlib"} & set(sys.modules))
"""


def test_the_app_itself_imports_nothing_that_draws(recorded: Path, here: Path) -> None:
    target = here / "pentagon-small-animation.gif"
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", APP, str(recorded), str(target)],
        capture_output=True, encoding="utf-8", check=False, env=os.environ | {"PYTHONPATH": root},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    assert target.read_bytes().startswith(b"GIF89a")

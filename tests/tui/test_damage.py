"""The app over runs and sweeps with something else in their files, or with others in their place."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable

from sdd_tui.draw.marks import Marks
from sdd_tui.panels.catalogue import PANELS
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.playhead import Playhead
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.screens.form import FormScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.settings import Settings
from tests.damage import any_look, files, harm, made_run, made_sweep
from tests.tui.driving import command, driven, looked, picture, run_screen, settled, until


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """m -> a run with something in every file."""
    folder = tmp_path_factory.mktemp("made")
    return {m: made_run(folder / str(m), m) for m in (2, 3)}


def well(pilot: Pilot[None]) -> str:
    """The screen's text: every line as wide as the screen and fit to print."""
    strips = picture(pilot)
    assert {strip.cell_length for strip in strips} == {pilot.app.size.width}
    text = "\n".join(strip.text for strip in strips)
    assert text.replace("\n", "").isprintable()
    return text


def through_the_panels(pilot: Pilot[None], rng: random.Random, count: int) -> None:
    """Panels that fill the screen one after the other, in any look at any step; the last one's numbers copied."""
    screen = run_screen(pilot)
    for name in rng.sample(list(PANELS), count):
        screen.action_panel(name)
        screen.options = any_look(rng)
        screen.seek(Playhead(rng.choice([None, 0, 75, 106])))
        well(pilot)
    screen.action_copy()


async def test_the_first_frame_of_a_branch_is_where_it_began(made: dict[int, Path]) -> None:
    async with driven(SddApp(made[2].parent, made[2])) as pilot:
        await pilot.press("home")
        assert run_screen(pilot).view.step == run_screen(pilot).head.step == 60
        assert "no frame" not in well(pilot)


async def test_another_run_under_the_name_of_an_open_one_is_shown_instead(
    runs: Path, recorded: Path, deep: Path
) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        screen = run_screen(pilot)
        await pilot.press("left", "3", "f")
        assert "T 5 " in well(pilot) and screen.view.snapshot is not None and screen.view.snapshot.H.shape == (2, 5)
        shutil.rmtree(recorded)
        deep.rename(recorded)
        await until(pilot, lambda: screen.view.snapshot is not None and screen.view.snapshot.H.shape == (3, 12))
        await settled(pilot)
        assert "m 3 " in well(pilot) and "dims 1, 2 of 3" in well(pilot)


async def test_the_place_of_a_run_is_not_that_of_another_under_its_name(runs: Path, recorded: Path, deep: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        for standing in (None, 100):  # not yet, then where it was left
            pilot.app.open_run(recorded)  # type: ignore[attr-defined]
            await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and len(run_screen(pilot).steps))
            assert run_screen(pilot).head.step == standing
            run_screen(pilot).seek(Playhead(100))
            await pilot.press("escape")
        shutil.rmtree(recorded)
        deep.rename(recorded)
        pilot.app.open_run(recorded)  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen) and len(run_screen(pilot).steps))
        assert run_screen(pilot).head.step is None


async def test_d_star_of_frames_that_are_not_finite_is_not_there_and_the_app_is(
    tmp_path: Path, made: dict[int, Path]
) -> None:
    run = shutil.copytree(made[3], tmp_path / "run")
    raw = (run / "frames.bin").read_bytes()
    (run / "frames.bin").write_bytes(raw[:1032] + b"\x00\x00\xc0\x7f" * 10 + raw[1072:])
    for _ in range(2):  # the look is remembered
        async with driven(SddApp(tmp_path, run)) as pilot:
            await pilot.press("home", "4")
            await command(pilot, "Next projection of m > 2")
            if not run_screen(pilot).options.star:
                await command(pilot, "D* in the dimensionality")
            await until(pilot, lambda: "D*" in well(pilot))


@pytest.mark.parametrize(("marks", "digits"), [("braille", False), ("half", False), ("ascii", True)])
async def test_gram_matrices_are_digits_where_there_are_no_half_blocks(
    runs: Path, recorded: Path, marks: Marks, digits: bool
) -> None:
    async with driven(SddApp(runs, recorded, Settings(marks=marks))) as pilot:
        await pilot.press("7", "f")
        await settled(pilot)
        picture = well(pilot).split("WᵀW" if marks != "ascii" else "WTW", 1)[1]
        assert ("+9" in picture, "▀" in picture, "^^" in picture) == (digits, not digits, False)


HALVES = [0, pytest.param(1, marks=pytest.mark.science)]
"""Which files are damaged: every second one in the ordinary tests, the others in `make science`."""


@pytest.mark.parametrize("half", HALVES)
async def test_random_bytes_in_any_file_of_a_run_never_crash_or_deface_the_app(
    tmp_path: Path, made: dict[int, Path], half: int
) -> None:
    rng = random.Random(1 + half)
    runs = tmp_path / "runs"
    damaged = {}
    for i, name in list(enumerate(files(made[2])))[half::2]:
        run = shutil.copytree(made[2 + i % 2], runs / f"run{i:02}")
        harm(run / sorted(files(run))[i], rng)
        damaged[run.name] = name
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("o", "tab")
        await until(pilot, lambda: pilot.app.screen.query_one(DataTable).row_count == len(damaged))
        for name, first in damaged.items():
            well(pilot)
            await pilot.press("enter", "f")
            run = run_screen(pilot).view.run.path
            assert run.name == name
            through_the_panels(pilot, rng, 4)
            second = rng.choice(files(run))
            harm(run / second, rng)
            run_screen(pilot).follow()
            through_the_panels(pilot, rng, 2)
            if first.endswith(("config.toml", ".json", ".safetensors")):  # what a branch is made of
                await pilot.press("home", "b")
                well(pilot)
                await pilot.press(*(["escape"] if isinstance(pilot.app.screen, FormScreen) else []))
            await pilot.press("escape", "escape")
            assert isinstance(pilot.app.screen, HomeScreen), (name, first, second)
            await pilot.press("down")


async def test_random_bytes_in_runs_that_are_compared_never_crash_or_deface_the_app(
    tmp_path: Path, made: dict[int, Path]
) -> None:
    rng = random.Random(2)
    runs = [shutil.copytree(made[m], tmp_path / f"run{m}") for m in (2, 3)]
    for _ in range(5):
        for run, whole in zip(runs, (made[2], made[3]), strict=True):
            shutil.rmtree(run)
            shutil.copytree(whole, run)
            harm(run / rng.choice(["config.toml", "status.json", "metrics.jsonl", "frames.bin", "events.jsonl"]), rng)
        async with driven(SddApp(tmp_path)) as pilot:
            screen = CompareScreen(runs)
            await pilot.app.push_screen(screen)
            await looked(pilot)  # once: a damaged run may look like one that trains, whose screen never settles
            for _ in range(5):
                screen.options = any_look(rng)
                screen.seek(Playhead(rng.choice([None, 0, 75, 106])))
                well(pilot)
                screen.action_copy()
            harm(runs[0] / rng.choice(files(runs[0])), rng)
            screen.follow()
            await pilot.press("home", "f")
            well(pilot)


@pytest.mark.parametrize("half", HALVES)
async def test_random_bytes_in_any_file_of_a_sweep_never_crash_or_deface_the_app(
    tmp_path: Path, made: dict[int, Path], half: int
) -> None:
    rng = random.Random(3 + half)
    runs = tmp_path / "runs"
    whole = made_sweep(tmp_path / "whole", made[2])
    own = [name for name in files(whole) if not name.startswith("cells/")]
    of_a_cell = [f"cells/T=3,seed=0/{name}" for name in ("result.json", "config.toml", "status.json", "frames.bin")]
    for i, name in list(enumerate([*own, *of_a_cell]))[half::2]:
        harm(shutil.copytree(whole, runs / f"sweep{i:02}") / name, rng)
    async with driven(SddApp(runs)) as pilot:
        for folder in sorted(runs.iterdir()):
            well(pilot)
            pilot.app.open_sweep(folder)  # type: ignore[attr-defined]
            await settled(pilot)
            if isinstance(screen := pilot.app.screen, SweepScreen):
                for key in rng.sample(["left", "right", "up", "down", "v", "f", "tab"], 2):
                    await pilot.press(key)
                    well(pilot)
                    harm(folder / rng.choice([n for n in files(folder) if "safetensors" not in n]), rng)
                    screen.follow()
                screen.action_copy()
                await pilot.press("enter")
                well(pilot)
            while not isinstance(pilot.app.screen, HomeScreen):
                await pilot.press("escape")
        await pilot.press("S")
        well(pilot)

"""The sweep screen while the sweep on disk grows, changes or goes away, and what it opens of it."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.run.layout import CELLS, FRAMES
from sdd_tui.sweep import manage
from sdd_tui.sweep.axes import parse_axis
from sdd_tui.sweep.directory import RESULTS, SWEEP, add_cells
from tests.bench.sweeps import finished
from tests.tui.driving import text_of, until
from tests.tui.sweeping import fill, shown, title


def make_stale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a network file system says of everything in a directory that another machine has replaced."""

    def broken(plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *args: Any, **kwargs: Any) -> Any:
            if str(path).startswith(str(folder)):
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(path))
            return plain(path, *args, **kwargs)

        return call

    for module, name in ((os, "stat"), (os, "listdir"), (os, "scandir"), (io, "open")):
        monkeypatch.setattr(module, name, broken(getattr(module, name)))


@pytest.mark.parametrize("away", ["renamed", "trashed", "damaged", "stale"])
async def test_a_sweep_that_goes_away_keeps_its_picture_and_says_so(
    runs: Path, swept: Path, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(runs, swept) as (pilot, screen):
        if away == "renamed":
            manage.rename(swept, "elsewhere")
        elif away == "trashed":
            manage.trash(swept)
        elif away == "stale":
            make_stale(swept, monkeypatch)
        else:
            (swept / SWEEP).write_text("no = [")
        await until(pilot, lambda: screen.view.problem)
        await until(pilot, lambda: "this is what was read last" in title(pilot))
        assert ("sweep.toml" if away == "damaged" else "directory is gone") in title(pilot)
        await pilot.press("right", "enter", "n", "y")
        assert len(screen.view.points) == 7 and screen.view.progress.done == 14
        assert pilot.app.screen is screen or away in ("damaged", "stale")


async def test_a_sweep_that_comes_back_is_followed_again(runs: Path, swept: Path) -> None:
    async with shown(runs, swept) as (pilot, screen):
        there = manage.rename(swept, "elsewhere")
        await until(pilot, lambda: screen.view.problem)
        there.rename(swept)
        await until(pilot, lambda: not screen.view.problem)
        assert "finished  14 of 14 cells" in title(pilot)


async def test_cells_that_are_added_are_drawn_and_the_chosen_point_stays(
    runs: Path, swept: Path, recorded: Path
) -> None:
    async with shown(runs, swept) as (pilot, screen):
        await pilot.press("right", "right")
        assert screen.view.at == {"T": 8}
        sweep = add_cells(swept, [parse_axis("T", [4, 50_000], "x")])
        await until(pilot, lambda: "14 of 18 cells" in title(pilot))
        assert screen.view.at == {"T": 8} and screen.view.scale.span == (3, 50_000)
        fill(swept, sweep, recorded)
        await until(pilot, lambda: "18 of 18 cells" in title(pilot))
        await pilot.press("left", "left")
        assert screen.view.at == {"T": 4}


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


async def test_of_many_cells_only_those_drawn_are_opened(runs: Path, touched: list[str]) -> None:
    folder = finished(runs, 60, 4)
    touched.clear()
    async with shown(runs, folder) as (pilot, screen):
        await until(pilot, lambda: "240 of 240 done" in text_of(pilot) and "T=62" in text_of(pilot))
        planes = text_of(pilot, screen.query_one("#rows")).splitlines()[1].count("T=")
    opened = [Path(path) for path in touched]
    frames = [path for path in opened if path.name == FRAMES]
    assert 1 <= len({path.parent for path in frames}) <= planes
    assert len({path.parent for path in opened if path.parent.parent == folder / CELLS}) <= planes

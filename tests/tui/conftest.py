"""The recorded run that the app replays in these tests."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.widgets import Input

from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.run.index import listed
from sdd_tui.run.requests import ask
from sdd_tui.training.launch import launch
from tests.tui.driving import nothing_to_do, settled
from tests.tui.sweeping import made
from tests.waiting import wait_until

RECORDED = Path(__file__).parent / "recorded" / "pentagon-small"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on the screen goes by the clock: cursors don't blink, nothing glides, and what was said stays."""
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(Notification, "time_left", 1e6)


@pytest.fixture(autouse=True)
def by_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is handled when nothing is left to do, not when little was done for a while."""
    monkeypatch.setattr("textual.app.wait_for_idle", nothing_to_do)
    monkeypatch.setattr("textual.pilot.wait_for_idle", nothing_to_do)


@pytest.fixture(autouse=True)
def drawn_when_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app without a terminal draws nothing for nobody, which took two fifths of its time: a picture that a test
    looks at is drawn whole, from the beginning."""
    draw = Compositor.render_update

    def drawn(self: Compositor, full: bool = False, **options: Any) -> object:
        if not full:
            self._dirty_regions.clear()
            return None
        assert self.root is not None
        self.root.refresh()  # what a question has behind it
        return draw(self, full, **options)

    monkeypatch.setattr(Compositor, "render_update", drawn)


@pytest.fixture(autouse=True)
def styles_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of apps have the same styles: a tenth of their time."""
    parse = Stylesheet._parse_rules

    def rules_of(self: Stylesheet, *args: Any, **options: Any) -> list[RuleSet]:
        key = (tuple(self._variables.items()), args, tuple(options.items()))
        if key not in _parsed:
            _parsed[key] = parse(self, *args, **options)
        return _parsed[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", rules_of)


_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


@pytest.fixture(autouse=True)
def nothing_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app keeps what it finds from being collected, for good: here that would be every app before it."""
    monkeypatch.setattr(gc, "freeze", lambda: None)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A runs directory with one finished run in it."""
    folder = tmp_path / "runs"
    folder.mkdir()
    shutil.copytree(RECORDED, folder / RECORDED.name)
    return folder


@pytest.fixture
def deep(runs: Path) -> Path:
    """A finished run with three hidden dimensions."""
    return shutil.copytree(RECORDED.parent / "deep-small", runs / "deep-small")


@pytest.fixture
def recorded(runs: Path) -> Path:
    """That run."""
    return runs / RECORDED.name


@pytest.fixture
def long_run(runs: Path) -> Iterator[Path]:
    """A run that goes on for longer than a test, stopped afterwards."""
    run = create(load("quick", ["T=300", "optim.steps=50000000", "n_test=500", "threads=1"]), runs, "long")
    launch(run)
    yield run
    entry = listed(run)
    if entry is not None and entry.state in ("starting", "running", "paused"):
        ask(run, "stop")
        wait_until(lambda: (e := listed(run)) is None or e.state == "stopped")


@pytest.fixture
def swept(runs: Path, recorded: Path) -> Path:
    """A finished sweep along T."""
    return made(runs, recorded, {"T": [3, 5, 8, 30, 100, 1000, 5000], "seed": [0, 1]})


@pytest.fixture
def gridded(runs: Path, recorded: Path) -> Path:
    """A finished sweep over T and m."""
    return made(runs, recorded, {"T": [5, 50, 500], "m": [2, 3], "seed": [0, 1]}, "gridded")


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """Pictures of a settled screen: whether it looks as it did when its picture was kept."""

    def compare(
        app: Any, press: Iterable[str] = (), terminal_size: tuple[int, int] = (80, 24), run_before: Any = None
    ) -> bool:
        async def come_there(pilot: Pilot[None]) -> None:
            await settled(pilot)
            if run_before is not None:
                await run_before(pilot)
            await pilot.press(*press)
            await settled(pilot)

        return snap_compare(app, terminal_size=terminal_size, run_before=come_there)

    return compare

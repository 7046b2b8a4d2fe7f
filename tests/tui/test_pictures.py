"""Looks right: SVG pictures of whole screens, from recorded runs in the real app. What each panel draws is compared as
text, in tests/panels/test_goldens.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sdd_tui.run.layout import STATUS, read_json, replace_json
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.compare import CompareScreen
from sdd_tui.tui.settings import Settings
from tests.tui.driving import command, find

PLAIN: dict[str, Any] = {"theme": "sdd-dark"}
LIGHT = {"theme": "sdd-light"}
ASCII = {"marks": "ascii"}
HALF = {"marks": "half"}

Snap = Callable[..., bool]


def app(runs: Path, run: Path | None, settings: dict[str, Any]) -> SddApp:
    return SddApp(runs, run, Settings(**settings))


LOOKS = [(PLAIN, (80, 24)), (PLAIN, (120, 40)), (PLAIN, (200, 60)), (LIGHT, (120, 40)), (ASCII, (80, 24))]
"""Themes and marks change colours and characters alike at every size."""


@pytest.mark.parametrize(("settings", "size"), LOOKS, ids=["80", "120", "200", "light", "ascii"])
def test_run(snap_compare: Snap, runs: Path, recorded: Path, settings: dict[str, Any], size: tuple[int, int]) -> None:
    assert snap_compare(app(runs, recorded, settings), terminal_size=size)


def test_run_without_colours(snap_compare: Snap, runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(80, 24), press=["7"])


@pytest.mark.parametrize("keys", [("c", "c", "c"), ("home", "right", "right")], ids=lambda keys: "-".join(keys))
def test_run_after_keys(snap_compare: Snap, runs: Path, recorded: Path, keys: tuple[str, ...]) -> None:
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(120, 40), press=keys)


def test_run_on_linear_steps(snap_compare: Snap, runs: Path, recorded: Path) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await command(pilot, "Log or linear steps")

    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(120, 40), run_before=before)


def test_three_dimensions(snap_compare: Snap, runs: Path, deep: Path) -> None:
    assert snap_compare(app(runs, deep, PLAIN), terminal_size=(120, 40))


def test_half_blocks(snap_compare: Snap, runs: Path, recorded: Path) -> None:
    assert snap_compare(app(runs, recorded, HALF), terminal_size=(120, 40))


@pytest.mark.parametrize(
    ("settings", "size"), [(PLAIN, (200, 60)), (LIGHT, (120, 40)), (ASCII, (80, 24))], ids=["200", "light", "ascii"]
)
def test_comparison(
    snap_compare: Snap, runs: Path, recorded: Path, deep: Path, settings: dict[str, Any], size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.app.push_screen(CompareScreen([recorded, deep]))

    assert snap_compare(app(runs, None, settings), terminal_size=size, run_before=before)


def test_comparison_without_colours(
    snap_compare: Snap, runs: Path, recorded: Path, deep: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(SddApp(runs, recorded, Settings(**PLAIN), [deep]), terminal_size=(80, 24))


@pytest.mark.parametrize("label", ["Stop training", "Run to a step"], ids=["stop", "run-to"])
def test_questions_about_a_run_that_trains(snap_compare: Snap, runs: Path, recorded: Path, label: str) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await command(pilot, label)
        await pilot.press(*(["1", "7", "x", "enter"] if label == "Run to a step" else []))

    status = {"state": "running", "host": "node-7", "heartbeat": 9e12, "step": 8_600}
    replace_json(recorded / STATUS, read_json(recorded / STATUS) | status)
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(80, 24), run_before=before)


def test_resume_question(snap_compare: Snap, runs: Path, recorded: Path) -> None:
    replace_json(recorded / STATUS, read_json(recorded / STATUS) | {"state": "stopped", "outcome": {}})
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(80, 24), press=["p"])


def test_palette(snap_compare: Snap, runs: Path, recorded: Path) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await find(pilot, "layout")

    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(120, 40), run_before=before)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80", "120"])
def test_help(snap_compare: Snap, runs: Path, recorded: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=size, press=["4", "question_mark"])


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80", "120"])
def test_the_dialog_of_pictures(
    snap_compare: Snap,
    runs: Path,
    recorded: Path,
    size: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=size, press=["w", "down", "down", "down", "right"])


def test_branch_form(snap_compare: Snap, runs: Path, recorded: Path) -> None:
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(120, 40), press=["left", "b"])


def test_run_with_damaged_frames(snap_compare: Snap, runs: Path, recorded: Path) -> None:
    (recorded / "frames.bin").write_bytes(b"\xff" * 5000)
    assert snap_compare(app(runs, recorded, PLAIN), terminal_size=(80, 24))

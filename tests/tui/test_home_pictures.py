"""Looks right: SVG pictures of Home and of what opens above it, from recorded runs, with the clock held still."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.run.layout import replace_json
from sdd_tui.run.notes import write_note, write_tags
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.settings import Settings

SIZES = [(80, 24), (120, 40), (200, 60)]

LOOKS = [{"theme": "sdd-light"}, {"marks": "ascii"}]

NOW = 1_795_000_000.0

LATER = 9e12
"""A heartbeat that never goes stale."""

OTHERS = (
    ("20261118-091500-circle-3f2a", 30, 8_000.0, {"state": "running", "host": "node-7", "step": 8_600}),
    ("20261117-200000-middle-77aa", 2_000, 90_000.0, {"test_loss": 1.0385, "train_loss": 0.9914}),
    ("diverged", 100, 700_000.0, {"state": "failed", "outcome": {"reason": "the loss became NaN", "advice": ""}}),
    ("fresh", 0, 30.0, {"state": "paused", "host": "node-7", "step": 2_000}),
)


@pytest.fixture(autouse=True)
def at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ages are told by a clock that stands still, on a machine called laptop with two cores."""
    monkeypatch.setattr("sdd_tui.tui.home.experiments.cores", lambda: 2)
    monkeypatch.setattr("sdd_tui.tui.home.panel.now", lambda: NOW)
    monkeypatch.setattr("sdd_tui.tui.home.columns.socket.gethostname", lambda: "laptop")


@pytest.fixture
def five(runs: Path, recorded: Path) -> Path:
    """Runs in five states, one with tags and a note."""
    os.utime(recorded / "config.toml", (NOW - 200, NOW - 200))
    write_tags(recorded, ["paper", "seed-3"])
    write_note(recorded, "One example is far from the others: compare with seed 4.")
    for name, T, age, status in OTHERS:
        run = runs / name
        shutil.copytree(recorded, run)
        (run / "notes.json").unlink()
        config = run / "config.toml"
        config.write_text(
            config.read_text().replace("n_examples = 5", f"n_examples = {T or chr(34) + 'inf' + chr(34)}")
        )
        os.utime(config, (NOW - age, NOW - age))
        before = json.loads((run / "status.json").read_text())
        replace_json(run / "status.json", before | {"heartbeat": LATER} | status)
    return runs


@pytest.mark.parametrize("size", SIZES)
def test_home(snap_compare: Any, five: Path, size: tuple[int, int]) -> None:
    assert snap_compare(SddApp(five), terminal_size=size, press=["tab", "down"])


@pytest.mark.parametrize("settings", LOOKS, ids=lambda settings: "-".join(settings.values()))
def test_home_in_other_looks(snap_compare: Any, five: Path, settings: dict[str, Any]) -> None:
    shown = SddApp(five, None, Settings(**settings))
    assert snap_compare(shown, terminal_size=(120, 40), press=["tab", "space", "down"])


def test_home_without_colours(snap_compare: Any, five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(SddApp(five), terminal_size=(120, 40), press=["tab", "space", "down"])


def test_home_with_the_expected_picture_on_a_small_terminal(snap_compare: Any, five: Path) -> None:
    assert snap_compare(SddApp(five), terminal_size=(80, 24), press=["v"])


def test_home_with_a_filter_and_marks(snap_compare: Any, five: Path) -> None:
    press = ["tab", "space", "down", "space", "slash", *"T<100 -state:failed"]
    assert snap_compare(SddApp(five), terminal_size=(80, 24), press=press)


def test_home_with_a_filter_that_is_not_understood(snap_compare: Any, five: Path) -> None:
    assert snap_compare(SddApp(five), terminal_size=(80, 24), press=["slash", *"n_exmples>3"])


def test_home_without_runs(snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(SddApp(tmp_path / "none"), terminal_size=(80, 24))


def test_home_where_features_characterise_the_preset(snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(SddApp(tmp_path / "none"), terminal_size=(120, 40), press=["end"])


def test_rename(snap_compare: Any, five: Path) -> None:
    assert snap_compare(SddApp(five), terminal_size=(80, 24), press=["tab", "down", "r", "home", "/", "enter"])


@pytest.mark.parametrize("size", SIZES[:2])
def test_form(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(SddApp(tmp_path), terminal_size=size, press=["e", "7", "down", "down", "space"])


def test_form_with_a_setting_that_is_wrong(snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(SddApp(tmp_path), terminal_size=(80, 24), press=["e", "0"])

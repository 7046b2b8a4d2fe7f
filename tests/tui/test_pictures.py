"""Looks right: SVG pictures of a run at three sizes, from a recorded run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sdd_tui.tui.app import SddApp

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
def test_run(snap_compare: Any, runs: Path, recorded: Path, size: tuple[int, int]) -> None:
    assert snap_compare(SddApp(runs, recorded), terminal_size=size)


def test_run_with_steps_on_a_log_axis(snap_compare: Any, runs: Path, recorded: Path) -> None:
    assert snap_compare(SddApp(runs, recorded), terminal_size=(120, 40), press=["x"])


def test_help(snap_compare: Any, runs: Path, recorded: Path) -> None:
    assert snap_compare(SddApp(runs, recorded), terminal_size=(80, 24), press=["question_mark"])


def test_run_with_damaged_frames(snap_compare: Any, runs: Path, recorded: Path) -> None:
    (recorded / "frames.bin").write_bytes(b"\xff" * 5000)
    assert snap_compare(SddApp(runs, recorded), terminal_size=(80, 24))

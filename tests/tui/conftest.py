"""The recorded run that the app replays in these tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent / "recorded" / "pentagon-small"


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

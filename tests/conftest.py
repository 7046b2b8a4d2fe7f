"""What several test directories share: where runs go."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs directory of the test's own, also for the processes it starts."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("SDD_RUNS_DIR", str(folder))
    return folder

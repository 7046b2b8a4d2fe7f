"""`call`: the command line in this process, with runs in a directory of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import Caller


@pytest.fixture
def call(runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Caller:
    """`sdd` in this process."""
    return Caller(monkeypatch, capsys)

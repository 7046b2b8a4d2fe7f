"""`call`: the command line in this process, with runs in a directory of the test's own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.helpers import Caller, mount


@pytest.fixture
def call(runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Caller:
    """`sdd` in this process."""
    return Caller(monkeypatch, capsys)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("needs Linux's mount")
    done = mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place))
    if done.returncode:
        pytest.skip(f"can't mount a small disk here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)

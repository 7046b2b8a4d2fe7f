"""What several test directories share: where runs go."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import pytest

if shutil.which("nvidia-smi") is None:  # before anything imports Triton, which looks at it as it defines its functions
    os.environ.setdefault("TRITON_INTERPRET", "1")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs directory of the test's own, also for the processes it starts."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("SDD_RUNS_DIR", str(folder))
    return folder


@pytest.fixture
def no_home(own_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No HOME, and no entry in passwd: as in a container under a number that nobody has."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and memory of the test's own, also for the processes it starts."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home

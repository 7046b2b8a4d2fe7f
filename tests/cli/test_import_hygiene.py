"""What a command does not need, it does not import: each is run in a process of its own and asked afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import TINY, imported


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["ls"],
        ["presets"],
        ["run", "--help"],
        ["branch", "--help"],
        ["stop", "--help"],
        ["export", "--help"],
    ],
)
def test_light_commands_import_nothing_heavy(runs: Path, args: list[str]) -> None:
    assert not imported(*args) & {"torch", "numba", "textual", "plotext"}


def test_training_on_the_cpu_imports_no_torch(runs: Path) -> None:
    found = imported("run", *TINY, "--quiet", "--name", "a")
    assert "numba" in found
    assert not found & {"torch", "textual", "plotext"}


def test_showing_a_run_imports_no_engine(runs: Path) -> None:
    imported("run", *TINY, "--quiet", "--name", "a")
    assert not imported("show", "a") & {"torch", "numba", "textual", "plotext"}


def test_creating_a_branch_imports_no_engine(runs: Path) -> None:
    imported("run", *TINY, "--quiet", "--name", "a")
    assert not imported("branch", "a", "--step", "3", "--detach") & {"torch", "numba", "textual", "plotext"}


def test_exporting_a_run_imports_no_engine_and_no_other_format_s_library(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    imported("run", *TINY, "--quiet", "--name", "a")
    heavy = {"torch", "numba", "textual", "plotext", "pandas", "pyarrow", "tensorboard", "wandb"}
    assert not imported("export", "a", "--to", "csv") & heavy
    assert not imported("export", "a", "--to", "npz") & heavy

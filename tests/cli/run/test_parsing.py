"""A configuration is parsed once where it is written, and once where a run's directory is opened."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sdd_tui.config import RunConfig
from tests.cli.helpers import TINY, Caller


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """The settings that are parsed in this process from now on."""
    found: list[dict[str, object]] = []
    parse = RunConfig.model_validate

    def counted(settings: dict[str, object]) -> RunConfig:
        found.append(settings)
        return parse(settings)

    monkeypatch.setattr(RunConfig, "model_validate", counted)
    return found


def test_a_run_is_parsed_from_its_preset_with_the_changes_and_from_its_directory(
    call: Caller, runs: Path, parsed: list[dict[str, object]]
) -> None:
    assert call("run", *TINY, "--name", "a", "--quiet").code == 0
    assert len(parsed) == 3  # the preset alone too, so that what is wrong in it is not blamed on the changes


def test_a_cell_of_a_sweep_is_parsed_once_before_its_workers_start(
    call: Caller, runs: Path, parsed: list[dict[str, object]]
) -> None:
    small = [setting for setting in TINY[1:] if not setting.startswith("T=")]
    assert call("sweep", "run", "polygons-quick", "T=3,5", "seed=0,1", *small, "--name", "a", "--quiet").code == 0
    cells = Counter((s["data"]["n_examples"], s["data"]["seed"]) for s in parsed if "T=" in str(s.get("title")))  # type: ignore[index]
    assert cells == {(3, 0): 1, (3, 1): 1, (5, 0): 1, (5, 1): 1}

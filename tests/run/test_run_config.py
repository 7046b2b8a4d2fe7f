"""A run's config.toml is read as a whole or not at all, and one of a newer version as far as it is understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.errors import DamagedError
from sdd_tui.run.create import create
from sdd_tui.run.index import listed
from sdd_tui.run.layout import replace_json
from sdd_tui.run.reader import open_run
from sdd_tui.run.run_config import read_run_config
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from tests.run.helpers import small, trained


def state_of(run: Path) -> str | None:
    entry = listed(run)
    return entry.state if entry else None


def test_a_file_cut_anywhere_is_damage_and_never_a_set_of_defaults(runs: Path) -> None:
    run = create(small(), runs, "a")
    text = (run / "config.toml").read_bytes()
    for size in range(len(text)):
        (run / "config.toml").write_bytes(text[:size])
        with pytest.raises(DamagedError):
            read_run_config(run)
        assert state_of(run) == "damaged"
    (run / "config.toml").write_bytes(text)
    assert read_run_config(run) == small()


@pytest.mark.parametrize("content", ["", "\n", "[data]\nn_features = 50\n"])
def test_a_run_whose_settings_are_gone_is_not_trained(runs: Path, content: str) -> None:
    run = create(small(), runs, "a")
    (run / "config.toml").write_text(content)
    with pytest.raises(DamagedError, match=r"config.toml: is not whole.*Restore it"):
        record(run)
    assert not (run / "metrics.jsonl").exists()


def of_a_newer_version(run: Path, **meta: Any) -> Path:
    """The run as a later version might have written it, with a setting that nobody knows yet."""
    text = (run / "config.toml").read_text()
    text = text.replace("[data]", "[data]\nhue = 3").replace("[optim]", "[later]\nx = 1\n\n[optim]")
    (run / "config.toml").write_text(text)
    found = json.loads((run / "meta.json").read_text())
    replace_json(run / "meta.json", found | meta)
    return run


@pytest.mark.parametrize("meta", [{"versions": {"sdd-tui": "99.1"}}, {"schema_version": 2}])
def test_a_run_of_a_newer_version_is_shown_as_far_as_it_is_understood(runs: Path, meta: dict[str, Any]) -> None:
    run = open_run(of_a_newer_version(trained(small(), runs), **meta))
    assert run.config == small()
    assert len(run.metrics["step"]) and run.frame().step == 200
    assert "data.hue, later can't be shown: it was written by sdd-tui" in run.problems["config.toml"]
    assert state_of(run.path) == "finished"


@pytest.mark.parametrize("meta", [{"versions": {"sdd-tui": "99.1"}}, {"schema_version": 2}])
def test_a_run_of_a_newer_version_is_neither_trained_nor_branched_from(runs: Path, meta: dict[str, Any]) -> None:
    run = of_a_newer_version(trained(small(), runs), **meta)
    for act in (lambda: record(run), lambda: branch(run, 100, small(), runs, "b")):
        with pytest.raises(DamagedError, match=r"written by sdd-tui .*Train on with that version"):
            act()


def test_a_setting_that_no_version_wrote_is_a_mistake(runs: Path) -> None:
    run = of_a_newer_version(create(small(), runs, "a"))
    with pytest.raises(DamagedError, match=r"(hue|later) is not a setting"):
        read_run_config(run)

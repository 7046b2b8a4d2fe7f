"""A run kept since schema version 1 stays readable, whatever changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.run import checkpoint
from sdd_tui.run.index import listed
from sdd_tui.run.reader import open_run
from sdd_tui.training.recorder import record

GOLDEN = Path(__file__).parent / "golden" / "schema-1"


def test_it_is_small() -> None:
    assert sum(p.stat().st_size for p in GOLDEN.rglob("*") if p.is_file()) < 30_000


def test_it_is_listed() -> None:
    entry = listed(GOLDEN)
    assert entry is not None
    assert (entry.state, entry.step, entry.steps, entry.preset) == ("finished", 20, 20, "golden")


def test_it_is_read() -> None:
    run = open_run(GOLDEN)
    assert run.config.title == "Small & old"
    assert run.meta["schema_version"] == 1
    assert run.metrics["step"].tolist() == list(range(21))
    assert run.metrics["train_loss"][-1] == pytest.approx(run.status["train_loss"])
    assert [e["kind"] for e in run.events][-1] == "finished"
    assert run.frame_steps.tolist() == [0, 3, 6, 9, 11, 14, 17, 20]
    frame = run.frame()
    assert frame.H.shape == (2, 5)
    assert run.problems == {}
    state, _ = checkpoint.load(GOLDEN, 20, (2, 20), True)
    np.testing.assert_array_equal(state.params.W[0], frame.W)
    assert (state.output, state.hidden) == ("relu", "linear")


def test_its_numbers_are_known() -> None:
    run = open_run(GOLDEN)
    assert run.metrics["train_loss"][[0, -1]] == pytest.approx([0.8578998688245958, 0.5619536253851866], rel=1e-9)
    assert run.meta["data_sha256"].startswith("7bd8c5467de42713")


def test_it_can_be_resumed(tmp_path: Path) -> None:
    run = shutil.copytree(GOLDEN, tmp_path / "schema-1")
    assert record(run).state == "finished"
    assert (run / "metrics.jsonl").read_bytes() == (GOLDEN / "metrics.jsonl").read_bytes()

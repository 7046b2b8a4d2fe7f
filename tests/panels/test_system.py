"""The system panel: speed now and over training, memory in hindsight, and a log that scrolls."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.system import _speeds, speed, time_left
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.layout import CONSOLE, METRICS, STATUS, read_json, replace_json
from sdd_tui.run.liveness import me
from sdd_tui.run.reader import open_run

RECORDED = Path(__file__).parents[1] / "tui" / "recorded" / "pentagon-small"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return shutil.copytree(RECORDED, tmp_path / "run")


def shown(run: Path) -> View:
    view = View(open_run(run))
    view.poll(10)
    view.go(None)
    return view


def told(run: Path, **status: Any) -> dict[str, Any]:
    """What the panel says of a run with this status."""
    replace_json(run / STATUS, read_json(run / STATUS) | status)
    return PANELS["system"].numbers(shown(run), ViewOptions())


def lines(view: View, options: ViewOptions, width: int = 60, height: int = 12) -> list[str]:
    return ["".join(t for t, _ in row).rstrip() for row in drawn(PANELS["system"], view, options, width, height).rows]


def test_time_left_is_at_the_present_speed_and_not_at_the_sessions_mean() -> None:
    status = {"step": 1_000, "steps_per_second": 10.0, "recent_steps_per_second": 100.0}
    assert (speed(status), time_left(status, 2_000)) == (100.0, 10.0)
    del status["recent_steps_per_second"]  # a run of an earlier version
    assert (speed(status), time_left(status, 2_000)) == (10.0, 100.0)


def test_a_running_run_says_its_present_speed_and_a_finished_one_its_mean(run: Path) -> None:
    rates = {"steps_per_second": 10.0, "recent_steps_per_second": 100.0}
    assert told(run, **rates)["speed"] == "10 steps/s"
    assert told(run, state="running", **rates, **me())["speed"] == "100 steps/s"


def test_the_share_of_pairs_that_were_computed_is_told_where_some_were_not(run: Path) -> None:
    assert "pairs" not in told(run)
    assert told(run, pairs_computed=0.0712)["pairs"].startswith("7.12 % computed")


def test_memory_and_gpu_are_seen_from_elsewhere_and_afterwards(run: Path) -> None:
    held = {"memory_mb": 201.4, "peak_memory_mb": 310.0, "gpus": ["NVIDIA H200  87 %", 5, "\x1b[31m"]}
    assert told(run, **held)["memory"] == "peak 310 MB"
    far = told(run, state="running", host="node-7", heartbeat=9e12, **held)
    assert far["memory"] == "201 MB, peak 310 MB"
    text = "\n".join(lines(shown(run), ViewOptions()))
    assert "NVIDIA H200  87 %" in text and "\x1b" not in text
    told(run, memory_mb="much", peak_memory_mb=[], gpus={"a": 1})


def test_speed_over_training_is_steps_over_seconds_between_rows(run: Path) -> None:
    rows = [json.loads(line) for line in (run / METRICS).read_text().splitlines()]
    for i, row in enumerate(rows):
        row["seconds"] = i * 1.0 if i < len(rows) // 2 else len(rows) // 2 + (i - len(rows) // 2) * 4.0
    (run / METRICS).write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = _speeds(shown(run), 1_000)
    assert found is not None
    steps = np.array([row["step"] for row in rows], float)
    np.testing.assert_allclose(found.y, np.diff(steps) / np.diff([row["seconds"] for row in rows]))
    np.testing.assert_array_equal(found.x, steps[1:])
    coarse = _speeds(shown(run), 5)
    assert coarse is not None and 2 <= len(coarse.x) <= 4
    drawing = lines(shown(run), ViewOptions(), 60, 20)
    assert "steps/s" in drawing and any("20,000" in line for line in drawing)
    assert "steps/s" not in lines(shown(run), ViewOptions(), 60, 9)


def test_the_log_scrolls_up_from_its_end_and_down_again(run: Path) -> None:
    (run / CONSOLE).write_text("".join(f"line {i}\n" for i in range(1, 101)))
    view = shown(run)

    def log(scroll: int) -> list[str]:
        return [
            line.strip() for line in lines(view, ViewOptions(scroll=("system", scroll))) if line.startswith("  line")
        ]

    end = log(0)
    assert end[-1] == "line 100" and end == [f"line {i}" for i in range(101 - len(end), 101)]
    assert log(-5) == [f"line {i}" for i in range(96 - len(end), 96)]
    assert log(-1_000) == [f"line {i}" for i in range(1, len(end) + 1)]
    drawing = drawn(PANELS["system"], view, ViewOptions(scroll=("system", -5)), 60, 12)
    assert (drawing.above, drawing.beyond) == (95 - len(end), 5)
    assert any(f"lines {101 - len(end)}-100 of 100" in line for line in lines(view, ViewOptions()))

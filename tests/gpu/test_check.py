"""What `make gpu-check` says of what it measured; proved here without a GPU, the benchmark on the CPU's engine."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.cli import bench_gpu
from sdd_tui.engine.fused_cpu import FusedCPU
from tests.gpu import check

QUICK = 1e9
"""How many times the dense loop takes: above every bar."""


@pytest.fixture(scope="module")
def tiny_bench() -> dict[str, Any]:
    """What `sdd bench --device cuda --json` prints, of a few examples on the CPU's engine."""
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setattr("sdd_tui.engine.setup.make_engine", lambda config: FusedCPU("float32"))
        patch.setattr(bench_gpu, "machine", lambda device: {"gpu": "none"})
        patch.setattr("sdd_tui.cli.bench.SETTLE_S", 0.0)
        patch.setattr("sdd_tui.cli.bench.SAMPLE_S", 0.0)
        for name, value in {"SIZES": (4, 5, 6), "MODELS": 3, "FIGURE": (3, 9), "TIMED": 2, "SEEDS": 2}.items():
            patch.setattr(bench_gpu, name, value)
        bench_gpu.bench_gpu("cuda", 1, True)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def test_the_benchmark_has_every_figure_and_says_what_it_was_measured_on(tiny_bench: dict[str, Any]) -> None:
    assert [row["T"] for row in tiny_bench["rows"]] == [4, 5, 6] and tiny_bench["gpu"] == "none"
    for row in tiny_bench["rows"]:
        assert row["times_published"] == pytest.approx(row["published_ms"] / row["fused_ms"])
    batch = tiny_bench["batch"]
    assert batch["models"] == 3
    expected = 1e3 * tiny_bench["rows"][0]["published_ms"] / batch["us_per_model"]
    assert batch["times_published"] == pytest.approx(expected)
    minutes = bench_gpu.STEPS * sum(tiny_bench["figure_step_ms"].values()) / 1e3 / 60
    assert tiny_bench["figure_minutes_estimate"] == pytest.approx(minutes)
    assert set(tiny_bench["figure_step_ms"]) == {"3", "9"} and "2 timed steps" in tiny_bench["figure_estimate_from"]


def commands(bench: dict[str, Any], T100_000: float = 50.0, test_loss: float = 1.0, tests: int = 0) -> Any:
    """In the place of `check.call`: what the commands would answer on a good GPU."""
    rows = [{"T": T, "times_published": QUICK} for T in (100, 1_000, 100_000)]
    bench = bench | {"rows": rows, "figure_minutes_estimate": 20.0}
    bench["batch"] = bench["batch"] | {"times_published": QUICK}
    loss = {"pentagon": test_loss, "generalize": 0.9987, "middle": 1.002}

    def call(*arguments: str) -> tuple[int, str, str]:
        if "pytest" in arguments:
            return tests, "12 passed in 3.0s", ""
        if "bench" in arguments:
            return 0, json.dumps(bench), ""
        seconds = T100_000 if "T=100000" in arguments else 2.0
        preset = arguments[len(check.SDD) + 1]
        return 0, json.dumps({"test_loss": loss[preset], "seconds": seconds}), ""

    return call


@pytest.fixture
def same_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "fresh_data", lambda: {"agrees": True})
    monkeypatch.setattr(check, "_BEGAN", check.time.monotonic())


def checked(tmp_path: Path) -> tuple[int, dict[str, Any]]:
    code = check.main(str(tmp_path / "gpu-check.json"))
    return code, json.loads((tmp_path / "gpu-check.json").read_text())


@pytest.mark.usefixtures("same_data")
def test_a_gpu_that_meets_every_bar_passes(
    tiny_bench: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "call", commands(tiny_bench))
    code, found = checked(tmp_path)
    assert code == 0 and set(found["bars"]) == set(check.BARS)
    assert found["bars"]["seconds at T = 100,000"] == {"bar": 60.0, "found": 50.0, "met": True}
    assert found["agree"] == {"runs": True, "fresh_data": True, "tests": True}


@pytest.mark.usefixtures("same_data")
@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"T100_000": 61.0}, ("bars", "seconds at T = 100,000", "met")),
        ({"test_loss": 1.2}, ("agree", "runs")),
        ({"tests": 1}, ("agree", "tests")),
    ],
)
def test_one_bar_that_is_not_met_fails_it(
    wrong: dict[str, Any], where: tuple[str, ...], tiny_bench: dict[str, Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(check, "call", commands(tiny_bench, **wrong))
    code, found = checked(tmp_path)
    for key in where:
        found = found[key]
    assert code == 1 and found is False


@pytest.mark.usefixtures("same_data")
def test_what_the_time_does_not_suffice_for_is_stopped_and_counts_as_not_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "SDD", [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(check, "LIMIT", 0.3)
    began = check.time.monotonic()
    code, found = checked(tmp_path)
    assert code == 1 and check.time.monotonic() - began < 20
    assert not any(row["met"] for row in found["bars"].values())
    assert found["agree"] == {"runs": False, "fresh_data": True, "tests": False}
    assert "stopped" in found["bench"]["failed"] and "stopped" in found["tests"]["last_words"][0]

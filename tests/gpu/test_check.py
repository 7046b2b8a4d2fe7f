"""What `make gpu-check` says of what it measured; proved here without a GPU, the benchmark on the CPU's engine."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.cli import bench_gpu
from sdd_tui.engine.fused_cpu import FusedCPU
from tests.engine.triton_engine import TRITON
from tests.gpu import check, parts

QUICK = 1e9
"""How many times the dense loop takes: above every bar."""


@pytest.fixture(scope="module")
def tiny_bench() -> dict[str, Any]:
    """What `sdd bench --device cuda --json` prints, of a few examples on the CPU's engine."""
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setattr("sdd_tui.engine.setup.make_engine", lambda config: FusedCPU("float32"))
        patch.setattr(bench_gpu, "machine", lambda device: {"gpu": "none"})
        patch.setattr("sdd_tui.cli.timing.SETTLE_S", 0.0)
        patch.setattr("sdd_tui.cli.timing.SAMPLE_S", 0.0)
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


def commands(bench: dict[str, Any], T100_000: float = 50.0, test_loss: float = 1.0, tests: str = "12 passed") -> Any:
    """In the place of `parts.call`: what the commands would answer on a good GPU."""
    rows = [{"T": T, "times_published": QUICK} for T in (100, 1_000, 100_000)]
    bench = bench | {"rows": rows, "figure_minutes_estimate": 20.0}
    bench["batch"] = bench["batch"] | {"times_published": QUICK}
    loss = {"pentagon": test_loss, "generalize": 0.9987, "middle": 1.002}

    def call(arguments: list[str], seconds: float, **environment: str) -> tuple[int, str, str]:
        if "pytest" in arguments:
            return int("failed" in tests), f"{tests} in 3.0s", ""
        if "bench" in arguments:
            return 0, json.dumps(bench), ""
        if "sweep" in arguments:
            return 0, json.dumps({"points": [{"test_loss": {"mean": 1.003}}]}), ""
        if "tests.gpu.kernels" in arguments:
            return 0, json.dumps({"rows": []}), ""
        if "run" not in arguments:
            return 0, "", ""
        took = T100_000 if "T=100000" in arguments else 2.0
        return 0, json.dumps({"test_loss": loss[arguments[len(parts.SDD) + 1]], "seconds": took}), ""

    return call


@pytest.fixture
def same_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.PARTS, "fresh_data", (lambda folder, seconds: {"agrees": True}, 1))


def checked(folder: Path, *names: str) -> tuple[int, dict[str, Any]]:
    code = check.main(folder / "gpu-check.json", list(names or parts.PARTS))
    return code, json.loads((folder / "gpu-check.json").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("same_data")
def test_a_gpu_that_meets_every_bar_passes(
    tiny_bench: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "call", commands(tiny_bench))
    code, found = checked(tmp_path)
    assert code == 0 and set(found["bars"]) == set(check.BARS)
    assert found["bars"]["seconds at T = 100,000"] == {"bar": 60.0, "found": 50.0, "met": True}
    assert found["agree"] == dict.fromkeys(check.AGREE, True)


@pytest.mark.usefixtures("same_data")
@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"T100_000": 61.0}, ("bars", "seconds at T = 100,000", "met")),
        ({"test_loss": 1.2}, ("agree", "runs")),
        ({"tests": "11 passed, 1 failed"}, ("agree", "tests")),
        ({"tests": "11 passed, 1 skipped"}, ("agree", "tests")),
        ({"tests": "12 skipped"}, ("agree", "tests")),
    ],
)
def test_one_bar_that_is_not_met_fails_it(
    wrong: dict[str, Any], where: tuple[str, ...], tiny_bench: dict[str, Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(parts, "call", commands(tiny_bench, **wrong))
    code, found = checked(tmp_path)
    met: Any = found
    for key in where:
        met = met[key]
    assert code == 1 and met is False


@pytest.mark.usefixtures("same_data")
def test_what_the_time_does_not_suffice_for_is_stopped_and_counts_as_not_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "SDD", [sys.executable, "-c", "import time; time.sleep(600)"])
    monkeypatch.setattr(check, "LIMIT", 0.3)
    code, found = checked(tmp_path, "bench", "runs")
    assert code == 1 and "stopped after" in found["bench"]["failed"] and not found["agree"]["runs"]
    assert not any(row["met"] for row in found["bars"].values())


@pytest.mark.usefixtures("same_data")
def test_a_part_that_raises_is_told_and_the_next_one_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parts.PARTS, "tests", (lambda folder, seconds: {"agrees": 1 / 0}, 1))
    code, found = checked(tmp_path, "tests", "fresh_data")
    assert code == 1 and "ZeroDivisionError" in found["tests"]["failed"] and found["agree"]["fresh_data"]


def test_parts_by_name_leave_what_was_measured_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("memory", "fresh_data"):
        monkeypatch.setitem(parts.PARTS, name, (lambda folder, seconds: {"agrees": True}, 1))
        _, found = checked(tmp_path, name)
    assert found["agree"]["memory"] and found["agree"]["fresh_data"] and not found["agree"]["tests"]
    assert check.chosen(["a.json", "--parts", "memory,bench"]) == (Path("a.json"), ["memory", "bench"])
    with pytest.raises(SystemExit):
        check.chosen(["--parts", "everything"])


def test_what_a_node_lacks_is_named_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in ("tomli_w", "typer") else found(name))
    assert check.missing() == ["tomli-w", "typer"]


@TRITON
def test_a_node_with_nothing_but_what_is_needed_can_run_the_check(tmp_path: Path) -> None:
    """Triton's interpreter is the GPU there: what needs a real one is told, and everything else agrees."""
    command = [sys.executable, "-m", "tests.gpu.bare_node", str(tmp_path / "out.json")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert done.returncode == 1, done.stderr
    assert found["fresh_data"]["agrees"] and found["kernels"]["rows"][0]["step"] > 0
    assert found["long_runs"]["T = 1,000"]["status"] == "finished"
    for preset in ("pentagon", "middle"):
        on_gpu, on_cpu = (found["runs"][preset][device]["test_loss"] for device in ("gpu", "cpu"))
        assert on_gpu == pytest.approx(on_cpu, rel=1e-5)
    assert found["tests"]["skipped"] > 20 and not found["tests"]["agrees"]
    why = found["memory"]["failed"]  # as torch was built for CUDA or not
    assert ("NVIDIA" in why or "CUDA" in why) and "no GPU is here" in found["cells"]["failed"]


@TRITON
def test_the_page_about_the_gpu_is_what_its_command_makes() -> None:
    from tests.gpu import report

    found = json.loads((report.DOCS / "gpu.json").read_text(encoding="utf-8"))
    kept = (report.DOCS / "gpu.md").read_text(encoding="utf-8")
    counted = float(kept.split(" instructions a (feature")[0].rsplit("(", 1)[1])
    assert report.page(found, counted) == kept

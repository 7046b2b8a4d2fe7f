"""A GPU that fails while a run trains on it: the run says so and goes on from its checkpoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.engine.device_errors import DeviceEngine
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.errors import DeviceFailedError
from sdd_tui.run.create import create
from sdd_tui.run.layout import STATUS
from sdd_tui.training.recorder import record
from tests.engine.options import configured
from tests.run.helpers import assert_same_results, trained


class Failing(FusedCPU):
    """An engine whose device fails once it has done 100 steps."""

    def advance(self, state: Any, data: Any, schedule: Any, k: int) -> None:
        if state.step + k > 100:
            raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with TORCH_USE_CUDA_DSA")
        super().advance(state, data, schedule, k)


def test_a_lost_gpu_costs_nothing_but_the_steps_since_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configured("n=50", "S=0.9", "T=20", "optim.steps=200", "recording.frames=20")
    whole = trained(config, tmp_path, "whole")
    cut = create(config, tmp_path, "cut")
    with monkeypatch.context() as broken:
        broken.setattr("sdd_tui.training.recorder.make_engine", lambda config: DeviceEngine(Failing(threads=1)))
        with pytest.raises(DeviceFailedError, match=r"an illegal memory access .* `sdd resume` goes on"):
            record(cut)
    status = json.loads((cut / STATUS).read_text())
    assert status["state"] == "failed"
    assert "illegal memory access" in status["outcome"]["reason"]
    assert "sdd resume" in status["outcome"]["advice"]
    assert record(cut).state == "finished"
    assert_same_results(whole, cut)

"""Compile what the GPU's engine launches for an H100, without a GPU: a line of JSON a kernel.

python -m tests.engine.compile_kernels 2 16      for m = 2 and m = 16; needs Triton, which brings NVIDIA's tools
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.runtime.jit import JITFunction

from sdd_tui.engine.data import DataSource, FreshExamples
from sdd_tui.engine.fused_cuda import FusedCUDA
from sdd_tui.engine.fused_cuda import fresh as fresh_data
from tests.engine import conformance as c

TOOLS = Path(triton.__file__).parent / "backends/nvidia/bin"


class H100:
    """A driver as far as compiling asks one."""

    def get_current_target(self) -> GPUTarget:
        return GPUTarget("cuda", 90, 32)

    def get_current_device(self) -> int:
        return 0

    def get_current_stream(self, device: int) -> int:
        return device


def look(name: str, kernel: Any, m: int) -> dict[str, Any]:
    """Registers, stack, shared memory and telling instructions of a compiled kernel."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        Path(file.name).write_bytes(kernel.asm["cubin"])
        use, code = (
            subprocess.run(
                [TOOLS / tool, option, file.name], capture_output=True, text=True, check=True, encoding="utf-8"
            ).stdout
            for tool, option in (("cuobjdump", "-res-usage"), ("nvdisasm", "-c"))
        )
    number = {what: int(re.search(rf"{what}:(\d+)", use)[1]) for what in ("REG", "STACK")}  # type: ignore[index]
    return {
        "m": m,
        "kernel": name,
        "registers": number["REG"],
        "stack": number["STACK"],
        "shared": kernel.metadata.shared,
        "matrix": len(re.findall(r"\b[HD]G?MMA\b", code)),
        "atomic": len(re.findall(r"\b(?:ATOMG?|RED)\b", code)),
    }


def compile_all(m: int) -> None:
    """Everything that drawing data, training and evaluating a model of m hidden dimensions launches."""
    compile_only, seen = JITFunction.run, set()

    def run(self: Any, *args: Any, grid: Any, warmup: bool, **options: Any) -> Any:
        kernel = compile_only(self, *args, grid=grid, warmup=True, **options)
        if self.__name__ not in seen:
            seen.add(self.__name__)
            print(json.dumps(look(self.__name__, kernel, m)), flush=True)
        return kernel

    case = c.Case(512, m, (64,), 0.9, True, "relu", (True,), (1e-3,), (0.01,), seed=1)
    engine = FusedCUDA("float32", "cpu")
    state, data = engine.place(case.state()), engine.load(case.data())
    JITFunction.run = run
    with np.errstate(all="ignore"):
        engine.advance(state, data, case.schedule(), 1)
        engine.gradients(state, data, case.schedule())
        engine.evaluate(state, data)
        fresh_data.steps(FreshExamples(DataSource(512, 0.9), 0, 64), 0, 1, "cpu")
    JITFunction.run = compile_only


if __name__ == "__main__":
    torch.set_num_threads(1)
    triton.runtime.driver.set_active(H100())
    for argument in sys.argv[1:]:
        compile_all(int(argument))

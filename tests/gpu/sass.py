"""Compile what the GPU's engine launches for an H100, without a GPU: a line of JSON a kernel.

python -m tests.gpu.sass 2 16      for m = 2 and m = 16; needs Triton, which brings NVIDIA's assembler and disassembler

For the dense passes it counts the instructions of a (feature, example) pair and thread in their main loops. At m = 2
they can't be fewer than 6 and 5: two multiply-adds and a maximum for r, then as many sums as the pass keeps.
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
    """Registers, stack, shared memory and telling instructions of a compiled kernel. Only the dense passes are taken
    apart to the processor's own instructions: that takes a quarter of a second a kernel."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        Path(file.name).write_bytes(kernel.asm["cubin"])
        use = said("cuobjdump", "-res-usage", file.name)
        code = said("nvdisasm", "-ndf", "-c", file.name) if name == "pairs" else ""
    number = {what: int(re.search(rf"{what}:(\d+)", use)[1]) for what in ("REG", "STACK")}  # type: ignore[index]
    found = {
        "m": m,
        "kernel": name,
        "registers": number["REG"],
        "stack": number["STACK"],
        "shared": kernel.metadata.shared,
        "matrix": len(re.findall(r"\bw?g?mma\.", kernel.asm["ptx"])),
        "atomic": len(re.findall(r"^\s*(?:@!?%p\d+\s+)?(?:atom|red)\.", kernel.asm["ptx"], re.MULTILINE)),
    }
    return found | (instructions_a_pair(code) if name == "pairs" else {})


def said(tool: str, *args: str) -> str:
    """What one of NVIDIA's tools prints."""
    command = [str(TOOLS / tool), *args]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def instructions_a_pair(code: str) -> dict[str, float]:
    """Of the main loop of each dense pass: a pair has one maximum, and only the features' pass adds r itself up."""
    found: dict[str, tuple[int, float]] = {}
    for loop in loops(code):
        pairs = sum(line.startswith("FMNMX") for line in loop)
        name = "features" if any(line.startswith("FADD") for line in loop) else "examples"
        if pairs > found.get(name, (0, 0.0))[0]:
            found[name] = pairs, len(loop) / pairs
    return {f"{name}_instructions": each for name, (_, each) in found.items()}


def loops(code: str) -> list[list[str]]:
    """The instructions of every loop of a disassembled kernel, without the predicates before them."""
    places, lines = dict[str, int](), list[str]()
    found = []
    for line in code.splitlines():
        if label := re.match(r"\s*(\.L_x_\d+):", line):
            places[label[1]] = len(lines)
        elif instruction := re.match(r"\s*/\*[0-9a-f]+\*/\s+(?:@!?U?P\d+ )?\s*(.*?);", line):
            lines.append(instruction[1])
            target = re.match(r"BRA.*`\((\.L_x_\d+)\)", instruction[1])
            if target and target[1] in places:
                found.append(lines[places[target[1]] :])
    return found


def compile_all(m: int) -> None:
    """Everything that drawing data, training and evaluating a model of m hidden dimensions launches.

    A kernel is `ahead` when a model as small as what sweeps compile ahead compiles the very variants that a larger one
    runs.
    """
    compile_only, found, hashes = JITFunction.run, dict[str, Any](), dict[str, list[set[str]]]()

    def run(self: Any, *args: Any, grid: Any, warmup: bool, **options: Any) -> Any:
        kernel = compile_only(self, *args, grid=grid, warmup=True, **options)
        found.setdefault(self.__name__, kernel)
        hashes.setdefault(self.__name__, [set(), set()])[n == 512].add(kernel.hash)
        return kernel

    JITFunction.run = run
    for n, T in ((512, 64), (max(3, m), 1)):
        case = c.Case(n, m, (T,), 0.9, True, "relu", (True,), (1e-3,), (0.01,), seed=1)
        engine = FusedCUDA("float32", "cpu")
        state, data = engine.place(case.state()), engine.load(case.data())
        with np.errstate(all="ignore"):
            engine.advance(state, data, case.schedule(), 1)
            engine.gradients(state, data, case.schedule())
            engine.evaluate(state, data)
            fresh_data.steps(FreshExamples(DataSource(n, 0.9), 0, T), 0, 1, "cpu")
    JITFunction.run = compile_only
    for name, kernel in found.items():
        print(json.dumps(look(name, kernel, m) | {"ahead": hashes[name][0] == hashes[name][1]}), flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    triton.runtime.driver.set_active(H100())
    for argument in sys.argv[1:]:
        compile_all(int(argument))

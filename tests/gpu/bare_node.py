"""The whole check on a CPU, as on a node that has nothing but what the check needs: a trial of the check itself.

python -m tests.gpu.bare_node OUT.json      Triton's interpreter is the GPU, models are tiny, all runs in this process
"""

from __future__ import annotations

import io
import os
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

ABSENT = {
    *("textual", "plotext", "matplotlib", "pandas", "pyarrow", "tensorboard", "wandb", "submitit"),
    *("hypothesis", "syrupy", "pytest_asyncio", "pytest_textual_snapshot", "pytest_timeout", "xdist", "pynvml"),
}
"""What such a node lacks: everything that the check does not name."""

TINY = ("n=40", "T=4", "optim.steps=3", "n_test=5")


MORE = {"tests.gpu.kernels": ["--device", "cpu", "--n", "60", "--only", "1"]}
"""What is added to a command so that it is quick."""


class Without:
    """A finder of modules that finds none of those."""

    def __init__(self, finder: Any) -> None:
        self._finder = finder

    def find_spec(self, name: str, *more: Any) -> Any:
        """What the finder finds, or None."""
        return None if name.partition(".")[0] in ABSENT else self._finder.find_spec(name, *more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


def here(arguments: list[str], seconds: float, **environment: str) -> tuple[int, str, str]:
    """`parts.call` in this process: exit code, stdout and stderr of python -m MODULE ARGUMENTS."""
    out, words = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    argv = sys.argv
    sys.argv = arguments[2:] + MORE.get(arguments[2], [])
    try:
        with redirect_stdout(out), redirect_stderr(words):
            runpy.run_module(arguments[2], run_name="__main__", alter_sys=True)
        code: Any = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.argv = argv
    said, told = (stream.buffer.getvalue().decode() for stream in (out, words))
    return code if isinstance(code, int) else 1, said, told


def main(out: Path) -> int:
    """The check's exit code."""
    from sdd_tui.engine import devices, setup
    from sdd_tui.engine.fused_cuda import FusedCUDA
    from tests.engine.triton_engine import small_blocks
    from tests.gpu import check, parts

    for module in (devices, setup):
        vars(module)["gpu_problem"] = lambda device="cuda": ""
    vars(setup)["_gpu_engine"] = lambda config, device: FusedCUDA(config.precision, "cpu", small_blocks)
    trained = parts.trained

    def tiny(preset: str, device: str, folder: str, seconds: float, *more: str) -> dict[str, Any]:
        return trained(preset, device, folder, seconds, *more, *TINY)

    vars(parts).update(call=here, trained=tiny, FRESH=300)
    vars(check)["LIMIT"] = 100.0
    return check.main(out, [name for name in parts.PARTS if name != "bench"])


if __name__ == "__main__":
    os.environ |= {"TRITON_INTERPRET": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
    from tests.gpu.check import missing

    sys.exit(f"lacks {missing()}" if missing() else main(Path(sys.argv[1])))

"""Which devices this machine offers, and a device's failures in words: without importing torch.

The driver is asked itself, so the app and `sdd run` on a CPU pay nothing for the answer.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sdd_tui.errors import DeviceFailedError, NoDeviceError, plain

DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


def cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _driver() -> tuple[int, int]:
    """GPUs that NVIDIA's driver offers this process, and the CUDA version it is good for (12 040 is 12.4)."""
    count, version = ctypes.c_int(0), ctypes.c_int(0)
    try:
        driver = ctypes.CDLL(DRIVER)
    except OSError:
        return 0, 0
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return 0, 0
    driver.cuDriverGetVersion(ctypes.byref(version))
    return count.value, version.value


@cache
def _torch_cuda() -> int:
    """The major version of the CUDA that the installed torch was built with; 0 for none. Read, not imported."""
    spec = importlib.util.find_spec("torch")
    for place in (spec.submodule_search_locations if spec else None) or ():
        found = re.search(r"^cuda\b[^=]*=\s*['\"](\d+)", (Path(place) / "version.py").read_text(), re.MULTILINE)
        if found:
            return int(found[1])
    return 0


def gpu_count() -> int:
    """GPUs that NVIDIA's driver offers this process; 0 where there is no driver."""
    return _driver()[0]


def gpu_problem(device: str = "cuda") -> str:
    """Why torch can't compute on `device`, cuda or cuda:N; empty when it can."""
    count, version = _driver()
    if int(device.partition(":")[2] or 0) >= count:
        return ("no GPU is here", "there is only cuda:0", f"there are only {count} GPUs here")[min(count, 2)]
    if not _torch_cuda():
        return "the torch installed here is built without CUDA"
    if version // 1000 < _torch_cuda():
        return f"its driver is too old for the torch installed here, which needs one for CUDA {_torch_cuda()}"
    return ""


def check_gpu(device: str) -> None:
    """Raise NoDeviceError unless torch can compute on `device`, cuda or cuda:N."""
    if problem := gpu_problem(device):
        raise NoDeviceError(f"device {device}: {problem}; use device=cpu, which every machine has.")


def has_triton() -> bool:
    """Whether Triton is installed."""
    return importlib.util.find_spec("triton") is not None


@contextmanager
def device_errors(device: str) -> Iterator[None]:
    """Say what torch, Triton and the driver raise when a GPU fails as one sentence, whoever raised it."""
    try:
        yield
    except RuntimeError as error:
        text = str(error)
        reason = plain(text.strip().splitlines()[0] if text.strip() else type(error).__name__, 160)
        if type(error).__name__ == "OutOfMemoryError" or "out of memory" in text:
            raise DeviceFailedError(
                f"device {device}: there is not enough memory on it for this run"
                "; try a smaller T, n, m or batch_size, or device=cpu."
            ) from None
        if "driver" in text and ("too old" in text or "insufficient" in text):
            raise NoDeviceError(
                f"device {device}: its driver is too old for the torch installed here; update it, or use device=cpu."
            ) from None
        if "C compiler" in text:
            raise NoDeviceError(
                f"device {device}: Triton needs a C compiler such as gcc, and finds none; install one, or use"
                " device=cpu."
            ) from None
        if "CUDA" in text or "NVML" in text or "Triton Error" in text:
            raise DeviceFailedError(
                f"device {device}: it failed or was lost ({reason}); look at nvidia-smi, then `sdd resume` goes on from"
                " the last checkpoint."
            ) from None
        raise

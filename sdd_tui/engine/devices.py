"""Which devices this machine offers.

The driver is asked itself, so `sdd run` on a machine without a GPU pays nothing for the answer; torch is asked only
once there is a GPU that it could use.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sdd_tui.engine.architectures import architectures, has_kernels
from sdd_tui.errors import NoDeviceError

TRITON = (3, 6)
"""The oldest Triton whose language the kernels are written in."""

MAJOR, MINOR = 75, 76
"""The driver's attributes of a device that are its compute capability."""

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
def _capability(number: int) -> tuple[int, int]:
    """The compute capability of a GPU that the driver offers."""
    driver, found = ctypes.CDLL(DRIVER), (ctypes.c_int(0), ctypes.c_int(0))
    for value, attribute in zip(found, (MAJOR, MINOR), strict=True):
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, number)
    return found[0].value, found[1].value


@cache
def _torch_cuda() -> int:
    """The major version of the CUDA that the installed torch was built with; 0 for none. Read, not imported."""
    spec = importlib.util.find_spec("torch")
    for place in (spec.submodule_search_locations if spec else None) or ():
        found = re.search(
            r"^cuda\b[^=]*=\s*['\"](\d+)", (Path(place) / "version.py").read_text(encoding="utf-8"), re.MULTILINE
        )
        if found:
            return int(found[1])
    return 0


def gpu_count() -> int:
    """GPUs that NVIDIA's driver offers this process; 0 where there is no driver."""
    return _driver()[0]


def gpu_problem(device: str = "cuda") -> str:
    """Why torch can't compute on `device`, cuda or cuda:N; empty when it can."""
    count, driver = _driver()
    number = int(device.partition(":")[2] or 0)
    if number >= count:
        return ("no GPU is here", "there is only cuda:0", f"there are only {count} GPUs here")[min(count, 2)]
    if not _torch_cuda():
        return "the torch installed here is built without CUDA"
    if driver // 1000 < _torch_cuda():
        return f"its driver is too old for the torch installed here, which needs one for CUDA {_torch_cuda()}"
    capability = _capability(number)
    if not has_kernels(capability, architectures()):
        major, minor = capability
        return f"the torch installed here has no kernels for its compute capability, {major}.{minor}"
    return ""


def check_gpu(device: str) -> None:
    """Raise NoDeviceError unless torch can compute on `device`, cuda or cuda:N."""
    if problem := gpu_problem(device):
        raise NoDeviceError(f"device {device}: {problem}; use device=cpu, which every machine has.")


@cache
def has_triton() -> bool:
    """Whether a Triton is installed that the kernels can be compiled with."""
    try:
        found = re.findall(r"\d+", version("triton"))
    except PackageNotFoundError:
        return False
    return tuple(int(number) for number in found[:2]) >= TRITON

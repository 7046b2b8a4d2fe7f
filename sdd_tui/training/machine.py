"""What a trainer sees of itself and its machine: its memory, and GPUs where there are any."""

from __future__ import annotations

import os
import resource
import sys
from functools import cache
from pathlib import Path
from typing import Any


def memory() -> dict[str, float]:
    """What this process holds in memory and the most that it held, in MB, as status.json has them."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    try:
        now = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, IndexError):  # macOS tells the most alone
        return {"peak_memory_mb": peak}
    return {"memory_mb": now, "peak_memory_mb": max(now, peak)}


@cache
def _nvml() -> Any:
    """NVIDIA's management library, started; None where there is no driver or no package for it."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def gpus() -> list[str]:
    """A line a GPU: name, use, memory, temperature."""
    nvml = _nvml()
    if nvml is None:
        return []
    try:
        return [_line(nvml, nvml.nvmlDeviceGetHandleByIndex(i)) for i in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:  # a device that is lost, or doesn't tell
        return []


def _line(nvml: Any, handle: Any) -> str:
    name, memory = nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetMemoryInfo(handle)
    used = nvml.nvmlDeviceGetUtilizationRates(handle).gpu
    heat = nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)
    return f"{name}  {used} %  {memory.used / 1e9:.1f} of {memory.total / 1e9:.0f} GB  {heat} °C"

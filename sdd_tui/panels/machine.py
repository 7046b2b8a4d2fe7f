"""What can be seen of the machine a run trains on: the trainer's memory, and GPUs where there are any."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any


def memory_mb(pid: int) -> float | None:
    """Resident memory of a process on this machine in MB, or None."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, IndexError):
        return None


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

"""What is seen of the machine: this process's memory, GPUs where there are any."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sdd_tui.training import machine


class NVMLError(Exception):
    """What the library raises."""


def library(**changes: object) -> SimpleNamespace:
    """NVIDIA's library with one device."""
    return SimpleNamespace(
        **{
            "NVMLError": NVMLError,
            "NVML_TEMPERATURE_GPU": 0,
            "nvmlInit": lambda: None,
            "nvmlDeviceGetCount": lambda: 1,
            "nvmlDeviceGetHandleByIndex": lambda i: i,
            "nvmlDeviceGetName": lambda handle: "NVIDIA H200",
            "nvmlDeviceGetUtilizationRates": lambda handle: SimpleNamespace(gpu=87),
            "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(used=12.3e9, total=141e9),
            "nvmlDeviceGetTemperature": lambda handle, kind: 55,
        }
        | changes
    )


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    machine._nvml.cache_clear()
    yield
    machine._nvml.cache_clear()


def refuse(*args: object) -> None:
    raise NVMLError


def test_a_gpu_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", library())
    assert machine.gpus() == ["NVIDIA H200  87 %  12.3 of 141 GB  55 °C"]


@pytest.mark.parametrize("broken", [None, library(nvmlInit=refuse), library(nvmlDeviceGetName=refuse)])
def test_without_package_driver_or_answer_there_is_none(monkeypatch: pytest.MonkeyPatch, broken: object) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", broken)
    assert machine.gpus() == []


def test_what_this_process_holds_is_known_and_the_most_it_held_is_no_less() -> None:
    found = machine.memory()
    assert 10 < found["peak_memory_mb"] < 100_000
    assert found.get("memory_mb", 11) <= found["peak_memory_mb"]


def test_without_proc_the_most_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: object, encoding: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert set(machine.memory()) == {"peak_memory_mb"}

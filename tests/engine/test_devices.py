"""Which device is chosen, what is said when it isn't there, and what is said when it fails."""

from __future__ import annotations

from subprocess import CalledProcessError

import numpy as np
import pytest
import torch

from sdd_tui.config import RunConfig
from sdd_tui.engine import devices, setup
from sdd_tui.engine.device_errors import DeviceEngine, DeviceErrors
from sdd_tui.engine.fused_cpu import FusedCPU
from sdd_tui.engine.interface import State
from sdd_tui.errors import DeviceFailedError, DeviceLostError, NoDeviceError, NoRoomError
from sdd_tui.presets import with_overrides
from sdd_tui.run import data as run_data

OLD, NEW = 11_080, 13_010
"""Drivers for CUDA 11.8 and 13.1."""


def of_triton(name: str, text: str) -> Exception:
    """An error as Triton raises it, on machines without Triton too."""
    error = type(name, (Exception,), {"__module__": "triton.runtime.errors"})(text)
    assert isinstance(error, Exception)
    return error


def config(*overrides: str) -> RunConfig:
    return with_overrides(RunConfig(), overrides)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with two GPUs, a new driver and a torch for CUDA 13; a test takes away what it likes."""
    monkeypatch.setattr(devices, "_driver", lambda: (2, NEW))
    monkeypatch.setattr(devices, "_torch_cuda", lambda: 13)
    monkeypatch.setattr(devices, "_capability", lambda number: (9, 0))
    monkeypatch.setattr(devices, "architectures", lambda: ("sm_80", "sm_90", "sm_100"))
    return monkeypatch


def test_auto_takes_a_gpu_that_can_be_used(machine: pytest.MonkeyPatch) -> None:
    assert setup.resolve_device(config()) == "cuda"
    assert setup.resolve_device(config("device=cuda:1")) == "cuda:1"
    assert setup.resolve_device(config("device=cpu")) == "cpu"
    assert setup.resolve_device(config("engine=reference")) == "cpu"


@pytest.mark.parametrize(("driver", "cuda"), [((0, 0), 13), ((1, OLD), 12), ((1, NEW), 0)])
def test_auto_takes_the_cpu_where_no_gpu_can_be_used(
    machine: pytest.MonkeyPatch, driver: tuple[int, int], cuda: int
) -> None:
    machine.setattr(devices, "_driver", lambda: driver)
    machine.setattr(devices, "_torch_cuda", lambda: cuda)
    assert setup.resolve_device(config()) == "cpu"


@pytest.mark.parametrize(("size", "device"), [("T=100", "cpu"), ("T=101", "cuda")])
def test_auto_trains_a_small_model_on_the_cpu_but_many_of_them_on_a_gpu(
    machine: pytest.MonkeyPatch, size: str, device: str
) -> None:
    assert setup.resolve_device(config("n=10000", size)) == device
    assert setup.resolve_device(config("n=10000", size, "device=cuda")) == "cuda"
    assert setup.devices_for(config("n=10000", size)) == ["cuda:0", "cuda:1"]


@pytest.mark.parametrize(
    ("capability", "architectures", "runs"),
    [
        ((9, 0), ("sm_80", "sm_90a"), True),
        ((8, 6), ("sm_80", "sm_90"), True),
        ((8, 0), ("sm_86",), False),
        ((7, 5), ("sm_80", "sm_90"), False),
        ((12, 0), ("sm_80", "sm_90"), False),
        ((12, 0), ("sm_80", "compute_90"), True),
        ((12, 0), ("sm_120",), True),
        ((9, 0), (), False),
    ],
)
def test_a_gpu_that_torch_has_no_kernels_for_is_not_taken(
    machine: pytest.MonkeyPatch, capability: tuple[int, int], architectures: tuple[str, ...], runs: bool
) -> None:
    machine.setattr(devices, "_capability", lambda number: capability)
    machine.setattr(devices, "architectures", lambda: architectures)
    assert setup.resolve_device(config()) == ("cuda" if runs else "cpu")
    if not runs:
        with pytest.raises(NoDeviceError, match=rf"no kernels for its compute capability, {capability[0]}\."):
            setup.resolve_device(config("device=cuda"))


def test_a_gpu_that_is_not_there_is_named_with_what_is(machine: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoDeviceError, match=r"device cuda:2: there are only 2 GPUs here; use device=cpu"):
        setup.make_engine(config("device=cuda:2"))
    machine.setattr(devices, "_driver", lambda: (1, NEW))
    with pytest.raises(NoDeviceError, match=r"device cuda:1: there is only cuda:0; use device=cpu"):
        setup.resolve_device(config("device=cuda:1"))


def test_a_driver_or_a_torch_that_will_not_do_is_said(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(devices, "_driver", lambda: (1, OLD))
    with pytest.raises(NoDeviceError, match=r"device cuda: its driver is too old .* CUDA 13; use device=cpu"):
        setup.resolve_device(config("device=cuda"))
    machine.setattr(devices, "_torch_cuda", lambda: 0)
    with pytest.raises(NoDeviceError, match="the torch installed here is built without CUDA"):
        setup.resolve_device(config("device=cuda"))


def test_the_torch_that_is_installed_is_read_without_importing_it() -> None:
    assert devices._torch_cuda() == int((torch.version.cuda or "0").partition(".")[0])


@pytest.mark.parametrize(("found", "good"), [("3.3.1", False), ("3.6.0", True), ("3.10.1", True), ("4.0", True)])
def test_a_triton_that_is_too_old_is_none(monkeypatch: pytest.MonkeyPatch, found: str, good: bool) -> None:
    monkeypatch.setattr(devices, "version", lambda name: found)
    assert devices.has_triton.__wrapped__() is good


def test_a_gpu_without_triton_trains_in_chunks_and_says_so(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(setup, "has_triton", lambda: False)
    machine.setattr("sdd_tui.engine.reference.Reference.__init__", lambda self, *_: setattr(self, "device", "cuda"))
    engine = setup.make_engine(config("device=cuda"))
    assert engine.name == "chunked torch"
    assert "Triton 3.6 or later is not installed" in engine.note


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
            DeviceFailedError,
            "not enough mem",
        ),
        (RuntimeError("Triton Error [CUDA]: out of memory"), DeviceFailedError, "not enough memory"),
        (RuntimeError("CUDA error: unspecified launch failure\nCompile with"), DeviceLostError, "launch failure"),
        (RuntimeError("The NVIDIA driver on your system is too old (found version 11040)."), NoDeviceError, "too old"),
        (RuntimeError("Failed to find C compiler. Please specify via CC"), NoDeviceError, "C compiler"),
        (CalledProcessError(1, ["gcc", "main.c"]), NoDeviceError, r"'gcc', 'main.c'.*Python\.h"),
        (AssertionError("libcuda.so cannot found!\nPossible files are"), NoDeviceError, "libcuda.so cannot found"),
        (RuntimeError("0 active drivers ([]). There should only be one."), NoDeviceError, "0 active drivers"),
        (PermissionError(13, "Permission denied", "/root/.triton/cache"), NoRoomError, r"TRITON_CACHE_DIR"),
        (OSError(28, "No space left on device"), NoRoomError, r"No space left.*TRITON_CACHE_DIR"),
        (of_triton("OutOfResources", "out of resource: shared memory, Required: 262144"), NoDeviceError, "smaller m"),
        (of_triton("PTXASError", "PTXAS error: Internal Triton PTX codegen error"), NoDeviceError, "be compiled"),
        (of_triton("CompilationError", "at 12:4: unsupported"), NoDeviceError, "be compiled"),
    ],
)
def test_a_failing_device_is_one_sentence_with_advice(raised: Exception, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said) as caught, DeviceErrors("cuda:1"):
        raise raised
    text = str(caught.value)
    assert text.startswith("device cuda:1: ")
    assert "\n" not in text and text.endswith(".")


def test_a_mistake_of_ours_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="shape"), DeviceErrors("cuda"):
        raise RuntimeError("The size of tensor a must match the shape of tensor b")


def test_a_guarded_engine_does_what_the_engine_does() -> None:
    small = config("n=30", "T=5", "optim.steps=20")
    found = []
    for engine in (FusedCPU("float64", 1), DeviceEngine(FusedCPU("float64", 1))):
        state, data = engine.place(setup.initial_state(small)), engine.load(run_data.training_data(small))
        engine.advance(state, data, setup.schedule(small), 7)
        gradients = engine.gradients(state, data, setup.schedule(small))
        found.append((engine.parameters(state).W, gradients.b, engine.evaluate(state, data)))
        assert np.array_equal(engine.fetch(state).params.W, engine.parameters(state).W)
        assert (engine.name, engine.device, engine.threads) == ("fused", "cpu", 1)
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


def test_a_gpu_that_fails_while_it_trains_is_one_sentence(machine: pytest.MonkeyPatch) -> None:
    engine = FusedCPU("float64", 1)

    def lost(*_: object) -> State:
        raise RuntimeError("CUDA error: the launch timed out and was terminated")

    machine.setattr(engine, "advance", lost)
    small = config("n=30", "T=5")
    with pytest.raises(DeviceFailedError, match="`sdd resume` goes on from the last checkpoint"):
        DeviceEngine(engine).advance(setup.initial_state(small), None, setup.schedule(small), 1)

"""An engine on a GPU whose failures are one sentence each: the one place where a device's errors become ours."""

from __future__ import annotations

import subprocess
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.interface import Engine, State, Tensors
from sdd_tui.engine.schedule import Schedule
from sdd_tui.errors import DeviceFailedError, DeviceLostError, NoDeviceError, NoRoomError, SddError, plain


class DeviceErrors:
    """Say what torch, Triton, its compilers and the driver raise when a GPU fails as one sentence.

    No generator: what is thrown into one lies in a circle with its traceback, which would keep the device's memory.
    """

    def __init__(self, device: str) -> None:
        self.device = device

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise a device's error as one of ours; any other goes on."""
        if not isinstance(error, Exception) or isinstance(error, SddError):
            return
        told = _told(self.device, error)
        if told is not None:
            try:
                raise told from None
            finally:
                del told, error, trace  # told holds its traceback, and that this frame


def _told(device: str, error: Exception) -> SddError | None:
    """The error that a user reads, where it is a device's."""
    text, kind = str(error).strip(), type(error).__name__
    reason = plain(text.splitlines()[0] if text else kind, 160)
    from_triton = type(error).__module__.partition(".")[0] == "triton"
    if kind == "OutOfMemoryError" or "out of memory" in text:
        return DeviceFailedError(
            f"device {device}: there is not enough memory on it for this run; try a smaller T, n, m or batch_size, or"
            " device=cpu."
        )
    if "driver" in text and ("too old" in text or "insufficient" in text):
        return NoDeviceError(
            f"device {device}: its driver is too old for the torch installed here; update it, or use device=cpu."
        )
    if "active drivers" in text or ("libcuda" in text and isinstance(error, AssertionError)):
        return NoDeviceError(
            f"device {device}: Triton doesn't find NVIDIA's driver ({reason}); put libcuda.so.1 where the loader looks"
            " (ldconfig -p | grep libcuda), or use device=cpu."
        )
    if "C compiler" in text:
        return NoDeviceError(
            f"device {device}: Triton needs a C compiler such as gcc, and finds none; install one, or use device=cpu."
        )
    if isinstance(error, subprocess.CalledProcessError):
        return NoDeviceError(
            f"device {device}: Triton's C compiler fails ({reason}); it needs a working gcc and Python's headers"
            " (Python.h: python3-dev), or use device=cpu."
        )
    if kind in ("OutOfResources", "PTXASError") or (from_triton and not isinstance(error, RuntimeError)):
        return NoDeviceError(
            f"device {device}: the kernels can't be compiled for it ({reason}); try a smaller m, or device=cpu."
        )
    if isinstance(error, OSError):
        return NoRoomError(
            f"device {device}: Triton can't keep its compiled kernels ({reason}); set TRITON_CACHE_DIR to a directory"
            " that can be written, or use device=cpu."
        )
    if isinstance(error, RuntimeError) and any(word in text for word in ("CUDA", "NVML", "Triton Error")):
        return DeviceLostError(
            f"device {device}: it failed or was lost ({reason}); look at nvidia-smi, then `sdd resume` goes on from the"
            " last checkpoint."
        )
    return None


class DeviceEngine:
    """Another engine, which is asked inside `DeviceErrors`."""

    computed = 1.0

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name, self.device, self.note = engine.name, engine.device, engine.note

    @property
    def processor(self) -> str:
        """The engine's."""
        return self.engine.processor

    @property
    def threads(self) -> int | None:
        """The engine's."""
        return self.engine.threads

    def needs_compiling(self) -> bool:
        """The engine's answer."""
        return self.engine.needs_compiling()

    def place(self, state: State) -> State:
        """The state where the engine computes."""
        with DeviceErrors(self.device):
            return self.engine.place(state)

    def fetch(self, state: State) -> State:
        """The state on the host."""
        with DeviceErrors(self.device):
            return self.engine.fetch(state)

    def parameters(self, state: State) -> Tensors:
        """The parameters on the host."""
        with DeviceErrors(self.device):
            return self.engine.parameters(state)

    def load(self, data: Examples | FreshExamples) -> Any:
        """The data in the engine's form."""
        with DeviceErrors(self.device):
            return self.engine.load(data)

    def advance(self, state: State, data: Any, schedule: Schedule, k: int) -> None:
        """k steps."""
        with DeviceErrors(self.device):
            self.engine.advance(state, data, schedule, k)

    def gradients(self, state: State, data: Any, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss."""
        with DeviceErrors(self.device):
            return self.engine.gradients(state, data, schedule)

    def evaluate(self, state: State, data: Any) -> NDArray[np.float64]:
        """Exact losses."""
        with DeviceErrors(self.device):
            return self.engine.evaluate(state, data)

"""From a configuration to what an engine takes: initial state, schedule, and the engine itself.

Torch and numba are imported here only when the configuration asks for them.
"""

from __future__ import annotations

import numpy as np

from sdd_tui.config import RunConfig
from sdd_tui.engine.data import uniforms
from sdd_tui.engine.device_errors import DeviceEngine, DeviceErrors
from sdd_tui.engine.devices import TRITON, check_gpu, cores, gpu_count, gpu_problem, has_triton
from sdd_tui.engine.interface import Engine, State, Tensors
from sdd_tui.engine.schedule import Schedule
from sdd_tui.errors import NoDeviceError


def initial_state(config: RunConfig) -> State:
    """W (and V when untied) by the initialisation's rule, b = 0, moments 0; float32.

    Draws come from the init stream in order W, V, row by row. Normal draws are Box-Muller pairs of its uniforms.
    """
    n, m = config.data.n_features, config.model.n_hidden
    count = m * n * (1 if config.model.tied else 2)
    variance = 2 / (n + m) if config.model.init == "xavier" else 2 / n
    if config.model.init_flavour == "uniform":
        draws = (2 * uniforms(config.model.seed, count) - 1) * np.sqrt(3 * variance)
    else:
        u, v = uniforms(config.model.seed, 2 * -(-count // 2)).reshape(-1, 2).T
        radius = np.sqrt(-2 * np.log(u))
        pairs = np.stack([radius * np.cos(2 * np.pi * v), radius * np.sin(2 * np.pi * v)], axis=1)
        draws = pairs.ravel()[:count] * np.sqrt(variance)
    weights = draws.astype(np.float32).reshape(-1, 1, m, n)
    V = None if config.model.tied else weights[1].copy()
    return State.start(
        Tensors(weights[0].copy(), np.zeros((1, n), np.float32), V), config.model.output, config.model.hidden
    )


def schedule(config: RunConfig) -> Schedule:
    """The schedule of one model."""
    o = config.optim

    def one(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([value])

    return Schedule(
        one(o.lr),
        one(o.weight_decay),
        one(o.beta1),
        one(o.beta2),
        one(o.eps),
        np.array([o.reduction == "mean"]),
        o.steps,
        round(o.warmup * o.steps),
        o.schedule,
    )


FEW_PAIRS = 1_000_000
"""(Feature, example) pairs of a step up to which a single model is trained on the CPU even where a GPU is: its 50,000
steps take a second or two there, and torch and the kernels some four seconds to load (H200)."""


def resolve_device(config: RunConfig, one_of_many: bool = False) -> str:
    """Where the configured engine computes; without a choice, the fused engine takes a GPU that can be used, unless the
    model is small and alone. Raises NoDeviceError."""
    if config.engine == "reference":
        return "cpu" if config.device == "auto" else config.device
    if config.device == "auto":
        d = config.data
        pairs = d.n_features * (d.batch_size if d.n_examples == "inf" else d.n_examples)
        small = pairs <= FEW_PAIRS and not one_of_many
        return "cpu" if small or gpu_problem() else "cuda"
    if config.device == "mps":
        raise NoDeviceError(
            "device mps: the fused engine computes on the CPU and on NVIDIA's GPUs; use device=cpu,"
            " or engine=reference."
        )
    if config.device != "cpu":
        check_gpu(config.device)
    return config.device


def devices_for(config: RunConfig) -> list[str]:
    """The devices that models of a configuration can be spread over: every GPU here, the one that is named, or the CPU.
    Raises NoDeviceError."""
    device = resolve_device(config, one_of_many=True)
    return [f"cuda:{number}" for number in range(gpu_count())] if device == "cuda" else [device]


def most_together(config: RunConfig) -> int:
    """Models like this one that should be trained in one batch here: one, but on a GPU where a step's launches take
    longer than its work. Raises NoDeviceError, DeviceFailedError."""
    device, T = resolve_device(config), config.data.n_examples
    if device == "cpu" or T == "inf" or not fused_on_gpu(config):
        return 1
    d, m = config.data, config.model
    rows = T + d.repeated * (d.repeats - 1)
    nonzeros = (1 - d.sparsity) * d.n_features * (rows + d.n_test)
    with DeviceErrors(device):
        from sdd_tui.engine.fused_cuda import batch_capacity

        itemsize = 8 if config.precision == "float64" else 4
        return batch_capacity.most_together(d.n_features, m.n_hidden, rows, nonzeros, m.tied, itemsize, device)


def batch_kind(config: RunConfig) -> tuple[object, ...]:
    """What models of one batch have in common."""
    d, m, o = config.data, config.model, config.optim
    model = (d.n_features, d.importance, m.n_hidden, m.tied, m.output, m.hidden)
    return (*model, o.steps, o.warmup, o.schedule, config.engine, config.device, config.precision)


def make_engine(config: RunConfig) -> Engine:
    """The configured engine. Raises NoDeviceError."""
    device = resolve_device(config)
    if config.engine == "reference":
        try:
            from sdd_tui.engine.reference import Reference
        except ImportError as error:
            raise NoDeviceError(f"engine reference: torch can't be imported here ({error}).") from None
        return Reference(config.precision, device, min(config.threads, cores()))
    if device != "cpu":
        return DeviceEngine(_gpu_engine(config, device))
    from sdd_tui.engine.fused_cpu import FusedCPU

    return FusedCPU(config.precision, min(config.threads, cores()))


def fused_on_gpu(config: RunConfig) -> bool:
    """Whether the fused kernels would train this model on a GPU: Triton is there, and m not beyond them."""
    if config.engine != "fused" or not has_triton():
        return False
    from sdd_tui.engine.fused_cuda import MOST_HIDDEN

    return config.model.n_hidden <= MOST_HIDDEN


def _gpu_engine(config: RunConfig, device: str) -> Engine:
    """The fused kernels where they can train it; else torch, a chunk of examples at a time."""
    with DeviceErrors(device):
        if fused_on_gpu(config):
            from sdd_tui.engine.fused_cuda import FusedCUDA

            return FusedCUDA(config.precision, device)
        from sdd_tui.engine.chunked import Chunked

        missing = f"Triton {TRITON[0]}.{TRITON[1]} or later is not installed (pip install 'sdd-tui[gpu]')"
        if has_triton():
            from sdd_tui.engine.fused_cuda import MOST_HIDDEN

            missing = f"m = {config.model.n_hidden} is beyond the GPU's kernels ({MOST_HIDDEN})"
        return Chunked(config.precision, device, f"{missing}: training in plain torch, a chunk of examples at a time.")

"""The equations in plain dense torch autograd: the truth that the fast engines are tested against.

Any torch device, float32 or float64. Slow on purpose: X is dense and nothing is shared between models.
"Superposition, Memorization, and Double Descent", set-up: h = W x, x' = ReLU(Wᵀ h + b).
The hidden ReLU is Hobbhahn's comment on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sdd_tui.engine.data import Examples, FreshExamples
from sdd_tui.engine.interface import Activation, State, Tensors
from sdd_tui.engine.schedule import FLUSH, Schedule
from sdd_tui.errors import NoDeviceError

CHUNK = 512
"""Examples evaluated at once."""


def reconstruct(
    W: torch.Tensor,
    b: torch.Tensor,
    V: torch.Tensor,
    x: torch.Tensor,
    output: Activation,
    hidden: Activation = "linear",
) -> torch.Tensor:
    """x' = output(Vᵀ hidden(W x) + b) for examples x of shape (T, n)."""
    h = x @ W.T  # (T, m)
    z = (torch.relu(h) if hidden == "relu" else h) @ V + b  # (T, n)
    return torch.relu(z) if output == "relu" else z


@dataclass
class Loaded:
    """Data as the reference reads it: dense examples a model, or the source of fresh ones."""

    examples: Examples | None
    fresh: FreshExamples | None = None


class Reference:
    """Dense autograd engine."""

    name = "reference"
    note = ""
    computed = 1.0
    threads: int | None = None

    def __init__(self, precision: str = "float32", device: str = "cpu", threads: int = 0) -> None:
        """`threads` on a CPU are this process's from now on; 0 leaves them to torch. Raises NoDeviceError when torch
        can't use the device."""
        if threads and device == "cpu":
            torch.set_num_threads(threads)
        self.dtype = torch.float64 if precision == "float64" else torch.float32
        self.device = device
        try:
            torch.zeros(1, dtype=self.dtype, device=device)
        except (RuntimeError, AssertionError, TypeError) as error:
            raise NoDeviceError(f"device {device}: torch can't use it here ({str(error).splitlines()[0]}).") from None

    @property
    def processor(self) -> str:
        """The GPU, or the instructions that torch uses of a CPU."""
        if self.device.startswith("cuda"):
            return torch.cuda.get_device_name(self.device)
        return torch.backends.cpu.get_cpu_capability() if self.device == "cpu" else self.device

    def needs_compiling(self) -> bool:
        """Never."""
        return False

    def place(self, state: State) -> State:
        """The state in this engine's precision; it stays on the host between calls."""
        kind = np.float64 if self.dtype == torch.float64 else np.float32

        def cast(t: Tensors) -> Tensors:
            return Tensors(*(None if a is None else np.array(a, kind) for a in (t.W, t.b, t.V)))  # type: ignore[arg-type]

        return State(cast(state.params), cast(state.first), cast(state.second), state.output, state.step, state.hidden)

    def fetch(self, state: State) -> State:
        """The state itself: it lives on the host."""
        return state

    def parameters(self, state: State) -> Tensors:
        """The parameters themselves."""
        return state.params

    def load(self, data: Examples | FreshExamples) -> Loaded:
        """Keep the data; it becomes dense when it is read."""
        return Loaded(None, data) if isinstance(data, FreshExamples) else Loaded(data)

    def advance(self, state: State, data: Loaded, schedule: Schedule, k: int) -> None:
        """k steps of AdamW by autograd, model by model."""
        table = schedule.table(state.step, k)
        for b in range(len(state.params.W)):
            rows = None if data.examples is None else data.examples.model(b)
            finite = None if rows is None else (self._dense(rows), self._importance(rows))
            parts = [
                {name: self._tensor(a[b]) for name, a in t.arrays().items()}
                for t in (state.params, state.first, state.second)
            ]
            for s in range(k):
                drawn = data.fresh.steps(state.step + s, 1) if data.fresh else None
                x = finite if drawn is None else (self._dense(drawn), self._importance(drawn))
                assert x is not None
                gradient = self._gradient(parts[0], *x, state, bool(schedule.mean[b]))
                self._adamw(parts, gradient, table[b, s], schedule, b)
            for tensors, part in zip((state.params, state.first, state.second), parts, strict=True):
                for name, array in tensors.arrays().items():
                    array[b] = part[name].cpu().numpy()
        state.step += k

    def gradients(self, state: State, data: Loaded, schedule: Schedule) -> Tensors:
        """Gradients of the optimised loss by autograd."""
        out = state.params.zeros()
        for b in range(len(state.params.W)):
            params = {name: self._tensor(a[b]) for name, a in state.params.arrays().items()}
            drawn = data.fresh.steps(state.step, 1) if data.fresh else data.examples
            assert drawn is not None
            rows = drawn.model(0 if data.fresh else b)
            x = self._dense(rows), self._importance(rows)
            for name, g in self._gradient(params, *x, state, bool(schedule.mean[b])).items():
                out.arrays()[name][b] = g.cpu().numpy()
        return out

    def evaluate(self, state: State, data: Loaded) -> NDArray[np.float64]:
        """(B,) losses from dense float64 residuals; the data of a single model serve every model of the state."""
        examples = data.examples if data.examples is not None else None
        if examples is None:
            assert data.fresh is not None
            examples = data.fresh.steps(state.step, 1)
        losses = np.zeros(len(state.params.W))
        for b in range(len(losses)):
            params = {name: torch.from_numpy(a[b]).double() for name, a in state.params.arrays().items()}
            rows = examples.model(b % examples.n_models)
            weights = 1.0 if rows.importance is None else torch.from_numpy(rows.importance)
            total = 0.0
            for start in range(0, rows.n_rows, CHUNK):
                x = torch.from_numpy(rows.rows(start, start + CHUNK).dense()).double()
                out = reconstruct(params["W"], params["b"], params.get("V", params["W"]), x, state.output, state.hidden)
                total += float((weights * (out - x) ** 2).sum())
            losses[b] = total / rows.n_rows
        return losses

    def _tensor(self, array: NDArray[np.float32] | NDArray[np.float64]) -> torch.Tensor:
        return torch.tensor(array, dtype=self.dtype, device=self.device)

    def _dense(self, examples: Examples) -> torch.Tensor:
        return self._tensor(examples.dense())  # (T, n)

    def _importance(self, examples: Examples) -> torch.Tensor | float:
        return 1.0 if examples.importance is None else self._tensor(examples.importance)  # (n,)

    def _gradient(
        self, params: dict[str, torch.Tensor], x: torch.Tensor, weights: torch.Tensor | float, state: State, mean: bool
    ) -> dict[str, torch.Tensor]:
        leaves = {name: p.detach().requires_grad_() for name, p in params.items()}
        out = reconstruct(leaves["W"], leaves["b"], leaves.get("V", leaves["W"]), x, state.output, state.hidden)
        loss = (weights * (out - x) ** 2).sum() / len(x)
        if mean:
            loss = loss / x.shape[1]
        return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))

    def _adamw(
        self,
        parts: list[dict[str, torch.Tensor]],
        gradient: dict[str, torch.Tensor],
        row: NDArray[np.float64],
        schedule: Schedule,
        b: int,
    ) -> None:
        params, first, second = parts
        decay, size, root = (float(v) for v in row)
        beta1, beta2 = float(schedule.beta1[b]), float(schedule.beta2[b])
        for name, g in gradient.items():
            first[name].mul_(beta1).add_(g, alpha=1 - beta1)
            second[name].mul_(beta2).addcmul_(g, g, value=1 - beta2)
            for moment in (first[name], second[name]):
                moment[moment.abs() < FLUSH] = 0
            step = first[name] / (second[name].sqrt() / root + float(schedule.eps[b]))
            params[name].mul_(decay).sub_(size * step)

"""What every engine must do, as cases and measures that the suite runs against each engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from sdd_tui.engine.data import DataSource, Examples, Stream, stack
from sdd_tui.engine.interface import Activation, Engine, State, Tensors
from sdd_tui.engine.reference import Reference, reconstruct
from sdd_tui.engine.schedule import Schedule


@dataclass(frozen=True)
class Case:
    """One random configuration: a ragged batch of models."""

    n: int
    m: int
    T: tuple[int, ...]
    S: float
    tied: bool
    output: Activation
    mean: tuple[bool, ...]
    lr: tuple[float, ...]
    weight_decay: tuple[float, ...]
    seed: int

    @cache  # noqa: B019 - cases live as long as the tests
    def data(self) -> Examples:
        source = DataSource(self.n, self.S)
        return stack([source.draw(self.seed + b, Stream.TRAIN, 0, T) for b, T in enumerate(self.T)])

    def state(self) -> State:
        rng = np.random.default_rng(self.seed)
        B = len(self.T)
        scale = np.sqrt(2 / (self.n + self.m))

        def draw() -> np.ndarray:
            return rng.standard_normal((B, self.m, self.n)).astype(np.float32) * np.float32(scale)

        b = (rng.standard_normal((B, self.n)) * 0.01).astype(np.float32)
        return State.start(Tensors(draw(), b, None if self.tied else draw()), self.output)

    def schedule(self, steps: int = 200) -> Schedule:
        B = len(self.T)
        return Schedule(
            lr=np.array(self.lr),
            weight_decay=np.array(self.weight_decay),
            beta1=np.full(B, 0.9),
            beta2=np.full(B, 0.999),
            eps=np.full(B, 1e-8),
            mean=np.array(self.mean),
            steps=steps,
            warmup_steps=steps // 20,
            kind="cosine",
        )


def cases(count: int, seed: int = 0, ms: tuple[int, ...] = (1, 2, 3, 5, 8, 12, 40), most_T: int = 300) -> list[Case]:
    """Random configurations over everything an engine may meet."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(count):
        B = int(rng.choice([1, 1, 2, 3]))
        m = int(rng.choice(ms))
        n = int(rng.integers(max(20, m), 201))
        found.append(
            Case(
                n=n,
                m=m,
                T=tuple(int(np.exp(rng.uniform(0, np.log(most_T)))) for _ in range(B)),
                S=float(1 - np.exp(rng.uniform(np.log(0.005), np.log(0.5)))),
                tied=bool(rng.integers(2)),
                output="relu" if rng.integers(3) else "linear",
                mean=tuple(bool(v) for v in rng.integers(0, 2, B)),
                lr=tuple(float(v) for v in rng.choice([3e-4, 1e-3], B)),
                weight_decay=tuple(float(v) for v in rng.choice([0.0, 1e-2, 1.0], B)),
                seed=1000 * i,
            )
        )
    return found


def relative(found: Tensors, truth: Tensors) -> float:
    """The largest distance of a tensor of one model from the truth, in units of that tensor's norm."""
    worst = 0.0
    for name, array in truth.arrays().items():
        for b in range(len(array)):
            norm = float(np.linalg.norm(array[b].astype(np.float64)))
            distance = float(np.linalg.norm(found.arrays()[name][b].astype(np.float64) - array[b]))
            worst = max(worst, distance / norm if norm > 0 else distance)
    return worst


def gradient_error(engine: Engine, case: Case) -> float:
    """Distance of the engine's gradients from float64 autograd."""
    placed, loaded = engine.place(case.state()), engine.load(case.data())
    return relative(engine.gradients(placed, loaded, case.schedule()), exact_gradients(case))


def loss_error(engine: Engine, case: Case) -> float:
    """Largest relative distance of the engine's losses from float64 residuals."""
    losses = engine.evaluate(engine.place(case.state()), engine.load(case.data()))
    return float(np.max(np.abs(losses / exact_losses(case) - 1)))


@cache  # every engine is compared with the same, in either precision
def exact_gradients(case: Case) -> Tensors:
    """Gradients by float64 autograd."""
    truth = Reference("float64")
    return truth.gradients(truth.place(case.state()), truth.load(case.data()), case.schedule())


@cache
def exact_losses(case: Case) -> np.ndarray:
    """(B,) losses by float64 residuals."""
    truth = Reference("float64")
    return truth.evaluate(truth.place(case.state()), truth.load(case.data()))


def trained(engine: Engine, case: Case, steps: int, chunk: int | None = None) -> State:
    """The state after `steps` steps, `chunk` at a time."""
    state, data, schedule = engine.place(case.state()), engine.load(case.data()), case.schedule(max(steps, 200))
    done = 0
    while done < steps:
        k = min(chunk or steps, steps - done)
        engine.advance(state, data, schedule, k)
        done += k
    return engine.fetch(state)


@cache  # every engine is compared with the same
def torch_adamw(case: Case, steps: int, dtype: torch.dtype, variant: int = 0) -> Tensors:
    """The same training by torch's own AdamW, model by model: an implementation that is not ours.

    `variant` > 0 orders the features and examples otherwise, and in float64 moves the start by a unit in the last
    place: the spread over variants is what training makes of rounding errors.
    """
    start, schedule, data = case.state().params, case.schedule(max(steps, 200)), case.data()
    V = None if start.V is None else np.zeros(start.V.shape)
    out = Tensors(np.zeros(start.W.shape), np.zeros(start.b.shape), V)
    rates = schedule.rates(0, steps)
    order = np.random.default_rng(variant).permutation(case.n) if variant else np.arange(case.n)
    for b in range(len(case.T)):
        arrays = {k: _nudged(a, dtype, variant) for k, a in start.arrays().items()}
        params = {k: torch.tensor(a[b][..., order], dtype=dtype, requires_grad=True) for k, a in arrays.items()}
        x = torch.tensor(data.model(b).dense()[:, order], dtype=dtype)
        x = x.flip(0) if variant else x
        optimizer = torch.optim.AdamW(params.values(), lr=1.0, weight_decay=case.weight_decay[b])
        for s in range(steps):
            for group in optimizer.param_groups:
                group["lr"] = float(rates[b, s])
            optimizer.zero_grad()
            xx = reconstruct(params["W"], params["b"], params.get("V", params["W"]), x, case.output)
            loss = ((xx - x) ** 2).sum() / len(x)
            (loss / case.n if case.mean[b] else loss).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        for name, p in params.items():
            out.arrays()[name][b][..., order] = p.detach().double().numpy()
    return out


def _nudged(array: np.ndarray, dtype: torch.dtype, variant: int) -> np.ndarray:
    if not variant or dtype is not torch.float64:
        return array
    units = np.random.default_rng(variant).integers(-1, 2, array.shape)
    return array.astype(np.float64) * (1 + units * 2.0**-52)

"""The learning-rate schedule and AdamW's constants, one table for every engine.

Numpy only. Invariant: a step's row depends on nothing but the step, so how steps are cut into calls can't show.
AdamW as torch's: decoupled decay, bias-corrected moments. Moments below the smallest normal float32 are set to zero:
at the end of a pentagon 84-100 % of the first moments are denormal, which is slow and changes no parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLUSH = float(np.finfo(np.float32).tiny)
"""Moments smaller than this in absolute value are zero."""

PER_MODEL = ("lr", "weight_decay", "beta1", "beta2", "eps", "mean")
"""What the models of a batch have one of each."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Schedule:
    """Hyper-parameters of a batch of models; every array is (models,)."""

    lr: Floats
    weight_decay: Floats
    beta1: Floats
    beta2: Floats
    eps: Floats
    mean: NDArray[np.bool_]
    """True where the optimised loss is the mean over features, False where it is the sum."""
    steps: int
    warmup_steps: int
    kind: str
    """cosine, linear or constant after warm-up."""

    def rates(self, first: int, k: int) -> Floats:
        """(models, k) learning rates of steps first to first + k, counted from 0.

        Linear from lr/warmup to lr over the warm-up, then falling towards 0, which the step after the last reaches.
        """
        step = np.arange(first, first + k, dtype=np.float64) + 1
        rise = np.minimum(1.0, step / self.warmup_steps) if self.warmup_steps else np.ones(k)
        done = np.clip((step - self.warmup_steps) / (self.steps - self.warmup_steps + 1), 0.0, 1.0)
        if self.kind == "cosine":
            fall = 0.5 * (1 + np.cos(np.pi * done))
        else:
            fall = 1 - done if self.kind == "linear" else np.ones(k)
        return self.lr[:, None] * np.where(step <= self.warmup_steps, rise, fall)

    def table(self, first: int, k: int) -> NDArray[np.float64]:
        """(models, k, 3): weight factor 1 - lr·wd, step size lr/(1 - β1^t), and sqrt(1 - β2^t), t = step + 1."""
        lr = self.rates(first, k)
        t = np.arange(first, first + k, dtype=np.float64) + 1
        decay = 1 - lr * self.weight_decay[:, None]
        size = lr / (1 - self.beta1[:, None] ** t)
        root = np.sqrt(1 - self.beta2[:, None] ** t)
        return np.stack([decay, size, root], axis=-1)

    def model(self, b: int) -> Schedule:
        """The schedule of model `b` alone."""
        pick = slice(b, b + 1)
        arrays: dict[str, Any] = {name: getattr(self, name)[pick] for name in PER_MODEL}
        return replace(self, **arrays)


def join(schedules: Sequence[Schedule]) -> Schedule:
    """The schedule of a batch from those of its models, which share steps, warm-up and kind."""
    arrays: dict[str, Any] = {name: np.concatenate([getattr(s, name) for s in schedules]) for name in PER_MODEL}
    return replace(schedules[0], **arrays)

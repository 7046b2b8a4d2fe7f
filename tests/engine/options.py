"""Options of a configuration, and what their losses and gradients are when they are written out."""

from __future__ import annotations

import numpy as np
import torch

from sdd_tui.config import RunConfig
from sdd_tui.engine import setup
from sdd_tui.engine.data import Examples
from sdd_tui.engine.interface import State
from sdd_tui.presets import with_overrides
from sdd_tui.run import data as run_data

OPTIONS: dict[str, tuple[str, ...]] = {
    "an example repeated": ("data.repeats=7",),
    "several repeated": ("data.repeats=3", "data.repeated=4"),
    "a hidden ReLU": ("model.hidden=relu",),
    "a hidden ReLU, fresh data": ("model.hidden=relu", "T=inf", "data.batch_size=17"),
    "importance": ("data.importance=0.99",),
    "importance that falls to nothing": ("data.importance=0.8",),
    "importance, fresh data": ("data.importance=0.995", "T=inf", "data.batch_size=18"),
    "correlated groups": ("data.group_size=4",),
    "anticorrelated groups, fresh data": ("group_size=7", "group_kind=anticorrelated", "T=inf", "data.batch_size=9"),
    "everything": ("data.group_size=2", "data.importance=0.99", "data.repeats=5", "model.hidden=relu"),
}


def configured(*overrides: str) -> RunConfig:
    return with_overrides(RunConfig(threads=1), ("data.n_test=30", *overrides))


def somewhere(config: RunConfig) -> State:
    """A state with a bias, so that ReLU cuts some features and not others."""
    state = setup.initial_state(config)
    rng = np.random.default_rng(0)
    state.params.b[...] = rng.standard_normal(state.params.b.shape) * 0.02
    state.params.W *= 8
    return state


def examples_of(config: RunConfig, step: int = 0) -> Examples:
    data = run_data.training_data(config)
    return data if isinstance(data, Examples) else data.steps(step, 1)


def written_out(config: RunConfig, state: State, examples: Examples) -> tuple[float, list[np.ndarray]]:
    """The loss in the paper's units and the gradients (W, b, V) of the optimised one, from dense float64 arrays."""
    rows = examples.rows(0, config.data.n_examples if config.data.n_examples != "inf" else examples.n_rows)
    X = torch.tensor(rows.dense(), dtype=torch.float64)
    weight = torch.ones(len(X), dtype=torch.float64)
    weight[: config.data.repeated] = config.data.repeats
    leaves = [torch.tensor(a[0], dtype=torch.float64, requires_grad=True) for a in state.params.arrays().values()]
    W, b, V = (*leaves, leaves[0])[:3]
    H = X @ W.T
    out = (H.relu() if config.model.hidden == "relu" else H) @ V + b
    if config.model.output == "relu":
        out = out.relu()
    importance = config.data.importance ** torch.arange(X.shape[1], dtype=torch.float64)
    importance *= len(importance) / importance.sum()
    loss = (weight * (importance * (out - X) ** 2).sum(dim=1)).sum() / weight.sum()
    optimised = loss / config.data.n_features if config.optim.reduction == "mean" else loss
    return loss.item(), [g.numpy() for g in torch.autograd.grad(optimised, leaves)]

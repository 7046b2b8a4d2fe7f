"""What the fused engine is measured against: the dense torch loop of the published replications, and that loop tuned.

Only `sdd bench` uses it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from sdd_tui.engine.data import Examples

Step = Callable[[], None]


def _model(n: int, m: int, device: str = "cpu") -> tuple[torch.nn.Parameter, torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(m, n, generator=generator) * (2 / (n + m)) ** 0.5
    return torch.nn.Parameter(W.to(device)), torch.nn.Parameter(torch.zeros(n, device=device))


def published(examples: Examples, m: int, device: str = "cpu") -> Step:
    """One step as the replications write it: dense X, autograd through every intermediate, torch's default AdamW."""
    X = torch.from_numpy(examples.dense()).to(device)  # (T, n)
    W, b = _model(examples.n_features, m, device)
    optimizer = torch.optim.AdamW([W, b], lr=1e-3, weight_decay=1e-2)

    def step() -> None:
        optimizer.zero_grad()
        hidden = X @ W.T  # (T, m)
        out = torch.relu(hidden @ W + b)  # (T, n)
        loss = ((out - X) ** 2).sum(dim=1).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return step


def tuned(examples: Examples, m: int, device: str = "cpu") -> Step:
    """The same loop with torch's own means: bias folded into the product, one fused loss, fused AdamW, no zeroing."""
    X = torch.from_numpy(examples.dense()).to(device)
    W, b = _model(examples.n_features, m, device)
    optimizer = torch.optim.AdamW([W, b], lr=1e-3, weight_decay=1e-2, fused=True)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        out = torch.relu(torch.addmm(b, X @ W.T, W))
        torch.nn.functional.mse_loss(out, X).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return step


def compiled(examples: Examples, m: int) -> Step:
    """The tuned loop with its forward and backward passes fused by torch.compile (needs a C++ compiler)."""
    X = torch.from_numpy(examples.dense())
    W, b = _model(examples.n_features, m)
    optimizer = torch.optim.AdamW([W, b], lr=1e-3, weight_decay=1e-2, fused=True)

    def loss(W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        out = torch.relu(torch.addmm(b, X @ W.T, W))
        return ((out - X) ** 2).sum() / len(X)

    torch.compiler.reset()
    fused = torch.compile(loss)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        fused(W, b).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return step


def wait(device: str) -> None:
    """Until the device has done everything it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)

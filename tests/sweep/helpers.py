"""Small sweeps: cells that train in some hundredths of a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sdd_tui.sweep.plan import Sweep
from sdd_tui.sweep.presets import parse

TINY: dict[str, Any] = {
    "data": {"n_features": 20, "sparsity": 0.8, "n_test": 20},
    "optim": {"steps": 40},
    "recording": {"rows": 8, "frames": 4},
    "threads": 1,
}


def tiny(axes: dict[str, Any], over: Sequence[str] = ("seed",), how: str = "mean", **optim: Any) -> Sweep:
    """A sweep of small models."""
    settings = TINY | {"optim": {"steps": 40} | optim}
    over = [key for key in over if key in axes]
    tables = {"title": "Tiny", "settings": settings, "axes": axes, "reduce": {"over": over, "how": how}}
    return parse(tables, "tiny", "tiny")

"""The result of a run on stdout: one JSON object, or a summary with the hidden vectors drawn."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from sdd_tui.cli.output.picture import show
from sdd_tui.draw.plane import plane
from sdd_tui.errors import SddError, plain
from sdd_tui.numerals import short
from sdd_tui.run.layout import number
from sdd_tui.run.reader import Run
from sdd_tui.run.status import findings

KEYS = ("train_loss", "test_loss", "weight_norm", "bias_norm", "seconds", "steps_per_second")


def as_dict(run: Run, step: int | None = None) -> dict[str, Any]:
    """The run's numbers, now or at the last recorded step at or before `step`; null for what isn't known."""
    status = run.status
    values: dict[str, Any] = {"run": run.name, "status": status.get("state"), "step": status.get("step")}
    values |= {key: status.get(key) for key in KEYS}
    if step is not None:
        table = run.metrics
        rows = [i for i, s in enumerate(table["step"]) if s <= step]
        if rows:
            at = rows[-1]
            values |= {"step": int(table["step"][at])}
            values |= {key: _finite(table[key][at]) for key in KEYS if key in table}
    return values


def as_json(run: Run, step: int | None = None) -> str:
    """`as_dict` as JSON."""
    return json.dumps(as_dict(run, step))


def summary(run: Run, step: int | None = None) -> None:
    """Print what the run is, what came out, and its hidden vectors."""
    values = as_dict(run, step)
    config, status = run.config, run.status
    d = config.data
    title = f"{plain(config.preset)}: {plain(config.title)}" if config.title else plain(config.preset)
    print(title)
    T = "∞" if d.n_examples == "inf" else f"{d.n_examples:,}"
    print(f"n = {d.n_features:,}  m = {config.model.n_hidden}  S = {d.sparsity:g}  T = {T}")
    seconds, rate = values["seconds"], values["steps_per_second"]
    speed = f" in {seconds:.1f} s ({rate:,.0f} steps/s)" if seconds and rate and step is None else ""
    at = ", step" if step is None else "; at step"
    print(f"{values['status'] or 'unreadable'}{at} {_count(values['step'])} of {config.optim.steps:,}{speed}")
    print(
        f"train loss {short(number(values['train_loss']))}  test loss {short(number(values['test_loss']))}"
        f"  ‖W‖ {short(number(values['weight_norm']))}  ‖b‖ {short(number(values['bias_norm']))}"
    )
    outcome = status.get("outcome")
    if isinstance(outcome, dict) and step is None:
        print("; ".join(findings(outcome)))
    for name, problem in run.problems.items():
        print(f"{name}: {plain(problem, 200)}", file=sys.stderr)
    try:
        frame = run.frame(step)
    except SddError as error:
        print(f"sdd: {plain(str(error), 1_000)}", file=sys.stderr)
        return
    shown = frame.H.shape[1]
    note = "" if d.n_examples in (shown, "inf") else f" (the first {shown:,})"
    h = "W x" if config.model.hidden == "linear" else "ReLU(W x)"
    print(f"\nhidden vectors h = {h} at step {frame.step:,}{note}")
    show(plane(frame.H, 60, 24, "hidden"))
    print(plain(str(run.path), 4_000))


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "—"


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

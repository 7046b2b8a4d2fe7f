"""One example or one feature, in numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdd_tui.draw.canvas import Row
from sdd_tui.notation import short
from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.look import Look
from sdd_tui.panels.panel import Panel, nothing_yet
from sdd_tui.panels.still import Floats, Still
from sdd_tui.panels.view import View

MOST_LISTED = 64


class Inspector(Panel[View]):
    """The chosen example or feature."""

    name = "inspector"
    title = "inspector"
    about = (
        "The chosen example (its active features and their values, what the model makes of them, its loss) or the"
        " chosen feature (its vector, bias, and the examples it is active in). Choose with the up and down keys, or"
        " by a click in another panel."
    )

    def depends(self, view: View, look: Look) -> tuple[Any, ...]:
        """The frame and what is chosen."""
        return (view.version, look.kind, look.item)

    def draw(self, view: View, look: Look, width: int, height: int) -> Drawing:
        """The numbers as text."""
        still = view.still
        if still is None:
            return nothing_yet(view, width, height)
        i, count = chosen(still, look)
        lines = _example(still, i) if look.kind == "example" else _feature(still, i)
        return words(lines, width, height, f"{look.kind} {i:,} of {count:,}, ↑ ↓ i")

    def numbers(self, view: View, look: Look) -> dict[str, Any]:
        """Everything known of what is chosen."""
        still = view.still
        if still is None:
            return {"step": view.step}
        i, _ = chosen(still, look)
        found: dict[str, Any] = {"step": view.step, look.kind: i}
        if look.kind == "feature":
            rows, x = _active_in(still, i)
            found |= {"W_j": still.W[:, i], "b_j": still.frame.b[i], "D_f": still.D_f[i]}
            return found | {"norm": still.feature_norms[i], "examples": rows, "values": x}
        r = still.reconstruction(i)
        found |= {"h": still.H[:, i], "norm": still.hidden_norms[i], "D_X": still.D_X[i], "loss": r.loss}
        return found | {"features": r.features, "values": r.values, "output": r.output}


def chosen(still: Still, look: Look) -> tuple[int, int]:
    """(the chosen one, how many there are to choose from)."""
    count = max(1, int(still.H.shape[1] if look.kind == "example" else still.W.shape[1]))
    return max(0, look.item) % count, count


def _row(*parts: tuple[str, str]) -> Row:
    return [part for label, value in parts for part in ((f"{label} ", "dim"), (f"{value}  ", "text"))]


def _vector(v: Floats) -> str:
    some = ", ".join(f"{x:.3f}" for x in v[:4])
    return f"({some}{', …' if len(v) > 4 else ''})"


def _angle(v: Floats) -> tuple[tuple[str, str], ...]:
    return (("angle", f"{np.degrees(np.arctan2(v[1], v[0])) % 360:.1f}°"),) if len(v) == 2 else ()


def _example(still: Still, i: int) -> list[Row]:
    h, r = still.H[:, i], still.reconstruction(i)
    lines = [
        _row(("h", _vector(h))),
        _row(("‖h‖", short(float(still.hidden_norms[i]))), *_angle(h), ("D_X", short(float(still.D_X[i])))),
        _row(("loss", short(r.loss)), ("at active features", short(r.loss_there))),
        [(f"{'feature':>9} {'x_j':>8} {'x′_j':>8} {'‖W_j‖':>8} {'b_j':>8}", "dim")],
    ]
    order = np.argsort(-np.abs(r.values), kind="stable")[:MOST_LISTED]
    for k in order:
        j = int(r.features[k])
        cells = (
            f"{r.values[k]:8.3f}",
            f"{r.output[k]:8.3f}",
            f"{still.feature_norms[j]:8.3f}",
            f"{still.frame.b[j]:8.3f}",
        )
        lines.append([(f"{j:>9,} {' '.join(cells)}", "text")])
    return lines


def _active_in(still: Still, j: int) -> tuple[np.ndarray[tuple[int], Any], np.ndarray[tuple[int], Any]]:
    examples = still.frame.examples
    at = np.flatnonzero(examples.indices == j)
    return np.searchsorted(examples.indptr, at, side="right") - 1, examples.values[at]


def _feature(still: Still, j: int) -> list[Row]:
    w = still.W[:, j]
    rank = int((still.feature_norms > still.feature_norms[j]).sum()) + 1
    rows, x = _active_in(still, j)
    lines = [
        _row(("W_j", _vector(w))),
        _row(("‖W_j‖", short(float(still.feature_norms[j]))), *_angle(w), ("rank", f"{rank:,}")),
        _row(("D_f", short(float(still.D_f[j]))), ("b_j", short(float(still.frame.b[j])))),
        _row(("active in", f"{len(rows):,} of the {still.H.shape[1]:,} examples shown")),
    ]
    if len(rows):
        lines.append([(f"{'example':>9} {'x_j':>8} {'‖h‖':>8} {'D_X':>8}", "dim")])
    for i, value in zip(rows[:MOST_LISTED].tolist(), x[:MOST_LISTED].tolist(), strict=True):
        cells = f"{value:8.3f} {still.hidden_norms[i]:8.3f} {still.D_X[i]:8.3f}"
        lines.append([(f"{i:>9,} {cells}", "text")])
    return lines

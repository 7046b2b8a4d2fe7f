"""One example or one feature, in numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from sdd_tui.analysis.snapshot import Floats, Snapshot
from sdd_tui.draw.bars import pair
from sdd_tui.draw.canvas import Row
from sdd_tui.errors import ConfigError, plain
from sdd_tui.numerals import rounded, short, unpadded
from sdd_tui.panels.drawing import Drawing, scrolled
from sdd_tui.panels.panel import Panel, nothing_yet
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Kind, ViewOptions

MOST_LISTED = 64

BARS, NARROWEST, NAMED = 48, 16, 24
"""The column that bars begin in, the fewest cells that they take, and those from which their scale is said."""

BAR_COLOURS = "outline", "feature"
"""Of x and of x′."""

ASKED = re.compile(r"\s*(?:(e|f)[a-z]*\s*)?([0-9][0-9,_]{0,15})\s*", re.IGNORECASE)
"""An example or a feature as people write it."""


class Inspector(Panel[View]):
    """The chosen example or feature."""

    name = "inspector"
    title = "inspector"
    about = (
        "The chosen example (its active features and their values, what the model makes of them, its loss) or the"
        " chosen feature (its vector, bias, and the examples it is active in). Features that are not active and have an"
        " output all the same, false positives, stand below the active ones. Where there is room each has two bars on"
        " one scale, x above and the model's x′ below. Choose with the up and down keys (the palette has other orders),"
        " with / by number, or by a click in another panel; { and } scroll."
    )

    def depends(self, view: View, options: ViewOptions) -> tuple[Any, ...]:
        """The frame and what is chosen."""
        chosen = (options.kind, options.item, options.ranking)
        return (view.version, *chosen, options.scrolled(self.name), options.colours)

    def draw(self, view: View, options: ViewOptions, width: int, height: int) -> Drawing:
        """The numbers as text."""
        snapshot = view.snapshot
        if snapshot is None:
            return nothing_yet(view, width, height)
        i, count = chosen(snapshot, options)
        example = options.kind == "example"
        lines = _example(snapshot, i, width - BARS, options.colours) if example else _feature(snapshot, i)
        by = "" if options.ranking == "number" else f" by {options.ranking}"
        note = f"{options.kind} {i:,} of {count:,}{by}, ↑ ↓ i #"
        return scrolled(lines, options.scrolled(self.name), width, height, note, f"{options.kind} {i:,}{by}")

    def numbers(self, view: View, options: ViewOptions) -> dict[str, Any]:
        """Everything known of what is chosen."""
        snapshot = view.snapshot
        if snapshot is None:
            return {"step": view.step}
        i, _ = chosen(snapshot, options)
        found: dict[str, Any] = {"step": view.step, options.kind: i}
        if options.kind == "feature":
            rows, x = snapshot.active_in(i)
            found |= {"W_j": snapshot.features[:, i], "b_j": snapshot.b[i], "D_f": snapshot.D_f[i]}
            return found | {"norm": snapshot.feature_norms[i], "examples": rows, "values": x}
        r = snapshot.reconstruction(i)
        found |= {"h": snapshot.H[:, i], "norm": snapshot.hidden_norms[i], "D_X": snapshot.D_X[i], "loss": r.loss}
        found |= {"features": r.features, "values": r.values, "output": r.output}
        return found | {"elsewhere": r.elsewhere, "output_elsewhere": r.output_elsewhere}


def chosen(snapshot: Snapshot, options: ViewOptions) -> tuple[int, int]:
    """(the chosen one, how many there are to choose from): the first example or the longest feature while none is."""
    count = max(1, _count(snapshot, options.kind))
    if options.item < 0 and options.kind == "feature" and count > 1:
        return int(np.nanargmax(np.nan_to_num(snapshot.feature_norms))), count
    return max(0, options.item) % count, count


def asked(text: str, kind: Kind, snapshot: Snapshot) -> tuple[Kind, int]:
    """What is meant by `17`, `example 17` or `feature 4,321`; a number alone is of this kind. Raises ConfigError."""
    found = ASKED.fullmatch(text)
    if found is None:
        raise ConfigError(f"{plain(text, 40)!r} names none: write a number, example 17 or feature 4321.")
    if found[1]:
        kind = "example" if found[1].lower() == "e" else "feature"
    number = int(found[2].replace(",", "").replace("_", ""))
    count = _count(snapshot, kind)
    if number >= count:
        raise ConfigError(f"There is no {kind} {number:,}: the {count:,} {kind}s shown are 0 to {count - 1:,}.")
    return kind, number


def _count(snapshot: Snapshot, kind: Kind) -> int:
    return int(snapshot.H.shape[1] if kind == "example" else snapshot.features.shape[1])


def walked(snapshot: Snapshot, options: ViewOptions, by: int) -> int:
    """The example or feature so many places after the chosen one, in the order that is looked at; around the ends."""
    here, count = chosen(snapshot, options)
    if options.ranking == "number":
        places = np.arange(count)
    elif options.kind == "example":
        places = np.argsort(-(snapshot.hidden_norms if options.ranking == "norm" else snapshot.D_X), kind="stable")
    else:
        places = np.argsort(-(snapshot.feature_norms if options.ranking == "norm" else snapshot.D_f), kind="stable")
    if options.item < 0 and (options.kind == "example" or options.ranking != "number"):  # begin at an end
        return int(places[0 if by > 0 else -1])
    return int(places[(int(np.flatnonzero(places == here)[0]) + by) % count])


def _row(*parts: tuple[str, str]) -> Row:
    return [part for label, value in parts for part in ((f"{label} ", "dim"), (f"{value}  ", "text"))]


def _vector(v: Floats) -> str:
    some = ", ".join(f"{x:.3f}" for x in v[:4])
    return f"({some}{', …' if len(v) > 4 else ''})"


def _angle(v: Floats) -> tuple[tuple[str, str], ...]:
    return (("angle", f"{np.degrees(np.arctan2(v[1], v[0])) % 360:.1f}°"),) if len(v) == 2 else ()


def _example(snapshot: Snapshot, i: int, room: int, colours: bool) -> list[Row]:
    h, r, roomy = snapshot.H[:, i], snapshot.reconstruction(i), room >= NARROWEST
    top = max(float(np.nan_to_num(v, posinf=0.0).max(initial=0.0)) for v in (r.values, r.output, r.output_elsewhere))

    def listed(j: int, x: float, made: float) -> Row:
        cells = (x, made, float(snapshot.feature_norms[j]), float(snapshot.b[j]))
        bars = pair(x, made, top, room, BAR_COLOURS, colours) if roomy else []
        return [(f"{j:>9,} {' '.join(map(_cell, cells))}   ", "text"), *bars]

    scale: Row = [
        ("▀", BAR_COLOURS[0]),
        (" x_j  ", "dim"),
        ("▄", BAR_COLOURS[1]),
        (f" x′_j  0 to {rounded(top, 3)}" if room >= NAMED else " x′_j", "dim"),
    ]
    vector, loss = _row(("h", _vector(h))), _row(("loss", short(r.loss)))
    about = _row(("‖h‖", short(float(snapshot.hidden_norms[i]))), *_angle(h), ("D_X", short(float(snapshot.D_X[i]))))
    parts = _row(("active", short(r.loss_there)), ("elsewhere", short(r.loss - r.loss_there)))
    lines: list[Row] = [
        *([vector + about, loss + parts] if roomy else [vector, about, loss, parts]),
        [(f"{'feature':>9} {'x_j':>8} {'x′_j':>8} {'‖W_j‖':>8} {'b_j':>8}   ", "dim")],
    ]
    lines[-1] += scale if roomy else []
    for k in np.argsort(-np.abs(r.values), kind="stable")[:MOST_LISTED]:
        lines.append(listed(int(r.features[k]), float(r.values[k]), float(r.output[k])))
    if len(r.elsewhere):
        lines.append([("false positives: the largest x′_j where x_j is 0", "dim")])
    for j, made in zip(r.elsewhere.tolist(), r.output_elsewhere.tolist(), strict=True):
        lines.append(listed(j, 0.0, made))
    return lines


def _cell(value: float) -> str:
    return f"{unpadded(f'{value:.1e}') if 0 < abs(value) < 5e-4 else f'{value:.3f}':>8}"


def _feature(snapshot: Snapshot, j: int) -> list[Row]:
    w = snapshot.features[:, j]
    rank = int((snapshot.feature_norms > snapshot.feature_norms[j]).sum()) + 1
    rows, x = snapshot.active_in(j)
    lines = [
        _row(("W_j", _vector(w))),
        _row(("‖W_j‖", short(float(snapshot.feature_norms[j]))), *_angle(w), ("rank", f"{rank:,}")),
        _row(("D_f", short(float(snapshot.D_f[j]))), ("b_j", short(float(snapshot.b[j])))),
        _row(("active in", f"{len(rows):,} of the {snapshot.H.shape[1]:,} examples shown")),
    ]
    if len(rows):
        lines.append([(f"{'example':>9} {'x_j':>8} {'‖h‖':>8} {'D_X':>8}", "dim")])
    for i, value in zip(rows[:MOST_LISTED].tolist(), x[:MOST_LISTED].tolist(), strict=True):
        cells = (value, float(snapshot.hidden_norms[i]), float(snapshot.D_X[i]))
        lines.append([(f"{i:>9,} {' '.join(map(_cell, cells))}", "text")])
    return lines

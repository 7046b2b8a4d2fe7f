"""Colours by meaning: the paper's blue features and red hidden vectors, in shades that colour-blind readers can tell
apart (Okabe-Ito), brighter on dark grounds and darker on light ones."""

from __future__ import annotations

from sdd_tui.draw.heat import LEVELS

DARK = {
    "feature": "#56b4e9", "hidden": "#e8663d", "train": "#56b4e9", "test": "#e69f00", "lr": "#a48fd6",
    "level": "#009e73", "axis": "#7a7f87", "cross": "#c5c8cf", "outline": "#9aa0a8", "under": "#666b75",
    "chosen": "#f0e442", "text": "#d7dae0", "dim": "#8a9099", "strong": "#f0e442", "warn": "#e69f00", "bad": "#ff6f61",
    "train-raw": "#45708a", "test-raw": "#846629", "lr-raw": "#706588", "heat0": "#23262b",
    "feature-faint": "#3a7ba3", "feature-bright": "#bfe4ff", "hidden-faint": "#b0573a", "hidden-bright": "#ffd2c0",
    "outline-bright": "#e6e8ec", "ink": "#101216",
}  # fmt: skip
LIGHT = {
    "feature": "#0072b2", "hidden": "#b8431b", "train": "#0072b2", "test": "#9f5f00", "lr": "#6a4fb0",
    "level": "#00795a", "axis": "#7d828a", "cross": "#4a4f57", "outline": "#878c95", "under": "#888c92",
    "chosen": "#7a6a00", "text": "#22252a", "dim": "#656b74", "strong": "#7a6a00", "warn": "#9f5f00", "bad": "#b3261e",
    "train-raw": "#758f9f", "test-raw": "#998a6a", "lr-raw": "#9088a3", "heat0": "#f1f2f4",
    "feature-faint": "#4d8acb", "feature-bright": "#003e80", "hidden-faint": "#cf7150", "hidden-bright": "#661f06",
    "outline-bright": "#4a4f57", "ink": "#101216",
}  # fmt: skip
"""Colour names of sdd_tui.draw and sdd_tui.panels -> terminal colours. The steps of a hue, -faint and -bright, stay
apart on terminals of 16 colours."""

SHADES = {
    True: ("#7b6bc4", "#5a86c9", "#3fa7b5", "#35b779", "#90d743", "#fde725"),
    False: ("#440154", "#414487", "#2a788e", "#209e7c", "#5a9c28", "#b4830b"),
}
"""From low to high (viridis), on dark and on light grounds."""

CYCLE = {
    True: ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#e8663d"),
    False: ("#0072b2", "#9f5f00", "#00795a", "#a0477a", "#7a6a00", "#b8431b"),
}
"""Colours that tell neighbours, and runs, apart."""

HEAT = ((86, 180, 233), (230, 159, 0))
"""Ends of the heat maps: blue for negative, orange for positive."""


def colour(name: str, dark: bool = True) -> str | None:
    """The colour of a name, #rrggbb; None for blank cells."""
    table = DARK if dark else LIGHT
    if name in table:
        return table[name]
    if name.startswith("shade"):
        return SHADES[dark][int(name[5:])]
    if name.startswith(("one", "run")):
        return CYCLE[dark][int(name[3:].removesuffix("-raw"))]
    return _heat(int(name[4:]), table["heat0"]) if name.startswith("heat") else None


def _heat(level: int, ground: str) -> str:
    """From the ground's colour to one of the two ends."""
    end = HEAT[level > 0]
    base = [int(ground[i : i + 2], 16) for i in (1, 3, 5)]
    share = abs(level) / LEVELS
    mixed = [round(b + share * (e - b)) for b, e in zip(base, end, strict=True)]
    return "#" + "".join(f"{c:02x}" for c in mixed)

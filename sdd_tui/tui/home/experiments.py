"""What there is to do, in the paper's order: from a circle of examples to the whole curve. Pure, but for reading the
presets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Literal

from sdd_tui import presets
from sdd_tui.engine.devices import cores
from sdd_tui.errors import SddError
from sdd_tui.presets import Preset
from sdd_tui.sweep import presets as sweeps
from sdd_tui.sweep.estimate import alone, cost

CURVE = ("double-descent-quick", "double-descent")
"""The sweeps of the paper's first figure; the other ones stand in the list of sweeps."""

SCALED_DOWN = ("quick",)
"""Models for a first look, of no regime."""

REGIMES = (
    (100, "Few: examples stored"),
    (9_999, "Between: the loss peaks"),
    (inf, "Many: features stored"),
)
"""The largest T of each, and a heading that a small terminal has room for."""

TOUR = (
    "Six recorded models, from three training examples to 20,000. Each plays while one sentence at a time says what"
    " happens and where to look; the whole curve ends it. Ten minutes, and nothing to train."
)
RESULTS = (
    "The paper's first figure, trained already: 21 training-set sizes from 3 to endless data. The test loss against T"
    " with its peak, and what the model of each T looks like."
)
OTHERS = "The sweeps you have started, more results that come with the program, and every sweep there is to start."


@dataclass(frozen=True)
class Experiment:
    """A line that can be chosen."""

    kind: Literal["tour", "results", "model", "sweep", "others"]
    name: str
    title: str
    preset: Preset | None = None

    @property
    def words(self) -> str:
        """What one will see."""
        if self.preset is not None:
            return " ".join(self.preset.comment().splitlines()[1:])
        return {"tour": TOUR, "results": RESULTS}.get(self.kind, OTHERS)

    @property
    def figure(self) -> str:
        """The paper's figure it is of."""
        return self.preset.figure if self.preset else ""

    def seconds(self) -> float | None:
        """What training takes here, about; None where nothing is trained or the preset can't be read."""
        try:
            if self.kind == "model":
                return alone(presets.load(self.name).model_dump(mode="json"), cores())
            return cost(sweeps.load(self.name).cells(), cores())[0] if self.kind == "sweep" else None
        except SddError:
            return None


Group = tuple[str, list[Experiment]]


def experiments() -> list[Group]:
    """Headings, and what stands under them."""
    models = presets.presets()
    curve = {preset.name: preset for preset in sweeps.presets()}
    return [
        (
            "Start here",
            [
                Experiment("tour", "tour", "Six models, a sentence at a time"),
                Experiment("results", "results", "The paper's figure, trained already"),
                *(Experiment("model", p.name, p.title, p) for p in models if p.name in SCALED_DOWN),
            ],
        ),
        *_regimes([p for p in models if p.name not in SCALED_DOWN]),
        (
            "The whole curve",
            [
                *(Experiment("sweep", name, curve[name].title, curve[name]) for name in CURVE),
                Experiment("others", "sweeps", "Every other sweep, and yours"),
            ],
        ),
    ]


def _regimes(models: list[Preset]) -> Iterator[Group]:
    lower = 0.0
    for upper, heading in REGIMES:
        yield heading, [Experiment("model", p.name, p.title, p) for p in models if lower < p.T <= upper]
        lower = upper

"""How `sdd show --panel` shows a panel: its options as the view options that keys give in the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from sdd_tui.cli.output.picture import has_blocks
from sdd_tui.errors import ConfigError, plain
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Colouring, Kind, ViewOptions


@dataclass(frozen=True)
class PanelOptions:
    """What the options say."""

    log_x: bool = True
    linear_y: bool = False
    smooth: int = 0
    colour: str = "plain"
    axes: str | None = None
    principal: bool = False
    example: int | None = None
    feature: int | None = None

    def view_options(self, view: View) -> ViewOptions:
        """The view options of a run at a step. Raises ConfigError for what there is not."""
        if self.axes is not None and self.principal:
            raise ConfigError("--axes and --principal: choose one of them.")
        if self.example is not None and self.feature is not None:
            raise ConfigError("--example and --feature: choose one of them.")
        kind: Kind = "example" if self.feature is None else "feature"
        return ViewOptions(
            log_x=self.log_x,
            log_y=not self.linear_y,
            smooth=self.smooth,
            colour=_colouring(self.colour),
            axes=(0, 1) if self.axes is None else _axes(self.axes, view),
            projection="principal" if self.principal else "axes",
            kind=kind,
            item=_item(view, kind, self.example if self.feature is None else self.feature),
            colours=has_blocks(),
        )


def _colouring(text: str) -> Colouring:
    known: tuple[Colouring, ...] = get_args(Colouring)
    found = next((c for c in known if c == text), None)
    if found is None:
        raise ConfigError(f"--colour {plain(text)}: there are {', '.join(known)}.")
    return found


def _axes(text: str, view: View) -> tuple[int, int]:
    m = view.config.model.n_hidden if view.config else 2
    words = text.split(",")
    if len(words) != 2 or not all(w.strip().isdecimal() and 1 <= int(w) <= m for w in words):
        raise ConfigError(f"--axes {plain(text)}: name two of the {m} hidden dimensions, as in --axes 1,{min(m, 3)}.")
    first, second = map(int, words)
    return first - 1, second - 1


def _item(view: View, kind: Kind, item: int | None) -> int:
    if item is None:
        return -1
    if view.snapshot is not None:
        count = view.snapshot.H.shape[1] if kind == "example" else view.snapshot.features.shape[1]
        if item >= count:
            raise ConfigError(f"--{kind} {item}: this run shows {kind}s 0 to {count - 1:,}.")
    return item

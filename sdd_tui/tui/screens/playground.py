"""The playground: turn a dial, and the model is trained anew at once; nothing is kept until Enter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Static

from sdd_tui.config import RunConfig
from sdd_tui.draw.canvas import Floats, Row
from sdd_tui.draw.chart import Axes, line_chart
from sdd_tui.draw.plane import Extras, extent, plane
from sdd_tui.draw.series import Series
from sdd_tui.errors import SddError, plain
from sdd_tui.numerals import rounded, short
from sdd_tui.run.create import create
from sdd_tui.training.launch import launch
from sdd_tui.training.rehearsal import Rehearsal, Rehearsed
from sdd_tui.tui.dials import DIALS, small, turned, values_of
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.services import AppScreen
from sdd_tui.tui.toast import tell
from sdd_tui.tui.widgets.footer import KeyFooter
from sdd_tui.tui.widgets.picture import Picture

T = TypeVar("T")

NARROW = 100
"""Cells below which the dials stand above the pictures."""


class PlaygroundScreen(AppScreen):
    """Dials on the left; planes, losses and the regime on the right."""

    BINDINGS = bindings("playground")

    CSS = """
    #playground-title { height: 1; padding: 0 1; background: $primary-darken-2; color: $text; }
    #playground-dials { width: 30; padding: 1 2; height: 1fr; }
    #playground-planes { height: 2fr; }
    #playground-planes Picture { width: 1fr; height: 1fr; border: round $primary; }
    #playground-loss { height: 1fr; min-height: 7; border: round $primary; }
    #playground-body.narrow { layout: vertical; }
    #playground-body.narrow #playground-dials { width: 1fr; height: 3; padding: 0 1; }
    """

    def __init__(self, config: RunConfig, runs: Path) -> None:
        super().__init__()
        self._runs = runs
        self.config = small(config)
        self.shown: Rehearsed | None = None
        """What is in the pictures."""
        self._dial = 0
        self._rehearsal: Rehearsal | None = None

    def compose(self) -> ComposeResult:
        """Title, dials, planes, losses, footer."""
        yield Static(id="playground-title", markup=False)
        with Horizontal(id="playground-body"):
            yield Static(id="playground-dials", markup=False)
            with Vertical():
                with Horizontal(id="playground-planes"):
                    yield Picture("features W_j", "training …", id="playground-features")
                    yield Picture("hidden vectors h_i", "training …", id="playground-hidden")
                yield Picture("loss over steps", "", id="playground-loss")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Train what the dials say."""
        if not self.is_there:  # the app ends as this opens: nobody would end the thread
            return
        self._say()  # fails where it has only some of its widgets by then, before there is a thread
        self._rehearsal = Rehearsal(
            lambda found: self._from_thread(self._take, found), lambda error: self._from_thread(self._failed, error)
        )
        self._rehearsal.ask(self.config)

    def on_unmount(self) -> None:
        """Train nothing any more."""
        if self._rehearsal is not None:
            self._rehearsal.close()

    def on_resize(self, event: Resize) -> None:
        """Dials above the pictures where there is little room."""
        self.query_one("#playground-body").set_class(event.size.width < NARROW, "narrow")
        self._say()

    def _from_thread(self, show: Callable[[T], None], found: T) -> None:
        """Show something in the app's thread, without waiting for it: closing waits for the other one."""
        if self.is_attached and self.app.is_running:
            self.app.call_later(show, found)

    def _ask(self) -> None:
        assert self._rehearsal is not None
        self._rehearsal.ask(self.config)
        self._say()

    def _take(self, found: Rehearsed) -> None:
        if found.config is not self.config or not self.is_there:
            return
        self.shown = found
        snapshot = found.snapshot
        for name, vectors, colour in (("features", snapshot.features, "feature"), ("hidden", snapshot.H, "hidden")):
            half = extent(vectors)
            outline = _outline(found) if name == "hidden" else None
            draw = partial(plane, vectors, colour=colour, limit=half, extras=Extras(outline=outline))
            self.query_one(f"#playground-{name}", Picture).show(draw, f"±{rounded(half, 2)}")
        self.query_one("#playground-loss", Picture).show(partial(_losses, found), _numbers(found))
        self._say()

    def _failed(self, error: SddError) -> None:
        tell(self.app, error)

    def _say(self) -> None:
        """Title and dials."""
        if not self.is_there:
            return
        self.query_one("#playground-title", Static).update(_title(self.shown, self.config))
        values, narrow = values_of(self.config), self.query_one("#playground-body").has_class("narrow")
        text = Text()
        for number, dial in enumerate(DIALS):
            here = number == self._dial
            value = f"{values[dial.key]:,}" if isinstance(values[dial.key], int) else rounded(values[dial.key], 6)
            if narrow:
                text.append(f"{dial.key} ", "dim").append(value, "bold reverse" if here else "bold").append("   ")
            else:
                text.append("▸ " if here else "  ", "bold").append(f"{dial.name:<14}", "bold" if here else "dim")
                text.append(f"{value:>8}\n", "bold reverse" if here else "")
        if not narrow:
            text.append("\n← → turn   ↑ ↓ choose\nEnter keeps it as a run", "dim")
        self.query_one("#playground-dials", Static).update(text)

    def action_choose(self, by: int) -> None:
        """Another dial."""
        self._dial = (self._dial + by) % len(DIALS)
        self._say()

    def action_turn(self, by: int) -> None:
        """Turn the dial, and train anew."""
        try:
            config = turned(self.config, DIALS[self._dial], by)
        except SddError as error:
            tell(self.app, error)
            return
        if values_of(config) != values_of(self.config):
            self.config = config
            self._ask()

    def action_keep(self) -> None:
        """An ordinary run of these settings."""
        try:
            run = create(self.config, self._runs)
            launch(run)
        except SddError as error:
            tell(self.app, error)
            return
        self.services.open_run(run)

    def action_help(self) -> None:
        """Keys."""
        self.app.push_screen(HelpScreen("playground"))

    def action_back(self) -> None:
        """Close."""
        self.dismiss()

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()


def _outline(found: Rehearsed) -> Floats | None:
    """The corners of the regular polygon that the hidden vectors form."""
    geometry = found.snapshot.geometry
    if not geometry.polygon or len(geometry.angles) == 0:
        return None
    order = np.argsort(geometry.angles)
    return found.snapshot.H[:, order][:, geometry.radii[order] > 0.1 * geometry.radii.max()]


def _losses(found: Rehearsed, width: int, height: int) -> list[Row]:
    steps = found.steps.clip(min=1)
    series = [Series(steps, found.train_loss, "train", "train"), Series(steps, found.test_loss, "test", "test")]
    low = float(np.nanmin(found.train_loss, initial=1.0))
    span = (1.0, float(found.config.optim.steps))
    return line_chart(series, width, height, Axes(True, low < 0.1, 1.0, x_span=span)).rows


def _numbers(found: Rehearsed) -> str:
    return f"step {found.snapshot.step:,}   train {short(found.train_loss[-1])}   test {short(found.test_loss[-1])}"


def _title(found: Rehearsed | None, config: RunConfig) -> Text:
    head = Text.assemble(("playground", "bold"), (f"  n = {config.data.n_features:,}   ", "dim"))
    if found is None or found.config is not config:
        return head.append("training …")
    if found.problem:
        return head.append(plain(found.problem, 200), "bold red")
    share, features = found.regime.memorised, found.regime.features
    polygon = found.snapshot.geometry.polygon
    words = f"{100 * share:.0f} % of the examples memorised, {features} features with a direction of their own"
    shape = f", a regular polygon of {polygon}" if polygon else ""
    return head.append(found.regime.name, "bold").append(f"   {words}{shape}", "dim")
